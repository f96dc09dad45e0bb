// SPDX-License-Identifier: Apache-2.0
/**
 * Subset construction.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/dfa.h"
#include "policy/grow.h"
#include "policy/state_sets.h"

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
	struct attest_state_sets sets;
	/* of the state whose row is made */
	uint32_t first[256]; /* targets of a byte; UINT32_MAX if none */
	uint8_t touched[ATTEST_SET_BYTES]; /* bytes that get an entry */
	struct target *targets;
	size_t n_targets, cap_targets;
	struct wide *wides;
	size_t n_wides, cap_wides;
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
	attest_state_sets_done(&b->sets);
	free(b->targets);
	free(b->wides);
}

static int add_target(struct build *b, unsigned int byte, uint32_t node)
{
	int r;

	r = ATTEST_GROW(b->targets, b->cap_targets, b->n_targets + 1);
	if (r < 0)
		return r;
	b->targets[b->n_targets] =
	    (struct target){ .node = node, .next = b->first[byte] };
	b->first[byte] = (uint32_t)b->n_targets++;
	b->touched[byte / 8] |= (uint8_t)(1U << (byte % 8));
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
	for (size_t i = 0; i < ATTEST_SET_BYTES; i++)
		b->touched[i] |= (uint8_t)~set[i];
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

	attest_state_sets_begin(&b->sets);
	for (uint32_t t = b->first[byte]; r == 0 && t != UINT32_MAX;
	     t = b->targets[t].next)
		r = attest_state_sets_add(&b->sets, b->targets[t].node);
	for (size_t i = 0; r == 0 && i < b->n_wides; i++)
		if (attest_set_has(b->wides[i].set, byte))
			r = attest_state_sets_add(&b->sets, b->wides[i].node);
	return r ?: attest_state_sets_find(&b->sets, ret);
}

static int add_move(struct build *b, unsigned int byte, uint32_t deflt)
{
	struct attest_dfa *dfa = b->dfa;
	uint32_t to;
	int r;

	r = step(b, byte, &to);
	b->first[byte] = UINT32_MAX;
	if (r < 0 || to == deflt)
		return r;
	if (dfa->n_moves >= ATTEST_DFA_MOVES_MAX)
		return -E2BIG;
	r = ATTEST_GROW(dfa->moves, dfa->cap_moves, dfa->n_moves + 1);
	if (r < 0)
		return r;
	dfa->moves[dfa->n_moves++] =
	    (struct attest_dfa_move){ .to = to, .byte = (uint8_t)byte };
	return 0;
}

static int add_row(struct build *b, uint32_t state)
{
	struct attest_dfa *dfa = b->dfa;
	uint32_t first = (uint32_t)dfa->n_moves;
	uint32_t deflt = 0;
	int r = 0;

	memset(b->touched, 0, sizeof(b->touched));
	b->n_targets = 0;
	b->n_wides = 0;
	for (uint32_t i = 0; r == 0 && i < b->sets.sets[state].len; i++)
		r = add_edges(b, b->sets.pool[b->sets.sets[state].offset + i]);
	r = r ?: step(b, 0, &deflt);
	for (unsigned int byte = 1; r == 0 && byte < 256; byte++) {
		if (b->touched[byte / 8] == 0)
			byte |= 7;
		else if (attest_set_has(b->touched, byte))
			r = add_move(b, byte, deflt);
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

	memset(b.first, 0xff, sizeof(b.first));
	dfa.starts = calloc(n_starts, sizeof(*dfa.starts));
	if (!dfa.starts)
		return -ENOMEM;
	r = attest_state_sets_init(&b.sets, nfa, &dfa);
	/* Rows may all be empty, but point somewhere. */
	r = r ?: ATTEST_GROW(dfa.moves, dfa.cap_moves, 1);
	for (; r == 0 && dfa.n_starts < n_starts; dfa.n_starts++) {
		attest_state_sets_begin(&b.sets);
		r = attest_state_sets_add(&b.sets, (uint32_t)dfa.n_starts);
		r = r
			?: attest_state_sets_find(&b.sets,
						  &dfa.starts[dfa.n_starts]);
	}
	for (uint32_t s = 0; r == 0 && s < dfa.n_states; s++)
		r = add_row(&b, s);
	if (r < 0)
		return r;
	*ret = dfa;
	memset(&dfa, 0, sizeof(dfa));
	return 0;
}
