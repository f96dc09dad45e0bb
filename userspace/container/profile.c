// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "container/profile.h"
#include "container/profile_json.h"
#include "container/runtime_calls.h"
#include "policy/seccomp_text.h"

int attest_profile_fail(struct attest_diag *diag, int error, const char *format,
			...)
{
	va_list args;

	memset(diag, 0, sizeof(*diag));
	va_start(args, format);
	(void)vsnprintf(diag->text, sizeof(diag->text), format, args);
	va_end(args);
	return error;
}

/* What a rule of the profile says of one call. */
enum opinion {
	OPINION_NONE,
	OPINION_SOMETIMES, /* allowed, under a condition */
	OPINION_ALLOWED,
	OPINION_REFUSED,
};

static bool is_permissive(const char *action)
{
	return strcmp(action, "SCMP_ACT_ALLOW") == 0 ||
	       strcmp(action, "SCMP_ACT_LOG") == 0;
}

static bool is_not_empty(const json_t *object)
{
	return json_array_size(object) > 0 || json_object_size(object) > 0;
}

static bool is_conditional(const json_t *rule)
{
	return is_not_empty(json_object_get(rule, "args")) ||
	       is_not_empty(json_object_get(rule, "includes")) ||
	       is_not_empty(json_object_get(rule, "excludes"));
}

static bool names_call(const json_t *rule, const char *call)
{
	const char *name = json_string_value(json_object_get(rule, "name"));
	const json_t *item;
	size_t i;

	if (name && strcmp(name, call) == 0)
		return true;
	json_array_foreach (json_object_get(rule, "names"), i, item) {
		name = json_string_value(item);
		if (name && strcmp(name, call) == 0)
			return true;
	}
	return false;
}

static enum opinion opinion_of(const json_t *rules, const char *call)
{
	enum opinion opinion = OPINION_NONE;
	const json_t *rule;
	size_t i;

	json_array_foreach (rules, i, rule) {
		const char *action;

		if (!names_call(rule, call))
			continue;
		action = json_string_value(json_object_get(rule, "action"));
		if (is_conditional(rule))
			opinion = opinion ? opinion : OPINION_SOMETIMES;
		else if (is_permissive(action))
			return OPINION_ALLOWED;
		else
			opinion = OPINION_REFUSED;
	}
	return opinion;
}

static void kill_whole_process(json_t *object, const char *key)
{
	const char *action = json_string_value(json_object_get(object, key));

	if (action && (strcmp(action, "SCMP_ACT_KILL") == 0 ||
		       strcmp(action, "SCMP_ACT_KILL_THREAD") == 0))
		(void)json_object_set_new(object, key,
					  json_string("SCMP_ACT_KILL_PROCESS"));
}

static int add_calls(json_t *root, json_t *names, unsigned int who,
		     struct attest_str *added, struct attest_diag *diag)
{
	const char *deflt =
	    json_string_value(json_object_get(root, "defaultAction"));
	const json_t *rules = json_object_get(root, "syscalls");

	for (size_t i = 0; i < attest_n_runtime_calls; i++) {
		const struct attest_runtime_call *call =
		    &attest_runtime_calls[i];
		enum opinion opinion;

		if (!attest_runtime_call_is_needed(call, who))
			continue;
		opinion = opinion_of(rules, call->name);
		if (opinion == OPINION_REFUSED)
			return attest_profile_fail(
			    diag, -EPERM,
			    "the profile refuses '%s', without which no "
			    "container starts: %s",
			    call->name, call->why);
		if (opinion == OPINION_ALLOWED || is_permissive(deflt))
			continue;
		if (attest_json_array_has(names, call->name))
			continue;
		if (json_array_append_new(names, json_string(call->name)) < 0)
			return -ENOMEM;
		attest_str_printf(added, "%s%s", added->len ? " " : "",
				  call->name);
	}
	return added->error;
}

/* SCMP_ACT_ALLOW without a condition wins over the conditional rules. */
static int append_rule(json_t *root, json_t *names)
{
	json_t *rule;

	if (json_array_size(names) == 0)
		return 0;
	rule =
	    json_pack("{s:O, s:s}", "names", names, "action", "SCMP_ACT_ALLOW");
	if (!rule)
		return -ENOMEM;
	return json_array_append_new(json_object_get(root, "syscalls"), rule) <
		       0
		   ? -ENOMEM
		   : 0;
}

int attest_container_profile_complete(const char *profile, unsigned int who,
				      char **ret_profile, char **ret_added,
				      struct attest_diag *reterr_diag)
{
	json_auto_t *root = NULL;
	json_auto_t *names = json_array();
	_cleanup_str_ struct attest_str added = { 0 };
	_cleanup_free_ char *text = NULL;
	json_t *rule;
	size_t i;
	int r;

	if (!names)
		return -ENOMEM;
	r = attest_profile_read(profile, &root, reterr_diag);
	if (r < 0)
		return r;
	kill_whole_process(root, "defaultAction");
	json_array_foreach (json_object_get(root, "syscalls"), i, rule)
		kill_whole_process(rule, "action");
	attest_str_puts(&added, "");
	r = add_calls(root, names, who, &added, reterr_diag);
	if (r < 0)
		return r;
	r = append_rule(root, names);
	if (r < 0)
		return r;
	text = attest_scmp_json_dump(root, JSON_INDENT(2));
	if (!text)
		return -ENOMEM;
	if (ret_added) {
		char *list = attest_str_take(&added);

		if (!list)
			return -ENOMEM;
		*ret_added = list;
	}
	*ret_profile = TAKE_PTR(text);
	return 0;
}
