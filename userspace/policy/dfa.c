// SPDX-License-Identifier: Apache-2.0
/**
 * Subset construction. A set of nodes is cut to what can still matter: of
 * the nodes that match all below only the best stays, and with it go all
 * nodes that can only reach worse rules.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/dfa.h"
#include "policy/grow.h"

struct set {
	uint32_t offset; /* in build.pool */
	uint32_t len;
};

/* Where one byte leads; a list in build.targets. */
struct bucket {
	uint32_t first;
	bool touched;
};

struct target {
	uint32_t node;
	uint32_t next;
};

/* An edge for most bytes: a loop, or a set that has byte 0. */
struct wide {
	const uint8_t *set;
	uint32_t node;
};

struct build {
	const struct attest_nfa *nfa;
	struct attest_dfa *dfa;
	struct set *sets; /* of every state */
	size_t cap_sets;
	uint32_t *pool;
	size_t n_pool, cap_pool;
	uint32_t *table; /* states by set; 1 + state, 0 free */
	size_t n_table;
	/* of the state in work */
	struct bucket buckets[256];
	struct target *targets;
	size_t n_targets, cap_targets;
	struct wide *wides;
	size_t n_wides, cap_wides;
	uint32_t *work; /* nodes of the set in work */
	size_t n_work, cap_work;
	uint32_t *seen; /* by node: the round that saw it */
	uint32_t round;
};

static const uint8_t all_bytes[ATTEST_SET_BYTES] = {
	[0 ... ATTEST_SET_BYTES - 1] = 0xff,
};
static const uint8_t name_bytes[ATTEST_SET_BYTES] = {
	[0 ... '/' / 8 - 1] = 0xff,
	['/' / 8] = 0xff & ~(1U << ('/' % 8)),
	['/' / 8 + 1 ... ATTEST_SET_BYTES - 1] = 0xff,
};

void attest_dfa_done(struct attest_dfa *dfa)
{
	free(dfa->states);
	free(dfa->moves);
	free(dfa->starts);
	memset(dfa, 0, sizeof(*dfa));
}

static void build_done(struct build *b)
{
	free(b->sets);
	free(b->pool);
	free(b->table);
	free(b->targets);
	free(b->wides);
	free(b->work);
	free(b->seen);
}

/* Adds a node and all it reaches without a byte to the set in work. */
static int add_node(struct build *b, uint32_t node)
{
	size_t next = b->n_work;
	int r;

	if (b->seen[node] == b->round)
		return 0;
	b->seen[node] = b->round;
	r = ATTEST_GROW(b->work, b->cap_work, b->n_work + 1);
	if (r < 0)
		return r;
	b->work[b->n_work++] = node;
	for (; next < b->n_work; next++) {
		uint32_t e = b->nfa->nodes[b->work[next]].edges;

		for (; e != ATTEST_EDGE_NONE; e = b->nfa->edges[e].next) {
			const struct attest_nfa_edge *edge = &b->nfa->edges[e];

			if (edge->kind != ATTEST_EDGE_EMPTY ||
			    b->seen[edge->to] == b->round)
				continue;
			b->seen[edge->to] = b->round;
			r = ATTEST_GROW(b->work, b->cap_work, b->n_work + 1);
			if (r < 0)
				return r;
			b->work[b->n_work++] = edge->to;
		}
	}
	return 0;
}

static int compare_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool is_tail(const struct attest_nfa_node *n)
{
	return n->loop == ATTEST_LOOP_ALL && n->edges == ATTEST_EDGE_NONE &&
	       n->rank != ATTEST_RANK_NONE;
}

/* Cuts and sorts the set in work. Returns the winner's rank. */
static uint32_t settle(struct build *b)
{
	uint32_t tail = ATTEST_RANK_NONE;
	uint32_t rank = ATTEST_RANK_NONE;
	size_t n = 0;

	for (size_t i = 0; i < b->n_work; i++) {
		const struct attest_nfa_node *node = &b->nfa->nodes[b->work[i]];

		if (node->rank < rank)
			rank = node->rank;
		if (is_tail(node) && node->rank < tail)
			tail = node->rank;
	}
	for (size_t i = 0; i < b->n_work; i++) {
		const struct attest_nfa_node *node = &b->nfa->nodes[b->work[i]];

		/* A tail's rank is its best: two of one rank are the same
		 * rule's, and either will do.
		 */
		if (node->best > tail)
			continue;
		if (tail != ATTEST_RANK_NONE && node->best == tail &&
		    !is_tail(node))
			continue;
		b->work[n++] = b->work[i];
	}
	b->n_work = n;
	if (n < 16) {
		for (size_t i = 1; i < n; i++) {
			uint32_t v = b->work[i];
			size_t j = i;

			for (; j && b->work[j - 1] > v; j--)
				b->work[j] = b->work[j - 1];
			b->work[j] = v;
		}
	} else {
		qsort(b->work, n, sizeof(*b->work), compare_u32);
	}
	return rank;
}

static uint64_t hash_set(const uint32_t *set, size_t n)
{
	uint64_t h = 0x2545f4914f6cdd1dULL ^ n;

	for (size_t i = 0; i < n; i++)
		h = (h ^ set[i]) * 0x9e3779b97f4a7c15ULL ^ h >> 29;
	return h ^ h >> 32;
}

static int grow_table(struct build *b)
{
	size_t n = b->n_table ? b->n_table * 2 : 4096;
	uint32_t *table;

	if (b->dfa->n_states * 2 < b->n_table)
		return 0;
	table = calloc(n, sizeof(*table));
	if (!table)
		return -ENOMEM;
	for (uint32_t s = 0; s < b->dfa->n_states; s++) {
		const struct set *set = &b->sets[s];
		size_t i = hash_set(b->pool + set->offset, set->len) & (n - 1);

		while (table[i])
			i = (i + 1) & (n - 1);
		table[i] = s + 1;
	}
	free(b->table);
	b->table = table;
	b->n_table = n;
	return 0;
}

static int add_state(struct build *b, uint32_t rank)
{
	struct attest_dfa *dfa = b->dfa;
	int r;

	if (dfa->n_states >= ATTEST_DFA_STATES_MAX ||
	    b->n_pool + b->n_work > ATTEST_DFA_SETS_MAX)
		return -E2BIG;
	r = ATTEST_GROW(dfa->states, dfa->cap_states, dfa->n_states + 1);
	if (r == 0)
		r = ATTEST_GROW(b->sets, b->cap_sets, dfa->n_states + 1);
	if (r == 0)
		r = ATTEST_GROW(b->pool, b->cap_pool, b->n_pool + b->n_work);
	if (r < 0)
		return r;
	b->sets[dfa->n_states] =
	    (struct set){ (uint32_t)b->n_pool, (uint32_t)b->n_work };
	if (b->n_work)
		memcpy(b->pool + b->n_pool, b->work,
		       b->n_work * sizeof(*b->work));
	b->n_pool += b->n_work;
	dfa->states[dfa->n_states++] =
	    (struct attest_dfa_state){ .rank = rank };
	return 0;
}

/* The state of the set in work, made if there is none. */
static int find_state(struct build *b, uint32_t *ret)
{
	uint32_t rank = settle(b);
	size_t i;
	int r;

	r = grow_table(b);
	if (r < 0)
		return r;
	i = hash_set(b->work, b->n_work) & (b->n_table - 1);
	for (; b->table[i]; i = (i + 1) & (b->n_table - 1)) {
		const struct set *set = &b->sets[b->table[i] - 1];

		if (set->len == b->n_work &&
		    b->dfa->states[b->table[i] - 1].rank == rank &&
		    (set->len == 0 ||
		     memcmp(b->pool + set->offset, b->work,
			    set->len * sizeof(*b->work)) == 0)) {
			*ret = b->table[i] - 1;
			return 0;
		}
	}
	r = add_state(b, rank);
	if (r < 0)
		return r;
	*ret = (uint32_t)b->dfa->n_states - 1;
	b->table[i] = *ret + 1;
	return 0;
}

static int add_target(struct build *b, unsigned int byte, uint32_t node)
{
	struct bucket *bucket = &b->buckets[byte];
	int r;

	r = ATTEST_GROW(b->targets, b->cap_targets, b->n_targets + 1);
	if (r < 0)
		return r;
	b->targets[b->n_targets] =
	    (struct target){ .node = node, .next = bucket->first };
	bucket->first = (uint32_t)b->n_targets++;
	bucket->touched = true;
	return 0;
}

/* Bytes that are not as byte 0 is get a row entry of their own. */
static int add_wide(struct build *b, const uint8_t *set, uint32_t node)
{
	int r;

	r = ATTEST_GROW(b->wides, b->cap_wides, b->n_wides + 1);
	if (r < 0)
		return r;
	b->wides[b->n_wides++] = (struct wide){ set, node };
	for (unsigned int byte = 0; byte < 256; byte++) {
		if (set[byte / 8] == 0xff)
			byte |= 7;
		else if (!attest_set_has(set, byte))
			b->buckets[byte].touched = true;
	}
	return 0;
}

static int add_set(struct build *b, const uint8_t *set, uint32_t node)
{
	int r = 0;

	if (attest_set_has(set, 0))
		return add_wide(b, set, node);
	for (unsigned int byte = 1; r == 0 && byte < 256; byte++)
		if (attest_set_has(set, byte))
			r = add_target(b, byte, node);
	return r;
}

/* Sorts the edges of one NFA node into the buckets. */
static int add_edges(struct build *b, uint32_t node)
{
	const struct attest_nfa_node *n = &b->nfa->nodes[node];
	int r = 0;

	if (n->loop == ATTEST_LOOP_NAME)
		r = add_wide(b, name_bytes, node);
	else if (n->loop == ATTEST_LOOP_ALL)
		r = add_wide(b, all_bytes, node);
	for (uint32_t e = n->edges; r == 0 && e != ATTEST_EDGE_NONE;
	     e = b->nfa->edges[e].next) {
		const struct attest_nfa_edge *edge = &b->nfa->edges[e];

		if (edge->kind == ATTEST_EDGE_BYTE)
			r = add_target(b, edge->label, edge->to);
		else if (edge->kind == ATTEST_EDGE_TAIL)
			r = add_target(b, '/', edge->to);
		else if (edge->kind == ATTEST_EDGE_SET)
			r = add_set(b, b->nfa->sets[edge->label], edge->to);
	}
	return r;
}

static int step(struct build *b, unsigned int byte, uint32_t *ret)
{
	int r = 0;

	b->round++;
	b->n_work = 0;
	for (uint32_t t = b->buckets[byte].first; r == 0 && t != UINT32_MAX;
	     t = b->targets[t].next)
		r = add_node(b, b->targets[t].node);
	for (size_t i = 0; r == 0 && i < b->n_wides; i++)
		if (attest_set_has(b->wides[i].set, byte))
			r = add_node(b, b->wides[i].node);
	return r ?: find_state(b, ret);
}

static int add_row(struct build *b, uint32_t state)
{
	struct attest_dfa *dfa = b->dfa;
	uint32_t first = (uint32_t)dfa->n_moves;
	uint32_t deflt;
	int r;

	for (unsigned int byte = 0; byte < 256; byte++)
		b->buckets[byte] = (struct bucket){ .first = UINT32_MAX };
	b->n_targets = 0;
	b->n_wides = 0;
	for (uint32_t i = 0; i < b->sets[state].len; i++) {
		r = add_edges(b, b->pool[b->sets[state].offset + i]);
		if (r < 0)
			return r;
	}
	r = step(b, 0, &deflt);
	for (unsigned int byte = 1; r == 0 && byte < 256; byte++) {
		uint32_t to;

		if (!b->buckets[byte].touched)
			continue;
		r = step(b, byte, &to);
		if (r < 0 || to == deflt)
			continue;
		if (dfa->n_moves >= ATTEST_DFA_MOVES_MAX)
			return -E2BIG;
		r = ATTEST_GROW(dfa->moves, dfa->cap_moves, dfa->n_moves + 1);
		if (r == 0)
			dfa->moves[dfa->n_moves++] =
			    (struct attest_dfa_move){ .to = to,
						      .byte = (uint8_t)byte };
	}
	dfa->states[state].first = first;
	dfa->states[state].n_moves = (uint32_t)dfa->n_moves - first;
	dfa->states[state].deflt = deflt;
	return r;
}

int attest_dfa_build(const struct attest_nfa *nfa, size_t n_starts,
		     struct attest_dfa *ret)
{
	_cleanup_(attest_dfa_done) struct attest_dfa dfa = { 0 };
	_cleanup_(build_done) struct build b = { .nfa = nfa, .dfa = &dfa };
	int r = 0;

	b.seen = calloc(nfa->n_nodes, sizeof(*b.seen));
	dfa.starts = calloc(n_starts, sizeof(*dfa.starts));
	if (!b.seen || !dfa.starts)
		return -ENOMEM;
	for (; r == 0 && dfa.n_starts < n_starts; dfa.n_starts++) {
		b.round++;
		b.n_work = 0;
		r = add_node(&b, (uint32_t)dfa.n_starts);
		if (r == 0)
			r = find_state(&b, &dfa.starts[dfa.n_starts]);
	}
	for (uint32_t s = 0; r == 0 && s < dfa.n_states; s++)
		r = add_row(&b, s);
	if (r < 0)
		return r;
	*ret = dfa;
	memset(&dfa, 0, sizeof(dfa));
	return 0;
}
