// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "container/hook.h"
#include "container/hooks_dir.h"
#include "container/wrapper.h"

#define HEAD "{\"ociVersion\":\"1.0.2\",\"id\":\"c1\",\"status\":\"creating\","
#define TAIL "\"pid\":42,\"bundle\":\"/b\""

static int parse(const char *text, struct attest_hook_state *state,
		 struct attest_diag *diag)
{
	return attest_hook_state_parse(text, strlen(text), state, diag);
}

static void a_state_is_read(void **state)
{
	struct attest_hook_state s;
	struct attest_diag diag;

	assert_int_equal(
	    parse(HEAD TAIL ",\"annotations\":{\"io.attest.policy\":\"ci-1\","
			    "\"io.attest.name\":\"web\","
			    "\"io.kubernetes.cri.image-name\":\"img:2\"}}",
		  &s, &diag),
	    0);
	assert_string_equal(s.id, "c1");
	assert_int_equal(s.pid, 42);
	assert_string_equal(s.bundle, "/b");
	assert_string_equal(s.policy, "ci-1");
	assert_string_equal(s.name, "web");
	assert_string_equal(s.image, "img:2");
	assert_int_equal(parse(HEAD TAIL "}", &s, &diag), 0);
	assert_string_equal(s.policy, "");
}

static void bad_states_are_refused_and_leave_output_alone(void **state)
{
	static const char *const bad[] = {
		"",
		"x",
		"[]",
		"{}",
		HEAD "\"bundle\":\"/b\"}",
		HEAD "\"pid\":0,\"bundle\":\"/b\"}",
		HEAD "\"pid\":-1,\"bundle\":\"/b\"}",
		HEAD "\"pid\":99999999999,\"bundle\":\"/b\"}",
		HEAD "\"pid\":\"1\",\"bundle\":\"/b\"}",
		HEAD "\"pid\":1,\"bundle\":\"b\"}",
		HEAD "\"pid\":1}",
		HEAD TAIL ",\"annotations\":{\"io.attest.policy\":\"\"}}",
		HEAD TAIL ",\"annotations\":{\"io.attest.policy\":1}}",
		HEAD TAIL ",\"annotations\":{\"io.attest.policy\":\"../x\"}}",
		HEAD TAIL ",\"annotations\":{\"io.attest.policy\":\"a/b\"}}",
		HEAD TAIL ",\"annotations\":{\"io.attest.policy\":\".x\"}}",
		HEAD TAIL ",\"annotations\":{\"io.attest.policy\":\"-p\"}}",
		HEAD TAIL ",\"annotations\":{\"io.attest.policy\":\"a\","
			  "\"io.attest.policy\":\"b\"}}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct attest_hook_state s = { .pid = 77 };
		struct attest_diag diag = { 0 };
		int r = parse(bad[i], &s, &diag);

		if (r != -EINVAL)
			print_error("%s\n", bad[i]);
		assert_int_equal(r, -EINVAL);
		assert_int_equal(s.pid, 77);
		assert_true(diag.text[0]);
	}
}

static void hook_files_come_and_go(void **state)
{
	char dir[] = "/tmp/attest-hooks-XXXXXX";
	char path[128];
	char deep[64];
	struct attest_hooks_options o = { .dir = deep,
					  .hook_path = "/bin/true" };
	_cleanup_free_ char *text = NULL;
	json_auto_t *root = NULL;
	struct attest_diag diag;

	assert_non_null(mkdtemp(dir));
	(void)snprintf(deep, sizeof(deep), "%s/a/b", dir);
	(void)snprintf(path, sizeof(path), "%s/" ATTEST_HOOK_FILE, deep);
	if (geteuid() == 0) {
		for (int i = 0; i < 2; i++)
			assert_int_equal(
			    attest_container_hooks_install(&o, &diag), 0);
		assert_int_equal(attest_read_file(path, 4096, &text, NULL), 0);
		root = json_loads(text, 0, NULL);
		assert_string_equal(
		    json_string_value(json_object_get(root, "version")),
		    "1.0.0");
		for (int i = 0; i < 2; i++)
			assert_int_equal(
			    attest_container_hooks_uninstall(&o, &diag), 0);
		assert_int_equal(access(path, F_OK), -1);
		assert_int_equal(attest_write_file_atomic(path, "{}", 2, 0644),
				 0);
		assert_int_equal(attest_container_hooks_uninstall(&o, &diag),
				 -EPERM);
		(void)unlink(path);
		(void)rmdir(deep);
	}
	(void)snprintf(deep, sizeof(deep), "%s/a", dir);
	(void)rmdir(deep);
	assert_int_equal(rmdir(dir), 0);
}

static void hooks_that_others_could_replace_are_refused(void **state)
{
	static const char *const bad[] = { NULL,	   "true",
					   "/nonexistent", "/etc",
					   "/etc/passwd",  "/tmp" };
	struct attest_diag diag;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const struct attest_hooks_options o = { .dir = "/nonexistent",
							.hook_path = bad[i] };

		assert_int_equal(attest_container_hooks_install(&o, &diag),
				 -EINVAL);
	}
}

#define ARGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void command_lines_of_runtimes_are_understood(void **state)
{
	struct attest_wrapper_call call;

	assert_int_equal(
	    attest_wrapper_parse(ARGS("--root", "create", "--log=/x",
				      "--log-format", "json",
				      "--systemd-cgroup", "create", "--bundle",
				      "/b", "--pid-file", "/p", "id"),
				 &call),
	    0);
	assert_true(call.creates);
	assert_string_equal(call.bundle, "/b");
	assert_int_equal(attest_wrapper_parse(ARGS("run", "-b=/c", "x"), &call),
			 0);
	assert_string_equal(call.bundle, "/c");
	assert_int_equal(
	    attest_wrapper_parse(ARGS("delete", "--force", "x"), &call), 0);
	assert_false(call.creates);
	assert_int_equal(attest_wrapper_parse(ARGS("--version"), &call), 0);
	assert_null(call.command);
	assert_int_equal(attest_wrapper_parse(ARGS("--new", "create"), &call),
			 -EINVAL);
	assert_int_equal(attest_wrapper_parse(ARGS("clone-it", "x"), &call),
			 -EINVAL);
	assert_int_equal(attest_wrapper_parse(ARGS("--root"), &call), -EINVAL);
}

static char *patch(const struct attest_wrapper_options *o, const char *text,
		   int expected)
{
	struct attest_diag diag;
	char *result = NULL;

	assert_int_equal(
	    attest_wrapper_patch(o, text, strlen(text), &result, &diag),
	    expected);
	return result;
}

static void documents_get_the_hook_once_and_first(void **state)
{
	static const char *const args[] = { "attest-bpf", "oci-hook", NULL };
	struct attest_wrapper_options o = { .hook_path = "/h",
					    .hook_args = args };
	_cleanup_free_ char *once = NULL;
	_cleanup_free_ char *twice = NULL;
	_cleanup_free_ char *fallback = NULL;

	assert_null(patch(&o, "{\"hooks\":{}}", 0));
	once = patch(&o,
		     "{\"annotations\":{\"io.attest.policy\":\"p\"},"
		     "\"hooks\":{\"createRuntime\":[{\"path\":\"/other\"}]}}",
		     0);
	assert_string_equal(
	    once, "{\"annotations\": {\"io.attest.policy\": \"p\"}, \"hooks\": "
		  "{\"createRuntime\": [{\"path\": \"/h\", \"args\": "
		  "[\"attest-bpf\", \"oci-hook\"]}, {\"path\": \"/other\"}]}}");
	twice = patch(&o, once, 0);
	assert_string_equal(twice, once);
	o.default_policy = "maximum";
	fallback = patch(&o, "{}", 0);
	assert_non_null(strstr(fallback, "\"io.attest.policy\": \"maximum\""));
	assert_non_null(strstr(fallback, "\"path\": \"/h\""));
	assert_null(patch(&o, "[]", -EINVAL));
	assert_null(patch(&o, "{\"hooks\":1}", -EINVAL));
	assert_null(patch(&o, "{\"annotations\":1}", -EINVAL));
	assert_null(patch(&o, "{\"hooks\":{\"createRuntime\":{}}}", -EINVAL));
	assert_null(patch(&o, "{", -EINVAL));
}

static void without_its_document_no_container_is_created(void **state)
{
	const struct attest_wrapper_options o = { .runtime = "/bin/true",
						  .hook_path = "/h" };
	struct attest_diag diag;

	assert_int_equal(
	    attest_wrapper_exec(
		&o, ARGS("create", "--bundle", "/nonexistent", "x"), &diag),
	    -ENOENT);
	assert_int_equal(attest_wrapper_exec(&o, ARGS("unknown"), &diag),
			 -EINVAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_state_is_read),
		cmocka_unit_test(bad_states_are_refused_and_leave_output_alone),
		cmocka_unit_test(hook_files_come_and_go),
		cmocka_unit_test(hooks_that_others_could_replace_are_refused),
		cmocka_unit_test(command_lines_of_runtimes_are_understood),
		cmocka_unit_test(documents_get_the_hook_once_and_first),
		cmocka_unit_test(without_its_document_no_container_is_created),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
