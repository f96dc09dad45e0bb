/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What is well formed but probably not what was meant.
 */
#pragma once

#include "policy/policy.h"

struct attest_findings {
	struct attest_warning *items;
	size_t n_items;
};

void attest_findings_done(struct attest_findings *findings);

/**
 * Looks at a policy alone: rules that never win and why, paths that cannot
 * exist, statements without effect, what needs the BPF layer.
 *
 * @findings: added to.
 *
 * Return: 0; -E2BIG when the rules cannot be compiled; -ENOMEM.
 */
int attest_lint_policy(const struct attest_policy *policy,
		       struct attest_findings *findings);

/**
 * Looks at the paths of a policy on this machine: rules on symbolic links,
 * which match nothing, files with other names, and names that anybody may
 * replace. What cannot be looked at is passed over.
 *
 * Return: 0 or -ENOMEM.
 */
int attest_lint_paths(const struct attest_policy *policy,
		      struct attest_findings *findings);

/**
 * Is the rule worth a finding? Those of a built-in level are not, where a
 * document that extends it has rules of its own.
 */
bool attest_lint_is_own(const struct attest_policy *policy,
			const struct attest_rule *rule);

/** Adds a finding on a rule, or on no rule (NULL). 0 or -ENOMEM. */
int attest_findings_add(struct attest_findings *findings,
			const struct attest_rule *rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
