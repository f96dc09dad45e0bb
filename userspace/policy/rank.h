/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which rule wins where several match.
 */
#pragma once

#include "policy/policy.h"

/**
 * Orders the filesystem rules: higher priority, then the longer literal
 * prefix, then the stricter access, then the first written.
 *
 * @ret: the rank of every rule, 0 is the strongest; free().
 *
 * Return: 0 or -ENOMEM.
 */
int attest_rules_rank(const struct attest_policy *policy, uint32_t **ret);
