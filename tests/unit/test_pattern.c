// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "naive.h"
#include "policy/image.h"
#include "policy/pattern.h"

/* What the documentation promises, in one line each. */
static void patterns_match_what_is_promised(void **state)
{
	static const struct {
		const char *pattern;
		bool recursive;
		const char *path;
		bool matches;
	} cases[] = {
		{ "/etc/shadow", true, "/etc/shadow", true },
		{ "/etc/shadow", true, "/etc/shadow/x", true },
		{ "/etc/shadow", false, "/etc/shadow/x", false },
		{ "/etc/shadow", true, "/etc/shadow-", false },
		{ "/etc/shadow", true, "/etc", false },
		{ "/dir/*", true, "/dir", true },
		{ "/dir/*", true, "/dir/a", true },
		{ "/dir/*", true, "/dir/a/b", true },
		{ "/dir/*", true, "/dirx", false },
		{ "/dir/*", false, "/dir", false },
		{ "/dir/*", false, "/dir/a", true },
		{ "/dir/*", false, "/dir/a/b", false },
		{ "/dir/**", false, "/dir/a/b", true },
		{ "/dir/**", false, "/dir", false },
		{ "/dir/*", true, "/dir/.hidden", true },
		{ "/a/*/c", false, "/a/b/c", true },
		{ "/a/*/c", false, "/a/b/b/c", false },
		{ "/a/**/c", false, "/a/b/b/c", true },
		{ "/a/**/c", false, "/a/c", true },
		{ "/a/**/c", false, "/ac", false },
		{ "/**/c", false, "/c", true },
		{ "/**.log", false, "/a/b.log", true },
		{ "/a?c", false, "/abc", true },
		{ "/a?c", false, "/a/c", false },
		{ "/[a-c]x", false, "/bx", true },
		{ "/[!a-c]x", false, "/bx", false },
		{ "/[!a-c]x", false, "/dx", true },
		{ "/a[!b]c", false, "/a/c", false },
		{ "/[]-]", false, "/]", true },
		{ "/[]-]", false, "/-", true },
		{ "/\\*", false, "/*", true },
		{ "/\\*", false, "/a", false },
		{ "/\\xff\\x0a", false, "/\xff\n", true },
		{ "/\xff*", false, "/\xff\xfe", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct attest_rule rule = {
			.path = (char *)cases[i].pattern,
			.recursive = cases[i].recursive,
		};
		struct attest_policy policy = {
			.has_filesystem = true,
			.rules = &rule,
			.n_rules = 1,
		};
		struct attest_image_hdr *image = NULL;
		struct attest_decision d;
		struct attest_diag diag = { 0 };
		const char *path = cases[i].path;

		assert_int_equal(attest_image_build(&policy, &image, &diag), 0);
		attest_image_decide(image, path, strlen(path), &d);
		if (d.rule != cases[i].matches ||
		    naive_matches(&rule, path, strlen(path)) !=
			cases[i].matches)
			fail_msg("%s on %s", cases[i].pattern, path);
		free(image);
	}
}

static void bad_patterns_are_refused_with_a_reason(void **state)
{
	static const char *const cases[][2] = {
		{ "", "start" },
		{ "a", "start" },
		{ "/a/", "end" },
		{ "/a//b", "'//'" },
		{ "/a/../b", "'..'" },
		{ "/a/..", "'..'" },
		{ "/./a", "'.'" },
		{ "/a[b", "']'" },
		{ "/a[", "']'" },
		{ "/a[!", "']'" },
		{ "/[z-a]", "backwards" },
		{ "/[.-0]", "'/'" },
		{ "/a\\", "backslash" },
		{ "/\\x0", "hexadecimal" },
		{ "/\\xzz", "hexadecimal" },
		{ "/\\x00", "NUL" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct attest_pattern pattern = { .n_tokens = 77 };
		const char *error = "";

		assert_int_equal(
		    attest_pattern_parse(cases[i][0], true, &pattern, &error),
		    -EINVAL);
		assert_int_equal(pattern.n_tokens, 77);
		if (!strstr(error, cases[i][1]))
			fail_msg("%s: %s", cases[i][0], error);
	}
}

static void quoted_paths_match_themselves_only(void **state)
{
	static const char path[] = "/a*b?[c]\\x41\n\xff/z";
	struct attest_pattern pattern;
	const char *error;
	char *text = attest_pattern_quote(path, strlen(path));

	(void)state;
	assert_string_equal(text, "/a\\*b\\?\\[c]\\\\x41\\x0a\\xff/z");
	assert_int_equal(attest_pattern_parse(text, false, &pattern, &error),
			 0);
	assert_int_equal(pattern.n_tokens, strlen(path));
	assert_int_equal(pattern.n_wildcards, 0);
	for (size_t i = 0; i < pattern.n_tokens; i++)
		assert_int_equal(pattern.tokens[i].byte,
				 (unsigned char)path[i]);
	attest_pattern_done(&pattern);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_what_is_promised),
		cmocka_unit_test(bad_patterns_are_refused_with_a_reason),
		cmocka_unit_test(quoted_paths_match_themselves_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
