// SPDX-License-Identifier: Apache-2.0
/**
 * Minimisation by refining a partition: blocks start as the states of one
 * rank and are split by the blocks that the rows lead to. Only the states
 * whose successors moved are looked at again, and the largest part of a
 * split block keeps its number, so a state moves O(log n) times.
 *
 * Rows are compared by 128 bits of hash over what is not the default, in
 * terms of blocks: entries that came to equal the default do not count.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/dfa.h"
#include "policy/grow.h"

struct block {
	uint32_t start; /* in elements */
	uint32_t len;
	uint32_t marked; /* its first elements are to be looked at */
};

struct signature {
	uint64_t a;
	uint64_t b;
};

struct refine {
	const struct attest_dfa *dfa;
	uint32_t *block;    /* by state */
	uint32_t *position; /* by state, in elements */
	uint32_t *elements; /* states, block by block */
	struct signature *signature;
	struct block *blocks;
	size_t n_blocks, cap_blocks;
	uint32_t *preds; /* predecessors, state by state */
	uint32_t *pred_start;
	uint32_t *dirty;
	size_t n_dirty;
	uint32_t *next_dirty;
	size_t n_next;
	bool *is_dirty;
	uint32_t *touched; /* blocks with marked elements */
	size_t n_touched, cap_touched;
};

static void refine_done(struct refine *f)
{
	free(f->block);
	free(f->position);
	free(f->elements);
	free(f->signature);
	free(f->blocks);
	free(f->preds);
	free(f->pred_start);
	free(f->dirty);
	free(f->next_dirty);
	free(f->is_dirty);
	free(f->touched);
}

static int find_predecessors(struct refine *f)
{
	const struct attest_dfa *dfa = f->dfa;
	size_t n = dfa->n_states;
	uint32_t *start;

	f->pred_start = start = calloc(n + 1, sizeof(*start));
	f->preds = calloc(n + dfa->n_moves, sizeof(*f->preds));
	if (!start || !f->preds)
		return -ENOMEM;
	for (size_t s = 0; s < n; s++)
		start[dfa->states[s].deflt]++;
	for (size_t m = 0; m < dfa->n_moves; m++)
		start[dfa->moves[m].to]++;
	for (size_t s = 1; s <= n; s++)
		start[s] += start[s - 1];
	/* Filled from the end of each part: start is its start again then. */
	for (uint32_t s = 0; s < n; s++) {
		const struct attest_dfa_state *state = &dfa->states[s];
		const struct attest_dfa_move *m = dfa->moves + state->first;

		f->preds[--start[state->deflt]] = s;
		for (uint32_t i = 0; i < state->n_moves; i++)
			f->preds[--start[m[i].to]] = s;
	}
	return 0;
}

static int compare_states(const void *a, const void *b, void *data)
{
	const struct attest_dfa_state *states = data;
	uint32_t x = states[*(const uint32_t *)a].rank;
	uint32_t y = states[*(const uint32_t *)b].rank;

	return (x > y) - (x < y);
}

static int add_block(struct refine *f, uint32_t start, uint32_t len)
{
	int r;

	r = ATTEST_GROW(f->blocks, f->cap_blocks, f->n_blocks + 1);
	if (r < 0)
		return r;
	f->blocks[f->n_blocks] = (struct block){ .start = start, .len = len };
	for (uint32_t i = start; i < start + len; i++)
		f->block[f->elements[i]] = (uint32_t)f->n_blocks;
	f->n_blocks++;
	return 0;
}

static int refine_init(struct refine *f)
{
	const struct attest_dfa_state *states = f->dfa->states;
	uint32_t n = (uint32_t)f->dfa->n_states;
	int r = 0;

	f->block = calloc(n, sizeof(*f->block));
	f->position = calloc(n, sizeof(*f->position));
	f->elements = calloc(n, sizeof(*f->elements));
	f->signature = calloc(n, sizeof(*f->signature));
	f->dirty = calloc(n, sizeof(*f->dirty));
	f->next_dirty = calloc(n, sizeof(*f->next_dirty));
	f->is_dirty = calloc(n, sizeof(*f->is_dirty));
	if (!f->block || !f->position || !f->elements || !f->signature ||
	    !f->dirty || !f->next_dirty || !f->is_dirty)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		f->elements[i] = i;
		f->dirty[i] = i;
	}
	f->n_dirty = n;
	qsort_r(f->elements, n, sizeof(*f->elements), compare_states,
		(void *)states);
	for (uint32_t i = 0; i < n; i++)
		f->position[f->elements[i]] = i;
	for (uint32_t i = 0, from = 0; r == 0 && i < n; i++) {
		if (i + 1 < n && states[f->elements[i]].rank ==
				     states[f->elements[i + 1]].rank)
			continue;
		r = add_block(f, from, i + 1 - from);
		from = i + 1;
	}
	return r ?: find_predecessors(f);
}

static void sign(struct refine *f, uint32_t state)
{
	const struct attest_dfa_state *s = &f->dfa->states[state];
	const struct attest_dfa_move *m = f->dfa->moves + s->first;
	uint32_t deflt = f->block[s->deflt];
	struct signature h = { deflt + 0x2545f4914f6cdd1dULL,
			       deflt ^ 0x9e6c63d0876a9a47ULL };

	for (uint32_t i = 0; i < s->n_moves; i++) {
		uint64_t to = f->block[m[i].to];
		uint64_t v = to << 8 | m[i].byte;

		if (to == deflt)
			continue;
		h.a = (h.a ^ v) * 0x9e3779b97f4a7c15ULL;
		h.a ^= h.a >> 32;
		h.b = (h.b + v) * 0xd6e8feb86659fd93ULL;
		h.b ^= h.b >> 29;
	}
	f->signature[state] = h;
}

static void swap(struct refine *f, uint32_t i, uint32_t j)
{
	uint32_t a = f->elements[i];
	uint32_t b = f->elements[j];

	f->elements[i] = b;
	f->elements[j] = a;
	f->position[b] = i;
	f->position[a] = j;
}

/* Signs and marks what is dirty, and one clean state of each block. */
static int mark(struct refine *f)
{
	int r;

	f->n_touched = 0;
	for (size_t i = 0; i < f->n_dirty; i++) {
		uint32_t state = f->dirty[i];
		struct block *block = &f->blocks[f->block[state]];

		f->is_dirty[state] = false;
		sign(f, state);
		if (block->marked == 0) {
			r = ATTEST_GROW(f->touched, f->cap_touched,
					f->n_touched + 1);
			if (r < 0)
				return r;
			f->touched[f->n_touched++] = f->block[state];
		}
		swap(f, f->position[state], block->start + block->marked++);
	}
	for (size_t i = 0; i < f->n_touched; i++) {
		const struct block *block = &f->blocks[f->touched[i]];

		if (block->marked < block->len)
			sign(f, f->elements[block->start + block->marked]);
	}
	return 0;
}

static bool same(const struct refine *f, uint32_t a, uint32_t b)
{
	const struct signature *x = &f->signature[a];
	const struct signature *y = &f->signature[b];

	return x->a == y->a && x->b == y->b;
}

struct order {
	const struct signature *signature;
	const struct signature *last; /* sorts behind all others, or NULL */
};

static int compare_signatures(const void *a, const void *b, void *data)
{
	const struct order *o = data;
	const struct signature *x = &o->signature[*(const uint32_t *)a];
	const struct signature *y = &o->signature[*(const uint32_t *)b];
	bool x_last = o->last && x->a == o->last->a && x->b == o->last->b;
	bool y_last = o->last && y->a == o->last->a && y->b == o->last->b;

	if (x_last != y_last)
		return x_last - y_last;
	if (x->a != y->a)
		return x->a > y->a ? 1 : -1;
	return (x->b > y->b) - (x->b < y->b);
}

/* A part of a block becomes one of its own; who leads there is dirty. */
static int split_off(struct refine *f, uint32_t start, uint32_t len)
{
	int r;

	r = add_block(f, start, len);
	if (r < 0)
		return r;
	for (uint32_t i = start; i < start + len; i++) {
		uint32_t state = f->elements[i];

		for (uint32_t p = f->pred_start[state];
		     p < f->pred_start[state + 1]; p++) {
			uint32_t pred = f->preds[p];

			if (f->is_dirty[pred])
				continue;
			f->is_dirty[pred] = true;
			f->next_dirty[f->n_next++] = pred;
		}
	}
	return 0;
}

/* The end of the run of equal signatures that starts at i. */
static uint32_t run_end(const struct refine *f, const struct block *block,
			uint32_t i)
{
	uint32_t marked_end = block->start + block->marked;
	uint32_t j = i + 1;

	if (i >= marked_end)
		return block->start + block->len;
	while (j < marked_end && same(f, f->elements[i], f->elements[j]))
		j++;
	if (j == marked_end && block->marked < block->len &&
	    same(f, f->elements[i], f->elements[j]))
		j = block->start + block->len;
	return j;
}

static int split(struct refine *f, uint32_t number)
{
	struct block block = f->blocks[number];
	uint32_t end = block.start + block.len;
	struct order order = { f->signature, NULL };
	uint32_t largest = block.start;
	uint32_t largest_len = 0;
	int r;

	f->blocks[number].marked = 0;
	if (block.len == 1)
		return 0;
	if (block.marked < block.len)
		order.last =
		    &f->signature[f->elements[block.start + block.marked]];
	qsort_r(f->elements + block.start, block.marked, sizeof(*f->elements),
		compare_signatures, &order);
	for (uint32_t i = block.start; i < block.start + block.marked; i++)
		f->position[f->elements[i]] = i;
	for (uint32_t i = block.start, j; i < end; i = j) {
		j = run_end(f, &block, i);
		if (j - i > largest_len) {
			largest = i;
			largest_len = j - i;
		}
	}
	for (uint32_t i = block.start, j; i < end; i = j) {
		j = run_end(f, &block, i);
		if (i == largest)
			continue;
		r = split_off(f, i, j - i);
		if (r < 0)
			return r;
	}
	f->blocks[number].start = largest;
	f->blocks[number].len = largest_len;
	return 0;
}

static int refine(struct refine *f)
{
	int r = 0;

	while (r == 0 && f->n_dirty) {
		uint32_t *done = f->dirty;

		r = mark(f);
		f->n_next = 0;
		for (size_t i = 0; r == 0 && i < f->n_touched; i++)
			r = split(f, f->touched[i]);
		f->dirty = f->next_dirty;
		f->n_dirty = f->n_next;
		f->next_dirty = done;
	}
	return r;
}

/* A new automaton with a state for each block. */
static int merge(const struct refine *f, struct attest_dfa *to)
{
	_cleanup_free_ uint32_t *first = NULL;

	first = calloc(f->n_blocks, sizeof(*first));
	if (!first)
		return -ENOMEM;
	for (size_t i = 0; i < f->n_blocks; i++)
		first[i] = f->elements[f->blocks[i].start];
	return attest_dfa_merge(f->dfa, f->block, first, f->n_blocks, to);
}

int attest_dfa_minimise(struct attest_dfa *dfa)
{
	_cleanup_(refine_done) struct refine f = { .dfa = dfa };
	_cleanup_(attest_dfa_done) struct attest_dfa small = { 0 };
	int r;

	r = refine_init(&f);
	if (r == 0)
		r = refine(&f);
	if (r == 0)
		r = merge(&f, &small);
	if (r < 0)
		return r;
	attest_dfa_done(dfa);
	*dfa = small;
	memset(&small, 0, sizeof(small));
	return 0;
}
