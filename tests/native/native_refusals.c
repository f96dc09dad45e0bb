// SPDX-License-Identifier: Apache-2.0
/**
 * Commands under a policy's seccomp section without BPF: what the sinks get.
 */
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

#include "base/cleanup.h"
#include "engine/engine.h"
#include "policy/policy.h"

#define TEXT_LEN 1024

struct catcher {
	struct attest_sink sink;
	size_t n;
	enum attest_verdict verdict; /* of the last record */
	enum attest_layer layer;
	uint32_t rule;
	char call[TEXT_LEN];
	char place[TEXT_LEN];
	char context[TEXT_LEN];
	char comm[TEXT_LEN];
};

static int catch_record(struct attest_sink *sink,
			const struct attest_record *rec)
{
	struct catcher *c = (struct catcher *)sink;

	if (rec->kind != ATTEST_KIND_SECCOMP)
		return 0;
	c->n++;
	c->verdict = rec->verdict;
	c->layer = rec->layer;
	c->rule = rec->rule;
	(void)snprintf(c->call, TEXT_LEN, "%s(%s)", rec->syscall_name,
		       rec->args_text);
	(void)snprintf(c->place, TEXT_LEN, "%s", rec->ip_text ?: "");
	(void)snprintf(c->context, TEXT_LEN, "%s", rec->context ?: "");
	(void)snprintf(c->comm, TEXT_LEN, "%s", rec->comm);

	return 0;
}

static const struct attest_sink_ops ops = { .name = "catcher",
					    .write = catch_record };

/* The exit status of `sh -c script` under a policy with these rules. */
static int run(const char *rules, const char *script, struct catcher *c)
{
	const char *argv[] = { "sh", "-c", script, NULL };
	const char *envp[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	struct attest_sink *sinks[] = { &c->sink };
	_free_policy_ struct attest_policy *policy = NULL;
	struct attest_engine_options options = { .without_bpf = true,
						 .sinks = sinks,
						 .n_sinks = 1 };
	struct attest_engine_result result;
	struct attest_diag diag = { 0 };
	char text[TEXT_LEN];
	int r, status;

	memset(c, 0, sizeof(*c));
	c->sink.ops = &ops;
	(void)snprintf(text, sizeof(text),
		       "version: 1\nname: test\nseccomp:\n%s", rules);
	if (attest_policy_load(NULL, text, &policy, &diag) < 0)
		fail_msg("line %d: %s", diag.line, diag.text);
	options.policy = policy;
	r = attest_engine_run(&options, argv, envp, &result);
	if (r < 0)
		fail_msg("%s", result.error);
	status = result.exit_status;
	attest_engine_result_done(&result);

	return status;
}

static void a_refused_call_is_one_record(void **state)
{
	struct catcher c;

	assert_int_equal(
	    run("  defaultAction: allow\n  syscalls:\n"
		"    - { names: [mkdir, mkdirat], action: errno(EROFS) }\n",
		"! mkdir /nowhere 2>/dev/null", &c),
	    0);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.verdict, ATTEST_VERDICT_DENY);
	assert_int_equal(c.layer, ATTEST_LAYER_SECCOMP);
	assert_int_equal(c.rule, 1);
	assert_string_equal(c.call, "mkdir(\"/nowhere\", 0777)");
	assert_string_equal(c.comm, "mkdir");
	assert_non_null(strstr(c.place, "libc.so.6+0x"));
	assert_non_null(strstr(c.context, "`mkdir`"));
	assert_non_null(strstr(c.context, "policy test, rule 1"));
}

static void a_killed_command_is_one_record_and_128_plus_sigsys(void **state)
{
	struct catcher c;

	assert_int_equal(
	    run("  defaultAction: allow\n  syscalls:\n"
		"    - { names: [sysinfo, rmdir], action: kill }\n",
		"exec rmdir /nowhere", &c),
	    128 + 31);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.verdict, ATTEST_VERDICT_KILL);
	assert_non_null(
	    strstr(c.context, "Killed by the seccomp rule for `rmdir`"));
	assert_non_null(strstr(c.context, "If the program needs it: "));
}

static void a_traced_call_is_made_and_recorded(void **state)
{
	struct catcher c;

	assert_int_equal(run("  defaultAction: allow\n  syscalls:\n"
			     "    - { names: [chdir], action: trace }\n",
			     "cd / && cd /usr && pwd >/dev/null", &c),
			 0);
	assert_int_equal(c.n, 2);
	assert_int_equal(c.verdict, ATTEST_VERDICT_TRACE);
	assert_string_equal(c.call, "chdir(\"/usr\")");
}

static void many_processes_lose_no_record(void **state)
{
	struct catcher c;

	assert_int_equal(
	    run("  defaultAction: allow\n  syscalls:\n"
		"    - { names: [mkdir, mkdirat], action: errno }\n",
		"for i in 1 2 3 4 5 6 7 8; do\n"
		"  { mkdir /n1 /n2 /n3 /n4 /n5 /n6 /n7 /n8; } 2>/dev/null &\n"
		"done; wait",
		&c),
	    0);
	assert_int_equal(c.n, 64);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refused_call_is_one_record),
		cmocka_unit_test(
		    a_killed_command_is_one_record_and_128_plus_sigsys),
		cmocka_unit_test(a_traced_call_is_made_and_recorded),
		cmocka_unit_test(many_processes_lose_no_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
