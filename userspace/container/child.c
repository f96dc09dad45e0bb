// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "container/child.h"
#include "container/guard.h"

static const int passed[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2
};

struct child {
	int pidfd;
	int signals;
	int errors; /* read end, or -1 */
	int guard_fd;
	struct attest_container_watch *watch;
	bool guard_knows; /* the control group */
	struct attest_child_tail *tail;
};

static void keep(struct attest_child_tail *tail, const char *data, size_t n)
{
	if (n >= sizeof(tail->data)) {
		data += n - sizeof(tail->data);
		n = sizeof(tail->data);
		tail->len = 0;
	} else if (tail->len + n > sizeof(tail->data)) {
		size_t drop = tail->len + n - sizeof(tail->data);

		memmove(tail->data, tail->data + drop, tail->len - drop);
		tail->len -= drop;
	}
	memcpy(tail->data + tail->len, data, n);
	tail->len += n;
}

/* Copies what is there. The pipe does not block. False: no more comes. */
static bool copy_errors(struct child *child)
{
	char buffer[4096];

	for (;;) {
		ssize_t n = read(child->errors, buffer, sizeof(buffer));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return true;
		if (n <= 0)
			return false;
		keep(child->tail, buffer, (size_t)n);
		/* Standard error may be closed: the run goes on. */
		(void)attest_write_all(STDERR_FILENO, buffer, (size_t)n);
	}
}

/* A terminal signals its whole foreground group, the runtime included. */
static void pass_signal(const struct child *child)
{
	struct signalfd_siginfo info;

	if (read(child->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_code == SI_KERNEL)
		return;
	(void)pidfd_send_signal(child->pidfd, (int)info.ssi_signo, NULL, 0);
}

static void serve_watch(struct child *child)
{
	struct attest_container_watch *watch = child->watch;

	if (!watch)
		return;
	watch->fn(watch);
	if (!watch->cgroup[0] || child->guard_knows)
		return;
	child->guard_knows = true;
	attest_container_guard_tell_cgroup(child->guard_fd, watch->cgroup);
}

static void serve(struct child *child)
{
	const struct attest_container_watch *watch = child->watch;
	struct pollfd p[] = {
		{ .fd = child->pidfd, .events = POLLIN },
		{ .fd = child->signals, .events = POLLIN },
		{ .fd = child->errors, .events = POLLIN },
		{ .fd = watch ? watch->fds[0] : -1, .events = POLLIN },
		{ .fd = watch ? watch->fds[1] : -1, .events = POLLIN },
	};

	for (;;) {
		int n = poll(p, ARRAY_SIZE(p), watch ? watch->interval_ms : -1);

		serve_watch(child);
		if (n < 0)
			continue; /* EINTR */
		if (p[1].revents)
			pass_signal(child);
		if (p[2].revents && !copy_errors(child))
			p[2].fd = -1;
		if (p[0].revents)
			break;
	}
	if (p[2].fd >= 0)
		(void)copy_errors(child);
}

static void __attribute__((noreturn))
exec_child(char *const *argv, int guard_fd, int error_fd, int status_fd,
	   const sigset_t *mask)
{
	int r = attest_container_guard_adopt_self(guard_fd);

	if (r >= 0 && error_fd >= 0 && dup2(error_fd, STDERR_FILENO) < 0)
		r = -errno;
	if (r >= 0) {
		(void)sigprocmask(SIG_SETMASK, mask, NULL);
		(void)execvp(argv[0], argv);
		r = -errno;
	}
	(void)!write(status_fd, &r, sizeof(r));
	_exit(127);
}

/* 0, or why exec failed. */
static int exec_result(int fd)
{
	int error = 0;
	ssize_t n;

	do
		n = read(fd, &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	return n == sizeof(error) ? error : 0;
}

static int decode(pid_t pid, int *ret_status)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	*ret_status =
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return 0;
}

static int start(char *const *argv, int guard_fd, int error_fd,
		 const sigset_t *mask, pid_t *ret_pid)
{
	int pipes[2];
	pid_t pid;
	int status;
	int r;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		exec_child(argv, guard_fd, error_fd, pipes[1], mask);
	r = pid < 0 ? -errno : 0;
	(void)close(pipes[1]);
	if (r >= 0)
		r = exec_result(pipes[0]);
	(void)close(pipes[0]);
	if (r < 0) {
		if (pid > 0)
			(void)decode(pid, &status);
		return r;
	}
	*ret_pid = pid;
	return 0;
}

static int run(char *const *argv, int guard_fd, int error_fd,
	       const sigset_t *mask, struct child *child, int *ret_status)
{
	_cleanup_close_ int pidfd = -1;
	pid_t pid = -1;
	int r;

	r = start(argv, guard_fd, error_fd, mask, &pid);
	if (error_fd >= 0)
		(void)close(error_fd);
	if (r < 0)
		return r;
	pidfd = pidfd_open(pid, 0);
	child->pidfd = pidfd;
	if (pidfd >= 0)
		serve(child);
	return decode(pid, ret_status);
}

int attest_runtime_run(char *const *argv, int guard_fd, int keep_error,
		       struct attest_container_watch *watch,
		       struct attest_child_tail *tail, int *ret_status)
{
	_cleanup_close_ int signals = -1;
	_cleanup_close_ int errors = -1;
	struct child child = {
		.guard_fd = guard_fd,
		.watch = watch,
		.tail = tail,
	};
	int pipes[2] = { -1, -1 };
	sigset_t mask;
	sigset_t old;
	int r;

	(void)sigemptyset(&mask);
	for (size_t i = 0; i < ARRAY_SIZE(passed); i++)
		(void)sigaddset(&mask, passed[i]);
	signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		return -errno;
	if (keep_error && pipe2(pipes, O_CLOEXEC) < 0)
		return -errno;
	errors = pipes[0];
	if (errors >= 0)
		(void)fcntl(errors, F_SETFL, O_NONBLOCK);
	child.signals = signals;
	child.errors = errors;
	(void)pthread_sigmask(SIG_BLOCK, &mask, &old);
	r = run(argv, guard_fd, pipes[1], &old, &child, ret_status);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	return r;
}
