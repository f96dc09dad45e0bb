/* SPDX-License-Identifier: Apache-2.0 */
/**
 * `--fold 5s`: a sink in front of a sink that merges what a job repeats.
 *
 * The same: policy, rule, type, action, hook, system call, paths, address,
 * program, user, cgroup and container. Not compared: process, arguments and
 * the instruction. The first record is held for the window, its process
 * included, then goes on with the count of all. Counts add up: nothing is
 * dropped. Gaps are never held.
 */
#pragma once

#include "event/sink.h"

/** Records held at one time; past it the oldest goes on early. */
#define ATTEST_FOLD_MAX 4096

/**
 * @next: closed with the fold.
 * @ret:  its ops->close() frees it.
 *
 * Return: 0 or -ENOMEM, and then next is still the caller's.
 */
int attest_fold_new(struct attest_sink *next, uint64_t window_ns,
		    struct attest_sink **ret);
/** The sink behind a fold, or sink itself if it is none. */
struct attest_sink *attest_fold_next(struct attest_sink *sink);
