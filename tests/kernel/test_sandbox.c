// SPDX-License-Identifier: Apache-2.0
/**
 * The layers that need no BPF: Landlock of every ABI, the guard filter and the
 * isolation levels, as root and as a user.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kt.h"
#include "policy/image.h"
#include "sandbox/confine.h"

#define WORK "/tmp/sandbox"

static struct attest_rule rules[] = {
	{ .path = (char *)(uintptr_t)WORK "/a/*",
	  .access = ATTEST_PATH_READ_WRITE,
	  .recursive = true,
	  .execute = true,
	  .priority = 100 },
	{ .path = (char *)(uintptr_t)WORK "/secret",
	  .access = ATTEST_PATH_FORBIDDEN,
	  .recursive = true,
	  .priority = 200 },
	{ .path = (char *)(uintptr_t) "/dev/null",
	  .access = ATTEST_PATH_READ_WRITE,
	  .recursive = true,
	  .priority = 100 },
};

static struct attest_policy test_policy = {
	.has_filesystem = true,
	.fs_default = ATTEST_PATH_READ_ONLY,
	.fs_default_execute = true,
	.rules = rules,
	.n_rules = ARRAY_SIZE(rules),
	.has_network = true,
	.net_default = ATTEST_NETWORK_DISABLED,
};

static void write_file(const char *path)
{
	int fd = (int)kt_expect_ok(
	    open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666));

	kt_expect_ok(fchmod(fd, 0666));
	kt_expect_ok(write(fd, "text\n", 5));
	(void)close(fd);
}

static void make_tree(void)
{
	static const char *const dirs[] = { WORK, WORK "/a", WORK "/secret" };

	/* Tests share the tree. */
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (mkdir(dirs[i], 0777) < 0)
			kt_check_int(errno, EEXIST);
		kt_expect_ok(chmod(dirs[i], 0777));
	}
	write_file(WORK "/secret/f");
	write_file(WORK "/ro");
}

/* Runs sh -c script confined; what it wrote and its status as one string. */
static void run_policy(const struct attest_policy *policy,
		       const struct attest_confine_options *co,
		       const char *script, char *out, size_t size)
{
	static const char *const env[] = { "PATH=/bin:/usr/bin:/sbin", NULL };
	const char *const argv[] = { "sh", "-c", script, NULL };
	struct attest_spawn_options o = attest_spawn_defaults(argv, env);
	_cleanup_(attest_confine_done) struct attest_confine confine;
	_cleanup_free_ struct attest_image_hdr *image = NULL;
	struct attest_spawn_error error = { 0 };
	struct attest_child child;
	struct attest_diag diag;
	char text[512] = "";
	int status = -1;
	size_t len = 0;
	int fds[2];
	ssize_t n;

	kt_check_int(attest_image_build(policy, &image, &diag), 0);
	if (attest_confine_make(policy, image, co, &confine, text,
				sizeof(text)) < 0)
		kt_fail("%s", text);
	kt_expect_ok(pipe2(fds, O_CLOEXEC));
	o.stdio[1] = o.stdio[2] = fds[1];
	o.cwd = co->in_container || co->is_strict ? "/" : WORK;
	attest_confine_fill(&confine, &o);
	if (attest_spawn_start(&o, &child, &error) < 0 ||
	    attest_confine_enter(&confine, &child) < 0 ||
	    attest_spawn_go(&child, &error) < 0)
		kt_fail("%s",
			attest_spawn_error_text(&error, text, sizeof(text)));
	(void)close(fds[1]);
	while ((n = read(fds[0], out + len, size - 1 - len)) > 0)
		len += (size_t)n;
	out[len] = '\0';
	(void)close(fds[0]);
	kt_check_int(attest_spawn_wait(&child, &status, NULL), 0);
	attest_spawn_done(&child);
	(void)snprintf(out + strlen(out), size - strlen(out), "=%d", status);
}

static void run(const struct attest_confine_options *co, const char *script,
		char *out, size_t size)
{
	run_policy(&test_policy, co, script, out, size);
}

static void expect(const struct attest_confine_options *co, const char *script,
		   const char *wanted)
{
	char out[4096];

	run(co, script, out, sizeof(out));
	if (strcmp(out, wanted) != 0)
		kt_fail("'%s': '%s', not '%s'", script, out, wanted);
}

static void refused(const struct attest_confine_options *co, const char *script)
{
	char out[4096];

	run(co, script, out, sizeof(out));
	if (!strstr(out, "ermission denied") || strstr(out, "=0"))
		kt_fail("'%s' is not refused: '%s'", script, out);
}

static void check_process(void)
{
	static const struct attest_confine_options process = { 0 };

	expect(&process, "cat ro", "text\n=0");
	expect(&process, "echo x > a/f && cat a/f && rm a/f", "x\n=0");
	expect(&process, "mkdir a/d && mv a/d a/e && rmdir a/e", "=0");
	refused(&process, "cat secret/f");
	refused(&process, "echo x > ro");
	refused(&process, "echo x > a/../new");
	/* Before ABI 3 only the guard sees this one. */
	refused(&process, "truncate -s 0 ro");
	expect(&process, "cat ro", "text\n=0");
}

static void process_level_holds_for_root(void)
{
	make_tree();
	check_process();
}

static void process_level_holds_for_a_user(void)
{
	make_tree();
	kt_become_uid(KT_UNPRIVILEGED_UID);
	check_process();
}

static void check_container(bool is_strict)
{
	const struct attest_confine_options co = { .in_container = true,
						   .is_strict = is_strict };
	char out[4096];

	expect(&co, "echo $$", "2\n=0");
	expect(&co, "grep CapEff /proc/self/status",
	       "CapEff:\t0000000000000000\n=0");
	run(&co, "echo x > /etc/new", out, sizeof(out));
	kt_check(!strstr(out, "=0"));
	run(&co, "cat /proc/1/environ", out, sizeof(out));
	kt_check(!strstr(out, "=0"));
	run(&co, "mount -t tmpfs x /mnt", out, sizeof(out));
	kt_check(!strstr(out, "=0"));
	if (is_strict) {
		run(&co, "unshare -U true", out, sizeof(out));
		kt_check(!strstr(out, "=0"));
	}
}

static void container_holds_for_root(void)
{
	check_container(false);
	check_container(true);
}

static void strict_counts_processes_in_a_cgroup(void)
{
	static const struct attest_confine_options strict = { .is_strict =
								  true };
	char out[4096];

	/* The first process may be, the second may not. */
	test_policy.limits.processes = 1;
	run_policy(&test_policy, &strict, "echo x; true | true", out,
		   sizeof(out));
	test_policy.limits.processes = 0;
	kt_check_contains(out, "x\n");
	kt_check(!strstr(out, "=0"));
}

static void container_holds_for_a_user(void)
{
	kt_become_uid(KT_UNPRIVILEGED_UID);
	check_container(false);
	check_container(true);
}

static const struct kt_test tests[] = {
	KT_TEST(process_level_holds_for_root),
	KT_TEST(process_level_holds_for_a_user),
	KT_TEST(container_holds_for_root),
	KT_TEST(container_holds_for_a_user),
	KT_TEST(strict_counts_processes_in_a_cgroup),
};

KT_MAIN(tests)
