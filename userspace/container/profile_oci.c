// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "container/profile.h"
#include "container/profile_json.h"
#include "policy/seccomp_text.h"

#if defined(__x86_64__)
#define NATIVE_GO "amd64"
#define NATIVE_SCMP "SCMP_ARCH_X86_64"
#elif defined(__aarch64__)
#define NATIVE_GO "arm64"
#define NATIVE_SCMP "SCMP_ARCH_AARCH64"
#else
#error "add the architecture's names in Go and in libseccomp"
#endif

bool attest_json_array_has(const json_t *array, const char *text)
{
	const json_t *item;
	size_t i;

	json_array_foreach (array, i, item) {
		const char *s = json_string_value(item);

		if (s && strcmp(s, text) == 0)
			return true;
	}
	return false;
}

static bool are_args_good(const json_t *args)
{
	const json_t *arg;
	size_t i;

	json_array_foreach (args, i, arg) {
		const json_t *one = json_object_get(arg, "value");
		const json_t *two = json_object_get(arg, "valueTwo");

		if ((one && !attest_scmp_json_is_u64(one)) ||
		    (two && !attest_scmp_json_is_u64(two)))
			return false;
	}
	return true;
}

static const char *problem_of_rule(json_t *rule)
{
	json_t *names = json_object_get(rule, "names");
	const json_t *item;
	size_t i;

	if (!json_is_object(rule))
		return "is no object";
	if (!json_is_string(json_object_get(rule, "action")))
		return "has no action";
	if (!json_is_array(names) &&
	    !json_is_string(json_object_get(rule, "name")))
		return "names no system call";
	json_array_foreach (names, i, item) {
		if (!json_is_string(item))
			return "names something that is no string";
	}
	if (!are_args_good(json_object_get(rule, "args")))
		return "compares an argument with no unsigned 64-bit number";
	return NULL;
}

static int check_rules(json_t *root, struct attest_diag *diag)
{
	json_t *rules = json_object_get(root, "syscalls");
	json_t *rule;
	size_t i;

	if (!rules || json_is_null(rules))
		return json_object_set_new(root, "syscalls", json_array()) < 0
			   ? -ENOMEM
			   : 0;
	if (!json_is_array(rules))
		return attest_profile_fail(diag, -EINVAL,
					   "'syscalls' must be a list");
	json_array_foreach (rules, i, rule) {
		const char *problem = problem_of_rule(rule);

		if (problem)
			return attest_profile_fail(
			    diag, -EINVAL, "syscalls[%zu] %s", i, problem);
	}
	return 0;
}

int attest_profile_read(const char *profile, json_t **ret_root,
			struct attest_diag *reterr_diag)
{
	json_auto_t *root = NULL;
	json_error_t error;
	int r;

	if (strlen(profile) > ATTEST_PROFILE_MAX)
		return attest_profile_fail(reterr_diag, -E2BIG,
					   "a profile has at most %u bytes",
					   ATTEST_PROFILE_MAX);
	root = attest_scmp_json_load(profile, &error);
	if (!root) {
		(void)attest_profile_fail(reterr_diag, 0, "%s", error.text);
		reterr_diag->line = error.line > 0 ? error.line : 0;
		reterr_diag->column = error.column > 0 ? error.column : 0;
		return -EINVAL;
	}
	if (!json_is_object(root) ||
	    !json_is_string(json_object_get(root, "defaultAction")))
		return attest_profile_fail(reterr_diag, -EINVAL,
					   "a seccomp profile is an object "
					   "with a 'defaultAction'");
	r = check_rules(root, reterr_diag);
	if (r < 0)
		return r;
	*ret_root = TAKE_PTR(root);
	return 0;
}

static unsigned int kernel_of(const json_t *conditions)
{
	const char *text =
	    json_string_value(json_object_get(conditions, "minKernel"));
	unsigned int major = 0;
	unsigned int minor = 0;

	if (!text || sscanf(text, "%3u.%3u", &major, &minor) != 2)
		return 0;
	return major << 8 | (minor & 0xff);
}

/* Does the rule hold for a container without capabilities, here? */
static bool applies(const json_t *rule, unsigned int kernel)
{
	const json_t *in = json_object_get(rule, "includes");
	const json_t *out = json_object_get(rule, "excludes");
	const json_t *arches = json_object_get(in, "arches");

	if (json_array_size(json_object_get(in, "caps")) > 0)
		return false;
	if (json_array_size(arches) > 0 &&
	    !attest_json_array_has(arches, NATIVE_GO))
		return false;
	if (kernel_of(in) > kernel)
		return false;
	if (attest_json_array_has(json_object_get(out, "arches"), NATIVE_GO))
		return false;
	return !kernel_of(out) || kernel_of(out) > kernel;
}

/* Only these keys may stand in an OCI document's rule. */
static json_t *oci_rule(const json_t *rule)
{
	static const char *const keys[] = { "names", "action", "errnoRet",
					    "args" };
	json_t *copy = json_object();

	for (size_t i = 0; copy && i < ARRAY_SIZE(keys); i++) {
		json_t *value = json_object_get(rule, keys[i]);

		if (value && !json_is_null(value) &&
		    json_object_set(copy, keys[i], value) < 0) {
			json_decref(copy);
			return NULL;
		}
	}
	if (copy && !json_object_get(copy, "names"))
		(void)json_object_set_new(
		    copy, "names",
		    json_pack("[O]", json_object_get(rule, "name")));
	return copy;
}

static int add_arches(json_t *object, const json_t *root)
{
	json_auto_t *arches = NULL;
	const json_t *entry;
	json_t *sub;
	size_t i;
	size_t j;

	if (json_is_array(json_object_get(root, "architectures")))
		return json_object_set(object, "architectures",
				       json_object_get(root, "architectures"));
	arches = json_pack("[s]", NATIVE_SCMP);
	json_array_foreach (json_object_get(root, "archMap"), i, entry) {
		const char *name =
		    json_string_value(json_object_get(entry, "architecture"));

		if (!name || strcmp(name, NATIVE_SCMP) != 0)
			continue;
		json_array_foreach (json_object_get(entry, "subArchitectures"),
				    j, sub)
			(void)json_array_append(arches, sub);
	}
	return json_object_set(object, "architectures", arches);
}

static int add_rules(json_t *object, const json_t *root, unsigned int kernel)
{
	json_t *rules = json_array();
	const json_t *rule;
	size_t i;

	if (!rules || json_object_set_new(object, "syscalls", rules) < 0)
		return -ENOMEM;
	json_array_foreach (json_object_get(root, "syscalls"), i, rule) {
		if (applies(rule, kernel) &&
		    json_array_append_new(rules, oci_rule(rule)) < 0)
			return -ENOMEM;
	}
	return 0;
}

int attest_container_profile_to_oci(const char *profile, unsigned int kernel,
				    json_t **ret_object,
				    struct attest_diag *reterr_diag)
{
	static const char *const keys[] = { "defaultAction", "defaultErrnoRet",
					    "flags", "listenerPath",
					    "listenerMetadata" };
	json_auto_t *object = json_object();
	json_auto_t *root = NULL;
	int r;

	r = attest_profile_read(profile, &root, reterr_diag);
	if (r < 0)
		return r;
	for (size_t i = 0; object && i < ARRAY_SIZE(keys); i++) {
		json_t *value = json_object_get(root, keys[i]);

		if (value && !json_is_null(value) &&
		    json_object_set(object, keys[i], value) < 0)
			return -ENOMEM;
	}
	if (!object || add_arches(object, root) < 0)
		return -ENOMEM;
	r = add_rules(object, root, kernel);
	if (r < 0)
		return r;
	*ret_object = TAKE_PTR(object);
	return 0;
}
