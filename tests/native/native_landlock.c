// SPDX-License-Identifier: Apache-2.0
/* Isolation level `process` on this kernel: Landlock, the guard filter and
 * limits around a shell.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "run.h"
#include "sandbox/guard.h"
#include "sandbox/landlock.h"
#include "sandbox/landlock_abi.h"

static int abi;
static struct attest_rule rules[8];
static size_t n_rules;
static struct attest_guard guard;
static struct attest_rlimits limits;

static void add_rule(const char *below, enum attest_path_access access,
		     bool execute, int priority)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s%s", scratch(), below);
	rules[n_rules++] = (struct attest_rule){
		.path = strdup(path),
		.access = access,
		.recursive = true,
		.execute = execute,
		.priority = priority,
	};
}

static int make_tree(void **state)
{
	char script[1024];

	(void)state;
	(void)snprintf(script, sizeof(script),
		       "cd %s && mkdir a b ro secret noexec && "
		       "echo text > ro/f && echo text > secret/f && "
		       "cp /bin/true noexec/true && cp /bin/true a/true",
		       scratch());
	if (system(script) != 0)
		return -1;
	add_rule("/a/*", ATTEST_PATH_READ_WRITE, true, 100);
	add_rule("/b/*", ATTEST_PATH_READ_WRITE, true, 100);
	add_rule("/noexec/*", ATTEST_PATH_READ_WRITE, false, 100);
	add_rule("/secret", ATTEST_PATH_FORBIDDEN, false, 200);
	rules[n_rules++] = (struct attest_rule){
		.path = strdup("/dev/null"),
		.access = ATTEST_PATH_READ_WRITE,
		.recursive = true,
		.priority = 100,
	};
	return 0;
}

static int free_tree(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_rules; i++)
		free(rules[i].path);
	return 0;
}

static struct attest_spawn_options confined(void)
{
	const struct attest_guard_options strict = { .truncation = abi < 3 };
	struct attest_spawn_options o = attest_spawn_defaults(NULL, NULL);
	_cleanup_(attest_landlock_plan_free) struct attest_landlock_plan *plan =
	    NULL;
	struct attest_policy policy = {
		.has_filesystem = true,
		.fs_default = ATTEST_PATH_READ_ONLY,
		.fs_default_execute = true,
		.rules = rules,
		.n_rules = n_rules,
		.has_network = true,
		.net_default = ATTEST_NETWORK_DISABLED,
		.max_file_bytes = 1 << 20,
		.limits = { .open_files = 64 },
	};
	const char *path;

	assert_int_equal(
	    attest_landlock_plan_make(&policy, NULL, ATTEST_LANDLOCK_STRICT,
				      &attest_landlock_system_tree, &plan),
	    0);
	assert_int_equal(
	    attest_landlock_ruleset(plan, abi, &o.landlock_fd, &path), 0);
	attest_guard_make(&strict, &guard);
	attest_rlimits_plan(&policy, &limits);
	o.filters[0].program = &guard.program;
	o.n_filters = 1;
	o.rlimits = &limits;
	o.landlock_flags = attest_landlock_log_flags(abi);
	o.own_tree = true;
	o.cwd = scratch();
	return o;
}

/* Refused with exactly "Permission denied", EACCES, and nothing done. */
static void assert_refused(const char *script)
{
	struct attest_spawn_options o = confined();
	int status = run_sh(&o, script);

	(void)close(o.landlock_fd);
	if (status == 0 || !strstr(run_output, "Permission denied"))
		fail_msg("'%s': status %d, '%s'", script, status, run_output);
	assert_no_child();
}

static void assert_works(const char *script, const char *output)
{
	struct attest_spawn_options o = confined();

	assert_sh(&o, script, 0, output);
	(void)close(o.landlock_fd);
	assert_no_child();
}

static void what_the_policy_allows_works(void **state)
{
	(void)state;
	assert_works("cat ro/f", "text\n");
	assert_works("echo x > a/new && cat a/new && rm a/new", "x\n");
	assert_works("mkdir a/d && touch a/d/f && mv a/d b/d && rm -r b/d", "");
	assert_works("ln -s f a/link && rm a/link", "");
	assert_works("a/true && echo ran", "ran\n");
	assert_works("echo x > /dev/null", "");
	assert_works("ls -d /etc/passwd", "/etc/passwd\n");
}

static void what_it_does_not_is_refused(void **state)
{
	static const char *const scripts[] = {
		"cat secret/f",
		"ls secret",
		"echo x > ro/f",
		"echo x > ro/new",
		"rm ro/f",
		"mv ro/f ro/g",
		"mv a ro/a",
		"mkdir ro/d",
		"ln -s x ro/l",
		"truncate -s 0 ro/f",
		"noexec/true",
		"echo x > /etc/passwd",
		"mkdir /var/tmp/attest-never",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++)
		assert_refused(scripts[i]);
}

static void rights_do_not_come_with_a_new_name(void **state)
{
	struct attest_spawn_options o = confined();

	(void)state;
	/* Each ends with EXDEV or EACCES; no name shows up where more is
	 * allowed.
	 */
	assert_int_not_equal(run_sh(&o, "ln ro/f a/f"), 0);
	assert_int_not_equal(run_sh(&o, "cp noexec/true a/t && ! a/t"), 0);
	assert_int_not_equal(run_sh(&o, "ln noexec/true a/t2"), 0);
	assert_int_not_equal(run_sh(&o, "ln secret/f a/s; cat a/s"), 0);
	assert_sh(&o, "rm -f a/t; ls a", 0, "true\n");
	(void)close(o.landlock_fd);
}

static void devices_cannot_be_made(void **state)
{
	struct attest_spawn_options o = confined();

	(void)state;
	assert_int_not_equal(run_sh(&o, "mknod a/dev b 7 0"), 0);
	assert_sh(&o, "mkfifo a/fifo && rm a/fifo", 0, "");
	(void)close(o.landlock_fd);
}

static void tcp_is_refused(void **state)
{
	(void)state;
	if (abi < 4)
		skip();
	/* Nobody listens on port 1: allowed, it would be refused otherwise. */
	assert_refused("bash -c 'echo > /dev/tcp/127.0.0.1/1'");
}

static void signals_stay_inside(void **state)
{
	struct attest_spawn_options o = confined();
	char script[64];

	(void)state;
	if (abi < 6)
		skip();
	(void)snprintf(script, sizeof(script), "kill -0 %d", getpid());
	assert_int_not_equal(run_sh(&o, script), 0);
	assert_non_null(strstr(run_output, "not permitted"));
	assert_sh(&o, "sleep 9 & kill $! && echo sent", 0, "sent\n");
	(void)close(o.landlock_fd);
}

static void limits_hold(void **state)
{
	struct attest_spawn_options o = confined();

	(void)state;
	assert_sh(&o, "ulimit -n", 0, "64\n");
	assert_sh(&o, "ulimit -n 65 2>/dev/null || echo no", 0, "no\n");
	assert_sh(&o, "head -c 2000000 /dev/zero > a/big; echo $?", 0,
		  "File size limit exceeded\n153\n");
	assert_sh(&o, "stat -c %s a/big; rm a/big", 0, "1048576\n");
	(void)close(o.landlock_fd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_policy_allows_works),
		cmocka_unit_test(what_it_does_not_is_refused),
		cmocka_unit_test(rights_do_not_come_with_a_new_name),
		cmocka_unit_test(devices_cannot_be_made),
		cmocka_unit_test(tcp_is_refused),
		cmocka_unit_test(signals_stay_inside),
		cmocka_unit_test(limits_hold),
	};

	abi = attest_landlock_probe();
	if (abi < 0) {
		(void)printf("skipped: %s\n", attest_landlock_remedy(abi));
		return 77;
	}
	return cmocka_run_group_tests(tests, make_tree, free_tree);
}
