// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack.h"
#include "confine.h"
#include "kt.h"

#define ATTEMPTS_MAX 64

pid_t attack_keeper;
pid_t attack_bystander;

struct outcome {
	pid_t pid;
	int result;
};

struct run {
	const struct attempt *attempts;
	size_t n;
	struct outcome root[ATTEMPTS_MAX], user[ATTEMPTS_MAX];
	bool is_done;
};

int attack_result(long r)
{
	return r < 0 ? errno : 0;
}

int attack_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	if (fd < 0)
		return errno;
	(void)close(fd);
	return 0;
}

/* Nothing but the policy is in the way of a user. */
static void make_file(const char *path, const char *text)
{
	kt_write_file(path, text);
	kt_expect_ok(chmod(path, 0666));
}

/* Other tests expect the guest's files as they were. */
static void close_files(void *unused)
{
	(void)unused;
	kt_expect_ok(chmod("/etc/shadow", 0600));
	kt_expect_ok(chmod("/etc/hosts", 0644));
	kt_expect_ok(chown("/etc/hosts", 0, 0));
}

void attack_make_tree(void)
{
	static bool is_deferred;

	static const char *const dirs[] = { NO, OK, OK "/dir", "/tmp/p",
					    "/tmp/p/no" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		(void)mkdir(dirs[i], 0777);
		kt_expect_ok(chmod(dirs[i], 0777));
	}
	if (!is_deferred)
		kt_defer(close_files, NULL);
	is_deferred = true;
	make_file(NO "/f", "secret\n");
	make_file("/tmp/p/no/f", "secret\n");
	make_file("/etc/shadow", "secret\n");
	make_file("/etc/hosts", "127.0.0.1 localhost\n");
	make_file(OK "/f", "open\n");
	kt_expect_ok(chown(NO "/f", KT_UNPRIVILEGED_UID, 0));
	kt_expect_ok(chown("/etc/hosts", KT_UNPRIVILEGED_UID, 0));
}

void attack_listen(const char *path, int type)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = (int)kt_expect_ok(socket(AF_UNIX, type | SOCK_CLOEXEC, 0));

	(void)strcpy(at.sun_path, path);
	(void)unlink(path);
	kt_expect_ok(bind(fd, (struct sockaddr *)&at, sizeof(at)));
	kt_expect_ok(chmod(path, 0777));
	if (type == SOCK_STREAM)
		kt_expect_ok(listen(fd, 64));
}

/* What an attempt made: links, files, empty directories. */
static void clean(void)
{
	static const char *const keep[] = { ".",       "..",	 "f",	 "dir",
					    "program", "stream", "dgram" };
	DIR *dir = opendir(OK);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		bool is_kept = false;

		for (size_t i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
			is_kept |= strcmp(e->d_name, keep[i]) == 0;
		if (!is_kept && unlinkat(dirfd(dir), e->d_name, 0) < 0)
			(void)unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR);
	}
	if (dir)
		(void)closedir(dir);
}

/* A process each: what one changes of itself does not help the next. */
static bool try_one(const struct attempt *a, uid_t uid, struct outcome *ret)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		if (uid && (setgid(uid) < 0 || setuid(uid) < 0 ||
			    prctl(PR_SET_DUMPABLE, 1) < 0))
			_exit(255);
		_exit(a->act());
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return false;
	ret->pid = pid;
	ret->result =
	    WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
	clean();
	return true;
}

static void try_all(void *shared)
{
	struct run *run = shared;

	for (size_t i = 0; i < run->n; i++) {
		const struct attempt *a = &run->attempts[i];

		if (!try_one(a, 0, &run->root[i]))
			return;
		if (a->user != ATTEMPT_SKIP &&
		    !try_one(a, KT_UNPRIVILEGED_UID, &run->user[i]))
			return;
	}
	run->is_done = true;
}

static void check(const struct attempt *a, const char *who, int expected,
		  int result)
{
	if (expected == ATTEMPT_ANY ? result != 0 && result < 1000
				    : result == expected)
		return;
	if (result >= 1000)
		kt_fail("%s, %s: died of signal %d", a->name, who,
			result - 1000);
	kt_fail("%s, %s: %s, expected %s", a->name, who,
		result ? strerror(result) : "success",
		expected > 0	? strerror(expected)
		: expected == 0 ? "success"
				: "a failure");
}

/* One record of what was refused, none of what was not. */
static void check_records(const struct attempt *a, const struct outcome *o,
			  const struct confine_result *r)
{
	int expected = a->records ? a->records : a->expected != 0;
	int n = 0;

	if (a->records == ATTEMPT_ANY || a->expected == ATTEMPT_ANY)
		return;
	for (size_t i = 0; i < r->n_records && i < CONFINE_RECORDS_MAX; i++)
		n += r->records[i].pid == (uint32_t)o->pid &&
		     r->records[i].verdict == ATTEST_VERDICT_DENY;
	if (n != expected)
		kt_fail("%s: %d records, expected %d", a->name, n, expected);
}

static void check_all(const struct run *run, const struct confine_result *r)
{
	for (size_t i = 0; i < run->n; i++) {
		const struct attempt *a = &run->attempts[i];

		check(a, "root", a->expected, run->root[i].result);
		check_records(a, &run->root[i], r);
		if (a->user != ATTEMPT_SKIP)
			check(a, "user", a->user ? a->user : a->expected,
			      run->user[i].result);
	}
}

static void kill_bystander(void *unused)
{
	(void)unused;
	(void)kill(attack_bystander, SIGKILL);
	(void)waitpid(attack_bystander, NULL, 0);
}

static void start_bystander(void)
{
	attack_keeper = getpid();
	attack_bystander = (pid_t)kt_expect_ok(fork());
	if (attack_bystander == 0)
		for (;;)
			(void)pause();
	kt_defer(kill_bystander, NULL);
}

void attack_run(const struct attempt *attempts, size_t n)
{
	struct run *run = confine_shared(sizeof(*run));
	static struct confine_result r;

	kt_check(n <= ATTEMPTS_MAX);
	run->attempts = attempts;
	run->n = n;
	attack_make_tree();
	start_bystander();
	confine_pid(ATTACK_POLICY, try_all, run, true, &r);
	if (confine_expected_rung() > ATTEST_RUNG_FMOD_RET) {
		kt_check_int(r.error, -EOPNOTSUPP);
		kt_check(!run->is_done);
		return;
	}
	if (r.error < 0)
		kt_fail("%s", r.message);
	kt_check(run->is_done);
	check_all(run, &r);
	kt_check_int(attack_open(NO "/f", O_RDWR), 0);
}
