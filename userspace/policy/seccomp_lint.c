// SPDX-License-Identifier: Apache-2.0
/**
 * Rules of a seccomp profile that say nothing.
 *
 * libseccomp's order: of the rules on a call, the first without conditions on
 * arguments decides; only if there is none do conditions matter.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/lint.h"
#include "policy/seccomp.h"

/* A name in a rule, of the profile's order. */
struct use {
	const char *name;
	size_t rule;
};

struct linting {
	const struct attest_seccomp_profile *profile;
	const char *file;
	struct attest_findings *findings;
};

static int by_name(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;

	return x->rule < y->rule ? -1 : x->rule > y->rule;
}

/* Rules are on lines of a file, as those of the filesystem. */
static struct attest_rule place(const struct linting *l, size_t rule)
{
	return (struct attest_rule){ .file = (char *)l->file,
				     .line = l->profile->rules[rule].line };
}

static bool is_conditional(const struct attest_scmp_rule *rule)
{
	const struct attest_scmp_when *i = &rule->include, *e = &rule->exclude;

	return i->n_caps || i->n_arches || i->min_kernel || e->n_caps ||
	       e->n_arches || e->min_kernel;
}

static bool is_same_action(const struct attest_scmp_rule *a,
			   const struct attest_scmp_rule *b)
{
	return a->action == b->action && a->errno_ret == b->errno_ret;
}

static bool is_default(const struct attest_seccomp_profile *p,
		       const struct attest_scmp_rule *rule)
{
	uint32_t e = rule->has_errno_ret ? rule->errno_ret : EPERM;

	return rule->action == p->default_action &&
	       (rule->action != ATTEST_SCMP_ERRNO || e == p->default_errno);
}

/* All uses of one name. */
static int lint_name(const struct linting *l, const struct use *uses, size_t n)
{
	const struct attest_scmp_rule *rules = l->profile->rules;
	size_t winner = n;

	for (size_t i = 0; winner == n && i < n; i++)
		if (!rules[uses[i].rule].n_args &&
		    !is_conditional(&rules[uses[i].rule]) &&
		    !is_default(l->profile, &rules[uses[i].rule]))
			winner = i;
	for (size_t i = 0; winner < n && i < n; i++) {
		const struct attest_scmp_rule *rule = &rules[uses[i].rule];
		struct attest_rule at = place(l, uses[i].rule);
		int r;

		if (uses[i].rule == uses[winner].rule ||
		    is_same_action(rule, &rules[uses[winner].rule]))
			continue;
		r = attest_findings_add(l->findings, &at,
					"rule %zu never decides on '%.63s': "
					"rule %zu does, which has no "
					"conditions",
					uses[i].rule + 1, uses[i].name,
					uses[winner].rule + 1);
		if (r < 0)
			return r;
	}

	return 0;
}

static int lint_names(const struct linting *l)
{
	_cleanup_free_ struct use *uses = NULL;
	size_t n = 0, i = 0;

	for (size_t k = 0; k < l->profile->n_rules; k++)
		n += l->profile->rules[k].n_names;
	if (!n)
		return 0;
	uses = calloc(n, sizeof(*uses));
	if (!uses)
		return -ENOMEM;
	for (size_t k = 0; k < l->profile->n_rules; k++)
		for (size_t j = 0; j < l->profile->rules[k].n_names; j++)
			uses[i++] =
			    (struct use){ l->profile->rules[k].names[j], k };
	qsort(uses, n, sizeof(*uses), by_name);
	for (i = 0; i < n;) {
		size_t end = i + 1;
		int r;

		while (end < n && !strcmp(uses[end].name, uses[i].name))
			end++;
		r = lint_name(l, uses + i, end - i);
		if (r < 0)
			return r;
		i = end;
	}

	return 0;
}

static int lint_rule(const struct linting *l, size_t index)
{
	const struct attest_scmp_rule *rule = &l->profile->rules[index];
	struct attest_rule at = place(l, index);
	int r;

	if (is_default(l->profile, rule)) {
		r = attest_findings_add(l->findings, &at,
					"rule %zu has the default action: it "
					"changes nothing",
					index + 1);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < rule->n_args; i++) {
		const struct attest_scmp_arg *arg = &rule->args[i];

		if (arg->op != ATTEST_SCMP_CMP_MASKED_EQ ||
		    !(arg->value_two & ~arg->value))
			continue;
		r = attest_findings_add(l->findings, &at,
					"rule %zu never applies: valueTwo has "
					"bits that the mask, value, has not",
					index + 1);
		if (r < 0)
			return r;
	}

	return 0;
}

int attest_lint_seccomp(const struct attest_seccomp_profile *profile,
			const char *file, struct attest_findings *findings)
{
	struct linting l = { profile, file, findings };
	int r;

	for (size_t i = 0; i < profile->n_rules; i++) {
		r = lint_rule(&l, i);
		if (r < 0)
			return r;
	}

	return lint_names(&l);
}
