// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/cleanup.h"
#include "event/json.h"
#include "event/out.h"
#include "sample_record.h"

static json_t *to_json(const struct attest_record *rec)
{
	_cleanup_str_ struct attest_str s = { 0 };
	json_error_t error;
	json_t *root;

	assert_int_equal(attest_record_json(&s, rec), 0);
	assert_null(memchr(s.data, '\n', s.len));
	assert_int_equal(strlen(s.data), s.len);
	root = json_loadb(s.data, s.len, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		fail_msg("%s in %s", error.text, s.data);
	return root;
}

static const char *text_of(json_t *root, const char *key)
{
	return json_string_value(json_object_get(root, key));
}

static void file_record_is_the_documented_line(void **state)
{
	static const char want[] =
	    "{\"schema\":\"attest.violation/1\","
	    "\"time\":\"2026-11-24T03:15:00.123456789Z\",\"host\":\"ci-7\","
	    "\"id\":\"3f2a8c5e-0-42\",\"seq\":42,\"kind\":\"filesystem\","
	    "\"violation\":\"ForbiddenPath\",\"action\":\"denied\","
	    "\"layer\":\"bpf\",\"hook\":\"file_open\",\"pid\":4242,"
	    "\"tid\":4242,\"ppid\":4200,\"uid\":1000,\"comm\":\"cat\","
	    "\"exe\":\"/usr/bin/cat\",\"cgroup\":\"/ci.slice/job-9\","
	    "\"container\":null,\"syscall\":\"openat\","
	    "\"path\":\"/etc/shadow\",\"attempted_access\":\"read\","
	    "\"policy\":{\"name\":\"ci-build\",\"digest\":\"sha256:"
	    "0123456789abcdef0123456789abcdef"
	    "0123456789abcdef0123456789abcdef\"},"
	    "\"rule\":{\"index\":1,\"path\":\"/etc/*\",\"priority\":100},"
	    "\"context\":\"opened for reading by cat\"}";
	_cleanup_str_ struct attest_str s = { 0 };
	struct attest_record rec = sample_file();

	assert_int_equal(attest_record_json(&s, &rec), 0);
	assert_string_equal(s.data, want);
}

static void lines_follow_each_other_in_one_buffer(void **state)
{
	_cleanup_str_ struct attest_str s = { 0 };
	struct attest_record rec = sample_file();
	size_t len;

	assert_int_equal(attest_record_json(&s, &rec), 0);
	len = s.len;
	assert_int_equal(attest_record_json(&s, &rec), 0);
	assert_int_equal(s.len, 2 * len);
	assert_memory_equal(s.data, s.data + len, len);
}

static void hostile_bytes_stay_valid_json(void **state)
{
	struct attest_record rec = sample_hostile();
	json_t *root = to_json(&rec);

	assert_string_equal(text_of(root, "path"),
			    "/tmp/a\nb|c=d\\e\"f]g\t\xef\xbf\xbd\xc3\xa4\x01");
	assert_string_equal(text_of(root, "path_base64"),
			    "L3RtcC9hCmJ8Yz1kXGUiZl1nCf/DpAE=");
	assert_string_equal(text_of(root, "comm"), "a b\"]\\=|");
	assert_non_null(text_of(root, "path2_base64"));
	assert_non_null(text_of(root, "exe_base64"));
	assert_true(json_is_true(json_object_get(root, "create")));
	assert_int_equal(json_integer_value(json_object_get(root, "count")), 3);
	assert_string_equal(text_of(root, "dev"), "8:1");
	assert_string_equal(text_of(json_object_get(root, "container"), "name"),
			    "web|=1");
	assert_int_equal(json_integer_value(json_object_get(
			     json_object_get(root, "rule"), "priority")),
			 -5);
	json_decref(root);
}

static void every_byte_alone_is_escaped(void **state)
{
	for (int c = 1; c < 256; c++) {
		struct attest_record rec = sample_file();
		char name[12] = "/12345678a";
		json_t *root;

		name[c % 9 + 1] = (char)c;
		rec.path.data = name;
		rec.path.len = 10;
		root = to_json(&rec);
		if (c < 0x80)
			assert_string_equal(text_of(root, "path"), name);
		else
			assert_non_null(text_of(root, "path_base64"));
		json_decref(root);
	}
}

static void network_record_has_a_destination(void **state)
{
	struct attest_record rec = sample_net();
	json_t *root = to_json(&rec);
	json_t *to = json_object_get(root, "destination");

	assert_string_equal(text_of(to, "address"), "10.1.2.3");
	assert_string_equal(text_of(to, "protocol"), "tcp");
	assert_string_equal(text_of(to, "name"), "registry.example");
	assert_int_equal(json_integer_value(json_object_get(to, "port")), 443);
	assert_true(json_is_null(json_object_get(root, "path")));
	assert_string_equal(text_of(root, "context"),
			    "NetworkDenied: denied by bpf");
	json_decref(root);
}

static void syscall_record_has_arguments(void **state)
{
	struct attest_record rec = sample_syscall();
	json_t *root = to_json(&rec);
	json_t *args = json_object_get(root, "args");

	assert_int_equal(json_array_size(args), 6);
	assert_string_equal(json_string_value(json_array_get(args, 0)), "0x10");
	assert_string_equal(json_string_value(json_array_get(args, 5)), "0x0");
	assert_string_equal(text_of(root, "errno"), "EPERM");
	assert_true(json_is_null(json_object_get(root, "rule")));
	json_decref(root);
}

static void gap_record_says_what_is_missing(void **state)
{
	struct attest_record rec = sample_gap();
	json_t *root = to_json(&rec);
	json_t *gap = json_object_get(root, "gap");

	assert_string_equal(text_of(root, "kind"), "gap");
	assert_true(json_is_null(json_object_get(root, "violation")));
	assert_true(json_is_null(json_object_get(root, "pid")));
	assert_int_equal(json_integer_value(json_object_get(gap, "lost")), 3);
	assert_string_equal(text_of(gap, "reason"), "ring full");
	assert_string_equal(text_of(root, "context"),
			    "3 records lost: ring full");
	json_decref(root);
}

static void times_are_exact(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00.000000000Z" },
		{ 951782399999999999ULL, "2000-02-28T23:59:59.999999999Z" },
		{ 951782400000000001ULL, "2000-02-29T00:00:00.000000001Z" },
		{ 951868800000000000ULL, "2000-03-01T00:00:00.000000000Z" },
		{ 4102444800000000000ULL, "2100-01-01T00:00:00.000000000Z" },
		{ UINT64_MAX, "2554-07-21T23:34:33.709551615Z" },
	};
	char buffer[32];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		*attest_out_time(buffer, cases[i].ns) = '\0';
		assert_string_equal(buffer, cases[i].text);
	}
}

static void numbers_are_exact(void **state)
{
	static const struct {
		uint64_t value;
		const char *decimal;
		const char *hex;
	} cases[] = {
		{ 0, "0", "0x0" },
		{ 9, "9", "0x9" },
		{ 10, "10", "0xa" },
		{ 100, "100", "0x64" },
		{ 12345, "12345", "0x3039" },
		{ UINT64_MAX, "18446744073709551615", "0xffffffffffffffff" },
	};
	char buffer[32];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		*attest_out_u64(buffer, cases[i].value) = '\0';
		assert_string_equal(buffer, cases[i].decimal);
		*attest_out_hex(buffer, cases[i].value) = '\0';
		assert_string_equal(buffer, cases[i].hex);
	}
	*attest_out_i64(buffer, INT64_MIN) = '\0';
	assert_string_equal(buffer, "-9223372036854775808");
}

static void utf8_is_told_from_other_bytes(void **state)
{
	static const char *const good[] = { "a",
					    "\xc2\x80",
					    "\xe0\xa0\x80",
					    "\xed\x9f\xbf",
					    "\xf0\x90\x80\x80",
					    "\xf4\x8f\xbf\xbf" };
	static const char *const bad[] = { "\x80",
					   "\xc1\xbf",
					   "\xe0\x9f\xbf",
					   "\xed\xa0\x80",
					   "\xf0\x8f\xbf\xbf",
					   "\xf4\x90\x80\x80",
					   "\xf5\x80",
					   "\xc3",
					   "\xe2\x82" };

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_int_equal(attest_utf8_len(good[i], strlen(good[i])),
				 strlen(good[i]));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(attest_utf8_is_valid(bad[i], strlen(bad[i])));
}

static void an_empty_string_can_be_taken(void **state)
{
	_cleanup_str_ struct attest_str s = { 0 };
	_cleanup_free_ char *text = NULL;

	(void)state;
	text = attest_str_take(&s);
	assert_string_equal(text, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_string_can_be_taken),
		cmocka_unit_test(file_record_is_the_documented_line),
		cmocka_unit_test(lines_follow_each_other_in_one_buffer),
		cmocka_unit_test(hostile_bytes_stay_valid_json),
		cmocka_unit_test(every_byte_alone_is_escaped),
		cmocka_unit_test(network_record_has_a_destination),
		cmocka_unit_test(syscall_record_has_arguments),
		cmocka_unit_test(gap_record_says_what_is_missing),
		cmocka_unit_test(times_are_exact),
		cmocka_unit_test(numbers_are_exact),
		cmocka_unit_test(utf8_is_told_from_other_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
