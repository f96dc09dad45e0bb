// SPDX-License-Identifier: Apache-2.0
/**
 * Profiles to documents.
 */
#include <errno.h>
#include <jansson.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "policy/seccomp_names.h"
#include "policy/seccomp_text.h"

struct writing {
	enum attest_seccomp_format format;
	const struct attest_scmp_where *where;
	struct attest_str *notes;
};

static json_t *string_list(char *const *list, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < n; i++)
		if (json_array_append_new(array, json_string(list[i])))
			goto fail;
	return array;

fail:
	json_decref(array);
	return NULL;
}

/* json_object_set_new() takes a NULL value for a failure: so do we. */
static int set(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) ? -ENOMEM : 0;
}

static json_t *kernel_version(unsigned int version)
{
	return json_sprintf("%u.%u", version >> 8, version & 0xff);
}

static int set_when(json_t *object, const char *key,
		    const struct attest_scmp_when *when)
{
	json_auto_t *w = json_object();
	int r = 0;

	if (!when->n_caps && !when->n_arches && !when->min_kernel)
		return 0;
	if (when->n_caps)
		r = set(w, "caps", string_list(when->caps, when->n_caps));
	if (!r && when->n_arches)
		r = set(w, "arches", string_list(when->arches, when->n_arches));
	if (!r && when->min_kernel)
		r = set(w, "minKernel", kernel_version(when->min_kernel));

	return r ? r : set(object, key, json_incref(w));
}

static json_t *arg_object(const struct attest_scmp_arg *arg)
{
	json_t *object = json_object();
	/* 64 bits as they are in Go's JSON: jansson has signed integers. */
	json_t *value, *two;

	value = attest_scmp_json_u64(arg->value);
	two = attest_scmp_json_u64(arg->value_two);
	if (set(object, "index", json_integer(arg->index)) ||
	    set(object, "value", value) ||
	    (arg->value_two && set(object, "valueTwo", json_incref(two))) ||
	    set(object, "op", json_string(attest_scmp_op_name(arg->op)))) {
		json_decref(object);
		object = NULL;
	}
	json_decref(two);

	return object;
}

static json_t *arg_list(const struct attest_scmp_rule *rule)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < rule->n_args; i++)
		if (json_array_append_new(array, arg_object(&rule->args[i]))) {
			json_decref(array);
			array = NULL;
		}

	return array;
}

static json_t *action_text(const struct writing *w,
			   enum attest_scmp_action action, uint32_t errno_ret)
{
	if (w->format == ATTEST_SECCOMP_SPEC) {
		if (action == ATTEST_SCMP_ERRNO)
			return json_sprintf("SCMP_ACT_ERRNO(%u)", errno_ret);
		if (action == ATTEST_SCMP_LOG)
			return json_string("SCMP_ACT_TRACE");
		if (action == ATTEST_SCMP_KILL_PROCESS)
			return json_string("SCMP_ACT_KILL");
	}

	return json_string(attest_scmp_action_name(action));
}

static json_t *rule_object(const struct writing *w,
			   const struct attest_scmp_rule *rule)
{
	uint32_t e = rule->has_errno_ret ? rule->errno_ret : EPERM;
	bool spec = w->format == ATTEST_SECCOMP_SPEC;
	json_auto_t *object = json_object();
	int r;

	r = set(object, "names", string_list(rule->names, rule->n_names));
	if (!r)
		r = set(object, "action", action_text(w, rule->action, e));
	if (!r && rule->has_errno_ret && !spec)
		r = set(object, "errnoRet", json_integer(rule->errno_ret));
	if (!r && rule->n_args && !spec)
		r = set(object, "args", arg_list(rule));
	if (!r && rule->comment && w->format != ATTEST_SECCOMP_OCI && !spec)
		r = set(object, "comment", json_string(rule->comment));
	if (!r && !attest_scmp_format_is_flat(w->format)) {
		r = set_when(object, "includes", &rule->include);
		if (!r)
			r = set_when(object, "excludes", &rule->exclude);
	}

	return r ? NULL : json_incref(object);
}

static int set_rules(json_t *root, const struct writing *w,
		     const struct attest_seccomp_profile *p)
{
	json_auto_t *list = json_array();

	for (size_t i = 0; i < p->n_rules; i++) {
		if (!attest_scmp_is_written(p, i, w->format, w->where,
					    w->notes))
			continue;
		if (json_array_append_new(list, rule_object(w, &p->rules[i])))
			return -ENOMEM;
	}

	return set(root, "syscalls", json_incref(list));
}

static json_t *arch_map(const struct attest_seccomp_profile *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_arches; i++) {
		const struct attest_scmp_arch *a = &p->arches[i];
		json_t *entry = json_object();

		if (set(entry, "architecture", json_string(a->arch)) ||
		    set(entry, "subArchitectures",
			string_list(a->sub, a->n_sub)) ||
		    json_array_append(list, entry)) {
			json_decref(entry);
			json_decref(list);
			return NULL;
		}
		json_decref(entry);
	}

	return list;
}

/* OCI knows one list: that of the architecture the filter is for. */
static int set_arches(json_t *root, const struct writing *w,
		      const struct attest_seccomp_profile *p)
{
	json_auto_t *list = json_array();
	bool map = false;

	for (size_t i = 0; i < p->n_arches; i++)
		map = map || p->arches[i].n_sub;
	if (!p->n_arches || w->format == ATTEST_SECCOMP_SPEC)
		return 0;
	if (map && w->format != ATTEST_SECCOMP_OCI)
		return set(root, "archMap", arch_map(p));
	for (size_t i = 0; i < p->n_arches; i++) {
		const struct attest_scmp_arch *a = &p->arches[i];

		if (map && !attest_scmp_arch_is(a->arch, w->where))
			continue;
		if (json_array_append_new(list, json_string(a->arch)))
			return -ENOMEM;
		for (size_t j = 0; j < a->n_sub; j++)
			if (json_array_append_new(list, json_string(a->sub[j])))
				return -ENOMEM;
	}

	return json_array_size(list)
		   ? set(root, "architectures", json_incref(list))
		   : 0;
}

static int set_flags(json_t *root, const struct attest_seccomp_profile *p)
{
	json_auto_t *list = json_array();
	bool tracer = p->default_action == ATTEST_SCMP_TRACE;

	for (size_t i = 0; i < p->n_rules; i++)
		tracer = tracer || p->rules[i].action == ATTEST_SCMP_TRACE;
	for (const struct attest_choice *f = attest_scmp_flags; f->name; f++)
		if (p->flags & (unsigned int)f->value &&
		    json_array_append_new(list, json_string(f->name)))
			return -ENOMEM;
	/* An OCI key: without one SCMP_ACT_TRACE would be read as "log". */
	if (!json_array_size(list) && !tracer)
		return 0;

	return set(root, "flags", json_incref(list));
}

static json_t *profile_object(const struct writing *w,
			      const struct attest_seccomp_profile *p)
{
	bool spec = w->format == ATTEST_SECCOMP_SPEC;
	json_auto_t *root = json_object();
	int r;

	r = set(root, "defaultAction",
		action_text(w, p->default_action, p->default_errno));
	if (!r && !spec &&
	    (p->default_action == ATTEST_SCMP_ERRNO ||
	     p->default_action == ATTEST_SCMP_TRACE))
		r = set(root, "defaultErrnoRet",
			json_integer(p->default_errno));
	if (!r)
		r = set_arches(root, w, p);
	if (!r && !spec)
		r = set_flags(root, p);
	if (!r && !spec && p->listener_path)
		r = set(root, "listenerPath", json_string(p->listener_path));
	if (!r && !spec && p->listener_metadata)
		r = set(root, "listenerMetadata",
			json_string(p->listener_metadata));
	if (!r)
		r = set_rules(root, w, p);

	return r ? NULL : json_incref(root);
}

json_t *attest_scmp_json_object(const struct attest_seccomp_profile *profile)
{
	struct writing w = { .format = ATTEST_SECCOMP_DOCKER };

	return profile_object(&w, profile);
}

char *attest_seccomp_to_json(const struct attest_seccomp_profile *profile)
{
	json_auto_t *root = attest_scmp_json_object(profile);

	return root ? attest_scmp_json_dump(root, JSON_SORT_KEYS | JSON_COMPACT)
		    : NULL;
}

int attest_seccomp_write(const struct attest_seccomp_profile *profile,
			 enum attest_seccomp_format format,
			 const struct attest_scmp_where *where,
			 struct attest_str *out, struct attest_str *notes)
{
	struct writing w = { format, where, notes };
	json_auto_t *root = NULL;
	_cleanup_free_ char *text = NULL;

	if (format == ATTEST_SECCOMP_AUTO)
		return -EINVAL;
	if (format == ATTEST_SECCOMP_TABLE)
		return attest_scmp_write_table(profile, out);
	attest_scmp_note_losses(profile, format, notes);
	root = profile_object(&w, profile);
	if (!root)
		return -ENOMEM;
	if (format == ATTEST_SECCOMP_POLICY)
		return attest_scmp_write_yaml(profile, root, out);
	text = attest_scmp_json_dump(root, JSON_INDENT(2));
	if (!text)
		return -ENOMEM;
	attest_str_puts(out, text);
	attest_str_putc(out, '\n');

	return out->error ? out->error : notes->error;
}
