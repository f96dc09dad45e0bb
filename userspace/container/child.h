/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The runtime as a foreground child: signals passed on, the end of its
 * standard error kept.
 */
#pragma once

#include <stddef.h>

#include "container/runtime.h"

#define ATTEST_CHILD_TAIL 8192 /* bytes of standard error kept */

struct attest_child_tail {
	char data[ATTEST_CHILD_TAIL];
	size_t len;
};

/**
 * Starts argv and waits for its end.
 *
 * @guard_fd:   of attest_container_guard_start(): the child registers there
 * first.
 * @keep_error: copy its standard error through us into tail; otherwise it
 *              writes to ours directly.
 * @watch:      served meanwhile; may be NULL.
 * @ret_status: exit status, 128 + signal.
 *
 * Return: 0; -errno: it could not be started.
 */
int attest_runtime_run(char *const *argv, int guard_fd, int keep_error,
		       struct attest_container_watch *watch,
		       struct attest_child_tail *tail, int *ret_status);
