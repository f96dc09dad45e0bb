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
	const char *access;
	bool json;
};

static const struct attest_option options[] = {
	ATTEST_POLICY_OPTIONS(struct values, policy),
	ATTEST_OPTION(struct values, CHOICE, access, "access", 'a',
		      "read|write|execute", "what is asked; default: read"),
	ATTEST_OPTION(struct values, FLAG, json, "json", 0, NULL,
		      "write a JSON array of answers"),
};

static void security_freep(struct attest_filesystem_security **s)
{
	attest_filesystem_security_free(s);
}

static enum attest_access_mode mode_of(const char *access)
{
	if (access && strcmp(access, "write") == 0)
		return ATTEST_ACCESS_MODE_READ_WRITE;
	if (access && strcmp(access, "execute") == 0)
		return ATTEST_ACCESS_MODE_EXECUTE;
	return ATTEST_ACCESS_MODE_READ_ONLY;
}

static void print_text(const struct attest_access_result *a, const char *path)
{
	printf(
	    "%s%s%s  %s",
	    attest_term(a->allowed ? ATTEST_COLOUR_GREEN : ATTEST_COLOUR_RED),
	    a->allowed ? "allowed" : "refused",
	    attest_term(ATTEST_COLOUR_PLAIN), a->text);
	if (!a->allowed)
		printf(" (%s)", a->violation);
	if (strcmp(a->path, path) != 0)
		printf(" [it is %s]", a->path);
	putchar('\n');
}

static void print_json(const struct attest_access_result *a, const char *path,
		       const char *access, bool first)
{
	_cleanup_str_ struct attest_str s = { 0 };

	attest_str_puts(&s, first ? "{\"path\":" : ",\n {\"path\":");
	attest_json_puts(&s, path);
	attest_str_puts(&s, ",\"resolved\":");
	attest_json_puts(&s, a->path);
	attest_str_puts(&s, ",\"access\":");
	attest_json_puts(&s, access ? access : "read");
	attest_str_printf(&s, ",\"allowed\":%s,\"violation\":",
			  a->allowed ? "true" : "false");
	attest_json_puts(&s, a->violation);
	attest_str_printf(&s, ",\"rule\":{\"index\":%u,\"path\":", a->rule);
	attest_json_puts(&s, a->rule_path);
	attest_str_puts(&s, ",\"access\":");
	attest_json_puts(&s, a->access);
	attest_str_printf(&s, ",\"priority\":%d}}", a->priority);
	if (!s.error)
		fputs(s.data, stdout);
}

static int check_all(const struct values *v,
		     struct attest_filesystem_security *security, int argc,
		     char **argv)
{
	struct attest_error error;
	int status = ATTEST_EXIT_DONE;

	if (v->json)
		fputs("[", stdout);
	for (int i = 0; i < argc; i++) {
		struct attest_access_result answer;

		if (attest_filesystem_security_check_path_access(
			security, argv[i], mode_of(v->access), &answer,
			&error) < 0) {
			if (v->json)
				fputs("]\n", stdout);
			return attest_cli_fail(&error);
		}
		if (v->json)
			print_json(&answer, argv[i], v->access, i == 0);
		else if (!v->common.quiet)
			print_text(&answer, argv[i]);
		if (!answer.allowed)
			status = ATTEST_EXIT_FAILED;
	}
	if (v->json)
		fputs("]\n", stdout);
	return status;
}

static int run(void *data, int argc, char **argv)
{
	_cleanup_(security_freep) struct attest_filesystem_security *s = NULL;
	_close_policy_ struct attest_policy *policy = NULL;
	const struct values *v = data;
	struct attest_error error;
	int status;

	status = attest_cli_policy(&v->policy, &policy);
	if (status != ATTEST_EXIT_DONE)
		return status;
	if (attest_filesystem_security_with_policy(policy, &s, &error) < 0)
		return attest_cli_fail(&error);
	return check_all(v, s, argc, argv);
}

const struct attest_command attest_cmd_check = {
	.name = "check",
	.args = "PATH...",
	.summary = "what does a policy say of a path?",
	.run = run,
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = -1,
	.notes = "Exit status: 0 all allowed, 1 at least one refused.\n\n"
		 "Examples:\n"
		 "  attest-bpf check --level standard --access read "
		 "/etc/shadow\n"
		 "  attest-bpf check -p policy.yaml -a write out/a.o\n",
};
