/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Ends processes as the kernel's own seccomp would.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/seccomp.h>

#define ATTEST_DOOMED_MAX 64

/** Processes that have got their SIGSYS and must be gone soon. */
struct attest_doomed {
	struct {
		int pidfd;
		uint64_t deadline_ns;
	} tasks[ATTEST_DOOMED_MAX];
	size_t n;
};

/** What is known of a task that waits. */
struct attest_waiting {
	pid_t tid;
	pid_t tgid;
	pid_t ppid;
	uint32_t uid;
	char comm[16];
	uint64_t blocked, ignored, caught; /* signals, bit n - 1 */
};

/** Reads /proc. 0, or -ESRCH if the task is gone. */
int attest_waiting_read(pid_t tid, struct attest_waiting *ret);

/** Kills the task's process: by SIGSYS if that is sure, else SIGKILL. */
void attest_doomed_kill(struct attest_doomed *doomed,
			const struct attest_waiting *task);

/** Sends the task what SECCOMP_RET_TRAP does, or kills it. */
void attest_doomed_trap(struct attest_doomed *doomed,
			const struct attest_waiting *task,
			const struct seccomp_data *call, uint16_t reason);

/** Kills those whose time is up. */
void attest_doomed_check(struct attest_doomed *doomed);
/** Milliseconds until then, or -1. */
int attest_doomed_timeout_ms(const struct attest_doomed *doomed);
void attest_doomed_done(struct attest_doomed *doomed);
