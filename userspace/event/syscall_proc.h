/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What /proc says of a task that made a system call. For display only.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "event/syscall.h"

/** A source of the task's memory and descriptors. */
struct attest_syscall_proc {
	pid_t tid;
	int mem_fd; /* -1: may not be read */
	struct attest_syscall_source source;
};

/** Opens tid's memory; without the right to, addresses stay addresses. */
void attest_syscall_proc_open(struct attest_syscall_proc *proc, pid_t tid);
void attest_syscall_proc_close(struct attest_syscall_proc *proc);

/**
 * Appends where an instruction is: "libc.so.6+0x1234", an offset in the file.
 * 0; -ENOENT if that is in no mapping; -errno if the task is gone.
 */
int attest_syscall_put_ip(struct attest_str *out, pid_t tid, uint64_t ip);

/** As attest_syscall_put_ip(), from the text of /proc/PID/maps. */
int attest_syscall_find_ip(struct attest_str *out, const char *maps,
			   uint64_t ip);
