// SPDX-License-Identifier: Apache-2.0
/* The built-in levels without BPF: what they are for still works. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run.h"
#include "sandbox/guard.h"
#include "sandbox/landlock.h"
#include "sandbox/landlock_abi.h"
#include "sandbox/seccomp.h"

static int abi;

struct level {
	struct attest_policy *policy;
	struct attest_landlock_plan *plan;
	struct attest_seccomp_filter filter;
	struct attest_guard guard;
	struct attest_rlimits limits;
	struct attest_spawn_options o;
};

static void open_level(struct level *l, const char *name)
{
	const struct attest_guard_options guard = { .truncation = abi < 3 };
	struct attest_diag diag;
	const char *path;

	memset(l, 0, sizeof(*l));
	l->o = attest_spawn_defaults(NULL, NULL);
	assert_int_equal(attest_policy_load_level(name, &l->policy, &diag), 0);
	assert_int_equal(
	    attest_landlock_plan_make(l->policy, NULL, ATTEST_LANDLOCK_STRICT,
				      &attest_landlock_system_tree, &l->plan),
	    0);
	assert_int_equal(
	    attest_landlock_ruleset(l->plan, abi, &l->o.landlock_fd, &path), 0);
	assert_int_equal(attest_seccomp_compile(l->policy->seccomp, NULL,
						&l->filter, NULL, &diag),
			 0);
	attest_guard_make(&guard, &l->guard);
	attest_rlimits_plan(l->policy, &l->limits);
	l->o.landlock_plan = l->plan;
	l->o.landlock_abi = abi;
	l->o.filters[0].program = &l->guard.program;
	l->o.filters[1].program = &l->filter.prog;
	l->o.filters[1].flags = l->filter.flags;
	l->o.n_filters = 2;
	l->o.rlimits = &l->limits;
	l->o.own_tree = true;
}

static void close_level(struct level *l)
{
	(void)close(l->o.landlock_fd);
	attest_seccomp_filter_done(&l->filter);
	attest_landlock_plan_free(&l->plan);
	attest_policy_free(&l->policy);
	assert_no_child();
}

static void assert_refused(struct level *l, const char *script)
{
	int status = run_sh(&l->o, script);

	if (status == 0 || !strstr(run_output, "Permission denied"))
		fail_msg("'%s': status %d, '%s'", script, status, run_output);
}

static void minimal_protects_the_system(void **state)
{
	struct level l;

	(void)state;
	open_level(&l, "minimal");
	l.o.cwd = scratch();
	assert_sh(&l.o, "echo x > f && cat f && rm f", 0, "x\n");
	assert_refused(&l, "cat /etc/shadow");
	assert_refused(&l, "echo x > /usr/bin/never");
	assert_refused(&l, "echo x > /etc/never");
	close_level(&l);
}

static void standard_builds_in_the_workspace(void **state)
{
	struct level l;

	(void)state;
	open_level(&l, "standard");
	l.o.cwd = scratch();
	assert_sh(&l.o,
		  "echo 'int main(void) { return 7; }' > a.c && "
		  "cc -o a a.c && ./a; echo $?; rm a a.c",
		  0, "7\n");
	assert_sh(&l.o, "exec cat /proc/self/comm", 0, "cat\n");
	assert_refused(&l, "cat /etc/shadow");
	assert_refused(&l, "cat /proc/1/environ");
	assert_refused(&l, "echo x > /usr/bin/never");
	/* 128 + SIGSYS: the filter ends what asks for a socket. */
	assert_int_equal(run_sh(&l.o, "bash -c 'echo > /dev/tcp/127.0.0.1/1'"),
			 159);
	close_level(&l);
}

/* Only single programs: a shell needs more calls than the level has. */
static void maximum_starts_programs_and_little_else(void **state)
{
	static const struct {
		const char *argv[3];
		int status;
		const char *output;
	} cases[] = {
		{ { "echo", "x", NULL }, 0, "x\n" },
		{ { "cat", "/etc/passwd", NULL }, 1, "Permission denied" },
		{ { "cat", "/proc/self/status", NULL },
		  1,
		  "Permission denied" },
		{ { "cat", "/etc/shadow", NULL }, 1, "Permission denied" },
	};
	struct level l;

	(void)state;
	open_level(&l, "maximum");
	l.o.cwd = "/tmp";
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int status = run_command(&l.o, cases[i].argv);

		if (status != cases[i].status ||
		    (cases[i].output && !strstr(run_output, cases[i].output)))
			fail_msg("'%s %s': status %d, '%s'", cases[i].argv[0],
				 cases[i].argv[1], status, run_output);
	}
	close_level(&l);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(minimal_protects_the_system),
		cmocka_unit_test(standard_builds_in_the_workspace),
		cmocka_unit_test(maximum_starts_programs_and_little_else),
	};

	abi = attest_landlock_probe();
	if (abi < 4) {
		(void)printf("skipped: Landlock ABI 4 is needed\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
