/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Process limits of a policy as kernel resource limits. Lowered, never raised.
 */
#pragma once

#include <stdint.h>
#include <sys/resource.h>

#include "policy/coverage.h"
#include "policy/policy.h"

/** Order of the items in coverage (ATTEST_ITEM_PROCESS_LIMIT's index). */
enum attest_process_limit {
	ATTEST_LIMIT_OPEN_FILES,
	ATTEST_LIMIT_PROCESSES,
	ATTEST_LIMIT_MEMORY,
	ATTEST_LIMIT_CPU,
	ATTEST_LIMIT_WALL,
	ATTEST_LIMIT_FILE_SIZE, /* max_file_size; no item of its own here */
	ATTEST_LIMIT_END,
};

#define ATTEST_RLIMITS_MAX 8

struct attest_rlimit {
	int resource; /* RLIMIT_* */
	struct rlimit value;
};

struct attest_rlimits {
	struct attest_rlimit limits[ATTEST_RLIMITS_MAX];
	size_t n_limits;
	uint64_t wall_seconds; /* 0: none; the caller's timer */
};

/** The limits of a policy. Core dumps are off: they write past the policy. */
void attest_rlimits_plan(const struct attest_policy *policy,
			 struct attest_rlimits *ret);

/**
 * Lowers the caller's limits; one that is lower already stays.
 *
 * Context: between fork and exec; async-signal-safe.
 * Return: 0 or -errno.
 */
int attest_rlimits_apply(const struct attest_rlimits *limits);

/**
 * The limit that ended a command, if a limit did.
 *
 * @signal: that ended it, 0 if none did.
 *
 * Return: ATTEST_LIMIT_CPU, ATTEST_LIMIT_FILE_SIZE, or ATTEST_LIMIT_END.
 */
enum attest_process_limit
attest_rlimits_hit(const struct attest_rlimits *limits, int signal);

/** The value of a limit in `limits`, 0 if it is not limited. */
uint64_t attest_rlimits_value(const struct attest_rlimits *limits,
			      enum attest_process_limit limit);

/** "open_files", "cpu_seconds", ... */
const char *attest_process_limit_name(enum attest_process_limit limit);

struct attest_rlimit_state {
	/* memory and processes are counted by a cgroup of its own */
	bool has_cgroup;
	bool is_root; /* whose processes are not counted */
};

extern const struct attest_layer_ops attest_rlimit_layer;
