// SPDX-License-Identifier: Apache-2.0
/**
 * The top of a policy document, and SPEC.md's attest.yaml blocks.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/policy_read.h"
#include "policy/seccomp.h"

static const char *const keys[] = {
	"version",	    "name",    "description", "extends", "mode",
	"filesystem",	    "seccomp", "network",     "limits",	 "grants",
	"allow_privileged", "sandbox", NULL
};
static const char *const sandbox_keys[] = {
	"isolation_level", "security_level",	"seccomp_profile",
	"network_policy",  "filesystem_policy", NULL
};

/* The operation modes of attest.yaml stand for a level. */
enum {
	MODE_LIGHT = ATTEST_MODE_END,
	MODE_VERIFIABLE,
	MODE_FORMAL_PROOF
};

static const struct attest_choice mode_choices[] = {
	{ "enforce", ATTEST_MODE_ENFORCE },
	{ "audit", ATTEST_MODE_AUDIT },
	{ "light", MODE_LIGHT },
	{ "verifiable", MODE_VERIFIABLE },
	{ "formal-proof", MODE_FORMAL_PROOF },
	{ NULL, 0 },
};
static const struct attest_choice isolation_choices[] = {
	{ "process", 0 },
	{ "container", 1 },
	{ "strict-container", 2 },
	{ NULL, 0 },
};

/* What the document starts from: `extends`, or the level of SPEC.md's mode. */
static int read_base(struct attest_reader *rd, const struct attest_node *root,
		     const struct attest_document *doc, int mode,
		     struct attest_policy *policy)
{
	static const char *const levels[] = {
		[MODE_LIGHT] = "minimal",
		[MODE_VERIFIABLE] = "standard",
		[MODE_FORMAL_PROOF] = "maximum",
	};
	const struct attest_node *sandbox = attest_node_get(root, "sandbox");
	const struct attest_node *extends = attest_node_get(root, "extends");
	const struct attest_node *level =
	    sandbox ? attest_node_get(sandbox, "security_level") : NULL;

	if (extends && level)
		return attest_node_error(rd, level,
					 "'security_level' and 'extends' both "
					 "say what to start from; write one");
	if (extends || level)
		return attest_policy_read_extends(rd, extends ?: level, doc,
						  policy);
	if (mode >= ATTEST_MODE_END)
		return attest_policy_read_level(rd,
						attest_node_get(root, "mode"),
						doc, levels[mode], policy);
	return 0;
}

static int read_seccomp(struct attest_reader *rd,
			const struct attest_node *node,
			struct attest_policy *policy)
{
	struct attest_seccomp_profile *profile = NULL;
	int r;

	r = attest_seccomp_from_node(rd, node, &profile);
	if (r < 0)
		return r;
	attest_seccomp_free(&policy->seccomp);
	policy->seccomp = profile;
	return 0;
}

/* `seccomp_profile: NAME` is `seccomp: { profile: NAME }`. */
static int read_seccomp_name(struct attest_reader *rd,
			     const struct attest_node *node,
			     struct attest_policy *policy)
{
	struct attest_node key = *node;
	struct attest_node value = *node;
	struct attest_node section = {
		.kind = ATTEST_NODE_MAPPING,
		.line = node->line,
		.column = node->column,
		.keys = &key,
		.items = &value,
		.n_items = 1,
	};
	char profile[] = "profile";

	key.kind = ATTEST_NODE_SCALAR;
	key.text = profile;
	key.len = strlen(profile);
	return read_seccomp(rd, &section, policy);
}

/* The strict policy on top of the level, which has what programs need. */
static int read_strict(struct attest_reader *rd, const struct attest_node *node,
		       const struct attest_document *doc,
		       struct attest_policy *policy)
{
	_cleanup_free_ char *level = NULL;
	_cleanup_free_ char *name = NULL;
	const char *text;
	int r;

	r = attest_node_string(rd, node, "filesystem_policy", &text);
	if (r < 0)
		return r;
	if (strcmp(text, "strict") != 0)
		return attest_node_error(
		    rd, node, "filesystem_policy must be strict, not '%.60s'",
		    text);
	/* The level maximum extends it already. */
	if (policy->level && strcmp(policy->level, "maximum") == 0)
		return 0;
	level = TAKE_PTR(policy->level);
	name = TAKE_PTR(policy->name);
	r = attest_policy_read_level(rd, node, doc, "strict", policy);
	free(policy->name);
	policy->name = TAKE_PTR(name);
	if (level) {
		free(policy->level);
		policy->level = TAKE_PTR(level);
	}
	return r;
}

/* The `sandbox` block of SPEC.md's attest.yaml. */
static int read_sandbox(struct attest_reader *rd,
			const struct attest_node *node,
			const struct attest_document *doc,
			struct attest_policy *policy)
{
	const struct attest_node *value;
	int isolation = 0;
	int r;

	r = attest_node_check_keys(rd, node, "sandbox", sandbox_keys);
	if (r == 0 && (value = attest_node_get(node, "isolation_level"))) {
		r = attest_node_choice(rd, value, "isolation_level",
				       isolation_choices, &isolation);
		if (r == 0 && isolation)
			r = attest_node_warn(rd, value,
					     "isolation_level is chosen by the "
					     "command: 'attest-bpf container "
					     "run' starts a container");
	}
	if (r == 0 && (value = attest_node_get(node, "filesystem_policy")))
		r = read_strict(rd, value, doc, policy);
	if (r == 0 && (value = attest_node_get(node, "seccomp_profile")))
		r = read_seccomp_name(rd, value, policy);
	if (r == 0 && (value = attest_node_get(node, "network_policy")))
		r = attest_policy_read_network_default(
		    rd, value, "network_policy", policy);
	return r;
}

static int read_sections(struct attest_reader *rd,
			 const struct attest_node *root,
			 const struct attest_document *doc,
			 struct attest_policy *policy)
{
	static const struct {
		const char *key;
		int (*read)(struct attest_reader *rd,
			    const struct attest_node *node,
			    struct attest_policy *policy);
	} sections[] = {
		{ "filesystem", attest_policy_read_filesystem },
		{ "seccomp", read_seccomp },
		{ "network", attest_policy_read_network },
		{ "limits", attest_policy_read_limits },
		{ "grants", attest_policy_read_grants },
		{ "allow_privileged", attest_policy_read_grants },
	};
	const struct attest_node *value;
	int r = 0;

	if ((value = attest_node_get(root, "sandbox")))
		r = read_sandbox(rd, value, doc, policy);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(sections); i++) {
		value = attest_node_get(root, sections[i].key);
		if (value)
			r = sections[i].read(rd, value, policy);
	}
	return r;
}

int attest_policy_read_root(struct attest_reader *rd,
			    const struct attest_node *root,
			    const struct attest_document *doc,
			    struct attest_policy *policy)
{
	const struct attest_node *value;
	const char *text;
	int64_t version;
	int mode = -1;
	int r;

	r = attest_node_check_keys(rd, root, "a policy", keys);
	if (r == 0 && (value = attest_node_get(root, "version")))
		r = attest_node_int(rd, value, "version", 1, 1, &version);
	if (r == 0 && (value = attest_node_get(root, "mode")))
		r = attest_node_choice(rd, value, "mode", mode_choices, &mode);
	r = r ?: read_base(rd, root, doc, mode, policy);
	if (r < 0)
		return r;
	if (mode == ATTEST_MODE_ENFORCE || mode == ATTEST_MODE_AUDIT)
		policy->mode = (enum attest_mode)mode;
	free(TAKE_PTR(policy->name));
	if ((value = attest_node_get(root, "name")))
		r = attest_node_strdup(rd, value, "name", &policy->name);
	if (r == 0 && (value = attest_node_get(root, "description")))
		r = attest_node_string(rd, value, "description", &text);
	return r ?: read_sections(rd, root, doc, policy);
}
