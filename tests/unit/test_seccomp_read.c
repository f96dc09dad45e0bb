// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "policy/lint.h"
#include "policy/node.h"
#include "policy/seccomp.h"

struct fixture {
	struct attest_diag diag;
	struct attest_reader rd;
	struct attest_seccomp_profile *profile;
};

static int read_text(struct fixture *f, const char *text)
{
	struct attest_node *node = NULL;
	int r;

	f->rd.diag = &f->diag;
	r = attest_node_parse(&f->rd, text, strlen(text), &node);
	if (r == 0)
		r = attest_seccomp_from_node(&f->rd, node, &f->profile);
	attest_node_free(&node);

	return r;
}

static void done(struct fixture *f)
{
	attest_seccomp_free(&f->profile);
	attest_reader_done(&f->rd);
	memset(f, 0, sizeof(*f));
}

static void the_forms_of_spec_md_are_read(void **state)
{
	struct fixture f = { 0 };
	const struct attest_scmp_rule *rule;

	assert_int_equal(
	    read_text(&f, "{\"defaultAction\":\"SCMP_ACT_ERRNO(1)\","
			  "\"syscalls\":[{\"names\":[\"fork\",\"vfork\"],"
			  "\"action\":\"SCMP_ACT_TRACE\"},"
			  "{\"names\":[\"module_load\"],\"action\":"
			  "\"SCMP_ACT_KILL\"}]}"),
	    0);
	assert_int_equal(f.profile->default_action, ATTEST_SCMP_ERRNO);
	assert_int_equal(f.profile->default_errno, 1);
	assert_int_equal(f.profile->n_rules, 2);
	assert_int_equal(f.profile->rules[0].action, ATTEST_SCMP_LOG);
	rule = &f.profile->rules[1];
	assert_int_equal(rule->action, ATTEST_SCMP_KILL_PROCESS);
	assert_int_equal(rule->n_names, 2);
	assert_string_equal(rule->names[0], "init_module");
	assert_string_equal(rule->names[1], "finit_module");
	assert_int_equal(f.rd.n_warnings, 1);
	assert_non_null(strstr(f.rd.warnings[0].text, "module_load"));
	done(&f);
}

static void unknown_names_are_warned_about_with_the_nearest(void **state)
{
	struct fixture f = { 0 };

	assert_int_equal(read_text(&f, "defaultAction: SCMP_ACT_ALLOW\n"
				       "syscalls:\n"
				       "  - names: [opemat]\n"
				       "    action: errno(EACCES)\n"),
			 0);
	assert_int_equal(f.rd.n_warnings, 1);
	assert_int_equal(f.rd.warnings[0].line, 3);
	assert_non_null(strstr(f.rd.warnings[0].text, "openat"));
	assert_int_equal(f.profile->rules[0].errno_ret, EACCES);
	done(&f);
}

static void errors_have_a_place_and_leave_output_alone(void **state)
{
	static const struct {
		const char *text;
		int line;
		const char *says;
	} cases[] = {
		{ "syscalls: []\n", 1, "defaultAction" },
		{ "defaultAction: SCMP_ACT_DENY\n", 1, "SCMP_ACT_" },
		{ "defaultAction: SCMP_ACT_ERRNO(5000)\n", 1, "4095" },
		{ "defaultAction: SCMP_ACT_NOTIFY\n", 1, "NOTIFY" },
		{ "defaultAction: allow\nsyscals: []\n", 2, "syscalls" },
		{ "defaultAction: allow\nsyscalls:\n  - names: [read]\n", 3,
		  "action" },
		{ "defaultAction: allow\nsyscalls:\n  - action: kill\n", 3,
		  "names" },
		{ "defaultAction: allow\nsyscalls:\n  - action: kill\n"
		  "    names: []\n",
		  4, "empty" },
		{ "defaultAction: allow\nsyscalls:\n  - action: kill\n"
		  "    names: [read]\n    args: [{index: 6, value: 0, op: "
		  "SCMP_CMP_EQ}]\n",
		  5, "index" },
		{ "defaultAction: allow\nsyscalls:\n  - action: kill\n"
		  "    names: [read]\n    args: [{index: 0, value: 0, op: "
		  "SCMP_CMP_IS}]\n",
		  5, "SCMP_CMP_" },
		{ "defaultAction: allow\nsyscalls:\n  - action: kill\n"
		  "    names: ['sh -c']\n",
		  4, "sh -c" },
		{ "defaultAction: allow\nsyscalls:\n  - action: kill\n"
		  "    names: [read]\n    includes: {minKernel: 4}\n",
		  5, "MAJOR.MINOR" },
		{ "defaultAction: allow\narchitectures: [SCMP_ARCH_Z80]\n", 2,
		  "SCMP_ARCH" },
		{ "profile: standrad\n", 1, "standrad" },
		{ "file: /nonexistent/x.json\n", 1, "/nonexistent/x.json" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f = { .profile = (void *)1 };

		assert_true(read_text(&f, cases[i].text) < 0);
		assert_ptr_equal(f.profile, (void *)1);
		assert_int_equal(f.diag.line, cases[i].line);
		if (!strstr(f.diag.text, cases[i].says))
			fail_msg("'%s' does not name '%s'", f.diag.text,
				 cases[i].says);
		f.profile = NULL;
		done(&f);
	}
}

static void a_megabyte_of_names_is_one_error(void **state)
{
	_cleanup_str_ struct attest_str text = { 0 };
	struct fixture f = { 0 };

	attest_str_puts(&text, "defaultAction: allow\nsyscalls:\n"
			       "  - action: kill\n    names: [read");
	while (text.len < 1000000)
		attest_str_puts(&text, ",reed");
	attest_str_puts(&text, "]\n");
	assert_int_equal(read_text(&f, text.data), -E2BIG);
	assert_non_null(strstr(f.diag.text, "65536"));
	assert_int_equal(f.diag.line, 4);
	done(&f);
}

static void refusing_one_of_two_siblings_is_warned_about(void **state)
{
	struct fixture f = { 0 };

	assert_int_equal(read_text(&f, "defaultAction: allow\nsyscalls:\n"
				       "  - action: kill\n"
				       "    names: [kexec_load]\n"),
			 0);
	assert_int_equal(f.rd.n_warnings, 1);
	assert_non_null(strstr(f.rd.warnings[0].text, "kexec_file_load"));
	done(&f);
}

/* Everything the model has, so that a member that is forgotten is seen. */
static const char everything[] =
    "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,"
    "\"archMap\":[{\"architecture\":\"SCMP_ARCH_X86_64\","
    "\"subArchitectures\":[\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"]}],"
    "\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\"],"
    "\"listenerPath\":\"/run/l\",\"listenerMetadata\":\"m\","
    "\"syscalls\":[{\"names\":[\"read\",\"write\"],"
    "\"action\":\"SCMP_ACT_ALLOW\",\"comment\":\"why\","
    "\"includes\":{\"caps\":[\"CAP_BPF\"],\"arches\":[\"amd64\"],"
    "\"minKernel\":\"4.8\"},\"excludes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}},"
    "{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_TRACE\",\"errnoRet\":9,"
    "\"args\":[{\"index\":5,\"value\":18446744073709551615,"
    "\"valueTwo\":7,\"op\":\"SCMP_CMP_MASKED_EQ\"}]},"
    "{\"names\":[\"dup\"],\"action\":\"SCMP_ACT_KILL_THREAD\"}]}";

static void docker_and_policy_documents_lose_nothing(void **state)
{
	static const enum attest_seccomp_format formats[] = {
		ATTEST_SECCOMP_DOCKER, ATTEST_SECCOMP_POLICY
	};
	struct fixture f = { 0 };
	_cleanup_free_ char *before = NULL;

	assert_int_equal(read_text(&f, everything), 0);
	before = attest_seccomp_to_json(f.profile);
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		_cleanup_str_ struct attest_str out = { 0 }, notes = { 0 };
		_cleanup_free_ char *after = NULL;
		const struct attest_node *section;
		struct attest_node *node = NULL;
		struct fixture g = { 0 };

		assert_int_equal(attest_seccomp_write(f.profile, formats[i],
						      NULL, &out, &notes),
				 0);
		assert_int_equal(notes.len, 0);
		g.rd.diag = &g.diag;
		assert_int_equal(
		    attest_node_parse(&g.rd, out.data, out.len, &node), 0);
		section = attest_node_get(node, "seccomp");
		if (attest_seccomp_from_node(&g.rd, section ?: node,
					     &g.profile) < 0)
			fail_msg("%s", g.diag.text);
		after = attest_seccomp_to_json(g.profile);
		assert_string_equal(before, after);
		attest_node_free(&node);
		done(&g);
	}
	done(&f);
}

static void what_a_format_cannot_say_is_named(void **state)
{
	_cleanup_str_ struct attest_str oci = { 0 }, notes = { 0 };
	_cleanup_str_ struct attest_str spec = { 0 }, spec_notes = { 0 };
	struct fixture f = { 0 };

	assert_int_equal(read_text(&f, everything), 0);
	assert_int_equal(attest_seccomp_write(f.profile, ATTEST_SECCOMP_OCI,
					      NULL, &oci, &notes),
			 0);
	assert_non_null(strstr(notes.data, "rule 1: left out"));
	assert_non_null(strstr(notes.data, "archMap"));
	assert_null(strstr(oci.data, "includes"));
	assert_non_null(strstr(oci.data, "SCMP_ARCH_X32"));
	assert_non_null(strstr(oci.data, "18446744073709551615"));
	assert_int_equal(attest_seccomp_write(f.profile, ATTEST_SECCOMP_SPEC,
					      NULL, &spec, &spec_notes),
			 0);
	assert_non_null(strstr(spec_notes.data, "rule 2: left out"));
	assert_non_null(strstr(spec_notes.data, "flags"));
	assert_non_null(strstr(spec.data, "SCMP_ACT_ERRNO(38)"));
	done(&f);
}

static void trace_of_a_policy_is_log_for_containers(void **state)
{
	_cleanup_str_ struct attest_str oci = { 0 }, notes = { 0 };
	struct fixture f = { 0 };

	assert_int_equal(read_text(&f, "profile: standard\n"), 0);
	assert_true(f.profile->builtin);
	assert_string_equal(f.profile->name, "standard");
	assert_int_equal(attest_seccomp_write(f.profile, ATTEST_SECCOMP_OCI,
					      NULL, &oci, &notes),
			 0);
	assert_non_null(strstr(oci.data, "SCMP_ACT_LOG"));
	assert_null(strstr(oci.data, "SCMP_ACT_TRACE"));
	done(&f);
}

static void conditions_choose_rules_as_docker_does(void **state)
{
	char *cap[] = { (char *)"CAP_BPF" }, *arch[] = { (char *)"amd64" };
	struct attest_scmp_where where = { .arch = "amd64", .kernel = 0x601 };
	struct attest_scmp_rule rule = { 0 };

	assert_true(attest_scmp_rule_applies(&rule, &where));
	rule.include.caps = cap;
	rule.include.n_caps = 1;
	assert_false(attest_scmp_rule_applies(&rule, &where));
	where.caps = cap;
	where.n_caps = 1;
	assert_true(attest_scmp_rule_applies(&rule, &where));
	rule.include.min_kernel = 0x602;
	assert_false(attest_scmp_rule_applies(&rule, &where));
	rule.include.min_kernel = 0x408;
	rule.exclude.arches = arch;
	rule.exclude.n_arches = 1;
	assert_false(attest_scmp_rule_applies(&rule, &where));
	where.arch = "arm64";
	assert_true(attest_scmp_rule_applies(&rule, &where));
}

static void published_profiles_are_read(void **state)
{
	static const char *const files[] = {
		"moby-seccomp-default.json",
		"containers-common-seccomp.json",
		"/usr/share/containers/seccomp.json",
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const char *folder = getenv("ATTEST_DATA_DIR")
					 ?: ATTEST_SOURCE_DIR "/../shared/data";
		struct fixture f = { 0 };
		char path[4096];

		(void)snprintf(path, sizeof(path), "%s%s%s",
			       files[i][0] == '/' ? "" : folder,
			       files[i][0] == '/' ? "" : "/", files[i]);
		if (access(path, R_OK) != 0) {
			print_message("%s is not there\n", path);
			continue;
		}
		f.rd.diag = &f.diag;
		if (attest_seccomp_load_file(&f.rd, path, &f.profile) < 0)
			fail_msg("%s:%d: %s", f.diag.file, f.diag.line,
				 f.diag.text);
		assert_int_equal(f.rd.n_warnings, 0);
		assert_true(f.profile->n_rules > 20);
		done(&f);
	}
}

static void what_is_always_refused_is_known(void **state)
{
	static const struct {
		const char *text;
		bool refuses;
	} cases[] = {
		{ "profile: standard", true },
		{ "profile: maximum", true },
		{ "profile: minimal", false },
		{ "defaultAction: SCMP_ACT_LOG", false },
		{ "defaultAction: SCMP_ACT_ERRNO\nsyscalls:\n"
		  "- names: [socket]\n  action: SCMP_ACT_ALLOW\n"
		  "  args: [{index: 0, value: 1, op: SCMP_CMP_EQ}]\n",
		  false },
		{ "defaultAction: SCMP_ACT_ERRNO\nsyscalls:\n"
		  "- { names: [socket], action: SCMP_ACT_NOTIFY }\n",
		  false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f = { 0 };

		assert_int_equal(read_text(&f, cases[i].text), 0);
		assert_int_equal(attest_seccomp_refuses(f.profile, "socket"),
				 cases[i].refuses);
		done(&f);
	}
}

static void every_error_has_line_and_column(void **state)
{
	static const struct {
		const char *text;
		int line, column;
	} cases[] = {
		{ "{\n \"defaultAction\": \"SCMP_ACT_NO\"}", 2, 0 },
		{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\",\n"
		  " \"defaultAction\": \"SCMP_ACT_KILL\"}",
		  2, 0 },
		{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\",\n"
		  " \"syscalls\": [{\"names\": [\"read\"],\n"
		  "  \"action\": \"SCMP_ACT_KILL\", \"args\": [{\n"
		  "   \"index\": 7, \"value\": 0, \"op\": \"SCMP_CMP_EQ\"}]}]}",
		  4, 0 },
		{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\",\n"
		  " \"syscalls\": [{\"names\": [\"read\"],\n"
		  "  \"action\": \"SCMP_ACT_KILL\", \"args\": [{\"index\": 0,\n"
		  "   \"value\": 99999999999999999999999, \"op\": "
		  "\"SCMP_CMP_EQ\"}]}]}",
		  4, 0 },
		{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\",\n"
		  " \"defaultErrnoRet\": -1}",
		  2, 0 },
		{ "defaultAction: allow\nsyscalls: {}\n", 2, 0 },
		{ "defaultAction: allow\nflags: [SECCOMP_FILTER_FLAG_X]\n", 2,
		  0 },
		{ "defaultAction: [\n", 2, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f = { 0 };

		if (read_text(&f, cases[i].text) >= 0)
			fail_msg("'%s' is read", cases[i].text);
		if (f.diag.line != cases[i].line || f.diag.column < 1)
			fail_msg("%d:%d for '%s': %s", f.diag.line,
				 f.diag.column, cases[i].text, f.diag.text);
		done(&f);
	}
}

static void depth_is_limited(void **state)
{
	_cleanup_str_ struct attest_str text = { 0 };
	struct fixture f = { 0 };

	attest_str_puts(&text, "{\"defaultAction\":\n");
	for (int i = 0; i < 100000; i++)
		attest_str_puts(&text, "[");
	assert_true(read_text(&f, text.data) < 0);
	assert_true(f.diag.text[0] != '\0');
	done(&f);
}

static void a_file_that_names_itself_is_refused(void **state)
{
	char path[] = "/tmp/attest-seccomp-XXXXXX";
	struct fixture f = { 0 };
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_true(dprintf(fd, "seccomp: { file: %s }\n", path) > 0);
	f.rd.diag = &f.diag;
	assert_int_equal(attest_seccomp_load_file(&f.rd, path, &f.profile),
			 -ELOOP);
	assert_string_equal(f.diag.file, path);
	(void)close(fd);
	(void)unlink(path);
	done(&f);
}

static void the_explanation_names_call_rule_and_remedy(void **state)
{
	struct attest_scmp_where where = { .arch = "amd64", .kernel = 0x601 };
	_cleanup_str_ struct attest_str text = { 0 };
	const uint64_t args[6] = { 2, 1 };
	struct fixture f = { 0 };

	assert_int_equal(read_text(&f, "profile: standard\n"), 0);
	assert_int_equal(attest_seccomp_explain(f.profile, &where, "socket",
						args, ATTEST_SCMP_KILL_PROCESS,
						&text),
			 0);
	assert_non_null(strstr(text.data, "Killed by the seccomp rule for "
					  "`socket` (policy standard, rule "));
	assert_non_null(strstr(text.data, "If the program needs it: "));
	attest_str_clear(&text);
	assert_int_equal(attest_seccomp_explain(f.profile, &where, "keyctl",
						args, ATTEST_SCMP_ERRNO, &text),
			 0);
	assert_non_null(strstr(text.data, "no rule allows `keyctl`"));
	done(&f);
}

static void a_policy_may_have_the_largest_values(void **state)
{
	_free_policy_ struct attest_policy *policy = NULL;
	_cleanup_free_ char *json = NULL;
	struct attest_diag diag = { 0 };

	assert_int_equal(attest_policy_load(
			     NULL,
			     "version: 1\nname: n\nseccomp:\n"
			     "  defaultAction: allow\n  syscalls:\n"
			     "  - names: [dup]\n    action: errno\n"
			     "    args: [{index: 0, value: 0xffffffffffffffff,"
			     " op: SCMP_CMP_EQ}]\n",
			     &policy, &diag),
			 0);
	json = attest_policy_to_json(policy);
	assert_non_null(strstr(json, "\"value\":18446744073709551615"));
	assert_string_equal(policy->seccomp->name, "n");
}

static size_t findings_of(const char *text, const char *says)
{
	struct attest_findings found = { 0 };
	struct fixture f = { 0 };
	size_t n = 0;

	assert_int_equal(read_text(&f, text), 0);
	assert_int_equal(attest_lint_seccomp(f.profile, NULL, &found), 0);
	for (size_t i = 0; i < found.n_items; i++)
		n += strstr(found.items[i].text, says) != NULL;
	attest_findings_done(&found);
	done(&f);

	return n;
}

static void rules_without_effect_are_found(void **state)
{
	static const char *const levels[] = { "profile: minimal",
					      "profile: standard",
					      "profile: maximum" };

	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		assert_int_equal(findings_of(levels[i], ""), 0);
	assert_int_equal(
	    findings_of("defaultAction: allow\nsyscalls:\n"
			"- { names: [mkdir], action: errno }\n"
			"- { names: [mkdir, rmdir], action: kill }\n",
			"rule 2 never decides on 'mkdir': rule 1"),
	    1);
	assert_int_equal(
	    findings_of("defaultAction: errno\nsyscalls:\n"
			"- { names: [dup], action: errno, errnoRet: 1 }\n",
			"rule 1 has the default action"),
	    1);
	assert_int_equal(
	    findings_of("defaultAction: allow\nsyscalls:\n"
			"- names: [dup]\n  action: errno\n  args: [{index: 0, "
			"value: 3, valueTwo: 4, op: SCMP_CMP_MASKED_EQ}]\n",
			"rule 1 never applies"),
	    1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_forms_of_spec_md_are_read),
		cmocka_unit_test(
		    unknown_names_are_warned_about_with_the_nearest),
		cmocka_unit_test(errors_have_a_place_and_leave_output_alone),
		cmocka_unit_test(a_megabyte_of_names_is_one_error),
		cmocka_unit_test(refusing_one_of_two_siblings_is_warned_about),
		cmocka_unit_test(docker_and_policy_documents_lose_nothing),
		cmocka_unit_test(what_a_format_cannot_say_is_named),
		cmocka_unit_test(trace_of_a_policy_is_log_for_containers),
		cmocka_unit_test(conditions_choose_rules_as_docker_does),
		cmocka_unit_test(published_profiles_are_read),
		cmocka_unit_test(what_is_always_refused_is_known),
		cmocka_unit_test(every_error_has_line_and_column),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(a_file_that_names_itself_is_refused),
		cmocka_unit_test(a_policy_may_have_the_largest_values),
		cmocka_unit_test(rules_without_effect_are_found),
		cmocka_unit_test(the_explanation_names_call_rule_and_remedy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
