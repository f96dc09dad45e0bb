// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/term.h"

struct values {
	struct attest_common common;
	bool json;
	bool strict;
};

static const struct attest_option options[] = {
	ATTEST_OPTION(struct values, FLAG, json, "json", 0, NULL,
		      "write a JSON array of findings"),
	ATTEST_OPTION(struct values, FLAG, strict, "strict", 0, NULL,
		      "warnings are errors"),
};

struct state {
	const struct values *values;
	int n_errors;
	int n_warnings;
	bool any;
};

static void print_text(const struct attest_finding *f)
{
	if (f->file)
		printf("%s:", f->file);
	if (f->line)
		printf("%d:", f->line);
	if (f->line && f->column)
		printf("%d:", f->column);
	printf(
	    "%s%s%s:%s %s\n", f->file || f->line ? " " : "",
	    attest_term(f->is_error ? ATTEST_COLOUR_RED : ATTEST_COLOUR_YELLOW),
	    f->is_error ? "error" : "warning", attest_term(ATTEST_COLOUR_PLAIN),
	    f->text);
}

static void print_json(const struct attest_finding *f, bool first)
{
	_cleanup_str_ struct attest_str s = { 0 };

	attest_str_puts(&s, first ? "" : ",\n ");
	attest_str_puts(&s, "{\"severity\":");
	attest_json_puts(&s, f->is_error ? "error" : "warning");
	attest_str_puts(&s, ",\"file\":");
	attest_json_puts(&s, f->file);
	attest_str_printf(&s, ",\"line\":%d,\"column\":%d,\"text\":", f->line,
			  f->column);
	attest_json_puts(&s, f->text);
	attest_str_putc(&s, '}');
	if (!s.error)
		fputs(s.data, stdout);
}

static int found(const struct attest_finding *finding, void *data)
{
	struct state *state = data;

	if (finding->is_error)
		state->n_errors++;
	else
		state->n_warnings++;
	if (state->values->json)
		print_json(finding, !state->any);
	else
		print_text(finding);
	state->any = true;
	return 0;
}

/* Who reads JSON gets this as a finding, too. */
static int not_read(struct state *state, const char *path,
		    const struct attest_error *error)
{
	const struct attest_finding finding = {
		.is_error = true,
		.file = path,
		.line = error->line,
		.column = error->column,
		.text = error->text,
	};

	if (!state->values->json)
		return attest_cli_fail(error);
	(void)found(&finding, state);
	return ATTEST_EXIT_USAGE;
}

static int run(void *data, int argc, char **argv)
{
	struct state state = { .values = data };
	int status = ATTEST_EXIT_DONE;

	if (state.values->json)
		fputs("[", stdout);
	for (int i = 0; i < argc; i++) {
		struct attest_error error;
		int before = state.n_errors + state.n_warnings;

		if (attest_lint_file(argv[i], found, &state, &error) < 0)
			status = not_read(&state, argv[i], &error);
		else if (!state.values->json && !state.values->common.quiet &&
			 before == state.n_errors + state.n_warnings)
			printf("%s: %sok%s\n", argv[i],
			       attest_term(ATTEST_COLOUR_GREEN),
			       attest_term(ATTEST_COLOUR_PLAIN));
	}
	if (state.values->json)
		fputs("]\n", stdout);
	if (state.n_errors || (state.values->strict && state.n_warnings))
		status = ATTEST_EXIT_USAGE;
	return status;
}

const struct attest_command attest_cmd_lint = {
	.name = "lint",
	.args = "FILE...",
	.summary = "is a policy or seccomp profile well formed?",
	.run = run,
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = -1,
	.notes = "Exit status: 0 no errors, 2 errors (with --strict: or "
		 "warnings).\n\n"
		 "Examples:\n"
		 "  attest-bpf lint policy.yaml\n"
		 "  attest-bpf lint --json docker-default.json\n",
};
