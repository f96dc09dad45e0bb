// SPDX-License-Identifier: Apache-2.0
/**
 * What holds at and below a path: bits that all states have, or any state,
 * carried backwards along the moves until nothing changes.
 */
#include <errno.h>
#include <stdlib.h>

#include <attest/image.h>

#include "base/cleanup.h"
#include "policy/dfa.h"

/* Every byte but NUL, which no path has. */
#define PATH_BYTES 255

struct reach {
	const struct attest_dfa *dfa;
	const uint8_t *access;
	uint32_t *preds; /* predecessor << 1 | by a byte of a name */
	uint32_t *start;
	uint8_t *all; /* of the paths that are longer than this state's */
	uint8_t *any;
	uint32_t *queue; /* a ring of states that changed */
	bool *queued;
};

static void reach_done(struct reach *r)
{
	free(r->preds);
	free(r->start);
	free(r->all);
	free(r->any);
	free(r->queue);
	free(r->queued);
}

/* The i-th move of a state, the default last; false past the end. */
static bool move(const struct attest_dfa *dfa, uint32_t state, uint32_t i,
		 uint32_t *ret_to, bool *ret_name)
{
	const struct attest_dfa_state *s = &dfa->states[state];

	if (i < s->n_moves) {
		*ret_to = dfa->moves[s->first + i].to;
		*ret_name = dfa->moves[s->first + i].byte != '/';
		return true;
	}
	*ret_to = s->deflt;
	*ret_name = true; /* a '/' among others adds nothing to them */
	return i == s->n_moves && s->n_moves < PATH_BYTES;
}

static int find_predecessors(struct reach *r)
{
	size_t n = r->dfa->n_states;
	uint32_t to;
	bool name;

	r->start = calloc(n + 1, sizeof(*r->start));
	r->preds = calloc(n + r->dfa->n_moves, sizeof(*r->preds));
	r->all = calloc(n, 1);
	r->any = calloc(n, 1);
	r->queue = calloc(n, sizeof(*r->queue));
	r->queued = calloc(n, sizeof(*r->queued));
	if (!r->start || !r->preds || !r->all || !r->any || !r->queue ||
	    !r->queued)
		return -ENOMEM;
	for (uint32_t s = 0; s < n; s++)
		for (uint32_t i = 0; move(r->dfa, s, i, &to, &name); i++)
			r->start[to]++;
	for (size_t s = 1; s <= n; s++)
		r->start[s] += r->start[s - 1];
	for (uint32_t s = 0; s < n; s++)
		for (uint32_t i = 0; move(r->dfa, s, i, &to, &name); i++)
			r->preds[--r->start[to]] = s << 1 | name;
	return 0;
}

/* A state never changes more often than it has bits, so this ends. */
static void spread(struct reach *r)
{
	uint32_t n = (uint32_t)r->dfa->n_states;
	uint32_t head = 0;
	uint32_t waiting = n;

	for (uint32_t s = 0; s < n; s++) {
		r->all[s] = ATTEST_ACCESS_ALL;
		r->queue[s] = n - 1 - s;
		r->queued[s] = true;
	}
	while (waiting) {
		uint32_t s = r->queue[head];

		head = head + 1 == n ? 0 : head + 1;
		waiting--;
		r->queued[s] = false;
		for (uint32_t i = r->start[s]; i < r->start[s + 1]; i++) {
			uint32_t p = r->preds[i] >> 1;
			bool name = r->preds[i] & 1;
			uint8_t all = r->all[s];
			uint8_t any = r->any[s];

			all &= name ? r->access[s] : ATTEST_ACCESS_ALL;
			any |= name ? r->access[s] : 0;
			if ((r->all[p] & all) == r->all[p] &&
			    (r->any[p] | any) == r->any[p])
				continue;
			r->all[p] &= all;
			r->any[p] |= any;
			if (r->queued[p])
				continue;
			r->queued[p] = true;
			r->queue[(uint32_t)(((uint64_t)head + waiting) % n)] =
			    p;
			waiting++;
		}
	}
}

int attest_dfa_subtree(const struct attest_dfa *dfa, const uint8_t *access,
		       uint8_t **ret)
{
	_cleanup_(reach_done) struct reach r = { .dfa = dfa, .access = access };
	_cleanup_free_ uint8_t *bytes = NULL;
	int error;

	bytes = calloc(dfa->n_states, 1);
	if (!bytes)
		return -ENOMEM;
	error = find_predecessors(&r);
	if (error < 0)
		return error;
	spread(&r);
	for (uint32_t s = 0; s < dfa->n_states; s++) {
		uint32_t below = attest_dfa_step(dfa, s, '/');
		uint8_t all = access[s] & r.all[below];
		uint8_t any = access[s] | r.any[below];

		bytes[s] = (uint8_t)(all | any << 4);
	}
	*ret = TAKE_PTR(bytes);
	return 0;
}
