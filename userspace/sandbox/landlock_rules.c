// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "policy/image.h"
#include "sandbox/landlock_abi.h"
#include "sandbox/landlock_walk.h"

#define WILDCARDS "*?[\\"

/* Some of a policy's rules, compiled. */
struct subset {
	struct attest_policy policy;
	struct attest_rule *rules;
	size_t *numbers; /* rule of the image to index of plan->fates */
	struct attest_image_hdr *own;
	const struct attest_image_hdr *image;
	struct attest_landlock_view *view;
};

static void subset_done(struct subset *s)
{
	attest_landlock_view_free(&s->view);
	free(s->own);
	free(s->rules);
	free(s->numbers);
	*s = (struct subset){ 0 };
}

enum attest_landlock_pattern attest_landlock_classify(const char *pattern)
{
	enum attest_landlock_pattern kind = ATTEST_LANDLOCK_PLAIN;

	while (*pattern) {
		size_t n;

		pattern += strspn(pattern, "/");
		n = strcspn(pattern, "/");
		if (strcspn(pattern, WILDCARDS) < n) {
			const char *stars = strstr(pattern, "**");
			bool is_last = pattern[n] == '\0';

			if (stars && stars < pattern + n &&
			    !(is_last && n == 2))
				return ATTEST_LANDLOCK_DEEP;
			if (!(n == 1 && *pattern == '*') &&
			    !(is_last && stars == pattern))
				kind = ATTEST_LANDLOCK_NAMES;
		}
		pattern += n;
	}
	return kind;
}

/* The directory or file that a pattern starts from. */
static char *literal_prefix(const char *pattern)
{
	size_t n = strcspn(pattern, WILDCARDS);

	if (pattern[n])
		while (n > 0 && pattern[n] != '/')
			n--;
	while (n > 1 && pattern[n - 1] == '/')
		n--;
	return n ? strndup(pattern, n) : strdup("/");
}

static uint32_t access_of(const struct attest_rule *rule)
{
	uint32_t access = 0;

	if (rule->access == ATTEST_PATH_FORBIDDEN)
		return 0;
	access |= ATTEST_ACCESS_READ;
	if (rule->access == ATTEST_PATH_READ_WRITE)
		access |= ATTEST_ACCESS_WRITE;
	if (rule->execute)
		access |= ATTEST_ACCESS_EXECUTE;
	return access;
}

/* Compiles the rules that are carried so far. */
static int subset_make(struct subset *s, const struct attest_policy *policy,
		       const struct attest_image_hdr *image,
		       const struct attest_landlock_plan *plan)
{
	struct attest_diag diag;
	size_t n = 0;
	int r;

	subset_done(s);
	s->policy = *policy;
	s->rules = calloc(policy->n_rules + 1, sizeof(*s->rules));
	s->numbers = calloc(policy->n_rules + 1, sizeof(*s->numbers));
	if (!s->rules || !s->numbers)
		return -ENOMEM;
	for (size_t i = 0; i < policy->n_rules; i++) {
		if (!plan->fates[i + 1].is_carried)
			continue;
		s->rules[n++] = policy->rules[i];
		s->numbers[n] = i + 1;
	}
	s->policy.rules = s->rules;
	s->policy.n_rules = n;
	s->image = image;
	if (!image || n < policy->n_rules) {
		r = attest_image_build(&s->policy, &s->own, &diag);
		if (r < 0)
			return r;
		s->image = s->own;
	}
	return attest_landlock_view_new(s->image, &s->view);
}

static int below_prefix(const struct subset *s, const struct attest_rule *rule,
			struct attest_landlock_bounds *ret)
{
	_cleanup_free_ char *prefix = literal_prefix(rule->path);
	uint32_t state = attest_landlock_view_root(s->view);
	char *save;

	if (!prefix)
		return -ENOMEM;
	for (char *name = strtok_r(prefix, "/", &save); name;
	     name = strtok_r(NULL, "/", &save))
		state = attest_landlock_view_step(s->view, state, name);
	*ret = attest_landlock_view_below(s->view, state);
	return 0;
}

/* First the plain rules alone, then the others that do no harm to them. */
static int choose(struct attest_landlock_plan *plan, struct subset *s,
		  const struct attest_policy *policy,
		  const struct attest_image_hdr *image)
{
	bool is_complete = true;
	int r;

	for (size_t i = 0; i < policy->n_rules; i++) {
		plan->fates[i + 1].is_carried =
		    attest_landlock_classify(policy->rules[i].path) ==
		    ATTEST_LANDLOCK_PLAIN;
		is_complete &= plan->fates[i + 1].is_carried;
	}
	r = subset_make(s, policy, image, plan);
	for (size_t i = 0; r == 0 && i < policy->n_rules; i++) {
		const struct attest_rule *rule = &policy->rules[i];
		struct attest_landlock_bounds bounds = { 0 };

		if (attest_landlock_classify(rule->path) !=
		    ATTEST_LANDLOCK_NAMES)
			continue;
		r = below_prefix(s, rule, &bounds);
		plan->fates[i + 1].is_carried =
		    !(bounds.all & ~access_of(rule) & ATTEST_ACCESS_WRITE);
	}
	if (r < 0 || is_complete)
		return r;
	return subset_make(s, policy, image, plan);
}

static int note_start(struct attest_landlock_plan *plan, size_t fate,
		      const char *prefix,
		      const struct attest_landlock_tree *tree)
{
	switch (tree->kind(tree->ctx, prefix)) {
	case ATTEST_LANDLOCK_MISSING:
		return attest_landlock_note(plan, fate,
					    "'%s' does not exist at the start: "
					    "created later, it is treated as "
					    "its directory is",
					    prefix);
	case ATTEST_LANDLOCK_SYMLINK:
		return attest_landlock_note(
		    plan, fate,
		    "'%s' is or passes a symbolic link, and rules are about "
		    "resolved paths: this one matches nothing",
		    prefix);
	default:
		return 0;
	}
}

/* A rule that is left out: does that open anything? */
static int leave_out(struct attest_landlock_plan *plan, size_t fate,
		     const struct subset *s, const struct attest_rule *rule,
		     const char *prefix)
{
	struct attest_landlock_bounds bounds = { 0 };
	int r;

	r = below_prefix(s, rule, &bounds);
	if (r < 0)
		return r;
	plan->fates[fate].is_safe = !(bounds.any & ~access_of(rule));
	/* In a loose plan it must not be in the way. */
	if (plan->fit == ATTEST_LANDLOCK_LOOSE && access_of(rule))
		return attest_landlock_grant_add(
		    plan, prefix,
		    attest_landlock_rights_for(access_of(rule)) |
			ATTEST_LL_READ_DIR,
		    true);
	return 0;
}

static int settle(struct attest_landlock_plan *plan, const struct subset *s,
		  const struct attest_policy *policy,
		  const struct attest_landlock_tree *tree)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < policy->n_rules; i++) {
		const struct attest_rule *rule = &policy->rules[i];
		_cleanup_free_ char *prefix = literal_prefix(rule->path);

		if (!prefix)
			return -ENOMEM;
		if (plan->fates[i + 1].is_carried)
			r = note_start(plan, i + 1, prefix, tree);
		else
			r = leave_out(plan, i + 1, s, rule, prefix);
	}
	return r;
}

/* The planner's own directory in /proc stood for the command's. */
static void mark_own(struct attest_landlock_plan *plan,
		     const struct attest_landlock_tree *tree)
{
	char own[64];
	size_t n;

	if (!tree->own)
		return;
	tree->own(tree->ctx, own, sizeof(own));
	n = strlen(own);
	for (size_t i = 0; i < plan->n_grants; i++) {
		char *path = plan->grants[i].path;

		if (!attest_has_prefix(path, own) ||
		    (path[n] != '\0' && path[n] != '/'))
			continue;
		plan->grants[i].is_own = true;
		memmove(path, path + n, strlen(path + n) + 1);
	}
}

int attest_landlock_plan_rules(struct attest_landlock_plan *plan,
			       const struct attest_policy *policy,
			       const struct attest_image_hdr *image,
			       const struct attest_landlock_tree *tree)
{
	_cleanup_(subset_done) struct subset s = { 0 };
	int r;

	r = choose(plan, &s, policy, image);
	r = r ?: settle(plan, &s, policy, tree);
	r = r
		?: attest_landlock_walk(plan, s.view, s.numbers, s.rules,
					s.policy.n_rules, tree);
	if (r == 0)
		mark_own(plan, tree);
	return r;
}
