/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A policy completed by a seccomp profile, where it has none.
 */
#pragma once

#include <attest/attest.h>

/**
 * Copies a policy that has no seccomp section, with a built-in profile.
 *
 * @ret: attest_policy_free().
 *
 * Return: 0, or a negative errno with the error filled.
 */
int attest_policy_add_profile(const struct attest_policy *policy,
			      const char *profile, struct attest_policy **ret,
			      struct attest_error *reterr_error);
