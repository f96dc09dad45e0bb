// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/term.h"

struct values {
	struct attest_common common;
	const char *config;
	bool json;
};

static const struct attest_option options[] = {
	ATTEST_OPTION(struct values, STRING, config, "config", 'c', "FILE",
		      "default: attest.yaml from here upward"),
	ATTEST_OPTION(struct values, FLAG, json, "json", 0, NULL,
		      "write a JSON object"),
};

struct state {
	bool json;
	bool any;
};

static int print_json(const struct attest_configuration_value *v, bool first)
{
	_cleanup_str_ struct attest_str s = { 0 };

	attest_str_puts(&s, first ? "" : ",\n ");
	attest_json_puts(&s, v->key);
	attest_str_puts(&s, ":{\"value\":");
	attest_json_puts(&s, v->value);
	attest_str_puts(&s, ",\"origin\":");
	attest_json_puts(&s, v->origin);
	attest_str_putc(&s, '}');
	if (!s.error)
		fputs(s.data, stdout);
	return s.error;
}

static int print(const struct attest_configuration_value *v, void *data)
{
	struct state *state = data;
	int r = 0;

	if (state->json)
		r = print_json(v, !state->any);
	else
		printf("%-18s %-17s %s# %s%s\n", v->key, v->value,
		       attest_term(ATTEST_COLOUR_DIM), v->origin,
		       attest_term(ATTEST_COLOUR_PLAIN));
	state->any = true;
	return r;
}

static void configuration_closep(struct attest_configuration **c)
{
	attest_configuration_close(c);
}

static int run(void *data, int argc, char **argv)
{
	_cleanup_(configuration_closep) struct attest_configuration *c = NULL;
	const struct values *v = data;
	struct state state = { .json = v->json };
	struct attest_error error = { 0 };

	if (strcmp(argv[0], "show") != 0) {
		log_error("unknown argument '%s'; usage: attest-bpf config "
			  "show",
			  argv[0]);
		return ATTEST_EXIT_USAGE;
	}
	if (attest_configuration_open(v->config, &c, &error) < 0)
		return attest_cli_fail(&error);
	if (v->json)
		fputs("{", stdout);
	if (attest_configuration_show(c, print, &state) < 0)
		return ATTEST_EXIT_FAILED;
	if (v->json)
		fputs("}\n", stdout);
	return ATTEST_EXIT_DONE;
}

const struct attest_command attest_cmd_config = {
	.name = "config",
	.args = "show",
	.summary = "show the effective attest.yaml",
	.run = run,
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = 1,
	.notes = "Each value is shown with where it comes from: a line of the "
		 "file, the mode, or\nthe level.\n\n"
		 "Examples:\n"
		 "  attest-bpf config show\n"
		 "  attest-bpf config show --config ci/attest.yaml --json\n",
};
