// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "policy/dfa.h"

/* Bytes of a name: neither NUL nor '/'. */
#define NAME_BYTES 254

struct names {
	const struct attest_dfa *dfa;
	bool *mixed; /* longer names have other ranks than this state */
	uint32_t *preds;
	uint32_t *pred_start;
	uint32_t *stack;
	size_t n_stack;
};

static void names_done(struct names *n)
{
	free(n->mixed);
	free(n->preds);
	free(n->pred_start);
	free(n->stack);
}

/* The i-th state that one byte of a name leads to, or false past the last. */
static bool successor(const struct attest_dfa *dfa, uint32_t state, uint32_t i,
		      uint32_t *ret)
{
	const struct attest_dfa_state *s = &dfa->states[state];
	const struct attest_dfa_move *m = dfa->moves + s->first;
	uint32_t n_names = s->n_moves;

	for (uint32_t k = 0; k < s->n_moves; k++) {
		if (m[k].byte != '/')
			continue;
		n_names--;
		i += i >= k; /* step over it */
		break;
	}
	if (i < s->n_moves) {
		*ret = m[i].to;
		return true;
	}
	*ret = s->deflt;
	return i == s->n_moves && n_names < NAME_BYTES;
}

static void mark(struct names *n, uint32_t state)
{
	if (n->mixed[state])
		return;
	n->mixed[state] = true;
	n->stack[n->n_stack++] = state;
}

static int find_predecessors(struct names *n)
{
	const struct attest_dfa *dfa = n->dfa;
	size_t n_states = dfa->n_states;
	uint32_t *start;
	uint32_t to;

	n->pred_start = start = calloc(n_states + 1, sizeof(*start));
	n->preds = calloc(n_states + dfa->n_moves, sizeof(*n->preds));
	if (!start || !n->preds)
		return -ENOMEM;
	for (uint32_t s = 0; s < n_states; s++)
		for (uint32_t i = 0; successor(dfa, s, i, &to); i++)
			start[to]++;
	for (size_t s = 1; s <= n_states; s++)
		start[s] += start[s - 1];
	/* Filled from the end of each part: start is its start again then. */
	for (uint32_t s = 0; s < n_states; s++)
		for (uint32_t i = 0; successor(dfa, s, i, &to); i++)
			n->preds[--start[to]] = s;
	return 0;
}

static int find_mixed(struct names *n)
{
	const struct attest_dfa *dfa = n->dfa;
	uint32_t to;
	int r;

	n->mixed = calloc(dfa->n_states, sizeof(*n->mixed));
	n->stack = calloc(dfa->n_states, sizeof(*n->stack));
	if (!n->mixed || !n->stack)
		return -ENOMEM;
	r = find_predecessors(n);
	if (r < 0)
		return r;
	for (uint32_t s = 0; s < dfa->n_states; s++)
		for (uint32_t i = 0; successor(dfa, s, i, &to); i++)
			if (dfa->states[to].rank != dfa->states[s].rank)
				mark(n, s);
	while (n->n_stack) {
		uint32_t s = n->stack[--n->n_stack];

		for (uint32_t p = n->pred_start[s]; p < n->pred_start[s + 1];
		     p++)
			mark(n, n->preds[p]);
	}
	return 0;
}

uint32_t attest_dfa_step(const struct attest_dfa *dfa, uint32_t state,
			 uint8_t byte)
{
	const struct attest_dfa_state *s = &dfa->states[state];

	for (uint32_t i = 0; i < s->n_moves; i++)
		if (dfa->moves[s->first + i].byte == byte)
			return dfa->moves[s->first + i].to;
	return s->deflt;
}

int attest_dfa_uniform(const struct attest_dfa *dfa, uint64_t **ret)
{
	_cleanup_(names_done) struct names n = { .dfa = dfa };
	_cleanup_free_ uint64_t *uniform = NULL;
	int r;

	uniform = calloc(dfa->n_states, sizeof(*uniform));
	if (!uniform)
		return -ENOMEM;
	r = find_mixed(&n);
	if (r < 0)
		return r;
	for (uint32_t s = 0; s < dfa->n_states; s++) {
		uint32_t slash = attest_dfa_step(dfa, s, '/');
		uint32_t to;

		for (uint32_t i = 0; successor(dfa, slash, i, &to); i++) {
			uint64_t value = 1ULL + dfa->states[to].rank;

			if (n.mixed[to] || (i && value != uniform[s])) {
				uniform[s] = 0;
				break;
			}
			uniform[s] = value;
		}
	}
	*ret = TAKE_PTR(uniform);
	return 0;
}
