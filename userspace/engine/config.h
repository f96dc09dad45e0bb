/* SPDX-License-Identifier: Apache-2.0 */
/**
 * attest.yaml: an operation mode and a sandbox block, found from the working
 * directory upward. The policy in it is read by attest_policy_load(); here is
 * where each value comes from, and the isolation, which no policy has.
 */
#pragma once

#include <stddef.h>

#include "policy/policy.h"

enum attest_isolation_level {
	ATTEST_ISOLATE_PROCESS,
	ATTEST_ISOLATE_CONTAINER,
	ATTEST_ISOLATE_STRICT_CONTAINER,
	ATTEST_ISOLATE_END,
};

struct attest_config_value {
	const char *key;
	const char *value;
	char origin[300]; /* "attest.yaml:3", "mode verifiable", ... */
};

#define ATTEST_CONFIG_VALUES 6

struct attest_config {
	char *path;
	struct attest_policy *policy;
	enum attest_isolation_level isolation;
	struct attest_config_value values[ATTEST_CONFIG_VALUES];
};

/**
 * Looks for attest.yaml or attest.yml in the working directory and above it.
 *
 * @ret_path: set on success; free().
 *
 * Return: 0; -ENOENT there is none; -EPERM the first one belongs to another
 *         user than root and us, who could choose our policy with it.
 */
int attest_config_find(char **ret_path);

/**
 * Reads a configuration.
 *
 * @ret: attest_config_free().
 *
 * Return: as attest_policy_load().
 */
int attest_config_load(const char *path, struct attest_config **ret,
		       struct attest_diag *reterr_diag);
void attest_config_free(struct attest_config **config);
