// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "cli/container.h"
#include "cli/session.h"

#define CPU_MILLIS 1000

struct values {
	struct attest_common common;
	struct attest_policy_values policy;
	struct attest_session_values session;
	const char *runtime;
	const char *name;
	const char *user;
	const char *workdir;
	const char *workspace;
	const char *pull;
	const char *docker_runtime;
	struct attest_list env;
	struct attest_list runtime_args;
	uint64_t cpus;
	bool audit;
	bool interactive;
	bool tty;
};

static const struct attest_option options[] = {
	ATTEST_OPTION(struct values, CHOICE, runtime, "runtime", 'r',
		      "podman|docker|crun|runc", "default: podman"),
	ATTEST_POLICY_OPTIONS(struct values, policy),
	ATTEST_OPTION(struct values, FLAG, audit, "audit", 0, NULL,
		      "record what would be refused; the runtime's own seccomp "
		      "profile applies"),
	ATTEST_OPTION(struct values, STRING, name, "name", 0, "NAME",
		      "of the container"),
	ATTEST_OPTION(struct values, LIST, env, "env", 0, "KEY=VALUE",
		      "a variable of its environment; may be repeated"),
	ATTEST_OPTION(struct values, STRING, workspace, "workspace", 'w', "DIR",
		      "a directory that is seen as /workspace"),
	ATTEST_OPTION(struct values, STRING, workdir, "workdir", 0, "DIR",
		      "where the command starts"),
	ATTEST_OPTION(struct values, STRING, user, "user", 'u', "UID[:GID]",
		      "as whom it runs; default: the image's"),
	ATTEST_OPTION(struct values, FLAG, interactive, "interactive", 'i',
		      NULL, "pass standard input on"),
	ATTEST_OPTION(struct values, FLAG, tty, "tty", 't', NULL,
		      "give it a terminal"),
	ATTEST_OPTION(struct values, NUMBER, cpus, "cpus", 0, "N",
		      "so many processors"),
	ATTEST_OPTION(struct values, CHOICE, pull, "pull", 0,
		      "missing|never|always", "default: missing"),
	ATTEST_OPTION(struct values, LIST, runtime_args, "runtime-arg", 0,
		      "ARG",
		      "an argument of the runtime, before its "
		      "subcommand; may be repeated"),
	ATTEST_OPTION(struct values, STRING, docker_runtime, "docker-runtime",
		      0, "NAME",
		      "the wrapper that dockerd knows: see "
		      "'container runtime-wrapper'"),
	ATTEST_SESSION_OPTIONS(struct values, session),
};

/* The lists of the options do not end with NULL. */
static int end_list(struct attest_list *list)
{
	const char **items;

	items =
	    realloc(list->items, (list->n_items + 1) * sizeof(*list->items));
	if (!items) {
		log_error("out of memory");
		return ATTEST_EXIT_FAILED;
	}
	list->items = items;
	items[list->n_items] = NULL;
	return ATTEST_EXIT_DONE;
}

/* What the troubleshooting section of docs/containers.md lists. */
static void explain(const struct values *v,
		    const struct attest_sandbox_result *result)
{
	if (result->added_calls)
		log_debug("added to the seccomp profile for the runtime: %s",
			  result->added_calls);
	if (result->failure) {
		log_error("%s", result->failure);
		log_error("solution: %s", result->solution);
		if (result->detail)
			log_info("%s: %s", v->runtime ? v->runtime : "podman",
				 result->detail);
	}
}

static int execute(struct values *v, struct attest_sandbox *sandbox,
		   const struct attest_shown *shown, char **argv)
{
	char hook[4096];
	const struct attest_container container = {
		.size = sizeof(container),
		.runtime = v->runtime,
		.image = argv[0],
		.command = argv[1] ? (const char *const *)argv + 1 : NULL,
		.name = v->name,
		.user = v->user,
		.workdir = v->workdir,
		.env = v->env.items,
		.workspace = v->workspace,
		.runtime_args = v->runtime_args.items,
		.pull = v->pull,
		.interactive = v->interactive,
		.tty = v->tty,
		.cpu_millis = v->cpus * CPU_MILLIS,
		.hook = attest_cli_own_path(hook, sizeof(hook)),
		.docker_runtime = v->docker_runtime,
	};
	struct attest_sandbox_result result = { 0 };
	struct attest_error error = { 0 };
	int status, report;

	if (attest_sandbox_run_container(sandbox, &container, &result, &error) <
	    0) {
		status = attest_cli_fail(&error);
		(void)attest_cli_write_report(&v->session, sandbox);
		return status;
	}
	explain(v, &result);
	attest_cli_show_result(&result, shown);
	report = attest_cli_write_report(&v->session, sandbox);
	return result.exit_status ? result.exit_status : report;
}

static int run(void *data, int argc, char **argv)
{
	struct values *v = data;
	_close_policy_ struct attest_policy *policy = NULL;
	_free_sandbox_ struct attest_sandbox *sandbox = NULL;
	struct attest_shown shown = { .quiet = v->common.quiet };
	int status;

	/* IMAGE -- CMD: what follows belongs to the container. */
	if (argc > 1 && strcmp(argv[1], "--") == 0) {
		argv[1] = argv[0];
		argv++;
	}
	status = attest_cli_policy(&v->policy, &policy);
	status = status ?: end_list(&v->env);
	status = status ?: end_list(&v->runtime_args);
	status =
	    status
		?: attest_cli_sandbox(&v->session, policy, v->audit, &sandbox);
	if (status != ATTEST_EXIT_DONE)
		return status;
	attest_sandbox_set_event_callback(sandbox, attest_cli_show_violation,
					  &shown);
	return execute(v, sandbox, &shown, argv);
}

const struct attest_command attest_cmd_container_run = {
	.name = "container run",
	.args = "IMAGE [--] [CMD [ARG]...]",
	.summary = "run a container image confined by a policy",
	.run = run,
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = -1,
	.first_arg_ends = true,
	.notes = "Exit status: the container's own; 128+n when signal n ended "
		 "it; 2 bad policy;\n3 the policy cannot be enforced here; "
		 "125 to 127 the runtime's.\n\n"
		 "Examples:\n"
		 "  sudo attest-bpf container run --level maximum "
		 "alpine:latest -- echo Hello\n"
		 "  sudo attest-bpf container run -p ci.yaml --workspace . "
		 "debian:12 -- make\n"
		 "  sudo attest-bpf container run --runtime runc -p ci.yaml "
		 "/srv/rootfs -- /bin/sh\n",
};
