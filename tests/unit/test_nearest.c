// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/nearest.h"

static const char *command(const void *data, size_t i)
{
	static const char *const words[] = { "run",	"watch",  "enforce",
					     "explain", "export", NULL };

	(void)data;
	return words[i];
}

static void slips_are_recognised(void **state)
{
	static const struct {
		const char *word, *meant;
	} cases[] = {
		{ "rn", "run" },	  { "wacth", "watch" },
		{ "enfroce", "enforce" }, { "expalin", "explain" },
		{ "exporrt", "export" },  { "enf", "enforce" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(
		    attest_nearest(cases[i].word, command, NULL),
		    cases[i].meant);
}

static void other_words_are_not(void **state)
{
	static const char *const words[] = {
		"", "x", "frobnicate", "go",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		assert_null(attest_nearest(words[i], command, NULL));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(slips_are_recognised),
		cmocka_unit_test(other_words_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
