/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Answers, from a compiled policy, what holds for a path and for everything
 * that can exist below it. Pure.
 *
 * The answers come from the image's automaton, the same tables the kernel
 * matches with, so a Landlock ruleset cannot disagree with the BPF layer.
 */
#pragma once

#include <stdint.h>

#include <attest/image.h>

/** Bounds of the access of a set of paths, ATTEST_ACCESS_*. */
struct attest_landlock_bounds {
	uint32_t all; /* allowed for every path of the set */
	uint32_t any; /* allowed for at least one */
};

struct attest_landlock_view;

/**
 * Prepares the answers for a valid image.
 *
 * @image: borrowed for the life of the view; attest_image_is_valid().
 *
 * Return: 0 or -ENOMEM.
 */
int attest_landlock_view_new(const struct attest_image_hdr *image,
			     struct attest_landlock_view **ret);
void attest_landlock_view_free(struct attest_landlock_view **view);

/** The state of the root directory. */
uint32_t attest_landlock_view_root(const struct attest_landlock_view *view);

/** The state of entry `name` of the directory in `state`. */
uint32_t attest_landlock_view_step(const struct attest_landlock_view *view,
				   uint32_t state, const char *name);

/** The image's rule that decides on a path in `state`, and its access. */
uint32_t attest_landlock_view_rule(const struct attest_landlock_view *view,
				   uint32_t state, uint32_t *ret_access);

/** What holds for all paths strictly below a path in `state`. */
struct attest_landlock_bounds
attest_landlock_view_below(const struct attest_landlock_view *view,
			   uint32_t state);
