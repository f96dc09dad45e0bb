// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "cli/policy_arg.h"
#include "cli/term.h"

struct values {
	struct attest_common common;
	struct attest_policy_values policy;
	const char *subject;
	bool json;
};

static const struct attest_option options[] = {
	ATTEST_POLICY_OPTIONS(struct values, policy),
	ATTEST_OPTION(struct values, CHOICE, subject, "subject", 's',
		      "command|pid|cgroup|container",
		      "who is to be confined; default: command"),
	ATTEST_OPTION(struct values, FLAG, json, "json", 0, NULL,
		      "write a JSON array"),
};

struct state {
	const struct values *values;
	bool any;
};

static void print_text(const struct attest_explanation *e)
{
	enum attest_colour colour = e->enforced	    ? ATTEST_COLOUR_GREEN
				    : e->partial[0] ? ATTEST_COLOUR_YELLOW
						    : ATTEST_COLOUR_RED;
	const char *by = e->full;

	if (!e->enforced)
		by = e->partial[0] ? "in part" : "nothing";
	printf("%-44s %s%s%s\n", e->item, attest_term(colour), by,
	       attest_term(ATTEST_COLOUR_PLAIN));
	if (!e->enforced && e->partial[0])
		printf("    by %s\n", e->partial);
	if (!e->enforced && e->reason[0])
		printf("    %s\n", e->reason);
}

static void print_json(const struct attest_explanation *e, bool first)
{
	_cleanup_str_ struct attest_str s = { 0 };

	attest_str_puts(&s, first ? "{\"item\":" : ",\n {\"item\":");
	attest_json_puts(&s, e->item);
	attest_str_printf(
	    &s, ",\"enforced\":%s,\"by\":", e->enforced ? "true" : "false");
	attest_json_puts(&s, e->full);
	attest_str_puts(&s, ",\"partly_by\":");
	attest_json_puts(&s, e->partial);
	attest_str_puts(&s, ",\"reason\":");
	attest_json_puts(&s, e->reason);
	attest_str_putc(&s, '}');
	if (!s.error)
		fputs(s.data, stdout);
}

static int explain(const struct attest_explanation *item, void *data)
{
	struct state *state = data;

	if (state->values->json)
		print_json(item, !state->any);
	else
		print_text(item);
	state->any = true;
	return 0;
}

static enum attest_subject_type subject_of(const char *name)
{
	static const char *const names[] = {
		[ATTEST_SUBJECT_TYPE_COMMAND] = "command",
		[ATTEST_SUBJECT_TYPE_PID] = "pid",
		[ATTEST_SUBJECT_TYPE_CGROUP] = "cgroup",
		[ATTEST_SUBJECT_TYPE_CONTAINER] = "container",
	};

	for (size_t i = 0; name && i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return (enum attest_subject_type)i;
	return ATTEST_SUBJECT_TYPE_COMMAND;
}

static int run(void *data, int argc, char **argv)
{
	struct state state = { .values = data };
	_close_policy_ struct attest_policy *policy = NULL;
	struct attest_error error;
	int r;

	r = attest_cli_policy(&state.values->policy, &policy);
	if (r != ATTEST_EXIT_DONE)
		return r;
	if (state.values->json)
		fputs("[", stdout);
	r = attest_policy_explain(policy, subject_of(state.values->subject),
				  explain, &state, &error);
	if (state.values->json)
		fputs("]\n", stdout);
	if (r < 0)
		return attest_cli_fail(&error);
	return r ? ATTEST_EXIT_UNSUPPORTED : ATTEST_EXIT_DONE;
}

const struct attest_command attest_cmd_explain = {
	.name = "explain",
	.args = "",
	.summary = "which layer enforces which rule on this kernel?",
	.run = run,
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.values_size = sizeof(struct values),
	.max_args = 0,
	.notes = "Exit status: 0 everything is enforced, 3 something is "
		 "not.\n\n"
		 "Examples:\n"
		 "  attest-bpf explain --level standard\n"
		 "  sudo attest-bpf explain -p policy.yaml --subject cgroup\n",
};
