// SPDX-License-Identifier: Apache-2.0
/* Between the supervisor and a command at level `process`: orphans of the
 * command come to it, and it ends them all when the command ends or when the
 * supervisor does, be it by SIGKILL. It needs no namespace for that.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/spawn_child.h"

#define EXIT_FAILED 126
#define CHILDREN "/proc/thread-self/children"

/* Kills every child of this process. What they leave becomes its children. */
static int kill_children(void)
{
	_cleanup_close_ int fd = -1;
	char text[4096];
	char *p = text;
	ssize_t n;

	fd = open(CHILDREN, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return n < 0 ? -errno : 0;
	text[n] = '\0';
	/* A number that is cut off has no blank behind it. */
	while (strchr(p, ' ')) {
		char *end;
		long pid = strtol(p, &end, 10);

		if (end == p)
			break;
		(void)kill((pid_t)pid, SIGKILL);
		p = end;
	}
	return 0;
}

static void note_end(struct attest_spawn_shared *shared, const siginfo_t *info)
{
	shared->end_code = info->si_code;
	shared->end_status = info->si_status;
	atomic_store(&shared->has_ended, 1);
}

static _Noreturn void end_all(struct attest_spawn_shared *shared, pid_t command)
{
	for (;;) {
		siginfo_t info = { 0 };

		(void)kill_children();
		if (waitid(P_ALL, 0, &info, WEXITED) < 0) {
			if (errno == EINTR)
				continue;
			_exit(0);
		}
		if (info.si_pid == command)
			note_end(shared, &info);
	}
}

/* Collects who has ended; true if the command has. */
static bool collect(struct attest_spawn_shared *shared, pid_t command)
{
	for (;;) {
		siginfo_t info = { 0 };

		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG) < 0 ||
		    info.si_pid == 0)
			return false;
		if (info.si_pid == command) {
			note_end(shared, &info);
			return true;
		}
	}
}

static _Noreturn void watch(struct attest_spawn_shared *shared, pid_t command,
			    int signals, int life)
{
	struct pollfd fds[] = { { .fd = signals, .events = POLLIN },
				{ .fd = life, .events = POLLIN } };

	for (;;) {
		struct signalfd_siginfo info;

		if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
			end_all(shared, command);
		if (fds[0].revents)
			(void)!read(signals, &info, sizeof(info));
		if (collect(shared, command) || fds[1].revents)
			end_all(shared, command);
	}
}

/* Signals that a terminal sends to everyone are the command's to act on. */
static int take_signals(int *ret_fd)
{
	static const int ignored[] = { SIGINT,	SIGQUIT, SIGHUP, SIGTERM,
				       SIGUSR1, SIGUSR2, SIGPIPE };
	sigset_t set;
	int fd;

	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		if (signal(ignored[i], SIG_IGN) == SIG_ERR)
			return -errno;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_SETMASK, &set, NULL) < 0)
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

_Noreturn void attest_reaper_run(const struct attest_spawn_options *options,
				 struct attest_spawn_shared *shared,
				 int channel, int life, const char **script)
{
	int signals = -1;
	int pidfd = -1;
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	pid_t pid = -1;
	int r = 0;

	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		r = -errno;
	r = r ?: kill_children();
	if (r == 0) {
		pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
		r = pid < 0 ? -errno : 0;
	}
	if (pid == 0)
		attest_child_run(options, shared, channel, script);
	r = r ?: take_signals(&signals);
	r = r ?: attest_channel_send_fd(channel, ATTEST_CHANNEL_PIDFD, pidfd);
	if (r == 0 && prctl(PR_SET_DUMPABLE, 0) < 0)
		r = -errno;
	if (r < 0) {
		(void)attest_child_fail(shared, ATTEST_STEP_INIT, r, CHILDREN);
		end_all(shared, pid);
	}
	/* Or the ends of pipes and of the channel would not be seen. */
	for (int fd = 0; fd < 3; fd++)
		(void)close(fd);
	(void)close(channel);
	(void)close(pidfd);
	watch(shared, pid, signals, life);
}
