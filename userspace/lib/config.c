// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "engine/config.h"
#include "lib/error.h"

struct attest_configuration {
	struct attest_config *config;
};

static int find(char **ret_path, struct attest_error *error)
{
	int r = attest_config_find(ret_path);

	if (r == -ENOENT)
		return attest_error_set(
		    error, r, "name one with --config, or a policy",
		    "there is no attest.yaml here or above");
	if (r == -EPERM)
		return attest_error_set(
		    error, r, "if you trust it, name it with --config",
		    "the attest.yaml found here or above belongs to another "
		    "user");
	if (r < 0)
		return attest_error_set(error, r, NULL,
					"cannot look for attest.yaml: %s",
					strerror(-r));
	return 0;
}

int attest_configuration_open(const char *path,
			      struct attest_configuration **ret_configuration,
			      struct attest_error *reterr_error)
{
	_cleanup_(attest_configuration_close) struct attest_configuration *c =
	    NULL;
	_cleanup_free_ char *found = NULL;
	struct attest_diag diag = { 0 };
	int r;

	if (!path) {
		r = find(&found, reterr_error);
		if (r < 0)
			return r;
		path = found;
	}
	if (access(path, R_OK) < 0)
		return attest_error_set(
		    reterr_error, -errno, "--config names an attest.yaml",
		    "cannot read the configuration '%s': %s", path,
		    strerror(errno));
	c = calloc(1, sizeof(*c));
	if (!c)
		return attest_error_set(reterr_error, -ENOMEM, NULL,
					"out of memory");
	r = attest_config_load(path, &c->config, &diag);
	if (r < 0)
		return attest_error_from_diag(reterr_error, r, &diag);
	*ret_configuration = TAKE_PTR(c);
	return 0;
}

const char *
attest_configuration_path(const struct attest_configuration *configuration)
{
	return configuration->config->path;
}

const struct attest_policy *
attest_configuration_policy(const struct attest_configuration *configuration)
{
	return configuration->config->policy;
}

_Static_assert((int)ATTEST_ISOLATION_CONTAINER == ATTEST_ISOLATE_CONTAINER &&
		   (int)ATTEST_ISOLATION_STRICT_CONTAINER ==
		       ATTEST_ISOLATE_STRICT_CONTAINER,
	       "levels are numbered alike");

enum attest_isolation
attest_configuration_isolation(const struct attest_configuration *configuration)
{
	return (enum attest_isolation)configuration->config->isolation;
}

int attest_configuration_show(const struct attest_configuration *configuration,
			      attest_configuration_fn fn, void *data)
{
	for (size_t i = 0; i < ATTEST_CONFIG_VALUES; i++) {
		const struct attest_config_value *v =
		    &configuration->config->values[i];
		const struct attest_configuration_value value = {
			.key = v->key,
			.value = v->value,
			.origin = v->origin,
		};
		int r = fn(&value, data);

		if (r < 0)
			return r;
	}
	return 0;
}

void attest_configuration_close(struct attest_configuration **configuration)
{
	struct attest_configuration *c = *configuration;

	*configuration = NULL;
	if (!c)
		return;
	attest_config_free(&c->config);
	free(c);
}
