// SPDX-License-Identifier: Apache-2.0
/**
 * `run`: a command in its confinement.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "engine/limits.h"
#include "engine/network.h"
#include "engine/session.h"
#include "sandbox/spawn.h"

#define POLL_MS 20

void attest_engine_result_done(struct attest_engine_result *result)
{
	attest_coverage_free(&result->coverage);
	attest_report_destinations_done(&result->destinations);
}

/* What a shell would pass on to its foreground job. The terminal's own
 * signals reach the command directly.
 */
static int open_signals(sigset_t *ret_old)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGQUIT);
	(void)sigaddset(&set, SIGUSR1);
	(void)sigaddset(&set, SIGUSR2);
	if (sigprocmask(SIG_BLOCK, &set, ret_old) < 0)
		return -errno;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void pass_signals(const struct attest_session *s, int fd,
			 struct attest_child *child)
{
	const struct attest_engine_options *options = s->options;
	struct signalfd_siginfo info;

	while (read(fd, &info, sizeof(info)) == sizeof(info)) {
		/* The terminal's is the command's affair; log rotation's is
		 * ours.
		 */
		if (info.ssi_signo == SIGHUP && info.ssi_code != SI_KERNEL &&
		    options->hangup)
			options->hangup(options->ctx);
		else
			(void)attest_spawn_forward(child, &info);
	}
}

/* Where the command starts. In a container the workspace may be elsewhere. */
static int working_directory(struct attest_session *s, char **ret)
{
	const char *workspace = s->options->workspace;

	if (s->confine.container && !workspace)
		*ret = getcwd(NULL, 0);
	else if (s->confine.container && s->workspace_target)
		*ret = strdup(s->workspace_target);
	else if (workspace)
		*ret = realpath(workspace, NULL);
	else
		return 0;
	return *ret ? 0
		    : attest_session_fail(s, -errno,
					  "cannot use the working directory "
					  "'%s': %s",
					  workspace ? workspace : ".",
					  strerror(errno));
}

/* The layers that are applied in the child itself. A dry run has the limits
 * only, which say nothing of paths or calls.
 */
static void fill_options(struct attest_session *s,
			 struct attest_spawn_options *options)
{
	if (s->options->is_audit) {
		options->rlimits = &s->confine.rlimits;
		options->own_tree = true;
		return;
	}
	if (s->has_filter) {
		options->filters[0].program = &s->filter.prog;
		options->filters[0].flags = s->filter.flags;
		options->n_filters = 1;
	}
	attest_confine_fill(&s->confine, options);
}

/* What is done to the child from outside before it may go. */
static int bind_child(struct attest_session *s, struct attest_child *child)
{
	uint32_t flags = 0;
	int r;

	r = attest_confine_enter(&s->confine, child);
	if (r < 0)
		return attest_session_fail(
		    s, r, "cannot move the command into its cgroup: %s",
		    strerror(-r));
	if (!s->has_slot)
		return 0;
	r = attest_session_network_confine(s, s->confine.cgroup.fd, 0);
	if (r < 0)
		return r;
	/* What nothing refuses is seen from the outside only. */
	if (s->options->is_audit && s->bpf_state.rung == ATTEST_RUNG_TRACE)
		flags = ATTEST_SUBJECT_TRACE_FILES;
	r = attest_kern_subject_pidfd(s->kern, child->pidfd, &s->slot, flags);
	return r < 0 ? attest_session_fail(s, r,
					   "cannot make the command a BPF "
					   "subject: %s",
					   strerror(-r))
		     : 0;
}

static int start(struct attest_session *s, const char *const *argv,
		 const char *const *envp, struct attest_child *ret_child)
{
	struct attest_spawn_options options = attest_spawn_defaults(argv, envp);
	struct attest_spawn_error error = { 0 };
	_cleanup_free_ char *cwd = NULL;
	char text[512];
	int r;

	r = working_directory(s, &cwd);
	if (r < 0)
		return r;
	options.cwd = cwd;
	fill_options(s, &options);
	r = attest_spawn_start(&options, ret_child, &error);
	if (r == 0) {
		r = bind_child(s, ret_child);
		if (r < 0) {
			attest_spawn_done(ret_child);
			return r;
		}
		r = attest_spawn_go(ret_child, &error);
	}
	if (r == 0)
		return 0;
	s->result->exit_status = attest_spawn_exit_code(&error);
	/* These two say that the command cannot be executed, and nothing else.
	 */
	if (s->result->exit_status == ATTEST_EXIT_FAILED &&
	    (r == -ENOENT || r == -EACCES))
		r = -ECANCELED;
	attest_spawn_done(ret_child);
	attest_session_drain(s);
	return attest_session_fail(
	    s, r, "%s", attest_spawn_error_text(&error, text, sizeof(text)));
}

/* Calls that wait, until nobody is left who could make one. */
static void answer(struct attest_session *s)
{
	int r = s->notify ? attest_notify_dispatch(s->notify) : 0;

	if (r >= 0)
		return;
	/* What is still to come is answered by the kernel, with ENOSYS. */
	attest_notify_free(&s->notify);
	if (r != -ESRCH)
		log_error("cannot answer the command's system calls, they "
			  "fail from now on: %s",
			  strerror(-r));
}

/* Until the command ends. */
static int supervise(struct attest_session *s, struct attest_child *child,
		     const char *command, int signal_fd)
{
	struct attest_limits limits;
	int status = 0, signal = 0, r;

	attest_limits_start(&limits, s, command, child->pid);

	for (;;) {
		struct pollfd fds[] = {
			{ .fd = attest_spawn_end_fd(child), .events = POLLIN },
			{ .fd = signal_fd, .events = POLLIN },
			{ .fd = s->kern ? attest_kern_poll_fd(s->kern) : -1,
			  .events = POLLIN },
			{ .fd = s->notify ? attest_notify_fd(s->notify) : -1,
			  .events = POLLIN },
		};

		(void)poll(fds, ARRAY_SIZE(fds), s->kern ? POLL_MS : 100);
		pass_signals(s, signal_fd, child);
		answer(s);
		(void)attest_session_poll(s, 0);
		r = attest_spawn_reap(child, &status, &signal);
		if (r != 0)
			break;
		if (attest_limits_wall_is_over(&limits))
			attest_spawn_kill(child);
	}
	if (r > 0)
		attest_limits_end(&limits, status, signal);
	s->result->exit_status = status;
	return r < 0 ? attest_session_fail(s, r,
					   "cannot wait for the command: "
					   "%s",
					   strerror(-r))
		     : 0;
}

/* Lets the command run, and stays until it ends. */
static int start_and_supervise(struct attest_session *s,
			       const char *const *argv, const char *const *envp,
			       int signal_fd)
{
	struct attest_child child = ATTEST_CHILD_NONE;
	int r;

	r = start(s, argv, envp, &child);
	if (r < 0)
		return r;
	if (child.notify_fd >= 0) {
		r = attest_session_supervise(s, child.notify_fd);
		if (r < 0) {
			attest_spawn_done(&child);
			return r;
		}
		child.notify_fd = -1;
	}
	if (s->options->ready)
		s->options->ready(s->options->ctx);
	r = supervise(s, &child, argv[0], signal_fd);
	attest_session_drain(s);
	attest_spawn_done(&child);
	return r;
}

int attest_engine_run(const struct attest_engine_options *options,
		      const char *const *argv, const char *const *envp,
		      struct attest_engine_result *ret_result)
{
	_close_session_ struct attest_session s;
	_cleanup_close_ int signal_fd = -1;
	sigset_t old;
	int r;

	r = attest_session_open(&s, options, ATTEST_SUBJECT_COMMAND,
				!options->without_bpf && geteuid() == 0,
				ret_result);
	if (r == 0 && !options->is_audit)
		r = attest_session_check(&s);
	if (r < 0)
		return r;
	if (s.kern) {
		r = attest_kern_policy_add(s.kern, s.image, &s.slot);
		if (r < 0)
			return attest_session_fail(
			    &s, r, "cannot load the policy: %s", strerror(-r));
		s.has_slot = true;
	}
	signal_fd = open_signals(&old);
	if (signal_fd < 0)
		return attest_session_fail(&s, signal_fd,
					   "cannot watch for signals");
	r = start_and_supervise(&s, argv, envp, signal_fd);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	return r;
}
