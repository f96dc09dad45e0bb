// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/cleanup.h"
#include "container/profile.h"
#include "container/runtime_calls.h"

/* SPEC.md's maximum profile. */
static const char maximum[] =
    "{\"defaultAction\":\"SCMP_ACT_KILL\",\"syscalls\":[{\"names\":"
    "[\"read\",\"write\",\"openat\",\"close\",\"mmap\",\"exit\"],"
    "\"action\":\"SCMP_ACT_ALLOW\"}]}";

static bool has_word(const char *list, const char *word)
{
	_cleanup_free_ char *copy = strdup(list);
	char *save = NULL;

	assert_non_null(copy);
	for (char *p = strtok_r(copy, " ", &save); p;
	     p = strtok_r(NULL, " ", &save)) {
		if (strcmp(p, word) == 0)
			return true;
	}
	return false;
}

static void maximum_gets_what_the_runtimes_need(void **state)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *added = NULL;
	json_auto_t *root = NULL;
	struct attest_diag diag;
	unsigned int who;

	who = attest_runtime_calls_mask(ATTEST_RUNTIME_RUNC, true);
	assert_int_equal(attest_container_profile_complete(maximum, who, &text,
							   &added, &diag),
			 0);
	assert_true(has_word(added, "futex"));
	assert_true(has_word(added, "rt_sigreturn"));
	assert_true(has_word(added, "execve"));
	assert_false(has_word(added, "write"));
	assert_false(has_word(added, "setuid"));
	assert_false(has_word(added, "clone"));
	root = json_loads(text, 0, NULL);
	assert_non_null(root);
	assert_string_equal(
	    json_string_value(json_object_get(root, "defaultAction")),
	    "SCMP_ACT_KILL_PROCESS");
}

static void completing_twice_adds_nothing(void **state)
{
	_cleanup_free_ char *once = NULL;
	_cleanup_free_ char *twice = NULL;
	_cleanup_free_ char *added = NULL;
	struct attest_diag diag;
	unsigned int who;

	who = attest_runtime_calls_mask(ATTEST_RUNTIME_PODMAN, false);
	assert_int_equal(
	    attest_container_profile_complete(maximum, who, &once, NULL, &diag),
	    0);
	assert_int_equal(
	    attest_container_profile_complete(once, who, &twice, &added, &diag),
	    0);
	assert_string_equal(added, "");
	assert_string_equal(once, twice);
}

static void sets_differ_by_runtime(void **state)
{
	unsigned int crun =
	    attest_runtime_calls_mask(ATTEST_RUNTIME_CRUN, true);
	unsigned int both =
	    attest_runtime_calls_mask(ATTEST_RUNTIME_DOCKER, true);
	size_t n_crun = 0;
	size_t n_both = 0;

	for (size_t i = 0; i < attest_n_runtime_calls; i++) {
		const struct attest_runtime_call *c = &attest_runtime_calls[i];

		n_crun += attest_runtime_call_is_needed(c, crun);
		n_both += attest_runtime_call_is_needed(c, both);
		if (strcmp(c->name, "futex") == 0)
			assert_false(attest_runtime_call_is_needed(c, crun));
	}
	assert_true(n_crun > 0 && n_crun < n_both);
}

static void an_explicit_refusal_is_never_overruled(void **state)
{
	char *text = (void *)0x1;
	struct attest_diag diag;

	assert_int_equal(
	    attest_container_profile_complete(
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{"
		"\"names\":[\"futex\"],\"action\":\"SCMP_ACT_ERRNO\"}]}",
		ATTEST_CALL_RUNC, &text, NULL, &diag),
	    -EPERM);
	assert_ptr_equal(text, (void *)0x1);
	assert_non_null(strstr(diag.text, "refuses 'futex'"));
}

static void failure_leaves_output_alone(void **state)
{
	static const char *const bad[] = {
		"",
		"{bad",
		"[]",
		"{}",
		"{\"defaultAction\":1}",
		"{\"defaultAction\":\"A\",\"syscalls\":{}}",
		"{\"defaultAction\":\"A\",\"syscalls\":[1]}",
		"{\"defaultAction\":\"A\",\"syscalls\":[{\"names\":[\"a\"]}]}",
		"{\"defaultAction\":\"A\",\"syscalls\":[{\"action\":\"B\"}]}",
		("{\"defaultAction\":\"A\",\"syscalls\":[{\"action\":\"B\","
		 "\"names\":[1]}]}"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct attest_diag diag = { 0 };
		char *text = (void *)0x1;
		json_t *object = (void *)0x1;

		assert_int_equal(attest_container_profile_complete(
				     bad[i], 0, &text, NULL, &diag),
				 -EINVAL);
		assert_ptr_equal(text, (void *)0x1);
		assert_int_equal(
		    attest_container_profile_to_oci(bad[i], 0, &object, &diag),
		    -EINVAL);
		assert_ptr_equal(object, (void *)0x1);
		assert_true(diag.text[0]);
	}
}

static void dockers_conditions_are_resolved(void **state)
{
	static const char docker[] =
	    "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":1,"
	    "\"archMap\":[{\"architecture\":\"SCMP_ARCH_X86_64\","
	    "\"subArchitectures\":[\"SCMP_ARCH_X86\"]}],\"syscalls\":["
	    "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\","
	    "\"comment\":\"x\",\"includes\":{},\"excludes\":{}},"
	    "{\"names\":[\"bpf\"],\"action\":\"SCMP_ACT_ALLOW\","
	    "\"includes\":{\"caps\":[\"CAP_BPF\"]}},"
	    "{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_ALLOW\","
	    "\"includes\":{\"minKernel\":\"4.8\"}},"
	    "{\"names\":[\"new\"],\"action\":\"SCMP_ACT_ALLOW\","
	    "\"includes\":{\"minKernel\":\"9.0\"}},"
	    "{\"names\":[\"s390\"],\"action\":\"SCMP_ACT_ALLOW\","
	    "\"includes\":{\"arches\":[\"s390x\"]}},"
	    "{\"name\":\"clone\",\"action\":\"SCMP_ACT_ALLOW\","
	    "\"excludes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}}]}";
	json_auto_t *object = NULL;
	_cleanup_free_ char *text = NULL;
	struct attest_diag diag;

	assert_int_equal(
	    attest_container_profile_to_oci(docker, 6 << 8 | 1, &object, &diag),
	    0);
	text = json_dumps(json_object_get(object, "syscalls"), JSON_COMPACT);
	assert_string_equal(
	    text, "[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"},"
		  "{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_ALLOW\"},"
		  "{\"action\":\"SCMP_ACT_ALLOW\",\"names\":[\"clone\"]}]");
	assert_null(json_object_get(object, "archMap"));
	assert_non_null(json_object_get(object, "architectures"));
}

/* jansson's integers are signed, the arguments of system calls are not. */
static void numbers_have_64_bits(void **state)
{
	static const char profile[] =
	    "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":"
	    "[\"mmap\"],\"action\":\"SCMP_ACT_KILL\",\"comment\":\"a \\\" "
	    "99999999999999999999\",\"args\":[{\"index\":0,\"value\":"
	    "18446744073709551615,\"valueTwo\":9223372036854775808,"
	    "\"op\":\"SCMP_CMP_MASKED_EQ\"}]}]}";
	static const char *const bad[] = { "18446744073709551616", "-1",
					   "\"1\"", "1.5", "\"\\u00015x\"" };
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *added = NULL;
	struct attest_diag diag;

	assert_int_equal(
	    attest_container_profile_complete(profile, 0, &text, &added, &diag),
	    0);
	assert_non_null(strstr(text, "\"value\": 18446744073709551615,"));
	assert_non_null(strstr(text, "\"valueTwo\": 9223372036854775808,"));
	assert_non_null(strstr(text, "a \\\" 99999999999999999999\""));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char wrong[256];
		json_t *root = NULL;

		(void)snprintf(wrong, sizeof(wrong),
			       "{\"defaultAction\":\"SCMP_ACT_ALLOW\","
			       "\"syscalls\":[{\"names\":[\"mmap\"],"
			       "\"action\":\"SCMP_ACT_KILL\",\"args\":"
			       "[{\"index\":0,\"op\":\"SCMP_CMP_EQ\","
			       "\"value\":%s}]}]}",
			       bad[i]);
		assert_int_equal(
		    attest_container_profile_to_oci(wrong, 0, &root, &diag),
		    -EINVAL);
		assert_null(root);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(maximum_gets_what_the_runtimes_need),
		cmocka_unit_test(completing_twice_adds_nothing),
		cmocka_unit_test(sets_differ_by_runtime),
		cmocka_unit_test(an_explicit_refusal_is_never_overruled),
		cmocka_unit_test(failure_leaves_output_alone),
		cmocka_unit_test(numbers_have_64_bits),
		cmocka_unit_test(dockers_conditions_are_resolved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
