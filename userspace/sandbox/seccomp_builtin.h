/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The levels' filters, which gen/seccomp_gen.c writes at build time.
 */
#pragma once

#include "sandbox/seccomp.h"

struct attest_seccomp_builtin {
	const char *name; /* NULL ends the list */
	const struct sock_filter *insns;
	unsigned short n_insns;
	bool notify;
	uint32_t flags;
};

extern const struct attest_seccomp_builtin attest_seccomp_builtins[];
