/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The policy that --policy or --level names, for the commands that have both.
 */
#pragma once

#include "cli/commands.h"

struct attest_policy_values {
	const char *policy;
	const char *level;
};

#define ATTEST_POLICY_OPTIONS(type, member)                                    \
	ATTEST_OPTION(type, STRING, member.policy, "policy", 'p', "FILE",      \
		      "a policy file, YAML or JSON; - is standard input"),     \
	    ATTEST_OPTION(type, STRING, member.level, "level", 'l', "LEVEL",   \
			  "a built-in policy: minimal, standard or maximum")

static inline void attest_policy_closep(struct attest_policy **policy)
{
	attest_policy_close(policy);
}
#define _close_policy_ __attribute__((__cleanup__(attest_policy_closep)))

/**
 * Reads the policy. Complains on standard error.
 *
 * Return: ATTEST_EXIT_DONE, or the exit status.
 */
int attest_cli_policy(const struct attest_policy_values *values,
		      struct attest_policy **ret_policy);
