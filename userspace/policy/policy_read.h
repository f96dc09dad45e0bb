/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The sections of a policy document, each read into a policy that already
 * holds what it extends: scalars replace, lists are added to. Rules of the
 * document come before inherited ones. Only for policy/policy_*.c.
 *
 * All return 0; -EINVAL or -E2BIG with rd->diag filled; -ENOMEM. A policy is
 * half changed after a failure and is to be freed.
 */
#pragma once

#include "policy/node.h"

int attest_policy_read_filesystem(struct attest_reader *rd,
				  const struct attest_node *node,
				  struct attest_policy *policy);
int attest_policy_read_network(struct attest_reader *rd,
			       const struct attest_node *node,
			       struct attest_policy *policy);
/** `network_policy` of SPEC.md's blocks: disabled or enabled. */
int attest_policy_read_network_default(struct attest_reader *rd,
				       const struct attest_node *node,
				       const char *what,
				       struct attest_policy *policy);
int attest_policy_read_limits(struct attest_reader *rd,
			      const struct attest_node *node,
			      struct attest_policy *policy);
int attest_policy_read_grants(struct attest_reader *rd,
			      const struct attest_node *node,
			      struct attest_policy *policy);

/** Frees what rules own. */
void attest_rules_free(struct attest_rule *rules, size_t n);
void attest_net_rules_free(struct attest_net_rule *rules, size_t n);

/** Fills policy->digest. 0, -ENOMEM or -EIO. */
int attest_policy_make_digest(struct attest_policy *policy);

/** A document that is being read, and the one that extends it. */
struct attest_document {
	const struct attest_document *parent;
	char *real; /* resolved path, or NULL */
	int depth;
};

/** Reads a whole document. */
int attest_policy_read_root(struct attest_reader *rd,
			    const struct attest_node *root,
			    const struct attest_document *doc,
			    struct attest_policy *policy);
/** Reads what `extends` names: a level or a file. Also -ENOENT, -ELOOP. */
int attest_policy_read_extends(struct attest_reader *rd,
			       const struct attest_node *node,
			       const struct attest_document *doc,
			       struct attest_policy *policy);
int attest_policy_read_level(struct attest_reader *rd,
			     const struct attest_node *node,
			     const struct attest_document *parent,
			     const char *name, struct attest_policy *policy);
