// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "cli/commands.h"

struct values {
	struct attest_common common;
	bool list;
};

static const struct attest_option options[] = {
	ATTEST_OPTION(struct values, FLAG, list, "list", 0, NULL,
		      "explain the formats and transports, with examples"),
};

static int run(void *data, int argc, char **argv)
{
	const struct values *v = data;
	_cleanup_free_ char *text = NULL;

	if (!v->list) {
		log_error("nothing to do; 'attest-bpf export --list' explains "
			  "what --export takes");
		return ATTEST_EXIT_USAGE;
	}
	if (attest_export_help(&text) < 0) {
		log_error("out of memory");
		return ATTEST_EXIT_FAILED;
	}
	return attest_cli_output(NULL, text, strlen(text));
}

const struct attest_command attest_cmd_export = {
	.name = "export",
	.args = "",
	.summary = "where records can be sent, and in which formats",
	.run = run,
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.values_size = sizeof(struct values),
	.max_args = 0,
	.notes = "Examples:\n"
		 "  attest-bpf export --list\n",
};
