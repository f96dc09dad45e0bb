// SPDX-License-Identifier: Apache-2.0
#include "policy/seccomp.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static void free_list(char **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

static void free_rule(struct attest_scmp_rule *rule)
{
	free_list(rule->names, rule->n_names);
	free(rule->args);
	free(rule->comment);
	free_list(rule->include.caps, rule->include.n_caps);
	free_list(rule->include.arches, rule->include.n_arches);
	free_list(rule->exclude.caps, rule->exclude.n_caps);
	free_list(rule->exclude.arches, rule->exclude.n_arches);
}

void attest_seccomp_free(struct attest_seccomp_profile **profile)
{
	struct attest_seccomp_profile *p = TAKE_PTR(*profile);

	if (!p)
		return;
	for (size_t i = 0; i < p->n_rules; i++)
		free_rule(&p->rules[i]);
	free(p->rules);
	for (size_t i = 0; i < p->n_arches; i++) {
		free(p->arches[i].arch);
		free_list(p->arches[i].sub, p->arches[i].n_sub);
	}
	free(p->arches);
	free(p->name);
	free(p->listener_path);
	free(p->listener_metadata);
	free(p);
}

static bool contains(char *const *list, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i], text))
			return true;

	return false;
}

static bool has_cap(const struct attest_scmp_where *where, const char *cap)
{
	return contains(where->caps, where->n_caps, cap);
}

static bool is_excluded(const struct attest_scmp_when *when,
			const struct attest_scmp_where *where)
{
	if (contains(when->arches, when->n_arches, where->arch))
		return true;
	for (size_t i = 0; i < when->n_caps; i++)
		if (has_cap(where, when->caps[i]))
			return true;

	return when->min_kernel && where->kernel >= when->min_kernel;
}

static bool is_included(const struct attest_scmp_when *when,
			const struct attest_scmp_where *where)
{
	if (when->n_arches &&
	    !contains(when->arches, when->n_arches, where->arch))
		return false;
	for (size_t i = 0; i < when->n_caps; i++)
		if (!has_cap(where, when->caps[i]))
			return false;

	return where->kernel >= when->min_kernel;
}

bool attest_scmp_rule_applies(const struct attest_scmp_rule *rule,
			      const struct attest_scmp_where *where)
{
	return !is_excluded(&rule->exclude, where) &&
	       is_included(&rule->include, where);
}

static bool arg_matches(const struct attest_scmp_arg *arg, uint64_t value)
{
	switch (arg->op) {
	case ATTEST_SCMP_CMP_NE:
		return value != arg->value;
	case ATTEST_SCMP_CMP_LT:
		return value < arg->value;
	case ATTEST_SCMP_CMP_LE:
		return value <= arg->value;
	case ATTEST_SCMP_CMP_EQ:
		return value == arg->value;
	case ATTEST_SCMP_CMP_GE:
		return value >= arg->value;
	case ATTEST_SCMP_CMP_GT:
		return value > arg->value;
	case ATTEST_SCMP_CMP_MASKED_EQ:
		return (value & arg->value) == arg->value_two;
	case ATTEST_SCMP_CMP_END:
		break;
	}

	return false;
}

bool attest_scmp_args_are_alternatives(const struct attest_scmp_rule *rule)
{
	unsigned int seen = 0;

	for (size_t i = 0; i < rule->n_args; i++) {
		if (seen & (1U << rule->args[i].index))
			return true;
		seen |= 1U << rule->args[i].index;
	}

	return false;
}

static bool args_match(const struct attest_scmp_rule *rule,
		       const uint64_t args[6])
{
	bool any = attest_scmp_args_are_alternatives(rule);

	for (size_t i = 0; i < rule->n_args; i++)
		if (arg_matches(&rule->args[i], args[rule->args[i].index]) ==
		    any)
			return any;

	return !any;
}

static bool is_refusal(enum attest_scmp_action action)
{
	return action == ATTEST_SCMP_ERRNO || action == ATTEST_SCMP_TRAP ||
	       action == ATTEST_SCMP_KILL_THREAD ||
	       action == ATTEST_SCMP_KILL_PROCESS;
}

bool attest_seccomp_refuses(const struct attest_seccomp_profile *profile,
			    const char *syscall)
{
	for (size_t i = 0; i < profile->n_rules; i++) {
		const struct attest_scmp_rule *rule = &profile->rules[i];

		if (!is_refusal(rule->action) &&
		    contains(rule->names, rule->n_names, syscall))
			return false;
	}

	return is_refusal(profile->default_action);
}

/* SCMP_ACT_TRACE without a tracer is SCMP_ACT_LOG. */
static bool is_same_action(enum attest_scmp_action a, enum attest_scmp_action b)
{
	return (a == ATTEST_SCMP_TRACE ? ATTEST_SCMP_LOG : a) ==
	       (b == ATTEST_SCMP_TRACE ? ATTEST_SCMP_LOG : b);
}

size_t attest_seccomp_find_rule(const struct attest_seccomp_profile *profile,
				const struct attest_scmp_where *where,
				const char *syscall, const uint64_t args[6],
				enum attest_scmp_action action)
{
	for (size_t i = 0; i < profile->n_rules; i++) {
		const struct attest_scmp_rule *rule = &profile->rules[i];

		if (is_same_action(rule->action, action) &&
		    contains(rule->names, rule->n_names, syscall) &&
		    attest_scmp_rule_applies(rule, where) &&
		    args_match(rule, args))
			return i + 1;
	}

	return 0;
}
