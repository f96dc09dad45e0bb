// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/json.h"

static void strings_are_escaped(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "", "\"\"" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"" },
		{ "\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"" },
		{ "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
		  "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_str_ struct attest_str s = { 0 };

		attest_json_puts(&s, cases[i].in);
		assert_string_equal(s.data, cases[i].out);
	}
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
	static const struct {
		const char *in;
		int n_replaced;
	} cases[] = {
		{ "\xff", 1 },		   /* never valid */
		{ "\xc0\x80", 2 },	   /* overlong NUL */
		{ "\xe0\x80\x80", 3 },	   /* overlong */
		{ "\xed\xa0\x80", 3 },	   /* a surrogate */
		{ "\xf4\x90\x80\x80", 4 }, /* past U+10FFFF */
		{ "\xe2\x82", 2 },	   /* cut short */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_str_ struct attest_str s = { 0 };
		const char *p;
		int n = 0;

		attest_json_puts(&s, cases[i].in);
		for (p = s.data; (p = strstr(p, "\xef\xbf\xbd")); p += 3)
			n++;
		assert_int_equal(n, cases[i].n_replaced);
		assert_int_equal(s.len, 2 + 3 * n);
	}
}

static void no_text_is_null(void **state)
{
	_cleanup_str_ struct attest_str s = { 0 };

	(void)state;
	attest_json_puts(&s, NULL);
	assert_string_equal(s.data, "null");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(bytes_that_are_not_utf8_are_replaced),
		cmocka_unit_test(no_text_is_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
