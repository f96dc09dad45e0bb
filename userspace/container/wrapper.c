// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/cleanup.h"
#include "container/profile_json.h"
#include "container/runtime.h"
#include "container/wrapper.h"

/* runc(8), crun(1): global options that take the next word as their value. */
static const char *const global_values[] = {
	"--root", "--log",	"--log-format",	    "--log-level",
	"--criu", "--rootless", "--cgroup-manager",
};
static const char *const global_flags[] = { "--debug", "--systemd-cgroup",
					    "--systemd-cgroup=true",
					    "--systemd-cgroup=false" };
static const char *const ends[] = { "--version", "-v", "--help", "-h" };
static const char *const creators[] = { "create", "run", "restore" };
static const char *const others[] = {
	"start",  "state",    "kill",	    "delete", "exec", "pause",
	"resume", "ps",	      "list",	    "events", "spec", "update",
	"help",	  "features", "checkpoint", "mounts",
};

#define HAS(list, word) has(list, ARRAY_SIZE(list), word)
static bool has(const char *const *list, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i], word) == 0)
			return true;
	}
	return false;
}

/* "--option=value" of an option that takes values? */
static bool has_value(const char *word)
{
	size_t n = strcspn(word, "=");

	for (size_t i = 0; word[n] && i < ARRAY_SIZE(global_values); i++) {
		if (strlen(global_values[i]) == n &&
		    memcmp(word, global_values[i], n) == 0)
			return true;
	}
	return false;
}

static const char *bundle_of(const char *const *args)
{
	const char *bundle = NULL;

	for (; *args; args++) {
		const char *word = *args;

		if (strcmp(word, "--") == 0)
			break;
		if ((strcmp(word, "--bundle") == 0 ||
		     strcmp(word, "-b") == 0) &&
		    args[1])
			bundle = *++args;
		else if (strncmp(word, "--bundle=", 9) == 0)
			bundle = word + 9;
		else if (strncmp(word, "-b=", 3) == 0)
			bundle = word + 3;
	}
	return bundle;
}

int attest_wrapper_parse(const char *const *args,
			 struct attest_wrapper_call *ret_call)
{
	struct attest_wrapper_call call = { .command = NULL };

	for (; *args; args++) {
		if (HAS(ends, *args))
			break;
		if (HAS(global_flags, *args) || has_value(*args))
			continue;
		if (HAS(global_values, *args)) {
			if (!*++args)
				return -EINVAL;
			continue;
		}
		call.creates = HAS(creators, *args);
		if (!call.creates && !HAS(others, *args))
			return -EINVAL;
		call.command = *args;
		if (call.creates)
			call.bundle = bundle_of(args + 1);
		break;
	}
	*ret_call = call;
	return 0;
}

static json_t *make_hook(const struct attest_wrapper_options *options)
{
	json_t *args = json_array();

	for (const char *const *a = options->hook_args; args && a && *a; a++)
		(void)json_array_append_new(args, json_string(*a));
	return json_pack("{s:s, s:o}", "path", options->hook_path, "args",
			 args);
}

/* The object's member, made when it is missing. Borrowed. */
static json_t *member(json_t *object, const char *key, json_t *fresh)
{
	json_t *value = json_object_get(object, key);

	if (value) {
		json_decref(fresh);
		return value;
	}
	return json_object_set_new(object, key, fresh) < 0 ? NULL : fresh;
}

static bool has_hook(const json_t *hooks, const char *path)
{
	const json_t *hook;
	size_t i;

	json_array_foreach (hooks, i, hook) {
		const char *s =
		    json_string_value(json_object_get(hook, "path"));

		if (s && strcmp(s, path) == 0)
			return true;
	}
	return false;
}

static int add_hook(json_t *root, const struct attest_wrapper_options *options,
		    struct attest_diag *diag)
{
	json_t *hooks = member(root, "hooks", json_object());
	json_t *stage = NULL;

	if (json_is_object(hooks))
		stage = member(hooks, "createRuntime", json_array());
	if (!json_is_array(stage))
		return attest_profile_fail(diag, -EINVAL,
					   "'hooks' of the OCI document is "
					   "not what it should be");
	if (has_hook(stage, options->hook_path))
		return 0;
	return json_array_insert_new(stage, 0, make_hook(options)) < 0 ? -ENOMEM
								       : 0;
}

/* Is this container to be confined? Its annotation, else the default. */
static int choose_policy(json_t *root,
			 const struct attest_wrapper_options *options,
			 bool *ret_wanted)
{
	json_t *notes = json_object_get(root, "annotations");

	*ret_wanted = true;
	if (json_object_get(notes, ATTEST_ANNOTATION_POLICY))
		return 0;
	*ret_wanted = options->default_policy;
	if (!options->default_policy)
		return 0;
	notes = member(root, "annotations", json_object());
	return json_object_set_new(notes, ATTEST_ANNOTATION_POLICY,
				   json_string(options->default_policy)) < 0
		   ? -EINVAL
		   : 0;
}

int attest_wrapper_patch(const struct attest_wrapper_options *options,
			 const char *text, size_t len, char **ret_text,
			 struct attest_diag *reterr_diag)
{
	json_auto_t *root = NULL;
	json_error_t error;
	char *result = NULL;
	bool wanted;
	int r;

	if (len > ATTEST_CONFIG_MAX)
		return attest_profile_fail(reterr_diag, -E2BIG,
					   "the OCI document is too long");
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (!json_is_object(root))
		return attest_profile_fail(reterr_diag, -EINVAL,
					   "no OCI document: %s",
					   root ? "not an object" : error.text);
	r = choose_policy(root, options, &wanted);
	if (r < 0)
		return attest_profile_fail(reterr_diag, r,
					   "'annotations' of the OCI document "
					   "is not what it should be");
	if (wanted) {
		r = add_hook(root, options, reterr_diag);
		if (r < 0)
			return r;
		result = json_dumps(root, 0);
		if (!result)
			return -ENOMEM;
	}
	*ret_text = result;
	return 0;
}
