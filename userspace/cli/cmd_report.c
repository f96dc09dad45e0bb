// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "cli/commands.h"

struct values {
	struct attest_common common;
	const char *format;
	const char *output;
	struct attest_list artifacts;
};

static const struct attest_option options[] = {
	ATTEST_OPTION(struct values, CHOICE, format, "format", 'f',
		      "json|html|markdown|in-toto",
		      "what to write; default: json"),
	ATTEST_OPTION(struct values, STRING, output, "output", 'o', "FILE",
		      "where to; default: standard output"),
	ATTEST_OPTION(struct values, LIST, artifacts, "artifact", 0, "FILE",
		      "in-toto: a file that was made, named in the statement "
		      "with its digest; may be repeated"),
};

static int run(void *data, int argc, char **argv)
{
	struct values *v = data;
	_cleanup_free_ const char **artifacts = NULL;
	_cleanup_free_ char *text = NULL;
	struct attest_error error;
	size_t len = 0;

	if (v->artifacts.n_items &&
	    (!v->format || strcmp(v->format, "in-toto"))) {
		log_error("'--artifact' is about --format in-toto");
		return ATTEST_EXIT_USAGE;
	}
	artifacts = calloc(v->artifacts.n_items + 1, sizeof(*artifacts));
	if (!artifacts)
		return ATTEST_EXIT_FAILED;
	for (size_t i = 0; i < v->artifacts.n_items; i++)
		artifacts[i] = v->artifacts.items[i];
	if (attest_report_convert((const char *const *)argv, (size_t)argc, NULL,
				  artifacts, v->format ? v->format : "json",
				  &text, &len, &error) < 0)
		return attest_cli_fail(&error);
	return attest_cli_output(v->output, text, len);
}

const struct attest_command attest_cmd_report = {
	.name = "report",
	.args = "EVENTS...",
	.summary = "make a security report of recorded events",
	.run = run,
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = -1,
	.notes =
	    "EVENTS is what --events wrote, or a report that --report wrote; "
	    "- is\nstandard input.\n\n"
	    "Examples:\n"
	    "  attest-bpf report events.jsonl\n"
	    "  attest-bpf report --format html -o report.html report.json\n"
	    "  attest-bpf report --format in-toto --artifact a.out "
	    "events.jsonl\n",
};
