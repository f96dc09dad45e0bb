// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "sandbox/landlock_abi.h"
#include "sandbox/landlock_walk.h"

/* Stands for any name that is not there yet; no pattern spells it. */
#define NEW_NAME "\001\002attest\002\001"

struct walk {
	struct attest_landlock_plan *plan;
	const struct attest_landlock_view *view;
	const struct attest_landlock_tree *tree;
	const size_t *numbers;
	const struct attest_rule *rules;
	size_t n_rules;
	size_t n_entries;
	char path[PATH_MAX]; /* "" is the root */
	size_t len;
};

/* Entries of one directory: a kind letter, the name and a NUL for each. */
struct entries {
	struct walk *walk;
	struct attest_str *list;
};

static int visit(struct walk *w, uint32_t state, bool is_directory,
		 uint64_t have, bool *ret_listable);

static const char *path_of(const struct walk *w)
{
	return w->len ? w->path : "/";
}

static int add_entry(void *arg, const char *name, bool is_directory)
{
	struct entries *e = arg;

	if (++e->walk->n_entries > ATTEST_LANDLOCK_ENTRIES_MAX)
		return -E2BIG;
	attest_str_putc(e->list, is_directory ? 'd' : 'f');
	attest_str_append(e->list, name, strlen(name) + 1);
	return e->list->error;
}

static int visit_entry(struct walk *w, uint32_t state, const char *name,
		       bool is_directory, uint64_t have, bool *ret_listable)
{
	size_t old = w->len;
	size_t n = strlen(name);
	int r;

	if (old + 1 + n >= sizeof(w->path)) {
		*ret_listable = false;
		return 0;
	}
	w->path[old] = '/';
	memcpy(w->path + old + 1, name, n + 1);
	w->len = old + 1 + n;
	r = visit(w, attest_landlock_view_step(w->view, state, name),
		  is_directory, have, ret_listable);
	w->len = old;
	w->path[old] = '\0';
	return r;
}

/* The directory can be passed through but not listed: try what rules name. */
static int visit_named(struct walk *w, uint32_t state, uint64_t have)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->n_rules; i++) {
		const char *rest = w->rules[i].path + w->len;
		_cleanup_free_ char *name = NULL;
		_cleanup_free_ char *path = NULL;
		enum attest_landlock_kind kind;
		bool listable = false;

		if (strncmp(w->rules[i].path, w->path, w->len) != 0 ||
		    rest[0] != '/' || rest[1] == '\0')
			continue;
		name = strndup(rest + 1, strcspn(rest + 1, "/"));
		if (!name || asprintf(&path, "%s/%s", w->path, name) < 0)
			return -ENOMEM;
		if (strpbrk(name, "*?[\\"))
			continue;
		kind = w->tree->kind(w->tree->ctx, path);
		if (kind == ATTEST_LANDLOCK_DIRECTORY ||
		    kind == ATTEST_LANDLOCK_FILE)
			r = visit_entry(w, state, name,
					kind == ATTEST_LANDLOCK_DIRECTORY, have,
					&listable);
	}
	return r;
}

static int mark_cut(struct walk *w, uint32_t state)
{
	uint32_t access;
	uint32_t rule = attest_landlock_view_rule(
	    w->view, attest_landlock_view_step(w->view, state, NEW_NAME),
	    &access);
	size_t fate = w->numbers[rule];

	w->plan->fates[fate].is_cut = true;
	return attest_landlock_note(
	    w->plan, fate,
	    "too many entries on the way to something stricter in '%s'; what "
	    "is left of it is refused",
	    path_of(w));
}

static int visit_entries(struct walk *w, uint32_t state, uint64_t have,
			 bool *ret_listable)
{
	_cleanup_str_ struct attest_str list = { 0 };
	struct entries entries = { .walk = w, .list = &list };
	bool all = true;
	int r;

	r = w->tree->list(w->tree->ctx, path_of(w), add_entry, &entries);
	if (r == -ENOMEM)
		return r;
	if (r == -E2BIG || w->plan->n_grants > ATTEST_LANDLOCK_GRANTS_MAX) {
		*ret_listable = false;
		return mark_cut(w, state);
	}
	if (r < 0) {
		*ret_listable = false;
		return visit_named(w, state, have);
	}
	for (size_t i = 0; i < list.len; i += strlen(list.data + i) + 1) {
		bool listable = true;

		r = visit_entry(w, state, list.data + i + 1,
				list.data[i] == 'd', have, &listable);
		if (r < 0)
			return r;
		all = all && listable;
	}
	*ret_listable = all;
	return 0;
}

/* What the policy gives to a name that is not there yet, and Landlock not. */
static int note_new_names(struct walk *w, uint32_t state, uint64_t given)
{
	uint32_t access;
	uint32_t rule;

	rule = attest_landlock_view_rule(
	    w->view, attest_landlock_view_step(w->view, state, NEW_NAME),
	    &access);
	if (!(attest_landlock_rights_for(access) & ~given))
		return 0;
	return attest_landlock_note(
	    w->plan, w->numbers[rule],
	    "'%s' holds something stricter: what is created in it later is "
	    "refused",
	    path_of(w));
}

static uint64_t base_rights(const struct walk *w, uint32_t state,
			    struct attest_landlock_bounds below)
{
	uint32_t access;

	if (w->plan->fit == ATTEST_LANDLOCK_STRICT)
		return attest_landlock_rights_for(below.all);
	(void)attest_landlock_view_rule(
	    w->view, attest_landlock_view_step(w->view, state, NEW_NAME),
	    &access);
	return attest_landlock_rights_for(access);
}

static int visit_directory(struct walk *w, uint32_t state, uint32_t access,
			   uint64_t have, bool *ret_listable)
{
	struct attest_landlock_bounds below;
	bool reads = access & ATTEST_ACCESS_READ;
	bool listable;
	uint64_t rights;
	int r = 0;

	below = attest_landlock_view_below(w->view, state);
	rights = base_rights(w, state, below);
	listable = reads && (rights & ATTEST_LL_READ_FILE);
	if (listable)
		rights |= ATTEST_LL_READ_DIR;
	if ((attest_landlock_rights_for(below.any) & ~(rights | have)) ||
	    (!listable && below.any)) {
		r = visit_entries(w, state, have | rights, &listable);
		listable = listable && reads;
		if (r == 0 && w->plan->fit == ATTEST_LANDLOCK_STRICT)
			r = note_new_names(w, state, rights | have);
	}
	if (w->plan->fit == ATTEST_LANDLOCK_LOOSE)
		listable = reads;
	if (listable)
		rights |= ATTEST_LL_READ_DIR;
	*ret_listable = listable;
	if (r == 0 && (rights & ~have))
		r = attest_landlock_grant_add(w->plan, path_of(w), rights,
					      true);
	return r;
}

static int visit(struct walk *w, uint32_t state, bool is_directory,
		 uint64_t have, bool *ret_listable)
{
	uint64_t rights;
	uint32_t access;

	(void)attest_landlock_view_rule(w->view, state, &access);
	if (is_directory)
		return visit_directory(w, state, access, have, ret_listable);
	*ret_listable = true;
	rights = attest_landlock_rights_for(access) & ATTEST_LL_FILE_RIGHTS;
	if (!(rights & ~have))
		return 0;
	return attest_landlock_grant_add(w->plan, w->path, rights, false);
}

int attest_landlock_walk(struct attest_landlock_plan *plan,
			 const struct attest_landlock_view *view,
			 const size_t *numbers, const struct attest_rule *rules,
			 size_t n_rules,
			 const struct attest_landlock_tree *tree)
{
	struct walk w = {
		.plan = plan,
		.view = view,
		.tree = tree,
		.numbers = numbers,
		.rules = rules,
		.n_rules = n_rules,
	};
	bool listable;

	return visit(&w, attest_landlock_view_root(view), true, 0, &listable);
}
