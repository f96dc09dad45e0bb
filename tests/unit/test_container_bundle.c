// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/cleanup.h"
#include "container/bundle.h"

static const char *const command[] = { "echo", "Hello", NULL };

static json_t *make(const struct attest_runtime_options *o)
{
	_cleanup_free_ char *text = NULL;
	struct attest_diag diag;
	json_t *root;

	assert_int_equal(attest_container_bundle(o, 1, 2, 6 << 8, &text, &diag),
			 0);
	root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	return root;
}

static bool has_namespace(const json_t *root, const char *type)
{
	const json_t *list =
	    json_object_get(json_object_get(root, "linux"), "namespaces");
	const json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		if (strcmp(json_string_value(json_object_get(item, "type")),
			   type) == 0)
			return true;
	}
	return false;
}

static void a_bundle_is_closed_by_default(void **state)
{
	const struct attest_runtime_options o = { .image = "/r",
						  .name = "n",
						  .command = command };
	json_auto_t *root = make(&o);
	json_t *process = json_object_get(root, "process");
	json_t *caps = json_object_get(process, "capabilities");
	const char *key;
	json_t *value;

	assert_true(json_is_true(json_object_get(process, "noNewPrivileges")));
	assert_int_equal(json_object_size(caps), 5);
	json_object_foreach (caps, key, value)
		assert_int_equal(json_array_size(value), 0);
	assert_true(json_is_true(
	    json_object_get(json_object_get(root, "root"), "readonly")));
	assert_true(has_namespace(root, "network"));
	assert_true(has_namespace(root, "pid"));
	assert_true(has_namespace(root, "mount"));
	assert_null(json_object_get(root, "hooks"));
	assert_null(json_object_get(root, "annotations"));
	assert_null(json_object_get(json_object_get(root, "linux"), "seccomp"));
}

static void options_reach_the_document(void **state)
{
	static const char *const args[] = { "h", "x", NULL };
	static const char *const env[] = { "PATH=/b", NULL };
	const struct attest_runtime_options o = {
		.image = "/r",
		.name = "n",
		.command = command,
		.env = env,
		.network = true,
		.workspace = "/src",
		.memory_bytes = 64 << 20,
		.pids = 50,
		.cpu_millis = 500,
		.policy_name = "p",
		.hook_path = "/h",
		.hook_args = args,
		.profile = "{\"defaultAction\":\"SCMP_ACT_ALLOW\"}",
	};
	json_auto_t *root = make(&o);
	json_t *linux_ = json_object_get(root, "linux");
	json_int_t quota = 0;
	json_int_t memory = 0;
	const char *hook = NULL;
	const char *policy = NULL;

	assert_false(has_namespace(root, "network"));
	assert_non_null(json_object_get(linux_, "seccomp"));
	assert_int_equal(
	    json_unpack(root,
			"{s:{s:{s:{s:I}, s:{s:I}}}, s:{s:[{s:s}]}, s:{s:s}}",
			"linux", "resources", "cpu", "quota", &quota, "memory",
			"limit", &memory, "hooks", "createRuntime", "path",
			&hook, "annotations", "io.attest.policy", &policy),
	    0);
	assert_int_equal(quota, 50000);
	assert_int_equal(memory, 64 << 20);
	assert_string_equal(hook, "/h");
	assert_string_equal(policy, "p");
	assert_int_equal(json_array_size(json_object_get(
			     json_object_get(root, "process"), "env")),
			 1);
}

static void what_json_cannot_carry_is_refused(void **state)
{
	static const char *const bad[] = { "echo", "\xff", NULL };
	const struct attest_runtime_options cases[] = {
		{ .image = "/r", .name = "n", .command = bad },
		{ .image = "/\xff", .name = "n", .command = command },
		{ .image = "/r",
		  .name = "n",
		  .command = command,
		  .profile = "{" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = (void *)0x1;
		struct attest_diag diag = { 0 };

		assert_int_equal(
		    attest_container_bundle(&cases[i], 0, 0, 0, &text, &diag),
		    -EINVAL);
		assert_ptr_equal(text, (void *)0x1);
		assert_true(diag.text[0]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bundle_is_closed_by_default),
		cmocka_unit_test(options_reach_the_document),
		cmocka_unit_test(what_json_cannot_carry_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
