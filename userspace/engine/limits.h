/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Resource limits of a command: a record for each that was hit, and how much
 * of each was used.
 */
#pragma once

#include "engine/session.h"

struct attest_limits {
	struct attest_session *session;
	const char *command; /* argv[0], borrowed */
	pid_t pid;
	uint64_t started_ms;
	uint64_t cpu_ms; /* of children that had ended before */
	bool is_over;	 /* the wall time; said once */
};

/** Starts to count. */
void attest_limits_start(struct attest_limits *limits,
			 struct attest_session *session, const char *command,
			 pid_t pid);

/** Has the command run longer than it may? True once; that is recorded. */
bool attest_limits_wall_is_over(struct attest_limits *limits);

/**
 * Records what the end tells: signals of limits, events of the cgroup. Fills
 * the result's counters. While the cgroup still exists.
 *
 * @status, @signal: as of attest_spawn_reap().
 */
void attest_limits_end(struct attest_limits *limits, int status, int signal);
