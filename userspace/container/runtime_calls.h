/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The system calls a container needs beyond those of its program: what the
 * runtime makes between loading the filter and execve(2), and what the C
 * library makes before main().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "container/runtime.h"

/* Who makes the call. */
#define ATTEST_CALL_CRUN (1U << 0) /* crun after loading the filter */
#define ATTEST_CALL_RUNC (1U << 1) /* runc, a Go program, likewise */
#define ATTEST_CALL_START                                                      \
	(1U << 2) /* glibc or musl before main() and at exit */
/* Without no-new-privileges the filter is loaded earlier: more calls. */
#define ATTEST_CALL_EARLY (1U << 3)

struct attest_runtime_call {
	const char *name;
	unsigned int who; /* ATTEST_CALL_* */
	const char *why;
};

extern const struct attest_runtime_call attest_runtime_calls[];
extern const size_t attest_n_runtime_calls;

/**
 * Which calls a container needs.
 *
 * podman and docker may be set up with either low-level runtime, so they get
 * the union of both.
 */
unsigned int attest_runtime_calls_mask(enum attest_runtime runtime,
				       bool no_new_privs);

/** Is the call among those? ATTEST_CALL_EARLY calls need that bit as well. */
bool attest_runtime_call_is_needed(const struct attest_runtime_call *call,
				   unsigned int mask);
