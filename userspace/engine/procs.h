/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Programs of processes and paths of cgroups, remembered beyond their end.
 */
#pragma once

#include <stdint.h>

#include "event/record.h"

struct attest_procs;

struct attest_procs *attest_procs_new(void);
void attest_procs_free(struct attest_procs **procs);

/** Takes fork, exec and exit records of subjects. */
void attest_procs_update(struct attest_procs *procs,
			 const struct attest_process_event *event);

/** The path of a process' program; absent if nobody knows. Borrowed. */
struct attest_bytes attest_procs_exe(struct attest_procs *procs, uint32_t pid);

/** The path of a cgroup v2, as in /proc/PID/cgroup. Borrowed. */
struct attest_bytes attest_procs_cgroup(struct attest_procs *procs,
					uint64_t cgroup_id, uint32_t pid);
