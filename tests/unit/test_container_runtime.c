// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "container/runtime.h"

static const char *const echo_hello[] = { "echo", "Hello", NULL };

static void assert_line(const struct attest_runtime_options *o,
			const char *expected)
{
	_cleanup_argv_ struct attest_argv argv = { 0 };
	_cleanup_str_ struct attest_str line = { 0 };

	assert_int_equal(attest_container_argv(o, "/d", &argv), 0);
	for (size_t i = 0; i < argv.n; i++)
		attest_str_printf(&line, "%s%s", i ? " " : "", argv.items[i]);
	assert_null(argv.items[argv.n]);
	assert_string_equal(line.data, expected);
}

static void command_lines_have_the_flags_of_the_specification(void **state)
{
	struct attest_runtime_options o = {
		.image = "alpine:latest",
		.command = echo_hello,
		.name = "n",
		.profile = "{}",
	};

	assert_line(&o, "podman run --rm --name n --pull=missing "
			"--security-opt seccomp=/d/profile.json "
			"--security-opt no-new-privileges --cap-drop ALL "
			"--read-only --read-only-tmpfs=false "
			"--tmpfs /tmp:rw,noexec,nosuid,size=100m "
			"--network none alpine:latest echo Hello");
	o.runtime = ATTEST_RUNTIME_DOCKER;
	assert_line(&o, "docker run --rm --name n --pull=missing "
			"--security-opt seccomp=/d/profile.json "
			"--security-opt no-new-privileges:true --cap-drop ALL "
			"--read-only --tmpfs /tmp:rw,noexec,nosuid,size=100m "
			"--network none alpine:latest echo Hello");
	o.runtime = ATTEST_RUNTIME_RUNC;
	o.image = "/rootfs";
	assert_line(&o, "runc --log /d/runtime.log run --bundle /d n");
}

static void every_option_reaches_podman(void **state)
{
	static const char *const env[] = { "A=1", "B=x y", NULL };
	static const char *const global[] = { "--root", "/r", NULL };
	static const char *const extra[] = { "--init", NULL };
	const struct attest_runtime_options o = {
		.runtime_path = "/usr/bin/podman",
		.global_args = global,
		.extra_args = extra,
		.image = "i",
		.name = "n",
		.user = "1:2",
		.workdir = "/w",
		.env = env,
		.workspace = "/src",
		.workspace_read_only = true,
		.network = true,
		.interactive = true,
		.tty = true,
		.pull = ATTEST_PULL_NEVER,
		.memory_bytes = 1024,
		.pids = 5,
		.open_files = 7,
		.cpu_millis = 1500,
		.policy_name = "p",
		.hook_path = "/bin/h",
	};

	assert_line(&o,
		    "/usr/bin/podman --root /r --hooks-dir /d/hooks run --rm "
		    "--name n --pull=never --interactive --tty "
		    "--security-opt no-new-privileges --cap-drop ALL "
		    "--read-only --read-only-tmpfs=false "
		    "--tmpfs /tmp:rw,noexec,nosuid,size=100m --memory 1024b "
		    "--pids-limit 5 --ulimit nofile=7:7 --cpus 1.500 "
		    "--annotation io.attest.policy=p "
		    "--annotation io.attest.name=n "
		    "--annotation io.attest.image=i --env A=1 --env B=x y "
		    "--mount type=bind,src=/src,dst=/workspace,readonly "
		    "--user 1:2 --workdir /w --init i");
}

static void options_that_would_change_meaning_are_refused(void **state)
{
	static const char *const bad_env[] = { "NAME", NULL };
	const struct attest_runtime_options cases[] = {
		{ .image = NULL },
		{ .image = "--privileged" },
		{ .image = "i", .name = "-v" },
		{ .image = "i", .policy_name = "../x" },
		{ .image = "i", .workspace = "/a,dst=/" },
		{ .image = "i", .workspace = "rel" },
		{ .image = "i", .env = bad_env },
		{ .image = "rel",
		  .runtime = ATTEST_RUNTIME_RUNC,
		  .command = echo_hello },
		{ .image = "/r", .runtime = ATTEST_RUNTIME_CRUN },
		{ .image = "i",
		  .runtime = ATTEST_RUNTIME_DOCKER,
		  .hook_path = "/h" },
		{ .image = "i", .hook_path = "h" },
	};
	const struct attest_runtime_options good = { .image = "i" };
	const char *problem = "untouched";

	assert_int_equal(attest_container_options_check(&good, &problem), 0);
	assert_string_equal(problem, "untouched");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		problem = NULL;
		assert_int_equal(
		    attest_container_options_check(&cases[i], &problem),
		    -EINVAL);
		assert_non_null(problem);
	}
}

static void a_policy_sets_network_and_limits(void **state)
{
	struct attest_net_rule rule = { 0 };
	struct attest_policy policy = {
		.name = (char *)"ci",
		.has_network = true,
		.net_default = ATTEST_NETWORK_DISABLED,
		.limits = { .processes = 9, .memory_bytes = 8 },
	};
	struct attest_runtime_options o = { .image = "i",
					    .network = true,
					    .memory_bytes = 5 };

	attest_container_options_apply(&o, &policy);
	assert_false(o.network);
	assert_string_equal(o.policy_name, "ci");
	assert_int_equal(o.pids, 9);
	assert_int_equal(o.memory_bytes, 5);

	policy.net_rules = &rule;
	policy.n_net_rules = 1;
	attest_container_options_apply(&o, &policy);
	assert_true(o.network);
}

static void names_of_runtimes_go_both_ways(void **state)
{
	for (int i = 0; i < ATTEST_RUNTIME_END; i++) {
		enum attest_runtime runtime = ATTEST_RUNTIME_END;

		assert_int_equal(
		    attest_runtime_parse(attest_runtime_name(i), &runtime), 0);
		assert_int_equal(runtime, i);
	}
	assert_string_equal(attest_runtime_name(ATTEST_RUNTIME_END), "unknown");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    command_lines_have_the_flags_of_the_specification),
		cmocka_unit_test(every_option_reaches_podman),
		cmocka_unit_test(options_that_would_change_meaning_are_refused),
		cmocka_unit_test(a_policy_sets_network_and_limits),
		cmocka_unit_test(names_of_runtimes_go_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
