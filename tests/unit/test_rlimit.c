// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/rlimit.h"

static const struct attest_policy policy = {
	.has_filesystem = true,
	.max_file_bytes = 4096,
	.limits = { .open_files = 16, .cpu_seconds = 1, .wall_seconds = 9 },
};

static void plan_holds_what_the_policy_asks_for(void **state)
{
	struct attest_rlimits limits;

	(void)state;
	attest_rlimits_plan(&policy, &limits);
	assert_int_equal(attest_rlimits_value(&limits, ATTEST_LIMIT_OPEN_FILES),
			 16);
	assert_int_equal(attest_rlimits_value(&limits, ATTEST_LIMIT_CPU), 1);
	assert_int_equal(attest_rlimits_value(&limits, ATTEST_LIMIT_WALL), 9);
	assert_int_equal(attest_rlimits_value(&limits, ATTEST_LIMIT_FILE_SIZE),
			 4096);
	assert_int_equal(attest_rlimits_value(&limits, ATTEST_LIMIT_MEMORY), 0);
}

/* Return: exit status of a child that applies limits, then returns body(). */
static int in_child(const struct attest_rlimits *limits, int (*body)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(attest_rlimits_apply(limits) < 0 ? 99 : body());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int soft_of_open_files(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) < 0 ? 98 : (int)limit.rlim_cur;
}

static void limits_are_lowered_and_never_raised(void **state)
{
	struct attest_rlimits limits;

	(void)state;
	attest_rlimits_plan(&policy, &limits);
	assert_int_equal(in_child(&limits, soft_of_open_files), 16);
	limits.limits[0].value.rlim_cur = RLIM_INFINITY;
	limits.limits[0].value.rlim_max = RLIM_INFINITY;
	assert_int_equal(in_child(&limits, soft_of_open_files),
			 soft_of_open_files() & 0xff);
}

static int burn(void)
{
	volatile int go_on = 1;

	while (go_on)
		;
	return 97;
}

static void signals_tell_which_limit_was_hit(void **state)
{
	struct attest_rlimits limits;

	(void)state;
	attest_rlimits_plan(&policy, &limits);
	assert_int_equal(in_child(&limits, burn), 128 + SIGXCPU);
	assert_int_equal(attest_rlimits_hit(&limits, SIGXCPU),
			 ATTEST_LIMIT_CPU);
	assert_int_equal(attest_rlimits_hit(&limits, SIGXFSZ),
			 ATTEST_LIMIT_FILE_SIZE);
	assert_int_equal(attest_rlimits_hit(&limits, SIGTERM),
			 ATTEST_LIMIT_END);
	assert_int_equal(attest_rlimits_hit(&limits, 0), ATTEST_LIMIT_END);
}

static void coverage_says_what_is_not_counted(void **state)
{
	static const struct {
		enum attest_item_kind kind;
		size_t index;
		enum attest_subject_kind subject;
		bool is_root;
		enum attest_cover want;
	} cases[] = {
		{ ATTEST_ITEM_PROCESS_LIMIT, ATTEST_LIMIT_PROCESSES,
		  ATTEST_SUBJECT_COMMAND, true, ATTEST_COVER_PARTIAL },
		{ ATTEST_ITEM_PROCESS_LIMIT, ATTEST_LIMIT_PROCESSES,
		  ATTEST_SUBJECT_COMMAND, false, ATTEST_COVER_FULL },
		{ ATTEST_ITEM_PROCESS_LIMIT, ATTEST_LIMIT_CPU,
		  ATTEST_SUBJECT_COMMAND, true, ATTEST_COVER_FULL },
		{ ATTEST_ITEM_PROCESS_LIMIT, ATTEST_LIMIT_CPU,
		  ATTEST_SUBJECT_PID, true, ATTEST_COVER_NONE },
		{ ATTEST_ITEM_FS_MAX_FILE_SIZE, 0, ATTEST_SUBJECT_COMMAND,
		  false, ATTEST_COVER_FULL },
		{ ATTEST_ITEM_FS_DEFAULT, 0, ATTEST_SUBJECT_COMMAND, false,
		  ATTEST_COVER_NONE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct attest_rlimit_state s = { .is_root = cases[i].is_root };
		char reason[256] = "";

		assert_int_equal(
		    attest_rlimit_layer.cover(&s, &policy, cases[i].subject,
					      cases[i].kind, cases[i].index,
					      reason, sizeof(reason)),
		    cases[i].want);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_holds_what_the_policy_asks_for),
		cmocka_unit_test(limits_are_lowered_and_never_raised),
		cmocka_unit_test(signals_tell_which_limit_was_hit),
		cmocka_unit_test(coverage_says_what_is_not_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
