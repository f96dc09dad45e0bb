// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/landlock.h"
#include "sandbox/namespaces.h"
#include "sandbox/spawn_child.h"

/* The channel's place in the child: the only descriptor past stderr. */
#define CHANNEL 3
#define EXIT_NOT_FOUND 127
#define EXIT_NOT_EXECUTABLE 126
#define LISTENER_POLL_NS 20000
/* 10 s: the child was killed meanwhile and the parent did not notice. */
#define LISTENER_POLLS 500000

int attest_child_fail(struct attest_spawn_shared *shared,
		      enum attest_spawn_step step, int error, const char *path)
{
	size_t n = path ? strnlen(path, sizeof(shared->error.path) - 1) : 0;

	shared->error.error = error;
	if (n)
		memcpy(shared->error.path, path, n);
	shared->error.path[n] = '\0';
	shared->error.step = step;
	return -1;
}

static int reset_signals(void)
{
	struct sigaction act = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int i = 1; i < NSIG; i++) {
		struct sigaction old;

		/* What the user's shell ignores (nohup) stays ignored. */
		if (sigaction(i, NULL, &old) < 0 || old.sa_handler == SIG_DFL ||
		    (old.sa_handler == SIG_IGN && i == SIGHUP))
			continue;
		/* The C library keeps two signals to itself: EINVAL. */
		if (sigaction(i, &act, NULL) < 0 && errno != EINVAL)
			return -errno;
	}
	(void)sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL) < 0 ? -errno : 0;
}

static int place_stdio(const int stdio[3])
{
	int copies[3];

	/* First out of the way, so that one is not overwritten by another. */
	for (int i = 0; i < 3; i++) {
		copies[i] = -1;
		if (stdio[i] < 0)
			continue;
		copies[i] = fcntl(stdio[i], F_DUPFD_CLOEXEC, CHANNEL + 1);
		if (copies[i] < 0)
			return -errno;
	}
	for (int i = 0; i < 3; i++) {
		if (copies[i] < 0)
			continue;
		if (dup2(copies[i], i) < 0)
			return -errno;
		(void)close(copies[i]);
	}
	return 0;
}

/* Leaves 0, 1, 2, the channel and, if there is one, the ruleset. */
static int close_others(int channel, int *landlock_fd)
{
	int keep = CHANNEL;

	if (*landlock_fd >= 0) {
		int fd = fcntl(*landlock_fd, F_DUPFD_CLOEXEC, CHANNEL + 2);

		if (fd < 0)
			return -errno;
		*landlock_fd = fd;
	}
	if (channel != CHANNEL && dup3(channel, CHANNEL, O_CLOEXEC) < 0)
		return -errno;
	if (*landlock_fd >= 0) {
		keep = CHANNEL + 1;
		if (dup3(*landlock_fd, keep, O_CLOEXEC) < 0)
			return -errno;
		*landlock_fd = keep;
	}
	if (syscall(SYS_close_range, keep + 1, ~0U, 0) < 0)
		return -errno;
	return 0;
}

/* The steps after which there is less that can be done, Landlock last. */
static int give_up(const struct attest_spawn_options *o,
		   struct attest_spawn_shared *shared, int channel)
{
	int landlock_fd = o->landlock_fd;
	int r;

	r = o->container ? attest_caps_drop() : 0;
	if (r < 0)
		return attest_child_fail(shared, ATTEST_STEP_CAPABILITIES, r,
					 NULL);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return attest_child_fail(shared, ATTEST_STEP_NO_NEW_PRIVS,
					 -errno, NULL);
	r = close_others(channel, &landlock_fd);
	if (r < 0)
		return attest_child_fail(shared, ATTEST_STEP_FDS, r, NULL);
	if (landlock_fd < 0)
		return 0;
	if (o->landlock_plan)
		r = attest_landlock_grant_own(landlock_fd, o->landlock_plan,
					      o->landlock_abi);
	r = r ?: attest_landlock_restrict(landlock_fd, o->landlock_flags);
	if (r < 0)
		return attest_child_fail(shared, ATTEST_STEP_LANDLOCK, r, NULL);
	(void)close(landlock_fd);
	return 0;
}

static int set_up(const struct attest_spawn_options *o,
		  struct attest_spawn_shared *shared, int channel)
{
	int r;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return attest_child_fail(shared, ATTEST_STEP_PARENT_DEATH,
					 -errno, NULL);
	r = reset_signals();
	if (r < 0)
		return attest_child_fail(shared, ATTEST_STEP_SIGNALS, r, NULL);
	if (o->new_session && setsid() < 0)
		return attest_child_fail(shared, ATTEST_STEP_SESSION, -errno,
					 NULL);
	r = place_stdio(o->stdio);
	if (r < 0)
		return attest_child_fail(shared, ATTEST_STEP_STDIO, r, NULL);
	if (o->cwd && chdir(o->cwd) < 0)
		return attest_child_fail(shared, ATTEST_STEP_CHDIR, -errno,
					 o->cwd);
	r = o->rlimits ? attest_rlimits_apply(o->rlimits) : 0;
	if (r < 0)
		return attest_child_fail(shared, ATTEST_STEP_RLIMIT, r, NULL);
	return give_up(o, shared, channel);
}

/* As execvp(3) looks: the first file that can be executed, and EACCES if only
 * such were there that cannot.
 */
static int find(const char *name, const char *const *envp, char *path,
		size_t size)
{
	const char *dirs = "/usr/local/bin:/usr/bin:/bin";
	int error = -ENOENT;
	size_t n = strlen(name);

	for (; *envp; envp++)
		if (strncmp(*envp, "PATH=", 5) == 0)
			dirs = *envp + 5;
	if (n + 2 > size)
		return -ENAMETOOLONG;
	if (strchr(name, '/') || n == 0) {
		memcpy(path, name, n + 1);
		return n ? 0 : -ENOENT;
	}
	for (;;) {
		size_t len = strcspn(dirs, ":");
		struct stat st;

		if (len + n + 2 <= size) {
			memcpy(path, len ? dirs : ".", len ? len : 1);
			path[len ? len : 1] = '/';
			memcpy(path + (len ? len : 1) + 1, name, n + 1);
			if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
				if (access(path, X_OK) == 0)
					return 0;
				error = -EACCES;
			}
		}
		if (!dirs[len])
			break;
		dirs += len + 1;
	}
	memcpy(path, name, n + 1);
	return error;
}

/* Shares the child's descriptors, so it has the listener the moment that it
 * exists, and has no filter, so it can send it.
 */
static _Noreturn void pass_listener(struct attest_spawn_shared *shared)
{
	const struct timespec pause = { .tv_nsec = LISTENER_POLL_NS };
	int fd = ATTEST_LISTENER_PENDING;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < LISTENER_POLLS; i++) {
		fd = atomic_load(&shared->listener);
		if (fd != ATTEST_LISTENER_PENDING)
			break;
		(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
	if (fd >= 0)
		(void)attest_channel_send_fd(CHANNEL, ATTEST_CHANNEL_LISTENER,
					     fd);
	_exit(0);
}

static bool wants_listener(const struct attest_spawn_options *o)
{
	for (size_t i = 0; i < o->n_filters; i++)
		if (o->filters[i].flags & SECCOMP_FILTER_FLAG_NEW_LISTENER)
			return true;
	return false;
}

static int start_helper(struct attest_spawn_shared *shared)
{
	long pid;

	/* The parent's child, not the command's, which knows nothing of it. */
	pid = syscall(SYS_clone, CLONE_FILES | CLONE_PARENT | SIGCHLD, NULL,
		      NULL, NULL, NULL);
	if (pid == 0)
		pass_listener(shared);
	if (pid < 0)
		return -errno;
	atomic_store(&shared->helper, (int)pid);
	return 0;
}

static int install_filters(const struct attest_spawn_options *o,
			   struct attest_spawn_shared *shared)
{
	for (size_t i = 0; i < o->n_filters; i++) {
		const struct attest_spawn_filter *f = &o->filters[i];
		long r = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, f->flags,
				 f->program);

		if (r < 0)
			return -errno;
		if (f->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER)
			atomic_store(&shared->listener, (int)r);
	}
	return 0;
}

static int wait_for_go(void)
{
	char byte = ATTEST_CHANNEL_READY;
	ssize_t n;

	if (send(CHANNEL, &byte, 1, MSG_NOSIGNAL) != 1)
		return -errno;
	do
		n = recv(CHANNEL, &byte, 1, 0);
	while (n < 0 && errno == EINTR);
	return n == 1 ? 0 : -EPIPE;
}

static void execute(const struct attest_spawn_options *o,
		    struct attest_spawn_shared *shared, const char **script)
{
	(void)execve(shared->error.path, (char *const *)o->argv,
		     (char *const *)o->envp);
	if (errno == ENOEXEC) {
		script[0] = "/bin/sh";
		script[1] = shared->error.path;
		(void)execve(script[0], (char *const *)script,
			     (char *const *)o->envp);
	}
	shared->error.error = -errno;
	shared->error.step = ATTEST_STEP_EXEC;
}

_Noreturn void attest_child_run(const struct attest_spawn_options *options,
				struct attest_spawn_shared *shared, int channel,
				const char **script)
{
	int r;

	if (set_up(options, shared, channel) < 0)
		_exit(EXIT_NOT_EXECUTABLE);
	r = find(options->argv[0], options->envp, shared->error.path,
		 sizeof(shared->error.path));
	if (r < 0) {
		(void)attest_child_fail(shared, ATTEST_STEP_FIND, r,
					options->argv[0]);
		_exit(EXIT_NOT_FOUND);
	}
	r = wait_for_go();
	if (r < 0)
		_exit(EXIT_NOT_EXECUTABLE);
	r = wants_listener(options) ? start_helper(shared) : 0;
	if (r == 0)
		r = install_filters(options, shared);
	if (r < 0) {
		shared->error.error = r;
		shared->error.step = ATTEST_STEP_SECCOMP;
		atomic_store(&shared->listener, ATTEST_LISTENER_FAILED);
		_exit(EXIT_NOT_EXECUTABLE);
	}
	execute(options, shared, script);
	_exit(shared->error.error == -ENOENT ? EXIT_NOT_FOUND
					     : EXIT_NOT_EXECUTABLE);
}
