// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/grow.h"
#include "policy/state_sets.h"

int attest_state_sets_init(struct attest_state_sets *sets,
			   const struct attest_nfa *nfa, struct attest_dfa *dfa)
{
	sets->nfa = nfa;
	sets->dfa = dfa;
	sets->seen = calloc(nfa->n_nodes, sizeof(*sets->seen));
	return sets->seen ? 0 : -ENOMEM;
}

void attest_state_sets_done(struct attest_state_sets *sets)
{
	free(sets->sets);
	free(sets->pool);
	free(sets->table);
	free(sets->work);
	free(sets->seen);
}

void attest_state_sets_begin(struct attest_state_sets *sets)
{
	sets->round++;
	sets->n_work = 0;
}

int attest_state_sets_add(struct attest_state_sets *sets, uint32_t node)
{
	size_t next = sets->n_work;
	int r;

	if (sets->seen[node] == sets->round)
		return 0;
	sets->seen[node] = sets->round;
	r = ATTEST_GROW(sets->work, sets->cap_work, sets->n_work + 1);
	if (r < 0)
		return r;
	sets->work[sets->n_work++] = node;
	for (; next < sets->n_work; next++) {
		uint32_t e = sets->nfa->nodes[sets->work[next]].edges;

		for (; e != ATTEST_EDGE_NONE; e = sets->nfa->edges[e].next) {
			const struct attest_nfa_edge *edge =
			    &sets->nfa->edges[e];

			if (edge->kind != ATTEST_EDGE_EMPTY ||
			    sets->seen[edge->to] == sets->round)
				continue;
			sets->seen[edge->to] = sets->round;
			r = ATTEST_GROW(sets->work, sets->cap_work,
					sets->n_work + 1);
			if (r < 0)
				return r;
			sets->work[sets->n_work++] = edge->to;
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

/* Sorts the set in work. Most sets have one to three nodes. */
static void sort_work(struct attest_state_sets *sets)
{
	uint32_t *work = sets->work;

	if (sets->n_work >= 16) {
		qsort(work, sets->n_work, sizeof(*work), compare_u32);
		return;
	}
	for (size_t i = 1; i < sets->n_work; i++) {
		uint32_t v = work[i];
		size_t j = i;

		for (; j && work[j - 1] > v; j--)
			work[j] = work[j - 1];
		work[j] = v;
	}
}

/* Cuts and sorts the set in work. Returns the winner's rank. */
static uint32_t settle(struct attest_state_sets *sets)
{
	const struct attest_nfa_node *nodes = sets->nfa->nodes;
	uint32_t tail = ATTEST_RANK_NONE;
	uint32_t rank = ATTEST_RANK_NONE;
	size_t n = 0;

	for (size_t i = 0; i < sets->n_work; i++) {
		const struct attest_nfa_node *node = &nodes[sets->work[i]];

		if (node->rank < rank)
			rank = node->rank;
		if (is_tail(node) && node->rank < tail)
			tail = node->rank;
	}
	for (size_t i = 0; i < sets->n_work; i++) {
		const struct attest_nfa_node *node = &nodes[sets->work[i]];

		/* What can at best reach the tail's own rule adds nothing. */
		if (tail != ATTEST_RANK_NONE &&
		    (node->best > tail ||
		     (node->best == tail && !is_tail(node))))
			continue;
		sets->work[n++] = sets->work[i];
	}
	sets->n_work = n;
	sort_work(sets);
	return rank;
}

static uint64_t hash_set(const uint32_t *set, size_t n)
{
	uint64_t h = 0x2545f4914f6cdd1dULL ^ n;

	for (size_t i = 0; i < n; i++)
		h = (h ^ set[i]) * 0x9e3779b97f4a7c15ULL ^ h >> 29;
	return h ^ h >> 32;
}

static int grow_table(struct attest_state_sets *sets)
{
	size_t n = sets->n_table ? sets->n_table * 2 : 4096;
	uint32_t *table;

	if (sets->dfa->n_states * 2 < sets->n_table)
		return 0;
	table = calloc(n, sizeof(*table));
	if (!table)
		return -ENOMEM;
	for (uint32_t s = 0; s < sets->dfa->n_states; s++) {
		const struct attest_state_set *set = &sets->sets[s];
		size_t i =
		    hash_set(sets->pool + set->offset, set->len) & (n - 1);

		while (table[i])
			i = (i + 1) & (n - 1);
		table[i] = s + 1;
	}
	free(sets->table);
	sets->table = table;
	sets->n_table = n;
	return 0;
}

static int add_state(struct attest_state_sets *sets, uint32_t rank)
{
	struct attest_dfa *dfa = sets->dfa;
	int r;

	if (dfa->n_states >= ATTEST_DFA_STATES_MAX ||
	    sets->n_pool + sets->n_work > ATTEST_DFA_SETS_MAX)
		return -E2BIG;
	r = ATTEST_GROW(dfa->states, dfa->cap_states, dfa->n_states + 1);
	if (r == 0)
		r = ATTEST_GROW(sets->sets, sets->cap_sets, dfa->n_states + 1);
	if (r == 0)
		r = ATTEST_GROW(sets->pool, sets->cap_pool,
				sets->n_pool + sets->n_work);
	if (r < 0)
		return r;
	sets->sets[dfa->n_states] =
	    (struct attest_state_set){ (uint32_t)sets->n_pool,
				       (uint32_t)sets->n_work };
	if (sets->n_work)
		memcpy(sets->pool + sets->n_pool, sets->work,
		       sets->n_work * sizeof(*sets->work));
	sets->n_pool += sets->n_work;
	dfa->states[dfa->n_states++] =
	    (struct attest_dfa_state){ .rank = rank };
	return 0;
}

int attest_state_sets_find(struct attest_state_sets *sets, uint32_t *ret)
{
	uint32_t rank = settle(sets);
	size_t i;
	int r;

	r = grow_table(sets);
	if (r < 0)
		return r;
	i = hash_set(sets->work, sets->n_work) & (sets->n_table - 1);
	for (; sets->table[i]; i = (i + 1) & (sets->n_table - 1)) {
		const struct attest_state_set *set =
		    &sets->sets[sets->table[i] - 1];

		if (set->len == sets->n_work &&
		    sets->dfa->states[sets->table[i] - 1].rank == rank &&
		    (set->len == 0 ||
		     memcmp(sets->pool + set->offset, sets->work,
			    set->len * sizeof(*sets->work)) == 0)) {
			*ret = sets->table[i] - 1;
			return 0;
		}
	}
	r = add_state(sets, rank);
	if (r < 0)
		return r;
	*ret = (uint32_t)sets->dfa->n_states - 1;
	sets->table[i] = *ret + 1;
	return 0;
}
