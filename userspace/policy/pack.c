// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/grow.h"
#include "policy/pack.h"

#define CELL_FREE UINT32_MAX
#define TRIES_MAX 256 /* places to look at before a row goes to the end */

struct pack {
	const struct attest_dfa *dfa;
	size_t max_cells;
	uint32_t *bases;
	struct attest_image_cell *cells;
	size_t n_cells, cap_cells;
	size_t used; /* one past the last cell that is owned */
	/* A free cell's own number; else one nearer to the next free cell. */
	uint32_t *skip;
	size_t cap_skip;
};

static void pack_done(struct pack *p)
{
	free(p->bases);
	free(p->cells);
	free(p->skip);
}

static int reserve(struct pack *p, size_t n)
{
	int r;

	if (n <= p->n_cells)
		return 0;
	if (n > p->max_cells)
		return -E2BIG;
	r = ATTEST_GROW(p->cells, p->cap_cells, n);
	r = r ?: ATTEST_GROW(p->skip, p->cap_skip, n + 1);
	if (r < 0)
		return r;
	for (size_t i = p->n_cells; i <= n; i++)
		p->skip[i] = (uint32_t)i;
	for (size_t i = p->n_cells; i < n; i++)
		p->cells[i] = (struct attest_image_cell){ .owner = CELL_FREE };
	p->n_cells = n;
	return 0;
}

/* The first free cell from i on; past the last one if there is none. */
static size_t next_free(struct pack *p, size_t i)
{
	while (p->skip[i] != i) {
		p->skip[i] = p->skip[p->skip[i]];
		i = p->skip[i];
	}
	return i;
}

static bool fits(const struct pack *p, const struct attest_dfa_move *moves,
		 uint32_t n, size_t base)
{
	for (uint32_t i = 0; i < n; i++) {
		size_t cell = base + moves[i].byte;

		if (cell < p->n_cells && p->cells[cell].owner != CELL_FREE)
			return false;
	}
	return true;
}

static size_t find_base(struct pack *p, const struct attest_dfa_move *moves,
			uint32_t n)
{
	size_t cell = next_free(p, moves[0].byte);

	/* The first byte goes to a free cell that leaves base at or above 0. */
	for (unsigned int tries = 0; cell < p->used && tries < TRIES_MAX;
	     tries++) {
		if (fits(p, moves, n, cell - moves[0].byte))
			return cell - moves[0].byte;
		cell = next_free(p, cell + 1);
	}
	if (cell < p->used)
		cell = p->used;
	return cell - moves[0].byte;
}

static int place(struct pack *p, uint32_t state)
{
	const struct attest_dfa_state *s = &p->dfa->states[state];
	const struct attest_dfa_move *moves = p->dfa->moves + s->first;
	size_t base = find_base(p, moves, s->n_moves);
	int r;

	r = reserve(p, base + 256);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < s->n_moves; i++) {
		size_t cell = base + moves[i].byte;

		p->cells[cell].owner = state;
		p->cells[cell].next = moves[i].to;
		p->skip[cell] = (uint32_t)cell + 1;
		if (cell >= p->used)
			p->used = cell + 1;
	}
	p->bases[state] = (uint32_t)base;
	return 0;
}

/* States by the length of their rows: long ones are placed first. */
static int sort_states(const struct attest_dfa *dfa, uint32_t **ret)
{
	_cleanup_free_ uint32_t *order = NULL;
	size_t start[258] = { 0 };

	order = calloc(dfa->n_states, sizeof(*order));
	if (!order)
		return -ENOMEM;
	for (size_t s = 0; s < dfa->n_states; s++)
		start[256 - dfa->states[s].n_moves + 1]++;
	for (size_t i = 1; i < 258; i++)
		start[i] += start[i - 1];
	for (uint32_t s = 0; s < dfa->n_states; s++)
		order[start[256 - dfa->states[s].n_moves]++] = s;
	*ret = TAKE_PTR(order);
	return 0;
}

int attest_pack_rows(const struct attest_dfa *dfa, size_t max_cells,
		     uint32_t **ret_bases, struct attest_image_cell **ret_cells,
		     uint32_t *ret_n_cells)
{
	_cleanup_(pack_done) struct pack p = { .dfa = dfa,
					       .max_cells = max_cells };
	_cleanup_free_ uint32_t *order = NULL;
	int r;

	p.bases = calloc(dfa->n_states, sizeof(*p.bases));
	if (!p.bases)
		return -ENOMEM;
	r = sort_states(dfa, &order);
	if (r == 0)
		r = reserve(&p, 256);
	for (size_t i = 0; r == 0 && i < dfa->n_states; i++)
		if (dfa->states[order[i]].n_moves)
			r = place(&p, order[i]);
	if (r < 0)
		return r;
	*ret_bases = TAKE_PTR(p.bases);
	*ret_cells = TAKE_PTR(p.cells);
	*ret_n_cells = (uint32_t)p.n_cells;
	return 0;
}
