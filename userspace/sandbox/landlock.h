/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Landlock system calls: probe, a ruleset from a plan, restrict.
 */
#pragma once

#include "sandbox/landlock_plan.h"

/**
 * The kernel's Landlock ABI.
 *
 * Return: 1 or more; -ENOSYS not built in, -EOPNOTSUPP switched off (boot
 * with lsm=landlock,...).
 */
int attest_landlock_probe(void);

/** What to do about an attest_landlock_probe() failure. */
const char *attest_landlock_remedy(int error);

/**
 * Makes a ruleset of a plan, with all that this ABI can handle.
 *
 * Paths that are gone by now are left out: nothing is allowed there. So are
 * the command's own in /proc: attest_landlock_grant_own().
 *
 * @ret_fd:      close-on-exec descriptor, owned by the caller.
 * @reterr_path: the path that failed, borrowed from plan, or NULL.
 *
 * Return: 0; -ENOTSUP if this ABI handles nothing of the plan; or what the
 * kernel said.
 */
int attest_landlock_ruleset(const struct attest_landlock_plan *plan, int abi,
			    int *ret_fd, const char **reterr_path);

/**
 * Adds one path to a ruleset. rights must be ones that it handles.
 *
 * Context: between fork and exec; async-signal-safe.
 * Return: 0, also if the path is not there; or -errno.
 */
int attest_landlock_grant_path(int ruleset_fd, const char *path,
			       uint64_t rights);

/**
 * Adds the grants of a plan that are about the calling process itself.
 *
 * Context: between fork and exec; async-signal-safe.
 * Return: 0 or -errno.
 */
int attest_landlock_grant_own(int ruleset_fd,
			      const struct attest_landlock_plan *plan, int abi);

/**
 * Confines the calling thread. no_new_privs must be set.
 *
 * Context: between fork and exec; async-signal-safe.
 * Return: 0 or -errno.
 */
int attest_landlock_restrict(int ruleset_fd, uint32_t flags);
