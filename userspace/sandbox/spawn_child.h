/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What runs between fork and exec. Async-signal-safe, no allocation: the
 * caller may have threads that held a lock when it forked.
 */
#pragma once

#include <stdatomic.h>

#include "sandbox/spawn.h"

/**
 * Memory that parent and child share up to the exec. The child reports
 * through it because a seccomp filter may refuse every system call that could
 * carry a report.
 */
struct attest_spawn_shared {
	struct attest_spawn_error error;
	/* The listener in the child's table; LISTENER_* below if negative. */
	atomic_int listener;
	/* Who passes the listener on; the parent's child, 0 if there is none.
	 */
	atomic_int helper;
};

#define ATTEST_LISTENER_PENDING (-1)
#define ATTEST_LISTENER_FAILED (-2)

/** Notes a failure; returns -1. */
int attest_child_fail(struct attest_spawn_shared *shared,
		      enum attest_spawn_step step, int error, const char *path);

/**
 * Sets up the calling process, waits for the parent and executes. The result
 * is in shared; the process ends with exit status 127 or 126 on failure.
 *
 * @script: argv for /bin/sh with an empty slot 1, for a program without an
 *          interpreter line.
 */
_Noreturn void attest_child_run(const struct attest_spawn_options *options,
				struct attest_spawn_shared *shared, int channel,
				const char **script);
