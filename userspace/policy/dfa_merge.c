// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/dfa.h"

/* Writes the row of a block, its states still named by block. */
static void emit_row(const struct attest_dfa *dfa, const uint32_t *block,
		     uint32_t from, struct attest_dfa *to)
{
	const struct attest_dfa_state *s = &dfa->states[from];
	struct attest_dfa_state *row = &to->states[to->n_states++];

	row->rank = s->rank;
	row->deflt = block[s->deflt];
	row->first = (uint32_t)to->n_moves;
	for (uint32_t i = 0; i < s->n_moves; i++) {
		struct attest_dfa_move m = dfa->moves[s->first + i];

		m.to = block[m.to];
		if (m.to != row->deflt)
			to->moves[to->n_moves++] = m;
	}
	row->n_moves = (uint32_t)to->n_moves - row->first;
}

#define UNNUMBERED UINT32_MAX

/* Blocks are numbered depth first: states of one path lie side by side. */
int attest_dfa_merge(const struct attest_dfa *dfa, const uint32_t *block,
		     const uint32_t *first, size_t n_blocks,
		     struct attest_dfa *to)
{
	_cleanup_free_ uint32_t *number = NULL;
	_cleanup_free_ uint32_t *stack = NULL;
	size_t n_stack = 0;

	number = malloc(n_blocks * sizeof(*number));
	stack =
	    malloc((n_blocks + dfa->n_moves + dfa->n_starts) * sizeof(*stack));
	to->states = calloc(n_blocks, sizeof(*to->states));
	to->moves = calloc(dfa->n_moves + 1, sizeof(*to->moves));
	to->starts = calloc(dfa->n_starts, sizeof(*to->starts));
	if (!number || !stack || !to->states || !to->moves || !to->starts)
		return -ENOMEM;
	memset(number, 0xff, n_blocks * sizeof(*number));
	for (size_t i = dfa->n_starts; i-- > 0;)
		stack[n_stack++] = block[dfa->starts[i]];
	while (n_stack) {
		uint32_t b = stack[--n_stack];
		const struct attest_dfa_state *row;

		if (number[b] != UNNUMBERED)
			continue;
		number[b] = (uint32_t)to->n_states;
		emit_row(dfa, block, first[b], to);
		row = &to->states[number[b]];
		stack[n_stack++] = row->deflt;
		for (uint32_t i = row->n_moves; i-- > 0;)
			stack[n_stack++] = to->moves[row->first + i].to;
	}
	for (size_t s = 0; s < to->n_states; s++)
		to->states[s].deflt = number[to->states[s].deflt];
	for (size_t m = 0; m < to->n_moves; m++)
		to->moves[m].to = number[to->moves[m].to];
	for (; to->n_starts < dfa->n_starts; to->n_starts++)
		to->starts[to->n_starts] =
		    number[block[dfa->starts[to->n_starts]]];
	return 0;
}
