// SPDX-License-Identifier: Apache-2.0
/** What kernel tests do to the system; a step that fails ends the test. */
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kt.h"

#define CGROUPFS "/sys/fs/cgroup"
#define REMOVE_SECONDS 5

const char *kt_row(void)
{
	const char *row = getenv("KT_ROW");

	return row ? row : "";
}

static bool list_has(const char *list, const char *word)
{
	size_t n = strlen(word);

	while (list && *list) {
		size_t k = strcspn(list, ",");

		if (k == n && !strncmp(list, word, n))
			return true;
		list += k + (list[k] == ',');
	}
	return false;
}

bool kt_has_flag(const char *flag)
{
	return list_has(getenv("KT_FLAGS"), flag);
}

bool kt_lists_lsm(const char *lsm)
{
	return list_has(getenv("KT_LSM"), lsm);
}

static int status_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void exec_or_exit(const char *const argv[]) __attribute__((noreturn));
static void exec_or_exit(const char *const argv[])
{
	/* execvp() takes what it does not change as changeable */
	execvp(argv[0], (char *const *)(const void *)argv);
	dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Return: whether there may be more. */
static bool collect(int fd, char *buf, size_t *n)
{
	char dropped[512];
	bool full = *n >= KT_OUTPUT_MAX - 1;
	ssize_t k;

	k = read(fd, full ? dropped : buf + *n,
		 full ? sizeof(dropped) : KT_OUTPUT_MAX - 1 - *n);
	if (k > 0 && !full)
		*n += (size_t)k;
	buf[*n] = '\0';
	return k > 0;
}

void kt_run_argv(struct kt_result *ret_result, const char *const argv[])
{
	size_t n_out = 0, n_err = 0;
	struct pollfd fds[2];
	int out[2], err[2];
	pid_t pid;

	(void)kt_expect_ok(pipe2(out, O_CLOEXEC));
	(void)kt_expect_ok(pipe2(err, O_CLOEXEC));
	pid = (pid_t)kt_expect_ok(fork());
	if (!pid) {
		(void)dup2(out[1], STDOUT_FILENO);
		(void)dup2(err[1], STDERR_FILENO);
		exec_or_exit(argv);
	}
	(void)close(out[1]);
	(void)close(err[1]);
	fds[0] = (struct pollfd){ out[0], POLLIN, 0 };
	fds[1] = (struct pollfd){ err[0], POLLIN, 0 };
	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		(void)poll(fds, 2, -1);
		if (fds[0].revents && !collect(out[0], ret_result->out, &n_out))
			fds[0].fd = -1;
		if (fds[1].revents && !collect(err[0], ret_result->err, &n_err))
			fds[1].fd = -1;
	}
	(void)close(out[0]);
	(void)close(err[0]);
	ret_result->status = kt_wait(pid);
}

pid_t kt_start(const char *out_path, const char *const argv[])
{
	pid_t pid;
	int fd;

	pid = (pid_t)kt_expect_ok(fork());
	if (pid)
		return pid;
	if (out_path) {
		fd = open(out_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
		if (fd < 0)
			kt_fail("%s: %s", out_path, strerror(errno));
		(void)dup2(fd, STDOUT_FILENO);
		(void)close(fd);
	}
	exec_or_exit(argv);
}

int kt_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) != pid)
		if (errno != EINTR)
			kt_fail("waitpid: %s", strerror(errno));
	return status_of(status);
}

char *kt_read_file(const char *path)
{
	size_t n = 0, size = 4096;
	char *text = NULL;
	ssize_t k;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		kt_fail("%s: %s", path, strerror(errno));
	do {
		size *= 2;
		text = realloc(text, size);
		if (!text)
			kt_fail("%s: no memory", path);
		while ((k = read(fd, text + n, size - 1 - n)) > 0)
			n += (size_t)k;
	} while (n == size - 1);
	if (k < 0)
		kt_fail("%s: %s", path, strerror(errno));
	(void)close(fd);
	text[n] = '\0';
	return text;
}

void kt_write_file(const char *path, const char *text)
{
	size_t n = strlen(text);
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	/* one write: control files take a value whole */
	if (fd < 0 || write(fd, text, n) != (ssize_t)n)
		kt_fail("%s: %s", path, strerror(errno));
	(void)close(fd);
}

void kt_become_uid(uid_t uid)
{
	(void)kt_expect_ok(setgroups(0, NULL));
	(void)kt_expect_ok(setresgid(uid, uid, uid));
	(void)kt_expect_ok(setresuid(uid, uid, uid));
}

static void remove_deferred(void *path)
{
	kt_cgroup_remove(path);
	free(path);
}

char *kt_cgroup_new(const char *name)
{
	char *path, *ret;

	if (asprintf(&path, CGROUPFS "/%s", name) < 0)
		kt_fail("no memory");
	(void)kt_expect_ok(mkdir(path, 0755));
	ret = strdup(path);
	kt_defer(remove_deferred, path);
	return ret;
}

void kt_cgroup_add(const char *path, pid_t pid)
{
	char *procs, text[16];

	if (asprintf(&procs, "%s/cgroup.procs", path) < 0)
		kt_fail("no memory");
	(void)snprintf(text, sizeof(text), "%d", pid);
	kt_write_file(procs, text);
	free(procs);
}

/* cgroup.kill came with 5.14, so the members are killed one by one. */
static void kill_members(const char *path)
{
	char procs[512];
	FILE *f;
	int pid;

	(void)snprintf(procs, sizeof(procs), "%s/cgroup.procs", path);
	f = fopen(procs, "re");
	while (f && fscanf(f, "%d", &pid) == 1)
		if (pid != getpid())
			(void)kill(pid, SIGKILL);
		else
			kt_cgroup_add(CGROUPFS, pid);
	if (f)
		(void)fclose(f);
}

void kt_cgroup_remove(const char *path)
{
	double deadline = kt_now() + kt_scaled(REMOVE_SECONDS);

	while (rmdir(path) && errno == EBUSY && kt_now() < deadline) {
		kill_members(path);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		kt_sleep_ms(5);
	}
}

void kt_load_module(const char *name)
{
	char path[256];
	int fd;

	(void)snprintf(path, sizeof(path), "/lib/modules/extra/%s.ko", name);
	fd = (int)kt_expect_ok(open(path, O_RDONLY | O_CLOEXEC));
	if (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST)
		kt_fail("%s: %s", path, strerror(errno));
	(void)close(fd);
}
