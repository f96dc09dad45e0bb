// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "cli/environment.h"
#include "cli/session.h"
#include "cli/term.h"

struct values {
	struct attest_common common;
	struct attest_policy_values policy;
	struct attest_session_values session;
	const char *config;
	const char *isolation;
	const char *workspace;
	struct attest_list env;
	struct attest_list env_files;
	uint64_t cpu_percent;
	bool audit;
};

static const struct attest_option options[] = {
	ATTEST_POLICY_OPTIONS(struct values, policy),
	ATTEST_OPTION(struct values, STRING, config, "config", 'c', "FILE",
		      "take the policy of an attest.yaml; default without "
		      "--policy and --level: the one from here upward"),
	ATTEST_OPTION(struct values, FLAG, audit, "audit", 0, NULL,
		      "refuse nothing, record what would be refused"),
	ATTEST_OPTION(struct values, CHOICE, isolation, "isolation", 'i',
		      "process|container|strict_container",
		      "default: that of attest.yaml, else process"),
	ATTEST_OPTION(struct values, STRING, workspace, "workspace", 'w', "DIR",
		      "work in DIR; a container has it at /workspace if the "
		      "policy makes that writable"),
	ATTEST_OPTION(struct values, LIST, env, "env", 0, "NAME[=VALUE]",
		      "set a variable, or pass it on; may be repeated"),
	ATTEST_OPTION(struct values, LIST, env_files, "env-file", 0, "FILE",
		      "set the variables of FILE, one a line"),
	ATTEST_OPTION(
	    struct values, POSITIVE, cpu_percent, "cpu-percent", 0, "N",
	    "N percent of one CPU at most; needs a cgroup v2 with the "
	    "cpu controller"),
	ATTEST_SESSION_OPTIONS(struct values, session),
};

/* By enum attest_isolation: names, and levels where nothing else is said. */
static const struct {
	const char *name;
	const char *level;
} isolations[] = {
	[ATTEST_ISOLATION_PROCESS] = { "process", NULL },
	[ATTEST_ISOLATION_CONTAINER] = { "container", "standard" },
	[ATTEST_ISOLATION_STRICT_CONTAINER] = { "strict_container", "maximum" },
};

static void configuration_closep(struct attest_configuration **c)
{
	attest_configuration_close(c);
}

static enum attest_isolation isolation_of(const struct values *v,
					  const struct attest_configuration *c)
{
	for (size_t i = 0; v->isolation && i < ARRAY_SIZE(isolations); i++)
		if (strcmp(v->isolation, isolations[i].name) == 0)
			return (enum attest_isolation)i;
	return c ? attest_configuration_isolation(c) : ATTEST_ISOLATION_PROCESS;
}

/* The policy by name, or that of attest.yaml, which keep then holds. */
static int choose(const struct values *v, struct attest_policy **policy,
		  struct attest_configuration **keep,
		  const struct attest_policy **ret)
{
	struct attest_error error = { 0 };
	int status = ATTEST_EXIT_DONE;

	if (v->policy.policy || v->policy.level) {
		status = attest_cli_policy(&v->policy, policy);
		*ret = *policy;
		return status;
	}
	if (attest_configuration_open(v->config, keep, &error) < 0) {
		struct attest_policy_values values = v->policy;

		if (error.code != -ENOENT || v->config)
			return attest_cli_fail(&error);
		if (v->isolation)
			values.level = isolations[isolation_of(v, NULL)].level;
		status = attest_cli_policy(&values, policy);
		*ret = *policy;
		return status;
	}
	log_debug("policy of '%s'", attest_configuration_path(*keep));
	*ret = attest_configuration_policy(*keep);
	return status;
}

/* A command that cannot be started gives what a shell gives. */
static int failed(const struct attest_error *error)
{
	int status = attest_cli_fail(error);

	if (error->code == -ENOENT)
		return 127;
	return error->code == -EACCES ? 126 : status;
}

/* Confined as it is to be, with the environment that it is to have. */
static int prepare(const struct values *v, const struct attest_policy *policy,
		   const struct attest_configuration *c,
		   struct attest_environment *environment,
		   struct attest_sandbox **ret)
{
	const struct attest_sandbox_options more = {
		.audit = v->audit,
		.isolation = isolation_of(v, c),
		.workspace = v->workspace,
		.cpu_percent = v->cpu_percent,
	};
	struct stat st;
	int status;

	if (v->workspace &&
	    (stat(v->workspace, &st) < 0 || !S_ISDIR(st.st_mode))) {
		log_error("the workspace '%s' is no directory", v->workspace);
		return ATTEST_EXIT_USAGE;
	}
	status = attest_environment_make(
	    environment, more.isolation != ATTEST_ISOLATION_PROCESS, &v->env,
	    &v->env_files);
	if (status != ATTEST_EXIT_DONE)
		return status;
	return attest_cli_sandbox_with(&v->session, policy, &more, ret);
}

static int run(void *data, int argc, char **argv)
{
	_cleanup_environment_ struct attest_environment environment = { 0 };
	struct values *v = data;
	_cleanup_(configuration_closep) struct attest_configuration *c = NULL;
	_close_policy_ struct attest_policy *policy = NULL;
	const struct attest_policy *chosen = NULL;
	_free_sandbox_ struct attest_sandbox *sandbox = NULL;
	struct attest_sandbox_result result = { 0 };
	struct attest_error error = { 0 };
	struct attest_shown shown = { .quiet = v->common.quiet };
	int status, report;

	status = choose(v, &policy, &c, &chosen);
	if (status == ATTEST_EXIT_DONE)
		status = prepare(v, chosen, c, &environment, &sandbox);
	if (status != ATTEST_EXIT_DONE)
		return status;
	attest_sandbox_set_event_callback(sandbox, attest_cli_show_violation,
					  &shown);
	if (attest_sandbox_execute_secure(
		sandbox, (const char *const *)argv,
		(const char *const *)environment.items, &result, &error) < 0) {
		status = failed(&error);
		(void)attest_cli_write_report(&v->session, sandbox);
		return status;
	}
	attest_cli_show_result(&result, &shown);
	if (!v->common.quiet)
		(void)attest_cli_print_allow_list(stderr, sandbox);
	report = attest_cli_write_report(&v->session, sandbox);
	return result.exit_status ? result.exit_status : report;
}

const struct attest_command attest_cmd_run = {
	.name = "run",
	.args = "[--] CMD [ARG]...",
	.summary = "run a command confined by a policy",
	.run = run,
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = -1,
	.first_arg_ends = true,
	.notes = "Exit status: the command's own; 128+n when signal n ended "
		 "it; 2 bad policy;\n3 this kernel cannot enforce the "
		 "policy.\n\n"
		 "Examples:\n"
		 "  attest-bpf run --level standard -- make -j8\n"
		 "  attest-bpf run -p ci.yaml --report report.json -- "
		 "./build.sh\n"
		 "  attest-bpf run -p ci.yaml --audit -- make check\n"
		 "  attest-bpf run -p ci.yaml -i container -w . --env CC -- "
		 "make\n",
};
