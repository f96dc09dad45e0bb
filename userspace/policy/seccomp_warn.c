// SPDX-License-Identifier: Apache-2.0
/**
 * What is suspicious about a profile as a whole.
 */
#include <string.h>

#include "policy/seccomp_names.h"
#include "policy/seccomp_rule.h"

static bool is_named(const struct attest_seccomp_profile *profile,
		     const char *name)
{
	for (size_t i = 0; i < profile->n_rules; i++)
		for (size_t j = 0; j < profile->rules[i].n_names; j++)
			if (!strcmp(profile->rules[i].names[j], name))
				return true;

	return false;
}

static bool is_refusal(enum attest_scmp_action action)
{
	return action == ATTEST_SCMP_ERRNO || action == ATTEST_SCMP_TRAP ||
	       action == ATTEST_SCMP_KILL_THREAD ||
	       action == ATTEST_SCMP_KILL_PROCESS;
}

static int warn_sibling(struct attest_seccomp_reading *in,
			const struct attest_node *node, const char *name)
{
	const char *const *sibling = attest_scmp_siblings(name);
	int r;

	for (; sibling && *sibling; sibling++) {
		if (is_named(in->profile, *sibling))
			continue;
		r = attest_node_warn(in->rd, node,
				     "'%s' is refused, but '%s', which can do "
				     "the same, is allowed",
				     name, *sibling);
		if (r < 0)
			return r;
	}

	return 0;
}

/* A list of refused calls is easily passed by their younger siblings. */
static int warn_siblings(struct attest_seccomp_reading *in,
			 const struct attest_node *rules)
{
	const struct attest_seccomp_profile *p = in->profile;
	int r;

	if (p->default_action != ATTEST_SCMP_ALLOW || !rules)
		return 0;
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct attest_scmp_rule *rule = &p->rules[i];

		if (!is_refusal(rule->action) || rule->n_args)
			continue;
		for (size_t j = 0; j < rule->n_names; j++) {
			r = warn_sibling(in, &rules->items[i], rule->names[j]);
			if (r < 0)
				return r;
		}
	}

	return 0;
}

int attest_seccomp_warn(struct attest_seccomp_reading *in,
			const struct attest_node *node)
{
	int r;

	if (in->n_unknown > ATTEST_SECCOMP_UNKNOWN_SHOWN) {
		r = attest_node_warn(in->rd, node,
				     "%zu more names are no system calls of "
				     "Linux, ignoring",
				     in->n_unknown -
					 ATTEST_SECCOMP_UNKNOWN_SHOWN);
		if (r < 0)
			return r;
	}

	return warn_siblings(in, attest_node_get(node, "syscalls"));
}
