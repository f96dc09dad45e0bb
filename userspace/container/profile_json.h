/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A profile as a tree, for profile.c and profile_oci.c.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "policy/policy.h"

/** Fills diag and returns error. */
int attest_profile_fail(struct attest_diag *diag, int error, const char *format,
			...) __attribute__((format(printf, 3, 4)));

/**
 * Reads and checks a profile. Afterwards: root is an object, defaultAction a
 * string, syscalls an array of objects with a string action and names or
 * name.
 *
 * Return: 0; -EINVAL; -E2BIG; -ENOMEM.
 */
int attest_profile_read(const char *profile, json_t **ret_root,
			struct attest_diag *reterr_diag);

bool attest_json_array_has(const json_t *array, const char *text);
