// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run.h"
#include "sandbox/cgroup.h"

static void cgroup_limits_or_says_why_not(void **state)
{
	const struct attest_cgroup_limits limits = { .processes = 8,
						     .memory_bytes = 64 << 20 };
	struct attest_cgroup cgroup = ATTEST_CGROUP_NONE;
	char path[512];
	char reason[256] = "";
	int r;

	(void)state;
	r = attest_cgroup_make(&limits, &cgroup, reason, sizeof(reason));
	if (r < 0) {
		assert_null(cgroup.path);
		assert_non_null(strstr(reason, "systemd"));
		return;
	}
	assert_true(cgroup.fd >= 0);
	(void)strcpy(path, cgroup.path);
	attest_cgroup_done(&cgroup);
	assert_int_equal(access(path, F_OK), -1);
}

/* No limits need no controllers: works wherever a cgroup v2 is writable. */
static void cgroup_ends_all_that_is_in_it(void **state)
{
	const struct attest_cgroup_limits none = { 0 };
	struct attest_cgroup cgroup = ATTEST_CGROUP_NONE;
	const char *const argv[] = { "sleep", "100", NULL };
	const char *const env[] = { "PATH=/bin", NULL };
	struct attest_spawn_options o = attest_spawn_defaults(argv, env);
	struct attest_spawn_error error;
	struct attest_child child;
	char reason[256] = "";
	char path[512];
	int status;
	int signal;

	(void)state;
	if (attest_cgroup_make(&none, &cgroup, reason, sizeof(reason)) < 0) {
		assert_true(reason[0] != '\0');
		skip();
	}
	assert_int_equal(attest_spawn_start(&o, &child, &error), 0);
	assert_int_equal(attest_cgroup_enter(&cgroup, child.pid), 0);
	assert_int_equal(attest_spawn_go(&child, &error), 0);
	assert_int_equal(
	    attest_cgroup_hits(&cgroup, "cgroup.events", "populated"), 1);
	(void)strcpy(path, cgroup.path);
	attest_cgroup_done(&cgroup);
	assert_int_equal(attest_spawn_wait(&child, &status, &signal), 0);
	assert_int_equal(status, 137);
	assert_int_equal(signal, 9);
	attest_spawn_done(&child);
	assert_int_equal(access(path, F_OK), -1);
}

static void what_a_killed_caller_left_is_swept(void **state)
{
	const struct attest_cgroup_limits none = { 0 };
	struct attest_cgroup cgroup = ATTEST_CGROUP_NONE;
	char reason[256] = "";
	char path[512] = "";
	int fds[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		if (attest_cgroup_make(&none, &cgroup, reason,
				       sizeof(reason)) == 0)
			(void)!write(fds[1], cgroup.path, strlen(cgroup.path));
		_exit(0);
	}
	(void)close(fds[1]);
	(void)!read(fds[0], path, sizeof(path) - 1);
	(void)close(fds[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	if (!path[0])
		skip();
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(
	    attest_cgroup_make(&none, &cgroup, reason, sizeof(reason)), 0);
	assert_int_equal(access(path, F_OK), -1);
	attest_cgroup_done(&cgroup);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cgroup_limits_or_says_why_not),
		cmocka_unit_test(cgroup_ends_all_that_is_in_it),
		cmocka_unit_test(what_a_killed_caller_left_is_swept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
