// SPDX-License-Identifier: Apache-2.0
/* Prints what it costs to start true(1) at each isolation level beside plain
 * fork and exec and, where it is installed, bubblewrap. A program to run by
 * hand, not a test: times on a shared machine are no verdict.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run.h"
#include "sandbox/container.h"
#include "sandbox/guard.h"
#include "sandbox/landlock.h"

#define ROUNDS 200

static const char *const argv[] = { "/bin/true", NULL };
static const char *const env[] = { "PATH=/bin", NULL };
static struct attest_spawn_options options;

static void with_spawn(void)
{
	struct attest_spawn_error error;
	struct attest_child child;
	int status = 1;

	if (attest_spawn_start(&options, &child, &error) == 0 &&
	    attest_spawn_go(&child, &error) == 0)
		(void)attest_spawn_wait(&child, &status, NULL);
	assert_int_equal(status, 0);
	attest_spawn_done(&child);
}

static void exec_plain(const char *const *args)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		(void)execve(args[0], (char *const *)(uintptr_t)args,
			     (char *const *)(uintptr_t)env);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void with_fork(void)
{
	exec_plain(argv);
}

static void with_bwrap(void)
{
	static const char *const args[] = { "/usr/bin/bwrap",
					    "--ro-bind",
					    "/",
					    "/",
					    "--dev",
					    "/dev",
					    "--proc",
					    "/proc",
					    "--tmpfs",
					    "/tmp",
					    "--tmpfs",
					    "/run",
					    "--unshare-all",
					    "--die-with-parent",
					    "/bin/true",
					    NULL };

	exec_plain(args);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(const char *name, void (*start)(void))
{
	static double us[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		struct timespec a;
		struct timespec b;

		(void)clock_gettime(CLOCK_MONOTONIC, &a);
		start();
		(void)clock_gettime(CLOCK_MONOTONIC, &b);
		us[i] = (double)(b.tv_sec - a.tv_sec) * 1e6 +
			(double)(b.tv_nsec - a.tv_nsec) / 1e3;
	}
	qsort(us, ROUNDS, sizeof(us[0]), compare);
	(void)printf("%-34s median %6.0f us   p10 %6.0f   p90 %6.0f\n", name,
		     us[ROUNDS / 2], us[ROUNDS / 10], us[ROUNDS * 9 / 10]);
}

static void measure_all(void **state)
{
	static struct attest_rule rule = {
		.path = (char *)(uintptr_t) "/var/tmp/*",
		.access = ATTEST_PATH_READ_WRITE,
		.recursive = true,
		.execute = true,
	};
	const struct attest_policy policy = {
		.has_filesystem = true,
		.fs_default = ATTEST_PATH_READ_ONLY,
		.fs_default_execute = true,
		.rules = &rule,
		.n_rules = 1,
	};
	_cleanup_(attest_landlock_plan_free) struct attest_landlock_plan *plan =
	    NULL;
	struct attest_container container = { .own_network = true,
					      .tmp_bytes = 1 << 20,
					      .name = "attest" };
	const struct attest_guard_options strict = { .strict = true };
	static struct attest_guard guard;
	int abi = attest_landlock_probe();
	const char *path;

	(void)state;
	options = attest_spawn_defaults(argv, env);
	measure("fork + exec", with_fork);
	measure("spawn, nothing else", with_spawn);
	if (abi > 0) {
		assert_int_equal(attest_landlock_plan_make(
				     &policy, NULL, ATTEST_LANDLOCK_STRICT,
				     &attest_landlock_system_tree, &plan),
				 0);
		assert_int_equal(attest_landlock_ruleset(
				     plan, abi, &options.landlock_fd, &path),
				 0);
	}
	attest_guard_make(&strict, &guard);
	options.filters[0].program = &guard.program;
	options.n_filters = 1;
	measure("spawn, Landlock and seccomp", with_spawn);
	options.own_tree = true;
	measure("the same with a reaper", with_spawn);
	options.own_tree = false;
	options.container = &container;
	measure("container, own network", with_spawn);
	container.is_strict = true;
	measure("strict_container, own network", with_spawn);
	if (access("/usr/bin/bwrap", X_OK) == 0)
		measure("bubblewrap --unshare-all", with_bwrap);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(measure_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
