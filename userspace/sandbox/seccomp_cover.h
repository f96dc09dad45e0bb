/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a seccomp filter enforces of a policy.
 */
#pragma once

#include <linux/filter.h>

#include "policy/coverage.h"

struct attest_seccomp_state {
	const struct sock_fprog *program; /* NULL: no filter */
	const char *reason;		  /* why there is none */
};

extern const struct attest_layer_ops attest_seccomp_layer;
