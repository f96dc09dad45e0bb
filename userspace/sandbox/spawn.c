// SPDX-License-Identifier: Apache-2.0
/* The parent's side. The child is never left running on a failure. */
#include <assert.h>
#include <errno.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
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

static pid_t fork_with_pidfd(int *ret_pidfd)
{
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (uintptr_t)ret_pidfd,
		.exit_signal = SIGCHLD,
	};

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

/* Waits for the child's "ready"; its end instead means that it failed. */
static int await_ready(const struct attest_child *child)
{
	char byte;
	ssize_t n;

	do
		n = recv(child->channel, &byte, 1, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n == 1 ? 0 : -EPIPE;
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

int attest_spawn_start(const struct attest_spawn_options *options,
		       struct attest_child *ret_child,
		       struct attest_spawn_error *reterr_error)
{
	_cleanup_(attest_spawn_done) struct attest_child child = {
		.pidfd = -1, .notify_fd = -1, .channel = -1
	};
	_cleanup_free_ const char **script = NULL;
	_cleanup_close_ int other = -1;
	int pair[2];
	int r;

	assert(options->n_filters <= ATTEST_SPAWN_FILTERS_MAX);
	script = make_script(options->argv);
	if (!script)
		return fail(reterr_error, ATTEST_STEP_FORK, -ENOMEM);
	r = map(&child.shared);
	if (r < 0)
		return fail(reterr_error, ATTEST_STEP_FORK, r);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return fail(reterr_error, ATTEST_STEP_FORK, -errno);
	child.channel = pair[0];
	other = pair[1];
	child.pid = fork_with_pidfd(&child.pidfd);
	if (child.pid == 0)
		attest_child_run(options, child.shared, other, script);
	if (child.pid < 0) {
		r = -errno;
		child.pid = 0;
		return fail(reterr_error, ATTEST_STEP_FORK, r);
	}
	(void)close(TAKE_FD(other));
	r = await_ready(&child);
	if (r < 0)
		return take_error(&child, reterr_error, r);
	*ret_child = child;
	child = (struct attest_child){ .pidfd = -1,
				       .notify_fd = -1,
				       .channel = -1 };
	return 0;
}

static int receive_message(struct attest_child *child)
{
	char control[CMSG_SPACE(sizeof(int))];
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header;
	ssize_t n;

	n = recvmsg(child->channel, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	if (n <= 0)
		return n < 0 ? -errno : 0;
	header = CMSG_FIRSTHDR(&msg);
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(&child->notify_fd, CMSG_DATA(header), sizeof(int));
	return 1;
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
	int r;

	for (;;) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		r = receive_message(child);
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
	while (waitpid(helper, NULL, 0) < 0 && errno == EINTR)
		;
	atomic_store(&child->shared->helper, 0);
}

int attest_spawn_go(struct attest_child *child,
		    struct attest_spawn_error *reterr_error)
{
	char byte = 'G';
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

static int decode(const siginfo_t *info, int *ret_status, int *ret_signal)
{
	bool exited = info->si_code == CLD_EXITED;

	*ret_status = exited ? info->si_status : 128 + info->si_status;
	if (ret_signal)
		*ret_signal = exited ? 0 : info->si_status;
	return 1;
}

static int collect(struct attest_child *child, int flags, int *ret_status,
		   int *ret_signal)
{
	siginfo_t info = { 0 };
	int r;

	if (!child->pid)
		return -ECHILD;
	do
		r = waitid(P_PIDFD, (id_t)child->pidfd, &info, WEXITED | flags);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	if (info.si_pid == 0)
		return 0;
	child->pid = 0;
	return decode(&info, ret_status, ret_signal);
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

int attest_spawn_signal(const struct attest_child *child, int signal)
{
	if (!child->pid)
		return -ESRCH;
	if (syscall(SYS_pidfd_send_signal, child->pidfd, signal, NULL, 0) < 0)
		return -errno;
	return 0;
}

void attest_spawn_done(struct attest_child *child)
{
	int status;

	if (child->pid) {
		(void)attest_spawn_signal(child, SIGKILL);
		(void)attest_spawn_wait(child, &status, NULL);
		end_helper(child);
	}
	attest_closep(&child->channel);
	attest_closep(&child->notify_fd);
	attest_closep(&child->pidfd);
	unmap(&child->shared);
	*child = (struct attest_child){ .pidfd = -1,
					.notify_fd = -1,
					.channel = -1 };
}
