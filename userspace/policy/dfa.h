/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The automaton without choices. A row is sparse: bytes that are not listed
 * lead to the row's default, which is where byte 0 leads: no pattern names
 * byte 0, so every state has the same right to it.
 */
#pragma once

#include "policy/nfa.h"

/* What a policy may cost while it is compiled, before states are merged. */
#define ATTEST_DFA_STATES_MAX 2000000
#define ATTEST_DFA_MOVES_MAX 16000000
#define ATTEST_DFA_SETS_MAX 24000000 /* NFA nodes in all states together */

struct attest_dfa_move {
	uint32_t to;
	uint8_t byte;
	uint8_t pad[3];
};

struct attest_dfa_state {
	uint32_t first; /* in moves; sorted by byte; none leads to deflt */
	uint32_t n_moves;
	uint32_t deflt;
	uint32_t rank; /* winner for an input that ends here */
};

struct attest_dfa {
	struct attest_dfa_state *states;
	size_t n_states, cap_states;
	struct attest_dfa_move *moves;
	size_t n_moves, cap_moves;
	uint32_t *starts; /* one for each start node */
	size_t n_starts;
};

void attest_dfa_done(struct attest_dfa *dfa);

/**
 * Builds the automaton of an NFA whose start nodes are 0 .. n_starts - 1.
 *
 * Return: 0; -E2BIG past a limit above; -ENOMEM.
 */
int attest_dfa_build(const struct attest_nfa *nfa, size_t n_starts,
		     struct attest_dfa *ret);

/** Merges states that no input tells apart. 0 or -ENOMEM. */
int attest_dfa_minimise(struct attest_dfa *dfa);

/**
 * The automaton of blocks of states that are the same.
 *
 * @block: of every state.
 * @first: a state of every block.
 * @to:    empty; half filled after a failure.
 *
 * Return: 0 or -ENOMEM.
 */
int attest_dfa_merge(const struct attest_dfa *dfa, const uint32_t *block,
		     const uint32_t *first, size_t n_blocks,
		     struct attest_dfa *to);

/**
 * For every state: 1 + the rank that all inputs have which are longer by '/'
 * and a name, or 0 if there is no such rank.
 *
 * @ret: n_states entries; free().
 */
int attest_dfa_uniform(const struct attest_dfa *dfa, uint64_t **ret);

/**
 * For every state the subtree byte of <attest/image.h>.
 *
 * @access: ATTEST_ACCESS_* of every state.
 * @ret:    n_states entries; free().
 */
int attest_dfa_subtree(const struct attest_dfa *dfa, const uint8_t *access,
		       uint8_t **ret);

/** Where a byte leads. */
uint32_t attest_dfa_step(const struct attest_dfa *dfa, uint32_t state,
			 uint8_t byte);
