// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <attest/attest.h>

#include "base/cleanup.h"

typedef struct attest_filesystem_security security_t;

static bool ask(security_t *s, const char *path, enum attest_access_mode mode,
		const char *violation)
{
	struct attest_access_result answer;
	struct attest_error error;

	assert_int_equal(attest_filesystem_security_check_path_access(
			     s, path, mode, &answer, &error),
			 0);
	assert_int_equal(answer.allowed, violation == NULL);
	if (violation)
		assert_string_equal(answer.violation, violation);
	return answer.allowed;
}

/* The specification's table "Default Rules". */
static void default_rules_are_the_specified_ones(void **state)
{
	static const struct {
		const char *path, *violation;
	} cases[] = {
		{ "/tmp/file.txt", NULL },
		{ "/workspace/file.txt", NULL },
		{ "/etc/fstab", "ForbiddenPath" },
		{ "/proc/cpuinfo", "ForbiddenPath" },
		{ "/sys/kernel", "ForbiddenPath" },
	};
	security_t *s = NULL;

	(void)state;
	assert_int_equal(
	    attest_filesystem_security_with_strict_policy(&s, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ask(s, cases[i].path, ATTEST_ACCESS_MODE_READ_WRITE,
		    cases[i].violation);
	attest_filesystem_security_free(&s);
	assert_null(s);
}

/* The specification's "dangerous paths", under both built-in policies. */
static void dangerous_paths_are_traversals(void **state)
{
	static const char *const paths[] = {
		"/workspace/../etc/passwd",
		"/tmp/../../root/.ssh/id_rsa",
		"/workspace/subdir/../../../etc/shadow",
	};

	(void)state;
	for (int strict = 0; strict < 2; strict++) {
		security_t *s = NULL;

		if (strict)
			attest_filesystem_security_with_strict_policy(&s, NULL);
		else
			attest_filesystem_security_new(&s, NULL);
		assert_non_null(s);
		for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
			ask(s, paths[i], ATTEST_ACCESS_MODE_READ_ONLY,
			    "PathTraversal");
		ask(s, "/workspace/a/../b", ATTEST_ACCESS_MODE_READ_WRITE,
		    NULL);
		attest_filesystem_security_free(&s);
	}
}

static void dangerous_extensions_are_refused(void **state)
{
	static const char *const names[] = { "exe", "bat", "cmd",
					     "com", "scr", "EXE" };
	security_t *s = NULL;

	(void)state;
	assert_int_equal(attest_filesystem_security_new(&s, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "/workspace/a.%s", names[i]);
		ask(s, path, ATTEST_ACCESS_MODE_READ_WRITE,
		    "ForbiddenExtension");
	}
	attest_filesystem_security_free(&s);
}

/* The specification's custom rule: /custom/ read-only, priority 500. */
static void a_custom_rule_decides(void **state)
{
	struct attest_filesystem_rule rule = {
		.size = sizeof(rule),
		.path_pattern = "/custom/*",
		.access_mode = ATTEST_ACCESS_MODE_READ_ONLY,
		.recursive = true,
		.priority = 500,
		.description = "Custom path access",
	};
	security_t *s = NULL;

	(void)state;
	assert_int_equal(
	    attest_filesystem_security_with_strict_policy(&s, NULL), 0);
	ask(s, "/custom/a", ATTEST_ACCESS_MODE_READ_ONLY, "ForbiddenPath");
	assert_int_equal(attest_filesystem_security_add_rule(s, &rule, NULL),
			 0);
	ask(s, "/custom/a", ATTEST_ACCESS_MODE_READ_ONLY, NULL);
	ask(s, "/custom/a", ATTEST_ACCESS_MODE_READ_WRITE, "ForbiddenPath");
	attest_filesystem_security_free(&s);
}

static void a_bad_rule_is_refused(void **state)
{
	struct attest_filesystem_rule rule = { .size = sizeof(rule) };
	struct attest_error error = { 0 };
	security_t *s = NULL;

	(void)state;
	assert_int_equal(attest_filesystem_security_new(&s, NULL), 0);
	assert_int_equal(attest_filesystem_security_add_rule(s, &rule, &error),
			 -EINVAL);
	assert_int_not_equal(error.text[0], 0);
	rule.path_pattern = "relative/*";
	assert_int_equal(attest_filesystem_security_add_rule(s, &rule, &error),
			 -EINVAL);
	assert_int_equal(error.code, -EINVAL);
	attest_filesystem_security_free(&s);
}

static void links_that_exist_are_followed(void **state)
{
	char dir[] = "/tmp/attest-lib-XXXXXX";
	char link[64];
	security_t *s = NULL;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(link, sizeof(link), "%s/link", dir);
	assert_int_equal(symlink("/etc", link), 0);
	(void)snprintf(link, sizeof(link), "%s/link/new/file", dir);
	assert_int_equal(
	    attest_filesystem_security_with_strict_policy(&s, NULL), 0);
	ask(s, link, ATTEST_ACCESS_MODE_READ_WRITE, "ForbiddenPath");
	(void)snprintf(link, sizeof(link), "%s/link", dir);
	(void)unlink(link);
	(void)rmdir(dir);
	attest_filesystem_security_free(&s);
}

static security_t *new_from(const char *text)
{
	struct attest_policy *policy = NULL;
	security_t *s = NULL;

	assert_int_equal(attest_policy_open_text(text, &policy, NULL), 0);
	assert_int_equal(
	    attest_filesystem_security_with_policy(policy, &s, NULL), 0);
	attest_policy_close(&policy);
	return s;
}

static void forbidden_links_are_refused(void **state)
{
	char dir[] = "/tmp/attest-lib-XXXXXX";
	char chain[64], link[64], file[64], below[80];
	security_t *s;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(chain, sizeof(chain), "%s/chain", dir);
	(void)snprintf(link, sizeof(link), "%s/link", dir);
	(void)snprintf(file, sizeof(file), "%s/file", dir);
	(void)snprintf(below, sizeof(below), "%s/x", chain);
	assert_int_equal(symlink("link", chain), 0);
	assert_int_equal(symlink(dir, link), 0);
	s = new_from(
	    "{\"version\":1,\"filesystem\":{\"default\":\"read-only\","
	    "\"rules\":[{\"path\":\"/tmp/*\",\"access\":\"read-write\"}],"
	    "\"symlinks\":\"forbid\"}}");
	ask(s, link, ATTEST_ACCESS_MODE_READ_ONLY, "SymlinkViolation");
	ask(s, below, ATTEST_ACCESS_MODE_READ_WRITE, "SymlinkViolation");
	ask(s, file, ATTEST_ACCESS_MODE_READ_WRITE, NULL);
	ask(s, "/proc/self/exe", ATTEST_ACCESS_MODE_READ_ONLY, NULL);
	attest_filesystem_security_free(&s);
	s = new_from("{\"version\":1,\"filesystem\":{\"default\":"
		     "\"read-only\"}}");
	ask(s, below, ATTEST_ACCESS_MODE_READ_ONLY, NULL);
	(void)unlink(link);
	(void)unlink(chain);
	(void)rmdir(dir);
	attest_filesystem_security_free(&s);
}

static void the_seccomp_manager_does_what_is_specified(void **state)
{
	struct attest_seccomp_manager *m = NULL;
	struct attest_error error;
	_cleanup_free_ char *json = NULL;

	(void)state;
	assert_int_equal(attest_seccomp_manager_new(&m), 0);
	assert_null(attest_seccomp_manager_profile(m));
	assert_int_equal(
	    attest_seccomp_manager_set_profile(m, "custom", &error), -ENOENT);
	assert_int_equal(
	    attest_seccomp_manager_set_profile(m, "maximum", &error), 0);
	assert_string_equal(attest_seccomp_manager_profile(m), "maximum");
	assert_int_equal(attest_seccomp_manager_generate_container_profile(
			     m, "maximum", &json, &error),
			 0);
	assert_non_null(strstr(json, "\"SCMP_ACT_KILL_PROCESS\""));
	assert_int_equal(attest_seccomp_manager_load_profile_from_file(
			     m, "/nonexistent", &error),
			 -ENOENT);
	attest_seccomp_manager_free(&m);
	attest_seccomp_manager_free(&m);
}

static void errors_say_where(void **state)
{
	struct attest_policy *policy = NULL;
	struct attest_error error;
	char text[1024];

	(void)state;
	assert_int_equal(
	    attest_policy_open_text("version: 1\nnmae: x\n", &policy, &error),
	    -EINVAL);
	assert_null(policy);
	assert_int_equal(error.line, 2);
	attest_error_format(&error, text, sizeof(text));
	assert_non_null(strstr(text, "2:1:"));
	assert_int_equal(attest_policy_open_level("banana", &policy, &error),
			 -ENOENT);
	assert_non_null(strstr(error.hint, "standard"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_rules_are_the_specified_ones),
		cmocka_unit_test(dangerous_paths_are_traversals),
		cmocka_unit_test(dangerous_extensions_are_refused),
		cmocka_unit_test(a_custom_rule_decides),
		cmocka_unit_test(a_bad_rule_is_refused),
		cmocka_unit_test(links_that_exist_are_followed),
		cmocka_unit_test(forbidden_links_are_refused),
		cmocka_unit_test(the_seccomp_manager_does_what_is_specified),
		cmocka_unit_test(errors_say_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
