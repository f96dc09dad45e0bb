/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Records of system calls, made readable: from BPF and from the supervisor.
 */
#pragma once

#include <attest/event.h>

#include "base/str.h"
#include "event/record.h"
#include "policy/seccomp.h"
#include "sandbox/seccomp.h"

/** Texts that a record borrows; reused from record to record. */
struct attest_described {
	struct attest_str args;
	struct attest_str ip;
	struct attest_str context;
	struct attest_str rule;
};

void attest_described_done(struct attest_described *texts);

/**
 * Fills in what a system call's event does not say of itself: name, decoded
 * arguments, library and offset, the rule and what to change.
 *
 * @profile: that refused or recorded it, or NULL: somebody else's filter.
 * @here:    attest_seccomp_here().
 * @is_held: the task waits in the call: what its arguments point to is what
 *           the kernel saw. Otherwise pointers stay addresses.
 */
void attest_describe(const struct attest_syscall_event *event,
		     const struct attest_seccomp_profile *profile,
		     const struct attest_seccomp_here *here, bool is_held,
		     struct attest_described *texts, struct attest_record *rec);

/** A traced call as one line, NAME(ARGUMENTS) = RESULT, in the context. */
void attest_describe_call(const struct attest_call_event *event,
			  struct attest_described *texts,
			  struct attest_record *rec);
