/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The sets of NFA nodes that states stand for. A set is cut to what can
 * still matter: of the nodes that match all below only the best stays, and
 * with it go all nodes that can only reach worse rules.
 */
#pragma once

#include "policy/dfa.h"

struct attest_state_set {
	uint32_t offset; /* in the pool */
	uint32_t len;
};

struct attest_state_sets {
	const struct attest_nfa *nfa;
	struct attest_dfa *dfa;	       /* gets a state for each new set */
	struct attest_state_set *sets; /* of every state */
	size_t cap_sets;
	uint32_t *pool;
	size_t n_pool, cap_pool;
	uint32_t *table; /* states by set; 1 + state, 0 free */
	size_t n_table;
	uint32_t *work; /* nodes of the set in work */
	size_t n_work, cap_work;
	uint32_t *seen; /* by node: the round that saw it */
	uint32_t round;
};

int attest_state_sets_init(struct attest_state_sets *sets,
			   const struct attest_nfa *nfa,
			   struct attest_dfa *dfa);
void attest_state_sets_done(struct attest_state_sets *sets);

/** Starts an empty set. */
void attest_state_sets_begin(struct attest_state_sets *sets);
/** Adds a node and all it reaches without a byte. 0 or -ENOMEM. */
int attest_state_sets_add(struct attest_state_sets *sets, uint32_t node);
/** The state of the set, made if there is none. 0, -E2BIG or -ENOMEM. */
int attest_state_sets_find(struct attest_state_sets *sets, uint32_t *ret);
