/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How the two readers make a tree. Only for policy/node*.c.
 */
#pragma once

#include "policy/node.h"

/** Where a reader is: the limits are those of the whole document. */
struct attest_node_builder {
	struct attest_reader *rd;
	size_t n_nodes;
};

/** Counts a node, depth levels below the root. 0 or -E2BIG. */
int attest_node_count(struct attest_node_builder *b,
		      const struct attest_node *where, size_t depth);
/** Gives node a text. 0, -EINVAL if there is a NUL in it, -ENOMEM. */
int attest_node_set_text(struct attest_node_builder *b,
			 struct attest_node *node, const char *text,
			 size_t len);
/** Makes room for n items, and n keys in a mapping. 0 or -ENOMEM. */
int attest_node_reserve(struct attest_node *node, size_t n);
/** Refuses a mapping that has a key twice. 0, -EINVAL, -ENOMEM. */
int attest_node_check_unique(struct attest_node_builder *b,
			     const struct attest_node *node);
/** Frees what a node owns. */
void attest_node_done(struct attest_node *node);

/* Fill *root, which is zeroed; what they leave in it is freed by the caller. */
int attest_node_read_yaml(struct attest_node_builder *b, const char *text,
			  size_t len, struct attest_node *root);
int attest_node_read_json(struct attest_node_builder *b, const char *text,
			  size_t len, struct attest_node *root);
