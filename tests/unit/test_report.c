// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <jansson.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "event/json.h"
#include "policy/seccomp.h"
#include "report/report.h"
#include "sample_record.h"

#define _report_ _cleanup_(attest_report_free)
#define _json_ __attribute__((__cleanup__(json_decrefp)))

/* The specification's example: a policy of level maximum. */
static char *names[] = { "read", "write", "openat", "close", "mmap", "exit" };
static char *bad_names[] = { "socket", "ptrace", "mount" };
static struct attest_scmp_rule scmp_rules[] = {
	{ .names = names, .n_names = 6, .action = ATTEST_SCMP_ALLOW },
	{ .names = bad_names,
	  .n_names = 3,
	  .action = ATTEST_SCMP_KILL_PROCESS },
};
static struct attest_seccomp_profile profile = {
	.name = "maximum",
	.default_action = ATTEST_SCMP_KILL_PROCESS,
	.rules = scmp_rules,
	.n_rules = 2,
};
static struct attest_policy policy = {
	.name = "maximum",
	.level = "maximum",
	.has_filesystem = true,
	.fs_default = ATTEST_PATH_FORBIDDEN,
	.n_rules = 5,
	.max_file_bytes = 10485760,
	.max_disk_bytes = 104857600,
	.seccomp = &profile,
	.has_network = true,
	.net_default = ATTEST_NETWORK_DISABLED,
};

static const struct attest_report_context context = { .policy = &policy };

static json_t *render(const struct attest_report *report,
		      const struct attest_report_context *c)
{
	_cleanup_str_ struct attest_str out = { 0 };
	json_t *tree;

	assert_int_equal(
	    attest_report_render(report, c, ATTEST_REPORT_JSON, &out), 0);
	tree = json_loadb(out.data, out.len, 0, NULL);
	assert_non_null(tree);
	return tree;
}

/* Returns the index-th key of an object, in order of insertion. */
static const char *key_at(json_t *object, size_t index)
{
	void *it = json_object_iter(object);

	while (index-- && it)
		it = json_object_iter_next(object, it);
	return it ? json_object_iter_key(it) : "";
}

static void the_specified_example_comes_out(void **state)
{
	static const char *const keys[] = { "security_level", "network_policy",
					    "seccomp", "filesystem",
					    "generated_at" };
	_report_ struct attest_report *report = NULL;
	_json_ json_t *tree = NULL;
	_json_ json_t *want = NULL;

	(void)state;
	assert_int_equal(attest_report_new(&report), 0);
	tree = render(report, &context);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		assert_string_equal(key_at(tree, i), keys[i]);
	want = json_pack("{sssisisiss}", "name", "maximum", "total_rules", 9,
			 "allowed_syscalls", 6, "blocked_syscalls", 3,
			 "default_action", "Kill");
	assert_true(json_equal(
	    json_object_get(json_object_get(tree, "seccomp"), "profile"),
	    want));
	assert_string_equal(
	    json_string_value(json_object_get(
		json_object_get(tree, "filesystem"), "policy_summary")),
	    "Filesystem Security Policy:\n- Default access: Forbidden\n"
	    "- Rules: 5 active\n- Max file size: Some(10485760)\n"
	    "- Max disk usage: Some(104857600)");
	assert_string_equal(
	    json_string_value(json_object_get(tree, "network_policy")),
	    "disabled");
}

static void a_file_violation_has_the_specified_members(void **state)
{
	static const char *const keys[] = { "timestamp", "path",
					    "attempted_access",
					    "violation_type", "context" };
	static const char *const values[] = { "2026-11-24T03:15:00.123456789Z",
					      "/etc/shadow", "ReadOnly",
					      "ForbiddenPath",
					      "opened for reading by cat" };
	_report_ struct attest_report *report = NULL;
	_json_ json_t *tree = NULL;
	struct attest_record rec = sample_file();
	json_t *v;

	(void)state;
	assert_int_equal(attest_report_new(&report), 0);
	assert_int_equal(attest_report_add(report, &rec), 0);
	tree = render(report, &context);
	v = json_array_get(
	    json_object_get(json_object_get(tree, "filesystem"), "violations"),
	    0);
	assert_non_null(v);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		assert_string_equal(key_at(v, i), keys[i]);
		if (strcmp(keys[i], "timestamp") != 0)
			assert_string_equal(
			    json_string_value(json_object_get(v, keys[i])),
			    values[i]);
	}
	assert_int_equal(json_integer_value(json_object_get(v, "pid")), 4242);
}

static void lines_read_back_give_the_same_report(void **state)
{
	_report_ struct attest_report *live = NULL;
	_report_ struct attest_report *read = NULL;
	_cleanup_str_ struct attest_str line = { 0 };
	_json_ json_t *a = NULL;
	_json_ json_t *b = NULL;
	struct attest_record rec = sample_file();
	struct attest_diag diag;

	(void)state;
	assert_int_equal(attest_report_new(&live), 0);
	assert_int_equal(attest_report_new(&read), 0);
	assert_int_equal(attest_report_add(live, &rec), 0);
	assert_int_equal(attest_record_json(&line, &rec), 0);
	assert_int_equal(
	    attest_report_add_json(read, line.data, line.len, &diag), 0);
	a = render(live, &context);
	b = render(read, &context);
	assert_true(json_equal(json_object_get(a, "filesystem"),
			       json_object_get(b, "filesystem")));
	assert_true(json_equal(json_object_get(a, "totals"),
			       json_object_get(b, "totals")));
}

static void past_the_limit_records_are_counted_only(void **state)
{
	_report_ struct attest_report *report = NULL;
	_json_ json_t *tree = NULL;
	struct attest_record rec = sample_file();
	json_t *fs;

	(void)state;
	assert_int_equal(attest_report_new(&report), 0);
	for (size_t i = 0; i < ATTEST_REPORT_RECORDS_MAX + 7; i++)
		assert_int_equal(attest_report_add(report, &rec), 0);
	tree = render(report, &context);
	fs = json_object_get(tree, "filesystem");
	assert_int_equal(json_array_size(json_object_get(fs, "violations")),
			 ATTEST_REPORT_RECORDS_MAX);
	assert_int_equal(json_integer_value(json_object_get(fs, "count")),
			 ATTEST_REPORT_RECORDS_MAX + 7);
	assert_int_equal(json_integer_value(json_object_get(fs, "omitted")), 7);
}

static void what_is_no_record_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "[]", "{", "{\"kind\":1}", "{\"kind\":\"banana\"}", "{}"
	};
	_report_ struct attest_report *report = NULL;

	(void)state;
	assert_int_equal(attest_report_new(&report), 0);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct attest_diag diag = { 0 };

		assert_int_equal(attest_report_add_json(
				     report, texts[i], strlen(texts[i]), &diag),
				 -EINVAL);
		assert_int_not_equal(diag.text[0], 0);
	}
}

static void markup_in_names_stays_text(void **state)
{
	_report_ struct attest_report *report = NULL;
	_cleanup_str_ struct attest_str html = { 0 };
	_cleanup_str_ struct attest_str markdown = { 0 };
	struct attest_record rec = sample_file();

	(void)state;
	rec.context = "<script>|alert</script>";
	assert_int_equal(attest_report_new(&report), 0);
	assert_int_equal(attest_report_add(report, &rec), 0);
	assert_int_equal(
	    attest_report_render(report, &context, ATTEST_REPORT_HTML, &html),
	    0);
	assert_null(strstr(html.data, "<script>"));
	assert_non_null(strstr(html.data, "&lt;script&gt;|alert"));
	assert_int_equal(attest_report_render(report, &context,
					      ATTEST_REPORT_MARKDOWN,
					      &markdown),
			 0);
	assert_non_null(strstr(markdown.data, "\\<script\\>\\|alert"));
}

static void an_in_toto_statement_names_the_artifact(void **state)
{
	/* sha256 of "hello\n" */
	static const char digest[] =
	    "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
	char path[] = "/tmp/attest-report-XXXXXX";
	const char *artifacts[] = { path, NULL };
	struct attest_report_context c = context;
	_report_ struct attest_report *report = NULL;
	_cleanup_str_ struct attest_str out = { 0 };
	_cleanup_close_ int fd = mkstemp(path);
	_json_ json_t *s = NULL;
	json_t *subject;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(attest_write_all(fd, "hello\n", 6), 0);
	c.artifact = artifacts;
	assert_int_equal(attest_report_new(&report), 0);
	assert_int_equal(
	    attest_report_render(report, &c, ATTEST_REPORT_INTOTO, &out), 0);
	(void)unlink(path);
	s = json_loadb(out.data, out.len, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(s, "_type")),
			    "https://in-toto.io/Statement/v1");
	subject = json_array_get(json_object_get(s, "subject"), 0);
	assert_string_equal(json_string_value(json_object_get(
				json_object_get(subject, "digest"), "sha256")),
			    digest);
}

static void evidence_is_claimed_only_when_enforced(void **state)
{
	struct attest_item item = { .text = (char *)"default forbidden" };
	struct attest_coverage coverage = { .items = &item, .n_items = 1 };
	struct attest_report_context c = context;
	_report_ struct attest_report *report = NULL;

	(void)state;
	c.coverage = &coverage;
	assert_int_equal(attest_report_new(&report), 0);
	for (int enforced = 0; enforced < 2; enforced++) {
		_json_ json_t *tree = NULL;
		json_t *controls;

		item.full = enforced ? 1U << ATTEST_LAYER_LANDLOCK : 0;
		tree = render(report, &c);
		controls = json_object_get(json_object_get(tree, "compliance"),
					   "controls");
		assert_int_equal(json_array_size(controls) > 0, enforced);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_specified_example_comes_out),
		cmocka_unit_test(a_file_violation_has_the_specified_members),
		cmocka_unit_test(lines_read_back_give_the_same_report),
		cmocka_unit_test(past_the_limit_records_are_counted_only),
		cmocka_unit_test(what_is_no_record_is_refused),
		cmocka_unit_test(markup_in_names_stays_text),
		cmocka_unit_test(an_in_toto_statement_names_the_artifact),
		cmocka_unit_test(evidence_is_claimed_only_when_enforced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
