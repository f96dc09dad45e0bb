/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The part of the planner that walks the file tree. Used by landlock_plan.c.
 */
#pragma once

#include "sandbox/landlock_plan.h"
#include "sandbox/landlock_view.h"

/**
 * Adds the grants for the whole tree to a plan.
 *
 * @view:    of an image that holds the carried rules only.
 * @numbers: rule of that image to index of plan->fates.
 * @rules:   the carried rules, for names that cannot be listed.
 *
 * Return: 0 or -ENOMEM.
 */
int attest_landlock_walk(struct attest_landlock_plan *plan,
			 const struct attest_landlock_view *view,
			 const size_t *numbers, const struct attest_rule *rules,
			 size_t n_rules,
			 const struct attest_landlock_tree *tree);

/** Chooses the rules that Landlock carries and adds their grants. */
int attest_landlock_plan_rules(struct attest_landlock_plan *plan,
			       const struct attest_policy *policy,
			       const struct attest_image_hdr *image,
			       const struct attest_landlock_tree *tree);

/** Adds one grant, or nothing if rights is 0. 0 or -ENOMEM. */
int attest_landlock_grant_add(struct attest_landlock_plan *plan,
			      const char *path, uint64_t rights,
			      bool is_directory);

/** Sets the note of a rule unless it has one. 0 or -ENOMEM. */
__attribute__((format(printf, 3, 4))) int
attest_landlock_note(struct attest_landlock_plan *plan, size_t fate,
		     const char *format, ...);
