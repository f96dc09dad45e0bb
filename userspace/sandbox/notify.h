/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The supervisor: answers what a filter built with `notify` asks, so that
 * every refusal is recorded without root and without BPF.
 *
 * A call waits until it is recorded and answered, once each: the filter's
 * flags keep signals out in between. A signal that comes before the supervisor
 * has seen the call ends it with EINTR or restarts it, unrecorded: then it was
 * neither made nor refused. Verdicts come from the policy's own
 * filter and the registers alone; memory that an argument points to can change
 * and is never looked at. If the supervisor is gone the kernel answers ENOSYS.
 *
 * What differs from a filter that refuses by itself: kill-thread kills the
 * process; a program that handles, blocks or ignores SIGSYS dies of SIGKILL
 * instead; trap's SIGSYS has si_code SI_QUEUE.
 */
#pragma once

#include <attest/event.h>

#include "sandbox/seccomp.h"

struct attest_notify;

struct attest_notify_options {
	const struct attest_seccomp_profile *profile; /* borrowed */
	/* As the filter was built with; NULL: defaults. Borrowed. */
	const struct attest_seccomp_options *seccomp;
	uint32_t slot;	     /* for the records */
	uint32_t generation; /* for the records */
	/*
	 * Called before the answer is given: the task waits, its memory and
	 * descriptors can be read. rule: number in the profile, 0 the default.
	 * hdr.cpu is ~0: these records count for themselves.
	 */
	void (*record)(void *data, const struct attest_syscall_event *event,
		       size_t rule);
	void *data;
};

/**
 * @fd: the listener; owned on success.
 *
 * Return: 0; -errno of attest_seccomp_filter_get(), -ENOMEM.
 */
int attest_notify_new(int fd, const struct attest_notify_options *options,
		      struct attest_notify **ret, struct attest_diag *diag);
void attest_notify_free(struct attest_notify **notify);

/** Descriptor to poll for POLLIN; -1 once nobody uses the filter. */
int attest_notify_fd(const struct attest_notify *notify);

/** Milliseconds until attest_notify_dispatch() is due anyway, or -1. */
int attest_notify_timeout_ms(const struct attest_notify *notify);

/**
 * Answers all calls that wait.
 *
 * Return: how many; -ESRCH once all tasks with the filter are gone; what
 *         ioctl(2) says.
 */
int attest_notify_dispatch(struct attest_notify *notify);
