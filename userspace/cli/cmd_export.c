// SPDX-License-Identifier: Apache-2.0
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "cli/session.h"

/* About as long as there can be. */
#define FOREVER_MS INT_MAX

struct values {
	struct attest_common common;
	struct attest_list exports;
	const char *replay;
	uint64_t deadline_ms;
	bool list;
};

static const struct attest_option options[] = {
	ATTEST_OPTION(struct values, FLAG, list, "list", 0, NULL,
		      "explain the formats and transports, with examples"),
	ATTEST_OPTION(struct values, STRING, replay, "replay", 0, "SPOOL",
		      "send what the directory SPOOL holds, and empty it"),
	ATTEST_OPTION(struct values, LIST, exports, "export", 'e', "URL",
		      "replay to URL, not to where the records were meant to "
		      "go"),
	ATTEST_OPTION(struct values, DURATION, deadline_ms, "deadline", 0,
		      "TIME",
		      "give up after TIME and keep the rest; default: "
		      "never"),
};

static int list(void)
{
	_cleanup_free_ char *text = NULL;

	if (attest_export_help(&text) < 0) {
		log_error("out of memory");
		return ATTEST_EXIT_FAILED;
	}
	return attest_cli_output(NULL, text, strlen(text));
}

static int replay(const struct values *v)
{
	const char *url = v->exports.n_items ? v->exports.items[0] : NULL;
	struct attest_error error = { 0 };
	int deadline_ms = FOREVER_MS;

	if (v->exports.n_items > 1) {
		log_error("a spool is replayed to one URL: what has arrived "
			  "leaves it");
		return ATTEST_EXIT_USAGE;
	}
	if (v->deadline_ms && v->deadline_ms < FOREVER_MS)
		deadline_ms = (int)v->deadline_ms;
	if (attest_export_replay_spool(v->replay, url, deadline_ms,
				       attest_cli_export_state, NULL,
				       &error) < 0)
		return attest_cli_fail(&error);
	return ATTEST_EXIT_DONE;
}

static int run(void *data, int argc, char **argv)
{
	const struct values *v = data;

	if (v->list)
		return list();
	if (v->replay)
		return replay(v);
	log_error("nothing to do; 'attest-bpf export --list' explains what "
		  "--export takes");
	return ATTEST_EXIT_USAGE;
}

const struct attest_command attest_cmd_export = {
	.name = "export",
	.args = "",
	.summary = "where records can be sent; send what was left over",
	.run = run,
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.values_size = sizeof(struct values),
	.max_args = 0,
	.notes = "Examples:\n"
		 "  attest-bpf export --list\n"
		 "  attest-bpf export --replay /var/lib/attest-bpf/spool/"
		 "kafka-0123456789abcdef.0\n"
		 "  attest-bpf export --replay DIR --export "
		 "'file:///tmp/left.jsonl'\n",
};
