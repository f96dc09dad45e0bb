/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A file tree in which one directory of the host is seen at another path, for
 * planning what a container will look like.
 */
#pragma once

#include "sandbox/landlock_plan.h"

struct attest_landlock_moved {
	const struct attest_landlock_tree *tree; /* the host's */
	const char *source;			 /* absolute, resolved */
	const char *target;			 /* absolute */
};

/** The tree; moved is borrowed while it is in use. */
struct attest_landlock_tree
attest_landlock_moved_tree(struct attest_landlock_moved *moved);
