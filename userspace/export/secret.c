// SPDX-License-Identifier: Apache-2.0
/**
 * Secrets, from a file or the environment. They appear in no message.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "export/secret.h"

#define SECRET_MAX 16384

int attest_url_secret(const struct attest_url *url, const char *name,
		      char **ret, struct attest_diag *reterr_diag)
{
	const char *file, *env, *value;
	char file_name[64], env_name[64];
	int r;

	(void)snprintf(file_name, sizeof(file_name), "%s_file", name);
	(void)snprintf(env_name, sizeof(env_name), "%s_env", name);
	file = attest_url_arg(url, file_name);
	env = attest_url_arg(url, env_name);
	*ret = NULL;
	if (file) {
		r = attest_read_file(file, SECRET_MAX, ret, NULL);
		if (r < 0)
			return attest_export_fail(reterr_diag, r,
						  "'%s=%.128s': %s", file_name,
						  file, strerrordesc_np(-r));
	} else if (env) {
		value = getenv(env);
		if (!value)
			return attest_export_fail(reterr_diag, -EINVAL,
						  "'%s=%.64s': no such "
						  "environment variable",
						  env_name, env);
		*ret = strdup(value);
		if (!*ret)
			return attest_export_fail(reterr_diag, -ENOMEM,
						  "out of memory");
	}
	if (*ret)
		(*ret)[strcspn(*ret, "\r\n")] = '\0';
	return 0;
}
