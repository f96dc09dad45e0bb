// SPDX-License-Identifier: Apache-2.0
/**
 * The `filesystem` section.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/grow.h"
#include "policy/pattern.h"
#include "policy/policy_read.h"

#define PRIORITY_DEFAULT 100
#define PRIORITY_MAX 1000000
#define EXTENSIONS_MAX 1024
#define EXTENSION_LEN_MAX 64

static const char *const section_keys[] = { "default",
					    "rules",
					    "forbidden_extensions",
					    "symlinks",
					    "limits",
					    "execute",
					    "max_file_size",
					    "max_disk_usage",
					    "max_files",
					    "default_access",
					    NULL };
static const char *const rule_keys[] = {
	"path", "access",      "recursive",    "priority",    "execute",
	"hide", "description", "path_pattern", "access_mode", NULL
};
static const char *const limit_keys[] = { "max_file_size", "max_disk_usage",
					  "max_files", NULL };
static const struct attest_choice access_choices[] = {
	{ "forbidden", ATTEST_PATH_FORBIDDEN },
	{ "read-only", ATTEST_PATH_READ_ONLY },
	{ "read-write", ATTEST_PATH_READ_WRITE },
	{ NULL, 0 },
};
static const struct attest_choice symlink_choices[] = {
	{ "within-rules", ATTEST_SYMLINKS_WITHIN_RULES },
	{ "forbid", ATTEST_SYMLINKS_FORBID },
	{ "follow", ATTEST_SYMLINKS_FOLLOW },
	{ NULL, 0 },
};

void attest_rules_free(struct attest_rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(rules[i].path);
		free(rules[i].description);
		free(rules[i].file);
	}
	free(rules);
}

/* The value under either of two spellings of a key; both is a mistake. */
static int either(struct attest_reader *rd, const struct attest_node *node,
		  const char *key, const char *other,
		  const struct attest_node **ret)
{
	const struct attest_node *a = attest_node_get(node, key);
	const struct attest_node *b = attest_node_get(node, other);

	if (a && b)
		return attest_node_error(rd, b,
					 "'%s' and '%s' are the same key; "
					 "write one",
					 key, other);
	*ret = a ?: b;
	return 0;
}

static int read_access(struct attest_reader *rd, const struct attest_node *node,
		       const char *what, enum attest_path_access *ret)
{
	int value;
	int r;

	r = attest_node_choice(rd, node, what, access_choices, &value);
	if (r == 0)
		*ret = (enum attest_path_access)value;
	return r;
}

static int read_path(struct attest_reader *rd, const struct attest_node *node,
		     struct attest_rule *rule)
{
	struct attest_pattern pattern;
	const char *error;
	int r;

	r = attest_node_strdup(rd, node, "path", &rule->path);
	if (r < 0)
		return r;
	if (node->len >= ATTEST_PATH_MAX) {
		(void)attest_node_error(rd, node, "a path has at most %d bytes",
					ATTEST_PATH_MAX - 1);
		return -E2BIG;
	}
	r = attest_pattern_parse(rule->path, rule->recursive, &pattern, &error);
	if (r == -EINVAL)
		return attest_node_error(rd, node, "the path '%.80s': %s",
					 rule->path, error);
	if (r == 0)
		attest_pattern_done(&pattern);
	return r;
}

static int read_rule_flags(struct attest_reader *rd,
			   const struct attest_node *node,
			   struct attest_rule *rule)
{
	const struct attest_node *value;
	int64_t priority;
	int r = 0;

	if ((value = attest_node_get(node, "recursive")))
		r = attest_node_bool(rd, value, "recursive", &rule->recursive);
	if (r == 0 && (value = attest_node_get(node, "execute")))
		r = attest_node_bool(rd, value, "execute", &rule->execute);
	if (r == 0 && (value = attest_node_get(node, "hide"))) {
		r = attest_node_bool(rd, value, "hide", &rule->hide);
		if (r == 0 && rule->hide &&
		    rule->access != ATTEST_PATH_FORBIDDEN)
			r = attest_node_error(rd, value,
					      "only a forbidden path can be "
					      "hidden");
	}
	if (r == 0 && (value = attest_node_get(node, "priority"))) {
		r = attest_node_int(rd, value, "priority", -PRIORITY_MAX,
				    PRIORITY_MAX, &priority);
		if (r == 0)
			rule->priority = (int)priority;
	}
	if (r == 0 && (value = attest_node_get(node, "description")))
		r = attest_node_strdup(rd, value, "description",
				       &rule->description);
	return r;
}

/* What it leaves in *rule is freed by the caller. */
static int read_rule(struct attest_reader *rd, const struct attest_node *node,
		     struct attest_rule *rule)
{
	const struct attest_node *path;
	const struct attest_node *access;
	int r;

	r = attest_node_check_keys(rd, node, "a rule", rule_keys);
	r = r ?: either(rd, node, "path", "path_pattern", &path);
	r = r ?: either(rd, node, "access", "access_mode", &access);
	if (r < 0)
		return r;
	if (!path || !access)
		return attest_node_error(rd, node, "a rule needs '%s'",
					 path ? "access" : "path");
	rule->recursive = true;
	rule->execute = true;
	rule->priority = PRIORITY_DEFAULT;
	rule->line = path->line;
	if (rd->file) {
		rule->file = strdup(rd->file);
		if (!rule->file)
			return -ENOMEM;
	}
	r = read_access(rd, access, "access", &rule->access);
	r = r ?: read_rule_flags(rd, node, rule);
	return r ?: read_path(rd, path, rule);
}

/* The document's rules, then those it inherits. */
static int read_rules(struct attest_reader *rd, const struct attest_node *node,
		      struct attest_policy *policy)
{
	struct attest_rule *rules;
	size_t n;
	int r;

	r = attest_node_expect(rd, node, "rules", ATTEST_NODE_SEQUENCE);
	if (r < 0)
		return r;
	n = node->n_items + policy->n_rules;
	if (n > ATTEST_RULES_MAX) {
		(void)attest_node_error(rd, node,
					"%zu rules with the inherited ones; "
					"at most %d are allowed",
					n, ATTEST_RULES_MAX);
		return -E2BIG;
	}
	rules = calloc(n + 1, sizeof(*rules));
	if (!rules)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < node->n_items; i++)
		r = read_rule(rd, &node->items[i], &rules[i]);
	if (r < 0) {
		attest_rules_free(rules, node->n_items);
		return r;
	}
	if (policy->n_rules)
		memcpy(rules + node->n_items, policy->rules,
		       policy->n_rules * sizeof(*rules));
	free(policy->rules);
	policy->rules = rules;
	policy->n_rules = n;
	return 0;
}

static bool has_extension(const struct attest_policy *policy, const char *text)
{
	for (size_t i = 0; i < policy->n_extensions; i++)
		if (strcmp(policy->extensions[i], text) == 0)
			return true;
	return false;
}

static int read_extension(struct attest_reader *rd,
			  const struct attest_node *node,
			  struct attest_policy *policy)
{
	_cleanup_free_ char *copy = NULL;
	const char *text;
	char **grown;
	int r;

	r = attest_node_string(rd, node, "an extension", &text);
	if (r < 0)
		return r;
	text += *text == '.';
	if (*text == '\0' || strchr(text, '/') ||
	    strlen(text) > EXTENSION_LEN_MAX)
		return attest_node_error(
		    rd, node, "an extension has 1 to %d bytes and no '/'",
		    EXTENSION_LEN_MAX);
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	for (char *p = copy; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p |= 0x20;
	if (has_extension(policy, copy))
		return 0;
	if (policy->n_extensions >= EXTENSIONS_MAX) {
		(void)attest_node_error(rd, node, "more than %d extensions",
					EXTENSIONS_MAX);
		return -E2BIG;
	}
	grown = reallocarray(policy->extensions, policy->n_extensions + 1,
			     sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	policy->extensions = grown;
	grown[policy->n_extensions++] = TAKE_PTR(copy);
	return 0;
}

static int read_extensions(struct attest_reader *rd,
			   const struct attest_node *node,
			   struct attest_policy *policy)
{
	int r;

	r = attest_node_expect(rd, node, "forbidden_extensions",
			       ATTEST_NODE_SEQUENCE);
	for (size_t i = 0; r == 0 && i < node->n_items; i++)
		r = read_extension(rd, &node->items[i], policy);
	return r;
}

/* They stand in `limits`, or directly in the section as SPEC.md has them. */
static int read_fs_limits(struct attest_reader *rd,
			  const struct attest_node *node,
			  struct attest_policy *policy)
{
	const struct attest_node *value;
	int r = 0;

	if ((value = attest_node_get(node, "max_file_size")))
		r = attest_node_size(rd, value, "max_file_size",
				     &policy->max_file_bytes);
	if (r == 0 && (value = attest_node_get(node, "max_disk_usage")))
		r = attest_node_size(rd, value, "max_disk_usage",
				     &policy->max_disk_bytes);
	if (r == 0 && (value = attest_node_get(node, "max_files")))
		r = attest_node_u64(rd, value, "max_files", &policy->max_files);
	return r;
}

static int read_default(struct attest_reader *rd,
			const struct attest_node *node,
			struct attest_policy *policy)
{
	const struct attest_node *value;
	int choice;
	int r;

	r = either(rd, node, "default", "default_access", &value);
	if (r == 0 && value)
		r = read_access(rd, value, "default", &policy->fs_default);
	if (r == 0 && !value && !policy->has_filesystem)
		r = attest_node_error(
		    rd, node,
		    "filesystem needs 'default': forbidden, read-only or "
		    "read-write");
	if (r == 0 && (value = attest_node_get(node, "execute")))
		r = attest_node_bool(rd, value, "execute",
				     &policy->fs_default_execute);
	if (r == 0 && (value = attest_node_get(node, "symlinks"))) {
		r = attest_node_choice(rd, value, "symlinks", symlink_choices,
				       &choice);
		if (r == 0)
			policy->symlinks = (enum attest_symlinks)choice;
	}
	return r;
}

int attest_policy_read_filesystem(struct attest_reader *rd,
				  const struct attest_node *node,
				  struct attest_policy *policy)
{
	const struct attest_node *value;
	int r;

	r = attest_node_check_keys(rd, node, "filesystem", section_keys);
	r = r ?: read_default(rd, node, policy);
	r = r ?: read_fs_limits(rd, node, policy);
	if (r == 0 && (value = attest_node_get(node, "limits"))) {
		r = attest_node_check_keys(rd, value, "limits", limit_keys);
		r = r ?: read_fs_limits(rd, value, policy);
	}
	if (r == 0 && (value = attest_node_get(node, "rules")))
		r = read_rules(rd, value, policy);
	if (r == 0 && (value = attest_node_get(node, "forbidden_extensions")))
		r = read_extensions(rd, value, policy);
	policy->has_filesystem = true;
	return r;
}
