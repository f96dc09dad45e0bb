// SPDX-License-Identifier: Apache-2.0
/**
 * Documents to profiles: SPEC.md's form, OCI's, Docker's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/seccomp_names.h"
#include "policy/seccomp_rule.h"

static const char *const profile_keys[] = { "defaultAction",
					    "defaultErrnoRet",
					    "defaultErrno",
					    "architectures",
					    "archMap",
					    "flags",
					    "listenerPath",
					    "listenerMetadata",
					    "syscalls",
					    "comment",
					    NULL };
static const char *const arch_keys[] = { "architecture", "subArchitectures",
					 NULL };

static bool has_key(const struct attest_node *rules, const char *a,
		    const char *b)
{
	if (!rules || rules->kind != ATTEST_NODE_SEQUENCE)
		return false;
	for (size_t i = 0; i < rules->n_items; i++)
		if (attest_node_get(&rules->items[i], a) ||
		    attest_node_get(&rules->items[i], b))
			return true;

	return false;
}

/* SPEC.md's form is what has none of the words that only the others have. */
static enum attest_seccomp_format detect(const struct attest_node *node)
{
	static const char *const oci[] = { "architectures", "flags",
					   "listenerPath", "listenerMetadata",
					   "defaultErrnoRet" };
	const struct attest_node *rules = attest_node_get(node, "syscalls");

	if (attest_node_get(node, "archMap") ||
	    attest_node_get(node, "defaultErrno") ||
	    has_key(rules, "includes", "excludes"))
		return ATTEST_SECCOMP_DOCKER;
	for (size_t i = 0; i < ARRAY_SIZE(oci); i++)
		if (attest_node_get(node, oci[i]))
			return ATTEST_SECCOMP_OCI;

	return has_key(rules, "errnoRet", "args") ? ATTEST_SECCOMP_OCI
						  : ATTEST_SECCOMP_SPEC;
}

static int read_default(struct attest_seccomp_reading *in,
			const struct attest_node *node)
{
	const struct attest_node *action;
	bool has_errno = false;
	int r;

	action = attest_node_get(node, "defaultAction");
	if (!action)
		return attest_node_error(in->rd, node,
					 "a seccomp profile needs "
					 "'defaultAction'");
	in->profile->default_errno = EPERM;
	r = attest_seccomp_read_action(in, action, "defaultAction",
				       &in->profile->default_action,
				       &in->profile->default_errno, &has_errno);
	if (r < 0)
		return r;
	if (in->profile->default_action == ATTEST_SCMP_NOTIFY)
		return attest_node_error(
		    in->rd, action,
		    "defaultAction must not be "
		    "SCMP_ACT_NOTIFY: the supervisor could "
		    "not be reached");

	return attest_seccomp_read_errno(
	    in, attest_node_get(node, "defaultErrnoRet"),
	    attest_node_get(node, "defaultErrno"), in->profile->default_action,
	    &in->profile->default_errno, &has_errno);
}

static int read_arch_name(struct attest_seccomp_reading *in,
			  const struct attest_node *node, const char **ret)
{
	int ignored;
	int r;

	r = attest_node_choice(in->rd, node, "architecture", attest_scmp_arches,
			       &ignored);
	if (r < 0)
		return r;
	*ret = node->text;

	return 0;
}

static int read_arch(struct attest_seccomp_reading *in,
		     const struct attest_node *node,
		     struct attest_scmp_arch *arch, bool is_map)
{
	const struct attest_node *name = node, *sub = NULL;
	const char *text;
	int r;

	if (is_map) {
		r = attest_node_check_keys(in->rd, node, "archMap", arch_keys);
		if (r < 0)
			return r;
		name = attest_node_get(node, "architecture");
		sub = attest_node_get(node, "subArchitectures");
		if (!name)
			return attest_node_error(in->rd, node,
						 "an entry of archMap needs "
						 "'architecture'");
	}
	r = read_arch_name(in, name, &text);
	if (r < 0)
		return r;
	arch->arch = strdup(text);
	if (!arch->arch)
		return -ENOMEM;
	if (!sub || attest_node_is_null(sub))
		return 0;
	r = attest_node_expect(in->rd, sub, "subArchitectures",
			       ATTEST_NODE_SEQUENCE);
	for (size_t i = 0; r >= 0 && i < sub->n_items; i++) {
		r = read_arch_name(in, &sub->items[i], &text);
		if (r >= 0)
			r = attest_seccomp_append(&arch->sub, &arch->n_sub,
						  text);
	}

	return r;
}

static int read_arches(struct attest_seccomp_reading *in,
		       const struct attest_node *node)
{
	const struct attest_node *map = attest_node_get(node, "archMap");
	const struct attest_node *list = attest_node_get(node, "architectures");
	struct attest_seccomp_profile *p = in->profile;
	int r;

	if (map && attest_node_is_null(map))
		map = NULL;
	if (list && attest_node_is_null(list))
		list = NULL;
	if (map && list && list->n_items)
		return attest_node_error(in->rd, list,
					 "a profile has 'architectures' or "
					 "'archMap', not both");
	if (map)
		list = map;
	if (!list)
		return 0;
	r = attest_node_expect(in->rd, list, map ? "archMap" : "architectures",
			       ATTEST_NODE_SEQUENCE);
	if (r < 0 || !list->n_items)
		return r;
	p->arches = calloc(list->n_items, sizeof(*p->arches));
	if (!p->arches)
		return -ENOMEM;
	for (size_t i = 0; i < list->n_items; i++) {
		r = read_arch(in, &list->items[i], &p->arches[p->n_arches++],
			      map);
		if (r < 0)
			return r;
	}

	return 0;
}

static int read_flags(struct attest_seccomp_reading *in,
		      const struct attest_node *node)
{
	int flag;
	int r;

	if (!node || attest_node_is_null(node))
		return 0;
	r = attest_node_expect(in->rd, node, "flags", ATTEST_NODE_SEQUENCE);
	if (r < 0)
		return r;
	for (size_t i = 0; i < node->n_items; i++) {
		r = attest_node_choice(in->rd, &node->items[i], "a flag",
				       attest_scmp_flags, &flag);
		if (r < 0)
			return r;
		in->profile->flags |= (unsigned int)flag;
	}

	return 0;
}

static int read_listener(struct attest_seccomp_reading *in,
			 const struct attest_node *node)
{
	const struct attest_node *path, *metadata;
	int r;

	path = attest_node_get(node, "listenerPath");
	metadata = attest_node_get(node, "listenerMetadata");
	if (path && !attest_node_is_null(path)) {
		r = attest_node_strdup(in->rd, path, "listenerPath",
				       &in->profile->listener_path);
		if (r < 0)
			return r;
	}
	if (metadata && !attest_node_is_null(metadata))
		return attest_node_strdup(in->rd, metadata, "listenerMetadata",
					  &in->profile->listener_metadata);

	return 0;
}

static int read_rules(struct attest_seccomp_reading *in,
		      const struct attest_node *node)
{
	int r;

	if (!node || attest_node_is_null(node))
		return 0;
	r = attest_node_expect(in->rd, node, "syscalls", ATTEST_NODE_SEQUENCE);
	if (r < 0 || !node->n_items)
		return r;
	in->profile->rules = calloc(node->n_items, sizeof(*in->profile->rules));
	if (!in->profile->rules)
		return -ENOMEM;
	for (size_t i = 0; i < node->n_items; i++) {
		r = attest_seccomp_read_rule(in, &node->items[i]);
		if (r < 0)
			return r;
	}

	return 0;
}

static int read_profile(struct attest_seccomp_reading *in,
			const struct attest_node *node)
{
	int r;

	r = read_default(in, node);
	if (r < 0)
		return r;
	r = read_arches(in, node);
	if (r < 0)
		return r;
	r = read_flags(in, attest_node_get(node, "flags"));
	if (r < 0)
		return r;
	r = read_listener(in, node);
	if (r < 0)
		return r;

	return read_rules(in, attest_node_get(node, "syscalls"));
}

int attest_seccomp_read(struct attest_reader *rd,
			const struct attest_node *node, const char *name,
			enum attest_seccomp_format format,
			struct attest_seccomp_profile **ret)
{
	_free_seccomp_ struct attest_seccomp_profile *profile = NULL;
	struct attest_seccomp_reading in = { .rd = rd, .format = format };
	int r;

	r = attest_node_check_keys(rd, node, "a seccomp profile", profile_keys);
	if (r < 0)
		return r;
	profile = calloc(1, sizeof(*profile));
	if (!profile)
		return -ENOMEM;
	profile->name = strdup(name);
	if (!profile->name)
		return -ENOMEM;
	in.profile = profile;
	if (format == ATTEST_SECCOMP_AUTO)
		in.format = detect(node);
	r = read_profile(&in, node);
	if (r < 0)
		return r;
	r = attest_seccomp_warn(&in, node);
	if (r < 0)
		return r;

	*ret = TAKE_PTR(profile);
	return 0;
}
