// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "policy/lint.h"

static struct attest_policy *load(const char *text)
{
	struct attest_policy *policy = NULL;
	struct attest_diag diag = { 0 };

	if (attest_policy_load(NULL, text, &policy, &diag) < 0)
		fail_msg("%d:%d: %s", diag.line, diag.column, diag.text);
	return policy;
}

static bool says(const struct attest_findings *f, int line, const char *text)
{
	for (size_t i = 0; i < f->n_items; i++)
		if (f->items[i].line == line && strstr(f->items[i].text, text))
			return true;
	for (size_t i = 0; i < f->n_items; i++)
		print_error("%d: %s\n", f->items[i].line, f->items[i].text);
	return false;
}

static void rules_that_never_win_are_found(void **state)
{
	struct attest_findings f = { 0 };
	struct attest_policy *p =
	    load("filesystem:\n  default: read-only\n  rules:\n"
		 "  - { path: '/srv/*', access: forbidden, priority: 200 }\n"
		 "  - { path: /srv/a, access: read-write }\n"
		 "  - { path: /opt, access: read-write }\n"
		 "  - { path: /opt, access: forbidden }\n"
		 "  - { path: '/x/[ab]', access: forbidden }\n"
		 "  - { path: /x/a, access: read-write, priority: 200 }\n"
		 "  - { path: /x/b, access: read-write, priority: 200 }\n"
		 "  - { path: /good, access: read-write }\n");

	(void)state;
	assert_int_equal(attest_lint_policy(p, &f), 0);
	assert_true(says(&f, 5, "loses to rule 1, '/srv/*' (priority 200)"));
	assert_true(says(&f, 6, "rule 4 has the same path"));
	assert_true(says(&f, 8, "never wins"));
	assert_true(says(&f, 8, "1 rule with wildcards inside the path"));
	assert_int_equal(f.n_items, 4);
	attest_findings_done(&f);
	attest_policy_free(&p);
}

static void statements_without_effect_are_found(void **state)
{
	struct attest_findings f = { 0 };
	struct attest_policy *p =
	    load("filesystem: { default: read-only, limits: { max_file_size: "
		 "2K, max_disk_usage: 1K } }\n"
		 "network: { default: enabled, allow: [ { to: any } ] }\n");

	(void)state;
	assert_int_equal(attest_lint_policy(p, &f), 0);
	assert_true(says(&f, 0, "max_file_size has no effect"));
	assert_true(says(&f, 0, "'allow' rules have no effect"));
	assert_int_equal(f.n_items, 2);
	attest_findings_done(&f);
	attest_policy_free(&p);
	p = load("name: nothing\n");
	assert_int_equal(attest_lint_policy(p, &f), 0);
	assert_true(says(&f, 0, "confines nothing"));
	attest_findings_done(&f);
	attest_policy_free(&p);
}

static void names_that_cannot_be_are_found(void **state)
{
	struct attest_findings f = { 0 };
	struct attest_policy *p;
	char name[257];
	char text[512];

	(void)state;
	memset(name, 'n', 256);
	name[256] = '\0';
	(void)snprintf(text, sizeof(text),
		       "filesystem: { default: read-only, rules: [ { path: "
		       "/%s, access: forbidden } ] }",
		       name);
	p = load(text);
	assert_int_equal(attest_lint_policy(p, &f), 0);
	assert_true(says(&f, 1, "at most 255 bytes"));
	attest_findings_done(&f);
	attest_policy_free(&p);
}

static void shipped_levels_have_no_useless_rule(void **state)
{
	static const char *const levels[] = { "minimal", "standard", "maximum",
					      "strict" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		struct attest_findings f = { 0 };
		struct attest_policy *p = NULL;
		struct attest_diag diag = { 0 };

		assert_int_equal(attest_policy_load_level(levels[i], &p, &diag),
				 0);
		assert_int_equal(attest_lint_policy(p, &f), 0);
		for (size_t k = 0; k < f.n_items; k++)
			if (strstr(f.items[k].text, "never wins"))
				fail_msg("%s: %s", levels[i], f.items[k].text);
		attest_findings_done(&f);
		attest_policy_free(&p);
	}
}

static void links_and_replaceable_names_are_found(void **state)
{
	char folder[] = "/tmp/attest-lint-XXXXXX";
	struct attest_findings f = { 0 };
	struct attest_policy *p;
	char a[64], b[64], text[512];

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(a, sizeof(a), "%s/file", folder);
	close(open(a, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	(void)snprintf(b, sizeof(b), "%s/hard", folder);
	assert_int_equal(link(a, b), 0);
	(void)snprintf(b, sizeof(b), "%s/soft", folder);
	assert_int_equal(symlink("file", b), 0);
	assert_int_equal(chmod(folder, 0777), 0);
	(void)snprintf(text, sizeof(text),
		       "filesystem:\n  default: read-only\n  rules:\n"
		       "  - { path: %s/file, access: forbidden }\n"
		       "  - { path: %s/soft, access: forbidden }\n"
		       "  - { path: %s/absent, access: forbidden }\n",
		       folder, folder, folder);
	p = load(text);
	assert_int_equal(attest_lint_paths(p, &f), 0);
	assert_true(says(&f, 4, "has 2 names"));
	assert_true(says(&f, 4, "anybody may rename and replace"));
	assert_true(says(&f, 5, "symbolic link"));
	assert_true(says(&f, 5, a));
	attest_findings_done(&f);
	attest_policy_free(&p);
	(void)snprintf(text, sizeof(text), "rm -r '%s'", folder);
	assert_int_equal(system(text), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_that_never_win_are_found),
		cmocka_unit_test(statements_without_effect_are_found),
		cmocka_unit_test(names_that_cannot_be_are_found),
		cmocka_unit_test(shipped_levels_have_no_useless_rule),
		cmocka_unit_test(links_and_replaceable_names_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
