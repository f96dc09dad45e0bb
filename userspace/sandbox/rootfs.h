/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Makes the file tree of a container and moves the caller into it.
 */
#pragma once

#include "sandbox/container.h"

struct attest_spawn_shared;

/**
 * Builds the tree in the caller's own mount namespace and makes it the root.
 *
 * @shared: gets step, errno and path of a failure.
 *
 * Context: between fork and exec, pid 1 of its namespaces; no allocation.
 * Return: 0 or -1.
 */
int attest_rootfs_enter(const struct attest_container *container,
			struct attest_spawn_shared *shared);

/** Adds a plan's grants for paths where the container has mounts of its own,
 * since the ruleset is about the host's inodes. 0 or -errno.
 */
int attest_rootfs_grant(const struct attest_container *container,
			const struct attest_landlock_plan *plan, int abi,
			int landlock_fd);
