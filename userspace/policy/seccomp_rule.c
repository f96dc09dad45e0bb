// SPDX-License-Identifier: Apache-2.0
/**
 * One entry of `syscalls`.
 */
#include "policy/seccomp_rule.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "policy/seccomp_names.h"

static const char *const rule_keys[] = { "names",    "name",	 "action",
					 "errnoRet", "errno",	 "args",
					 "comment",  "includes", "excludes",
					 NULL };
static const char *const arg_keys[] = { "index", "value", "valueTwo", "op",
					NULL };

static int warn_unknown(struct attest_seccomp_reading *in,
			const struct attest_node *node)
{
	const char *nearest;

	if (++in->n_unknown > ATTEST_SECCOMP_UNKNOWN_SHOWN)
		return 0;
	nearest = attest_scmp_nearest(node->text);

	return attest_node_warn(
	    in->rd, node, "'%s' is no system call of Linux, ignoring%s%s%s",
	    node->text, nearest ? "; did you mean '" : "", nearest ?: "",
	    nearest ? "'?" : "");
}

static int add_alias(struct attest_seccomp_reading *in,
		     const struct attest_node *node,
		     struct attest_scmp_rule *rule, const char *const *real)
{
	_cleanup_str_ struct attest_str list = { 0 };
	int r;

	for (size_t i = 0; real[i]; i++) {
		r = attest_seccomp_append(&rule->names, &rule->n_names,
					  real[i]);
		if (r < 0)
			return r;
		attest_str_printf(&list, "%s%s", i ? ", " : "", real[i]);
	}
	if (list.error)
		return list.error;

	return attest_node_warn(in->rd, node,
				"'%s' is no system call; it is read as: %s",
				node->text, list.data);
}

static int read_name(struct attest_seccomp_reading *in,
		     const struct attest_node *node,
		     struct attest_scmp_rule *rule)
{
	const char *const *alias;
	const char *text;
	int r;

	r = attest_node_string(in->rd, node, "a system call's name", &text);
	if (r < 0)
		return r;
	if (node->len >= ATTEST_SECCOMP_NAME_MAX)
		return attest_node_error(
		    in->rd, node,
		    "a system call's name is shorter than %d bytes, not %zu",
		    ATTEST_SECCOMP_NAME_MAX, node->len);
	if (!attest_seccomp_is_word(text))
		return attest_node_error(
		    in->rd, node, "'%.40s' is no name of a system call", text);
	if (++in->n_names > ATTEST_SECCOMP_NAMES_MAX) {
		(void)attest_node_error(in->rd, node,
					"more than %d names of system calls",
					ATTEST_SECCOMP_NAMES_MAX);
		return -E2BIG;
	}
	alias = attest_scmp_alias(text);
	if (alias)
		return add_alias(in, node, rule, alias);
	if (!attest_scmp_is_syscall(text)) {
		r = warn_unknown(in, node);
		if (r < 0)
			return r;
	}

	return attest_seccomp_append(&rule->names, &rule->n_names, text);
}

static int read_names(struct attest_seccomp_reading *in,
		      const struct attest_node *node,
		      struct attest_scmp_rule *rule)
{
	const struct attest_node *names = attest_node_get(node, "names");
	const struct attest_node *name = attest_node_get(node, "name");
	int r;

	if (name && attest_node_is_null(name))
		name = NULL;
	if (name && names)
		return attest_node_error(in->rd, name,
					 "a rule has 'name' or 'names', "
					 "not both");
	if (name)
		return read_name(in, name, rule);
	if (!names)
		return attest_node_error(in->rd, node,
					 "a rule needs 'names', a list of "
					 "system calls");
	r = attest_node_expect(in->rd, names, "names", ATTEST_NODE_SEQUENCE);
	if (r < 0)
		return r;
	if (!names->n_items)
		return attest_node_error(in->rd, names,
					 "names must not be empty");
	for (size_t i = 0; i < names->n_items; i++) {
		r = read_name(in, &names->items[i], rule);
		if (r < 0)
			return r;
	}

	return 0;
}

static int read_arg(struct attest_seccomp_reading *in,
		    const struct attest_node *node, struct attest_scmp_arg *arg)
{
	const struct attest_node *index, *value, *two, *op;
	int64_t i;
	int choice;
	int r;

	r = attest_node_check_keys(in->rd, node, "a condition", arg_keys);
	if (r < 0)
		return r;
	index = attest_node_get(node, "index");
	value = attest_node_get(node, "value");
	two = attest_node_get(node, "valueTwo");
	op = attest_node_get(node, "op");
	if (!index || !value || !op)
		return attest_node_error(in->rd, node,
					 "a condition needs index, value and "
					 "op; %s is missing",
					 !index	  ? "index"
					 : !value ? "value"
						  : "op");
	r = attest_node_int(in->rd, index, "index", 0, 5, &i);
	if (r < 0)
		return r;
	arg->index = i;
	r = attest_node_u64(in->rd, value, "value", &arg->value);
	if (r < 0)
		return r;
	if (two && !attest_node_is_null(two)) {
		r = attest_node_u64(in->rd, two, "valueTwo", &arg->value_two);
		if (r < 0)
			return r;
	}
	r = attest_node_choice(in->rd, op, "op", attest_scmp_ops, &choice);
	if (r < 0)
		return r;
	arg->op = choice;

	return 0;
}

static int read_args(struct attest_seccomp_reading *in,
		     const struct attest_node *node,
		     struct attest_scmp_rule *rule)
{
	int r;

	if (!node || attest_node_is_null(node))
		return 0;
	r = attest_node_expect(in->rd, node, "args", ATTEST_NODE_SEQUENCE);
	if (r < 0 || !node->n_items)
		return r;
	rule->args = calloc(node->n_items, sizeof(*rule->args));
	if (!rule->args)
		return -ENOMEM;
	for (size_t i = 0; i < node->n_items; i++) {
		r = read_arg(in, &node->items[i], &rule->args[i]);
		if (r < 0)
			return r;
		rule->n_args++;
	}

	return 0;
}

static int read_members(struct attest_seccomp_reading *in,
			const struct attest_node *node,
			struct attest_scmp_rule *rule)
{
	const struct attest_node *action = attest_node_get(node, "action");
	const struct attest_node *comment = attest_node_get(node, "comment");
	int r;

	if (!action)
		return attest_node_error(in->rd, node, "a rule needs 'action'");
	r = attest_seccomp_read_action(in, action, "action", &rule->action,
				       &rule->errno_ret, &rule->has_errno_ret);
	if (r < 0)
		return r;
	r = attest_seccomp_read_errno(in, attest_node_get(node, "errnoRet"),
				      attest_node_get(node, "errno"),
				      rule->action, &rule->errno_ret,
				      &rule->has_errno_ret);
	if (r < 0)
		return r;
	if (comment && !attest_node_is_null(comment) && comment->len) {
		r = attest_node_strdup(in->rd, comment, "comment",
				       &rule->comment);
		if (r < 0)
			return r;
	}
	r = read_args(in, attest_node_get(node, "args"), rule);
	if (r < 0)
		return r;
	r = attest_seccomp_read_when(in, attest_node_get(node, "includes"),
				     "includes", &rule->include);
	if (r < 0)
		return r;

	return attest_seccomp_read_when(in, attest_node_get(node, "excludes"),
					"excludes", &rule->exclude);
}

int attest_seccomp_read_rule(struct attest_seccomp_reading *in,
			     const struct attest_node *node)
{
	struct attest_scmp_rule *rule =
	    &in->profile->rules[in->profile->n_rules];
	int r;

	r = attest_node_check_keys(in->rd, node, "a rule", rule_keys);
	if (r < 0)
		return r;
	/* Counted at once, so that what is half read is freed. */
	in->profile->n_rules++;
	rule->line = node->line;
	r = read_members(in, node, rule);
	if (r < 0)
		return r;

	return read_names(in, node, rule);
}
