// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/term.h"

struct values {
	struct attest_common common;
	bool json;
};

static const struct attest_option options[] = {
	ATTEST_OPTION(struct values, FLAG, json, "json", 0, NULL,
		      "write a JSON array"),
};

struct state {
	bool json;
	bool any;
};

static void print_json(const struct attest_finding_kernel *line, bool first)
{
	_cleanup_str_ struct attest_str s = { 0 };

	attest_str_puts(&s, first ? "{\"topic\":" : ",\n {\"topic\":");
	attest_json_puts(&s, line->topic);
	attest_str_printf(
	    &s, ",\"good\":%s,\"text\":", line->is_good ? "true" : "false");
	attest_json_puts(&s, line->text);
	attest_str_putc(&s, '}');
	if (!s.error)
		fputs(s.data, stdout);
}

static void print(const struct attest_finding_kernel *line, void *data)
{
	struct state *state = data;

	if (state->json)
		print_json(line, !state->any);
	else
		printf("%s%-4s%s %-18s %s\n",
		       attest_term(line->is_good ? ATTEST_COLOUR_GREEN
						 : ATTEST_COLOUR_YELLOW),
		       line->is_good ? "ok" : "no",
		       attest_term(ATTEST_COLOUR_PLAIN), line->topic,
		       line->text);
	state->any = true;
}

static int run(void *data, int argc, char **argv)
{
	const struct values *v = data;
	struct state state = { .json = v->json };
	int enforces;

	if (v->json)
		fputs("[", stdout);
	enforces = attest_doctor(print, &state);
	if (v->json)
		fputs("]\n", stdout);
	return enforces > 0 ? ATTEST_EXIT_DONE : ATTEST_EXIT_UNSUPPORTED;
}

const struct attest_command attest_cmd_doctor = {
	.name = "doctor",
	.args = "",
	.summary = "what does this kernel offer, and does it work?",
	.run = run,
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.values_size = sizeof(struct values),
	.max_args = 0,
	.notes = "As root BPF programs are loaded and proved by a canary: a "
		 "child under a\nthrow-away policy must be refused.\n\n"
		 "Exit status: 0 the BPF layer enforces, 3 it does not.\n",
};
