// SPDX-License-Identifier: Apache-2.0
/* Bounds by fixpoint over the automaton. For a state, `name` bounds what can
 * be reached when it is in the middle or at the end of a component (it is a
 * path itself), `slash` what can be reached when a '/' has just been read (it
 * is none). Both only widen, so the loop ends.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "sandbox/landlock_view.h"

#define ATTEST_IMAGE_TYPE const struct attest_landlock_view *

struct attest_landlock_view {
	const struct attest_image_hdr *image;
	const struct attest_image_state *states;
	const struct attest_image_cell *cells;
	const struct attest_image_rule *rules;
	struct attest_landlock_bounds *name;
	struct attest_landlock_bounds *slash;
	/* Where a byte of a name leads to: moves[first[s]..first[s + 1]]. */
	uint32_t *first;
	uint32_t *moves;
};

static inline const struct attest_image_state *
attest_image_state_at(const struct attest_landlock_view *view, uint32_t i)
{
	return i < view->image->n_states ? &view->states[i] : NULL;
}

static inline const struct attest_image_cell *
attest_image_cell_at(const struct attest_landlock_view *view, uint32_t i)
{
	return i < view->image->n_cells ? &view->cells[i] : NULL;
}

#include <attest/match.h>

static const struct attest_landlock_bounds nothing = { .all = 0, .any = 0 };
/* The empty set: every path of it is allowed everything. */
static const struct attest_landlock_bounds empty = { .all = ATTEST_ACCESS_ALL };

static bool join(struct attest_landlock_bounds *to,
		 struct attest_landlock_bounds from)
{
	struct attest_landlock_bounds old = *to;

	to->all &= from.all;
	to->any |= from.any;
	return to->all != old.all || to->any != old.any;
}

static struct attest_landlock_bounds
at(const struct attest_landlock_bounds *bounds,
   const struct attest_landlock_view *view, uint32_t state)
{
	return state < view->image->n_states ? bounds[state] : nothing;
}

uint32_t attest_landlock_view_rule(const struct attest_landlock_view *view,
				   uint32_t state, uint32_t *ret_access)
{
	uint32_t rule;

	*ret_access = 0;
	if (state >= view->image->n_states)
		return 0;
	rule = view->states[state].rule;
	if (rule >= view->image->n_rules)
		return 0;
	*ret_access = view->rules[rule].access;
	return rule;
}

/* Everything that a name may go on with from here, without a '/'. */
static struct attest_landlock_bounds
names(const struct attest_landlock_view *view, uint32_t state)
{
	struct attest_landlock_bounds sum =
	    at(view->name, view, view->states[state].deflt);

	for (uint32_t i = view->first[state]; i < view->first[state + 1]; i++)
		(void)join(&sum, at(view->name, view, view->moves[i]));
	return sum;
}

/* The byte that a cell is for, or 0 if it is of no use for names. */
static uint32_t byte_of(const struct attest_landlock_view *view, uint32_t cell)
{
	uint32_t owner = view->cells[cell].owner;
	uint32_t byte;

	if (owner >= view->image->n_states)
		return 0;
	byte = cell - view->states[owner].base;
	return byte < 256 && byte != '/' ? byte : 0;
}

/* The tables hold the moves scattered: sort them by state, once. */
static int collect_moves(struct attest_landlock_view *view)
{
	uint32_t n = view->image->n_states;

	view->first = calloc((size_t)n + 2, sizeof(*view->first));
	view->moves =
	    calloc((size_t)view->image->n_cells + 1, sizeof(*view->moves));
	if (!view->first || !view->moves)
		return -ENOMEM;
	for (uint32_t i = 0; i < view->image->n_cells; i++)
		if (byte_of(view, i))
			view->first[view->cells[i].owner + 2]++;
	for (uint32_t i = 2; i < n + 2; i++)
		view->first[i] += view->first[i - 1];
	/* first[s + 1] counts up from where s begins to where s + 1 does. */
	for (uint32_t i = 0; i < view->image->n_cells; i++)
		if (byte_of(view, i))
			view->moves[view->first[view->cells[i].owner + 1]++] =
			    view->cells[i].next;
	return 0;
}

static bool widen(struct attest_landlock_view *view, uint32_t state)
{
	struct attest_landlock_bounds next = names(view, state);
	uint32_t access;
	bool changed;

	changed = join(&view->slash[state], next);
	(void)attest_landlock_view_rule(view, state, &access);
	(void)join(&next, (struct attest_landlock_bounds){ access, access });
	(void)join(&next, attest_landlock_view_below(view, state));
	return join(&view->name[state], next) || changed;
}

int attest_landlock_view_new(const struct attest_image_hdr *image,
			     struct attest_landlock_view **ret)
{
	_cleanup_(attest_landlock_view_free) struct attest_landlock_view *view =
	    NULL;
	const char *base = (const char *)image;
	uint32_t n = image->n_states;
	bool changed = true;

	view = calloc(1, sizeof(*view));
	if (!view)
		return -ENOMEM;
	view->image = image;
	view->states = (const void *)(base + image->states_off);
	view->cells = (const void *)(base + image->cells_off);
	view->rules = (const void *)(base + image->rules_off);
	view->name = calloc(n, sizeof(*view->name));
	view->slash = calloc(n, sizeof(*view->slash));
	if (!view->name || !view->slash)
		return -ENOMEM;
	if (collect_moves(view) < 0)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		view->name[i] = view->slash[i] = empty;
	/* Both directions, so that a long chain settles in one pass. */
	while (changed) {
		changed = false;
		for (uint32_t i = 0; i < n; i++)
			changed |= widen(view, i);
		for (uint32_t i = n; i > 0; i--)
			changed |= widen(view, i - 1);
	}
	*ret = TAKE_PTR(view);
	return 0;
}

void attest_landlock_view_free(struct attest_landlock_view **view)
{
	struct attest_landlock_view *v = *view;

	*view = NULL;
	if (!v)
		return;
	free(v->name);
	free(v->slash);
	free(v->first);
	free(v->moves);
	free(v);
}

uint32_t attest_landlock_view_root(const struct attest_landlock_view *view)
{
	return view->image->fs_start;
}

uint32_t attest_landlock_view_step(const struct attest_landlock_view *view,
				   uint32_t state, const char *name)
{
	state = attest_match_byte(view, state, '/');
	for (; *name; name++)
		state = attest_match_byte(view, state, (uint8_t)*name);
	return state;
}

struct attest_landlock_bounds
attest_landlock_view_below(const struct attest_landlock_view *view,
			   uint32_t state)
{
	return at(view->slash, view, attest_match_byte(view, state, '/'));
}
