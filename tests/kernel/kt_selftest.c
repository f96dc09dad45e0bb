// SPDX-License-Identifier: Apache-2.0
/**
 * One test per way a test can end; kt_selftest.expected says what must be
 * printed. Fails on purpose, so it is never a kernel test itself.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kt.h"

static int marks;

static void returning_passes(void)
{
	puts("ok this_is_not_a_result");
	marks++;
}

static void a_test_has_its_own_memory(void)
{
	kt_check_int(marks, 0);
}

static void a_false_condition_fails(void)
{
	kt_check(1 + 1 == 3);
}

static void a_wrong_number_fails(void)
{
	kt_check_int(6 * 7, 41);
}

static void a_wrong_text_fails(void)
{
	kt_check_str("a", "b");
}

static void a_missing_part_fails(void)
{
	kt_check_contains("some text", "words");
}

static void the_expected_errno_passes(void)
{
	kt_expect_errno(open("/nonexistent", 0), ENOENT);
}

static void another_errno_fails(void)
{
	kt_expect_errno(open("/nonexistent", 0), EACCES);
}

static void unexpected_success_fails(void)
{
	kt_expect_errno(close(dup(0)), EBADF);
}

static void a_failing_call_fails(void)
{
	(void)kt_expect_ok(open("/nonexistent", 0));
}

static void a_skip_carries_its_reason(void)
{
	kt_skip("no %s here", "kernel");
}

static void a_crash_fails(void)
{
	abort();
}

static void leaving_early_fails(void)
{
	_exit(0);
}

static void hanging_times_out(void)
{
	(void)signal(SIGTERM, SIG_IGN);
	for (;;)
		(void)pause();
}

static void failing_in_a_child_fails(void)
{
	pid_t pid = fork();

	if (!pid)
		kt_fail("from a child");
	(void)kt_wait(pid);
}

static void a_child_that_hangs_does_not_matter(void)
{
	if (fork())
		return;
	(void)setsid();
	for (;;)
		(void)pause();
}

static void a_condition_is_waited_for(void)
{
	double start = kt_now();

	kt_wait_for(kt_now() > start + 0.02, 5);
}

static void waiting_has_an_end(void)
{
	kt_wait_for(marks == 7, 0.05);
}

static void say_deferred(void *arg)
{
	kt_fail("deferred %s", (const char *)arg);
}

static void deferred_calls_are_made(void)
{
	static char text[] = "call";

	kt_defer(say_deferred, text);
}

static void a_command_gives_status_and_output(void)
{
	static struct kt_result result;

	kt_run(&result, "sh", "-c", "echo out; echo err >&2; exit 3");
	kt_check_int(result.status, 3);
	kt_check_str(result.out, "out\n");
	kt_check_str(result.err, "err\n");
	kt_run(&result, "sh", "-c", "kill -9 $$");
	kt_check_int(result.status, 128 + SIGKILL);
	kt_run(&result, "/nonexistent");
	kt_check_int(result.status, 127);
}

static void more_output_than_fits_is_cut(void)
{
	static struct kt_result result;

	kt_run(&result, "sh", "-c", "head -c 200000 /dev/zero | tr '\\0' x");
	kt_check_int(result.status, 0);
	kt_check_int(strlen(result.out), KT_OUTPUT_MAX - 1);
}

static void files_are_written_and_read(void)
{
	char path[] = "/tmp/kt_selftest.XXXXXX";
	int fd = mkstemp(path);
	char *text;

	kt_check(fd >= 0);
	kt_write_file(path, "one\ntwo\n");
	text = kt_read_file(path);
	kt_check_str(text, "one\ntwo\n");
	free(text);
	(void)unlink(path);
	(void)close(fd);
}

static const struct kt_test tests[] = {
	KT_TEST(returning_passes),
	KT_TEST(a_test_has_its_own_memory),
	KT_TEST(a_false_condition_fails),
	KT_TEST(a_wrong_number_fails),
	KT_TEST(a_wrong_text_fails),
	KT_TEST(a_missing_part_fails),
	KT_TEST(the_expected_errno_passes),
	KT_TEST(another_errno_fails),
	KT_TEST(unexpected_success_fails),
	KT_TEST(a_failing_call_fails),
	KT_TEST(a_skip_carries_its_reason),
	KT_TEST(a_crash_fails),
	KT_TEST(leaving_early_fails),
	KT_TEST_FOR(hanging_times_out, 1),
	KT_TEST(failing_in_a_child_fails),
	KT_TEST(a_child_that_hangs_does_not_matter),
	KT_TEST(a_condition_is_waited_for),
	KT_TEST(waiting_has_an_end),
	KT_TEST(deferred_calls_are_made),
	KT_TEST(a_command_gives_status_and_output),
	KT_TEST(more_output_than_fits_is_cut),
	KT_TEST(files_are_written_and_read),
};

KT_MAIN(tests)
