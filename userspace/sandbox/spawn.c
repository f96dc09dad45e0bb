// SPDX-License-Identifier: Apache-2.0
/* The parent's side. The child is never left running on a failure. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/container.h"
#include "sandbox/namespaces.h"
#include "sandbox/spawn_child.h"

struct attest_spawn_options attest_spawn_defaults(const char *const *argv,
						  const char *const *envp)
{
	return (struct attest_spawn_options){
		.argv = argv,
		.envp = envp,
		.landlock_fd = -1,
		.stdio = { -1, -1, -1 },
	};
}

static int fail(struct attest_spawn_error *reterr, enum attest_spawn_step step,
		int error)
{
	reterr->step = step;
	reterr->error = error;
	reterr->path[0] = '\0';
	return error;
}

static void unmap(struct attest_spawn_shared **shared)
{
	if (*shared)
		(void)munmap(*shared, sizeof(**shared));
	*shared = NULL;
}

static int map(struct attest_spawn_shared **ret)
{
	void *p = mmap(NULL, sizeof(**ret), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return -errno;
	*ret = p;
	atomic_init(&(*ret)->listener, ATTEST_LISTENER_PENDING);
	return 0;
}

/* Room for "/bin/sh", the script, the arguments after argv[0] and NULL. */
static const char **make_script(const char *const *argv)
{
	const char **script;
	size_t n = 0;

	while (argv[n])
		n++;
	script = calloc(n + 2, sizeof(*script));
	if (script)
		memcpy(script + 2, argv + 1, n * sizeof(*script));
	return script;
}

static pid_t fork_with_pidfd(const struct attest_container *container,
			     int *ret_pidfd)
{
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (uintptr_t)ret_pidfd,
		.exit_signal = SIGCHLD,
	};

	if (container)
		args.flags |= attest_ns_flags(container->own_network);
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

/* Waits for "ready" and, from an init, for the command's pidfd, in whatever
 * order they come; the end of the channel instead means failure.
 */
static int await_ready(struct attest_child *child)
{
	bool is_ready = false;

	while (!is_ready || child->pidfd < 0) {
		char byte = 0;
		int r = attest_channel_receive(child->channel, 0, &byte,
					       &child->pidfd);

		if (r <= 0)
			return r < 0 ? r : -EPIPE;
		is_ready |= byte == ATTEST_CHANNEL_READY;
	}
	return 0;
}

/* What the child left in shared memory, or `error` if it left nothing. */
static int take_error(const struct attest_child *child,
		      struct attest_spawn_error *reterr, int error)
{
	const struct attest_spawn_error *e = &child->shared->error;

	if (e->step == ATTEST_STEP_NONE || e->error >= 0)
		return fail(reterr, ATTEST_STEP_WAIT, error);
	*reterr = *e;
	reterr->path[sizeof(reterr->path) - 1] = '\0';
	return e->error;
}

static int map_ids(struct attest_child *child,
		   struct attest_spawn_error *reterr)
{
	char byte;
	int fd = -1;
	int r;

	r = attest_channel_receive(child->channel, 0, &byte, &fd);
	if (r <= 0)
		return take_error(child, reterr, r < 0 ? r : -EPIPE);
	r = attest_ns_map_ids(child->leader);
	if (r < 0)
		return fail(reterr, ATTEST_STEP_ID_MAP, r);
	byte = ATTEST_CHANNEL_MAPPED;
	if (send(child->channel, &byte, 1, MSG_NOSIGNAL) != 1)
		return take_error(child, reterr, -errno);
	return 0;
}

/* The leader is not the command: get to know the command. */
static int meet_command(struct attest_child *child,
			const struct attest_container *container,
			struct attest_spawn_error *reterr)
{
	int r;

	child->leader_pidfd = TAKE_FD(child->pidfd);
	r = container ? map_ids(child, reterr) : 0;
	if (r < 0)
		return r;
	r = await_ready(child);
	if (r < 0)
		return take_error(child, reterr, r);
	r = attest_pidfd_pid(child->pidfd, &child->pid);
	return r < 0 ? fail(reterr, ATTEST_STEP_INIT, r) : 0;
}

static _Noreturn void run_child(const struct attest_spawn_options *options,
				struct attest_child *child, int channel,
				int life, const char **script)
{
	/* Or the end of the caller would end neither. */
	(void)close(child->channel);
	attest_closep(&child->life);
	if (options->container)
		attest_init_run(options, child->shared, channel, script);
	if (options->own_tree)
		attest_reaper_run(options, child->shared, channel, life,
				  script);
	attest_child_run(options, child->shared, channel, script);
}

static int make_channels(const struct attest_spawn_options *options,
			 struct attest_child *child, int *ret_channel,
			 int *ret_life)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	child->channel = pair[0];
	*ret_channel = pair[1];
	if (!options->own_tree || options->container)
		return 0;
	if (pipe2(pair, O_CLOEXEC) < 0)
		return -errno;
	*ret_life = pair[0];
	child->life = pair[1];
	return 0;
}

static int fork_child(const struct attest_spawn_options *options,
		      struct attest_child *child,
		      struct attest_spawn_error *reterr)
{
	_cleanup_free_ const char **script = NULL;
	_cleanup_close_ int channel = -1;
	_cleanup_close_ int life = -1;
	pid_t pid;
	int r;

	script = make_script(options->argv);
	if (!script)
		return fail(reterr, ATTEST_STEP_FORK, -ENOMEM);
	r = make_channels(options, child, &channel, &life);
	if (r < 0)
		return fail(reterr, ATTEST_STEP_FORK, r);
	pid = fork_with_pidfd(options->container, &child->pidfd);
	if (pid < 0)
		return fail(reterr,
			    options->container ? ATTEST_STEP_NAMESPACES
					       : ATTEST_STEP_FORK,
			    -errno);
	if (pid == 0)
		run_child(options, child, channel, life, script);
	child->leader = pid;
	return 0;
}

int attest_spawn_start(const struct attest_spawn_options *options,
		       struct attest_child *ret_child,
		       struct attest_spawn_error *reterr_error)
{
	_cleanup_(attest_spawn_done) struct attest_child child =
	    ATTEST_CHILD_NONE;
	int r;

	assert(options->n_filters <= ATTEST_SPAWN_FILTERS_MAX);
	r = map(&child.shared);
	if (r < 0)
		return fail(reterr_error, ATTEST_STEP_FORK, r);
	r = fork_child(options, &child, reterr_error);
	if (r < 0)
		return r;
	if (options->container || options->own_tree) {
		r = meet_command(&child, options->container, reterr_error);
		if (r < 0)
			return r;
	} else {
		child.pid = child.leader;
		r = await_ready(&child);
		if (r < 0)
			return take_error(&child, reterr_error, r);
	}
	*ret_child = child;
	child = ATTEST_CHILD_NONE;
	return 0;
}

int attest_spawn_end_fd(const struct attest_child *child)
{
	return child->leader_pidfd >= 0 ? child->leader_pidfd : child->pidfd;
}

/* Waits for the listener (1) or for the end of the channel (0): the exec
 * closed it, or the child's death did.
 */
static int receive(struct attest_child *child)
{
	struct pollfd fds[] = {
		{ .fd = child->channel, .events = POLLIN },
		{ .fd = child->pidfd, .events = POLLIN },
	};
	char byte;
	int r;

	for (;;) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		r = attest_channel_receive(child->channel, MSG_DONTWAIT, &byte,
					   &child->notify_fd);
		if (r != -EAGAIN)
			return r;
		if (fds[1].revents)
			return 0;
	}
}

static void end_helper(struct attest_child *child)
{
	int pending = ATTEST_LISTENER_PENDING;
	pid_t helper = atomic_load(&child->shared->helper);

	if (!helper)
		return;
	/* A child that was killed before its filter leaves it waiting. */
	(void)atomic_compare_exchange_strong(&child->shared->listener, &pending,
					     ATTEST_LISTENER_FAILED);
	/* It is the leader's to collect if that is not the command. */
	while (child->leader_pidfd < 0 && waitpid(helper, NULL, 0) < 0 &&
	       errno == EINTR)
		;
	atomic_store(&child->shared->helper, 0);
}

int attest_spawn_go(struct attest_child *child,
		    struct attest_spawn_error *reterr_error)
{
	char byte = ATTEST_CHANNEL_GO;
	int r;

	if (send(child->channel, &byte, 1, MSG_NOSIGNAL) != 1)
		r = -errno;
	else
		r = receive(child);
	end_helper(child);
	/* With a listener the exec may wait for us: do not wait for it. */
	if (r == 1 && child->notify_fd >= 0)
		return 0;
	if (r >= 0 && child->shared->error.step == ATTEST_STEP_NONE)
		return 0;
	r = take_error(child, reterr_error, r < 0 ? r : -EPIPE);
	attest_spawn_done(child);
	return r;
}

static int decode(int code, int status, int *ret_status, int *ret_signal)
{
	bool exited = code == CLD_EXITED;

	*ret_status = exited ? status : 128 + status;
	if (ret_signal)
		*ret_signal = exited ? 0 : status;
	return 1;
}

static int collect(struct attest_child *child, int flags, int *ret_status,
		   int *ret_signal)
{
	const struct attest_spawn_shared *shared = child->shared;
	siginfo_t info = { 0 };
	int r;

	if (!child->leader)
		return -ECHILD;
	do
		r = waitid(P_PIDFD, (id_t)attest_spawn_end_fd(child), &info,
			   WEXITED | flags);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	if (info.si_pid == 0)
		return 0;
	child->leader = 0;
	if (child->leader_pidfd < 0)
		return decode(info.si_code, info.si_status, ret_status,
			      ret_signal);
	/* An init that could not say how it ended was killed, and so was all
	 * that it held.
	 */
	if (!atomic_load(&shared->has_ended))
		return decode(CLD_KILLED, SIGKILL, ret_status, ret_signal);
	return decode(shared->end_code, shared->end_status, ret_status,
		      ret_signal);
}

int attest_spawn_reap(struct attest_child *child, int *ret_status,
		      int *ret_signal)
{
	return collect(child, WNOHANG, ret_status, ret_signal);
}

int attest_spawn_wait(struct attest_child *child, int *ret_status,
		      int *ret_signal)
{
	int r = collect(child, 0, ret_status, ret_signal);

	return r < 0 ? r : 0;
}

void attest_spawn_done(struct attest_child *child)
{
	int status;

	if (child->leader) {
		attest_spawn_kill(child);
		(void)attest_spawn_wait(child, &status, NULL);
		end_helper(child);
	}
	attest_closep(&child->channel);
	attest_closep(&child->notify_fd);
	attest_closep(&child->pidfd);
	attest_closep(&child->leader_pidfd);
	attest_closep(&child->life);
	unmap(&child->shared);
	*child = ATTEST_CHILD_NONE;
}
