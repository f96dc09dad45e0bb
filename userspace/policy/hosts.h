/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Host names of network rules: a name, or `*.` and a name for all below it.
 */
#pragma once

#include "policy/policy.h"

/**
 * Checks a name and brings it into its usual form: lower case, without the
 * dot at its end.
 */
bool attest_host_normalise(char *name);

/** Is every name that `name` stands for one that `pattern` stands for? */
bool attest_host_covers(const char *pattern, const char *name);

/** The different names of a policy's rules, those that win first. */
struct attest_hosts {
	const char **names; /* borrowed from the policy */
	size_t n;
};

/** 0 or -ENOMEM. */
int attest_hosts_make(const struct attest_policy *policy,
		      struct attest_hosts *ret);
void attest_hosts_done(struct attest_hosts *hosts);
