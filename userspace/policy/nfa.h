/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Patterns as one automaton with choices: a trie of tokens, so patterns share
 * their beginnings. A node leads only to itself and to nodes made after it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "policy/pattern.h"

#define ATTEST_RANK_NONE UINT32_MAX /* worse than every rule */
#define ATTEST_EDGE_NONE UINT32_MAX

enum attest_edge_kind {
	ATTEST_EDGE_BYTE,
	ATTEST_EDGE_SET,   /* label: index in sets */
	ATTEST_EDGE_EMPTY, /* label: a token kind, or ~0 */
	ATTEST_EDGE_TAIL,  /* '/', to a node that matches all below */
};

enum attest_loop {
	ATTEST_LOOP_NONE,
	ATTEST_LOOP_NAME, /* any byte but '/' */
	ATTEST_LOOP_ALL,
};

struct attest_nfa_edge {
	uint32_t kind;
	uint32_t label;
	uint32_t from;
	uint32_t to;
	uint32_t next;	/* of the same node */
	uint32_t chain; /* of the same hash bucket */
};

struct attest_nfa_node {
	uint32_t edges; /* first, or ATTEST_EDGE_NONE */
	uint32_t loop;	/* enum attest_loop */
	uint32_t rank;	/* best of the rules that end here */
	uint32_t best;	/* best rank that can be reached from here */
};

struct attest_nfa {
	struct attest_nfa_node *nodes;
	size_t n_nodes, cap_nodes;
	struct attest_nfa_edge *edges;
	size_t n_edges, cap_edges;
	uint8_t (*sets)[ATTEST_SET_BYTES];
	size_t n_sets, cap_sets;
	uint32_t *buckets; /* edges by (from, kind, label) */
	size_t n_buckets;
};

void attest_nfa_done(struct attest_nfa *nfa);
/** Adds a node without edges. 0 or -ENOMEM. */
int attest_nfa_add_node(struct attest_nfa *nfa, uint32_t loop, uint32_t *ret);
/** Adds a pattern below a start node. 0 or -ENOMEM. */
int attest_nfa_add(struct attest_nfa *nfa, uint32_t start,
		   const struct attest_pattern *pattern, uint32_t rank);
/** Fills in `best`, once all patterns are in. */
void attest_nfa_finish(struct attest_nfa *nfa);
