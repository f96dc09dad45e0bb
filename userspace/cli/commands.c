// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/log.h"
#include "cli/commands.h"

const struct attest_command *const attest_commands[] = {
	&attest_cmd_run,
	&attest_cmd_watch,
	&attest_cmd_enforce,
	&attest_cmd_check,
	&attest_cmd_lint,
	&attest_cmd_explain,
	&attest_cmd_profile,
	&attest_cmd_report,
	&attest_cmd_export,
	&attest_cmd_config,
	&attest_cmd_doctor,
	&attest_cmd_container_run,
	&attest_cmd_container_install,
	&attest_cmd_container_uninstall,
	&attest_cmd_container_wrapper,
	&attest_cmd_oci_hook,
	NULL,
};

const struct attest_command *attest_command_find(const char *name)
{
	for (size_t i = 0; attest_commands[i]; i++)
		if (strcmp(attest_commands[i]->name, name) == 0)
			return attest_commands[i];
	return NULL;
}

int attest_cli_fail(const struct attest_error *error)
{
	char text[1024];

	log_error("%s", attest_error_format(error, text, sizeof(text)));
	if (error->hint[0])
		log_error("hint: %s", error->hint);
	switch (-error->code) {
	case EINVAL:
	case E2BIG:
	case ELOOP:
	case ENOENT:
		return ATTEST_EXIT_USAGE;
	case EOPNOTSUPP:
		return ATTEST_EXIT_UNSUPPORTED;
	default:
		return ATTEST_EXIT_FAILED;
	}
}

int attest_cli_output(const char *path, const char *data, size_t len)
{
	int r;

	if (!path || strcmp(path, "-") == 0) {
		/* main() reports what standard output refuses. */
		(void)fwrite(data, 1, len, stdout);
		return ATTEST_EXIT_DONE;
	}
	r = attest_write_file_atomic(path, data, len, 0600);
	if (r == 0)
		return ATTEST_EXIT_DONE;
	log_error("cannot write '%s': %s", path, strerror(-r));
	return ATTEST_EXIT_FAILED;
}
