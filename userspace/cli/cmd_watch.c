// SPDX-License-Identifier: Apache-2.0
/**
 * watch and enforce: the same on what runs already, recording or refusing.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "cli/session.h"
#include "cli/term.h"
#include "cli/tally.h"

struct values {
	struct attest_common common;
	struct attest_policy_values policy;
	struct attest_session_values session;
	uint64_t pid;
	const char *cgroup;
	const char *container;
	uint64_t duration;
	const char *format;
	bool enforce;
	bool trace;
	const char *syscalls;
	const char *result;
	bool summary;
};

#define TARGET_OPTIONS                                                         \
	ATTEST_OPTION(struct values, POSITIVE, pid, "pid", 0, "PID",           \
		      "a process with its threads and descendants"),           \
	    ATTEST_OPTION(struct values, STRING, cgroup, "cgroup", 0, "PATH",  \
			  "a cgroup v2 directory with all below it"),          \
	    ATTEST_OPTION(struct values, STRING, container, "container", 0,    \
			  "ID|NAME", "a running container"),                   \
	    ATTEST_POLICY_OPTIONS(struct values, policy),                      \
	    ATTEST_OPTION(struct values, POSITIVE, duration, "duration", 0,    \
			  "SECONDS", "stop after so long"),                    \
	    ATTEST_OPTION(struct values, CHOICE, format, "format", 0,          \
			  "text|json", "default: text"),                       \
	    ATTEST_SESSION_OPTIONS(struct values, session)

static const struct attest_option watch_options[] = {
	TARGET_OPTIONS,
	ATTEST_OPTION(struct values, FLAG, enforce, "enforce", 0, NULL,
		      "refuse, do not only record"),
	ATTEST_OPTION(struct values, STRING, syscalls, "syscalls", 0,
		      "[=FILTER]",
		      "record system calls: names, %file, %network and other "
		      "classes of strace, /REGEX, '!' for the others"),
	ATTEST_OPTION(struct values, STRING, result, "result", 0, "RESULT",
		      "only system calls that end so: ok, failed, ENOENT, ..."),
	ATTEST_OPTION(struct values, FLAG, summary, "summary", 0, NULL,
		      "a table of the system calls at the end, instead of "
		      "each"),
};

static const struct attest_option enforce_options[] = { TARGET_OPTIONS };

struct state {
	const struct values *values;
	struct attest_tally *tally;
};

static void show(const struct attest_event *event, void *data)
{
	struct state *state = data;

	attest_tally_add(state->tally, event);
	if (state->values->common.quiet)
		return;
	if (state->values->format && !strcmp(state->values->format, "json"))
		puts(event->json);
	else
		attest_cli_print_event(stdout, event);
	(void)fflush(stdout);
}

static void ready(void *data)
{
	const struct values *v = data;

	if (v->container)
		log_info("%s container '%s'; Ctrl-C ends",
			 v->enforce ? "confining" : "watching", v->container);
	else if (v->cgroup)
		log_info("%s cgroup '%s'; Ctrl-C ends",
			 v->enforce ? "confining" : "watching", v->cgroup);
	else
		log_info("%s process %" PRIu64 " and its descendants; Ctrl-C "
			 "ends",
			 v->enforce ? "confining" : "watching", v->pid);
}

static int print_summary(const struct attest_sandbox *sandbox,
			 struct attest_error *error)
{
	_cleanup_free_ char *text = NULL;
	int r = attest_sandbox_syscall_summary(sandbox, &text, error);

	if (r == 0)
		fputs(text, stdout);
	return r;
}

static int attach(const struct values *v, const struct attest_policy *policy,
		  struct attest_error *error)
{
	const struct attest_sandbox_target target = {
		.size = sizeof(target),
		.pid = (uint32_t)v->pid,
		.cgroup = v->cgroup,
		.enforce = v->enforce,
		.duration_ms = v->duration * 1000,
		.trace = v->trace,
		.container = v->container,
	};
	_cleanup_(attest_tally_freep) struct attest_tally *tally = NULL;
	_free_sandbox_ struct attest_sandbox *sandbox = NULL;
	struct state state = { .values = v };
	struct attest_sandbox_result result = { 0 };
	int status, r;

	status = attest_cli_sandbox(&v->session, policy, !v->enforce, &sandbox);
	if (status != ATTEST_EXIT_DONE)
		return status;
	if (v->syscalls && attest_sandbox_watch_syscalls(
			       sandbox, v->syscalls[0] ? v->syscalls : "all",
			       v->result, v->summary, error) < 0)
		return ATTEST_EXIT_USAGE;
	tally = attest_tally_new();
	state.tally = tally;
	attest_sandbox_set_event_callback(sandbox, show, &state);
	attest_sandbox_set_ready_callback(sandbox, ready, (void *)v);
	r = attest_sandbox_attach(sandbox, &target, &result, error);
	if (r < 0)
		return ATTEST_EXIT_FAILED;
	if (result.bpf_reason[0])
		log_info("BPF layer: %s: %s", result.bpf, result.bpf_reason);
	if (!v->common.quiet)
		attest_tally_print(tally, &result);
	if (!v->common.quiet && (!v->format || strcmp(v->format, "json")) &&
	    attest_cli_print_allow_list(stdout, sandbox) != ATTEST_EXIT_DONE)
		return ATTEST_EXIT_FAILED;
	if (v->summary && print_summary(sandbox, error) < 0)
		return ATTEST_EXIT_FAILED;
	return attest_cli_write_report(&v->session, sandbox);
}

static int check_target(const struct values *v)
{
	if (!!v->pid + !!v->cgroup + !!v->container != 1) {
		log_error("who? Give --pid PID, --cgroup PATH or "
			  "--container NAME");
		return ATTEST_EXIT_USAGE;
	}
	if (v->pid > INT32_MAX) {
		log_error("'%" PRIu64 "' is no process id", v->pid);
		return ATTEST_EXIT_USAGE;
	}
	return ATTEST_EXIT_DONE;
}

static int run(struct values *v)
{
	_close_policy_ struct attest_policy *policy = NULL;
	struct attest_error error = { 0 };
	int status;

	status = check_target(v);
	if (status == ATTEST_EXIT_DONE)
		status = attest_cli_policy(&v->policy, &policy);
	if (status != ATTEST_EXIT_DONE)
		return status;
	status = attach(v, policy, &error);
	return error.code ? attest_cli_fail(&error) : status;
}

static int run_watch(void *data, int argc, char **argv)
{
	struct values *v = data;

	if ((v->summary || v->result) && !v->syscalls) {
		log_error("'--%s' is about --syscalls",
			  v->summary ? "summary" : "result");
		return ATTEST_EXIT_USAGE;
	}
	v->trace = !v->syscalls;
	if (!v->policy.policy && !v->policy.level)
		v->policy.level = "standard";
	return run(v);
}

static int run_enforce(void *data, int argc, char **argv)
{
	struct values *v = data;

	v->enforce = true;
	return run(v);
}

const struct attest_command attest_cmd_watch = {
	.name = "watch",
	.args = "",
	.summary = "record what a process, cgroup or container does",
	.run = run_watch,
	.options = watch_options,
	.n_options = ARRAY_SIZE(watch_options),
	.values_size = sizeof(struct values),
	.max_args = 0,
	.notes = "Without a policy the level standard says what is a "
		 "violation. Nothing is\nrefused unless --enforce is given.\n\n"
		 "Examples:\n"
		 "  sudo attest-bpf watch --pid 1234\n"
		 "  sudo attest-bpf watch --pid 1234 -p policy.yaml --enforce\n"
		 "  sudo attest-bpf watch --pid 1234 --syscalls=%file "
		 "--result failed\n"
		 "  sudo attest-bpf watch --cgroup "
		 "/sys/fs/cgroup/ci.slice --format json\n",
};

const struct attest_command attest_cmd_enforce = {
	.name = "enforce",
	.args = "",
	.summary = "confine a process, cgroup or container by a policy",
	.run = run_enforce,
	.options = enforce_options,
	.n_options = ARRAY_SIZE(enforce_options),
	.values_size = sizeof(struct values),
	.max_args = 0,
	.notes = "Examples:\n"
		 "  sudo attest-bpf enforce --cgroup /sys/fs/cgroup/ci.slice "
		 "-p policy.yaml\n"
		 "  sudo attest-bpf enforce --pid 1234 --level maximum\n",
};
