/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Errors of the public functions.
 */
#pragma once

#include <attest/attest.h>

#include "policy/policy.h"

/** Fills error, which may be NULL, and returns code. */
int attest_error_set(struct attest_error *error, int code, const char *hint,
		     const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** As attest_error_set(), from what a parser said. */
int attest_error_from_diag(struct attest_error *error, int code,
			   const struct attest_diag *diag);
