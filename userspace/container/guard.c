// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "container/guard.h"
#include "container/runtime.h"

#define TERM_WAIT_MS 2000 /* for the runtime to take the container down */
#define REMOVE_TRIES 12	  /* the daemon may still be creating it */
#define REMOVE_PAUSE_NS 300000000L
#define DONE 'd'
#define CGROUP 'c' /* the directory's path follows */

extern char **environ;

/* Whatever is in there: a kill may have left a half-written file. */
static void remove_files(int fd)
{
	_cleanup_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	while (d && (entry = readdir(d)))
		(void)unlinkat(fd, entry->d_name, 0);
}

void attest_run_dir_remove(const char *dir)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	_cleanup_close_ int fd = open(dir, flags);

	if (fd < 0)
		return;
	remove_files(openat(fd, ATTEST_RUN_HOOKS, flags));
	(void)unlinkat(fd, ATTEST_RUN_HOOKS, AT_REMOVEDIR);
	remove_files(openat(fd, ".", flags));
	(void)rmdir(dir);
}

int attest_run_quietly(char *const *argv)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status;
	int r;

	r = posix_spawn_file_actions_init(&actions);
	if (r)
		return -r;
	for (int fd = 0; fd < 3 && !r; fd++)
		r = posix_spawn_file_actions_addopen(&actions, fd, "/dev/null",
						     O_RDWR, 0);
	if (!r)
		r = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (r)
		return -r;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* `docker rm --force` succeeds as well when there is nothing to remove. */
static void remove_container(char *const *argv, bool status_says)
{
	const struct timespec pause = { .tv_nsec = REMOVE_PAUSE_NS };

	for (int i = 0; i < REMOVE_TRIES; i++) {
		if (attest_run_quietly(argv) == 0 && status_says)
			return;
		(void)nanosleep(&pause, NULL);
	}
}

static void end_runtime(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	if (pidfd < 0)
		return;
	(void)pidfd_send_signal(pidfd, SIGTERM, NULL, 0);
	if (poll(&p, 1, TERM_WAIT_MS) != 0)
		return;
	(void)pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
	(void)poll(&p, 1, TERM_WAIT_MS);
}

int attest_cgroup_kill(const char *dir)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = -1;

	if (asprintf(&path, "%s/cgroup.kill", dir) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 || write(fd, "1", 1) < 0 ? -errno : 0;
}

void attest_container_guard_tell_cgroup(int guard_fd, const char *dir)
{
	char message[1 + ATTEST_CGROUP_DIR_MAX];
	int n = snprintf(message, sizeof(message), "%c%s", CGROUP, dir);

	(void)send(guard_fd, message, (size_t)n, MSG_NOSIGNAL);
}

/* Serves until the other end is done or gone. Is there work left? */
static bool wait_for_end(int fd, int *pidfd, char *cgroup)
{
	char message[1 + ATTEST_CGROUP_DIR_MAX];

	for (;;) {
		ssize_t n = recv(fd, message, sizeof(message) - 1, 0);
		pid_t pid;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return true;
		if (n == 1 && message[0] == DONE)
			return false;
		if (n > (ssize_t)sizeof(pid) && message[0] == CGROUP) {
			message[n] = '\0';
			memcpy(cgroup, message + 1, (size_t)n);
		}
		if (n != sizeof(pid))
			continue;
		memcpy(&pid, message, sizeof(pid));
		*pidfd = pidfd_open(pid, 0);
		(void)send(fd, message, 1, MSG_NOSIGNAL);
	}
}

static void detach(void)
{
	_cleanup_close_ int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)setsid();
	(void)prctl(PR_SET_NAME, "attest-guard");
	for (int fd = 0; fd < 3 && null >= 0; fd++)
		(void)dup2(null, fd);
	if (chdir("/") < 0)
		return; /* it only keeps a mount busy */
}

static void __attribute__((noreturn))
guard_main(int fd, char *const *remove_argv, bool status_says, const char *dir)
{
	char cgroup[ATTEST_CGROUP_DIR_MAX] = "";
	int pidfd = -1;
	sigset_t none;

	/* What is ignored here would stay ignored in the remove command. */
	for (int sig = 1; sig < NSIG; sig++)
		(void)signal(sig, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	detach();
	if (fd != 3)
		fd = dup2(fd, 3);
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)close_range(4, ~0U, 0);
	if (wait_for_end(fd, &pidfd, cgroup)) {
		/* Nobody enforces its policy any more. */
		if (cgroup[0])
			(void)attest_cgroup_kill(cgroup);
		end_runtime(pidfd);
		remove_container(remove_argv, status_says);
		attest_run_dir_remove(dir);
	}
	_exit(0);
}

int attest_container_guard_start(char *const *remove_argv, bool status_says,
				 const char *dir,
				 struct attest_container_guard *ret_guard)
{
	int pair[2];
	pid_t pid;

	/* SEQPACKET: one message, one recv(). */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		guard_main(pair[1], remove_argv, status_says, dir);
	(void)close(pair[1]);
	if (pid < 0) {
		int error = errno;

		(void)close(pair[0]);
		return -error;
	}
	ret_guard->pid = pid;
	ret_guard->fd = pair[0];
	return 0;
}

int attest_container_guard_adopt_self(int guard_fd)
{
	pid_t self = getpid();
	char answer;

	if (send(guard_fd, &self, sizeof(self), MSG_NOSIGNAL) < 0)
		return -errno;
	return recv(guard_fd, &answer, 1, 0) == 1 ? 0 : -EPIPE;
}

void attest_container_guard_dismiss(struct attest_container_guard *guard)
{
	const char done = DONE;

	if (guard->fd < 0)
		return;
	(void)send(guard->fd, &done, 1, MSG_NOSIGNAL);
	(void)close(guard->fd);
	guard->fd = -1;
	while (waitpid(guard->pid, NULL, 0) < 0 && errno == EINTR)
		;
}
