// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack.h"
#include "confine.h"
#include "kt.h"

#define ATTEMPTS_MAX 64

pid_t attack_keeper;
pid_t attack_bystander;

struct run {
	const struct attempt *attempts;
	size_t n;
	int results[ATTEMPTS_MAX];
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

void attack_make_tree(void)
{
	static const char *const dirs[] = { NO, OK, OK "/dir", "/tmp/p",
					    "/tmp/p/no" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		(void)mkdir(dirs[i], 0755);
	kt_write_file(NO "/f", "secret\n");
	kt_write_file("/tmp/p/no/f", "secret\n");
	kt_write_file("/etc/shadow", "secret\n");
	kt_write_file("/etc/hosts", "127.0.0.1 localhost\n");
	kt_write_file(OK "/f", "open\n");
}

/* A process each: what one changes of itself does not help the next. */
static void try_all(void *shared)
{
	struct run *run = shared;

	for (size_t i = 0; i < run->n; i++) {
		int status = 0;
		pid_t pid = fork();

		if (pid == 0)
			_exit(run->attempts[i].act());
		if (pid < 0 || waitpid(pid, &status, 0) < 0)
			return;
		run->results[i] = WIFEXITED(status) ? WEXITSTATUS(status)
						    : 1000 + WTERMSIG(status);
	}
	run->is_done = true;
}

static void check(const struct attempt *a, int result)
{
	if (a->expected == ATTEMPT_ANY ? result != 0 && result < 1000
				       : result == a->expected)
		return;
	if (result >= 1000)
		kt_fail("%s: died of signal %d", a->name, result - 1000);
	kt_fail("%s: %s, expected %s", a->name,
		result ? strerror(result) : "success",
		a->expected > 0	   ? strerror(a->expected)
		: a->expected == 0 ? "success"
				   : "a failure");
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
	for (size_t i = 0; i < n; i++)
		check(&attempts[i], run->results[i]);
	kt_check_int(attack_open(NO "/f", O_RDWR), 0);
}
