// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "policy/pattern.h"
#include "policy/rank.h"

struct claim {
	const struct attest_rule *rule;
	size_t literal_len;
};

static size_t literal_len(const struct attest_rule *rule, int *error)
{
	struct attest_pattern pattern;
	const char *text;
	size_t n;
	int r;

	r = attest_pattern_parse(rule->path, false, &pattern, &text);
	if (r < 0) {
		/* A bad pattern is for whoever compiles it to report. */
		if (r == -ENOMEM)
			*error = r;
		return 0;
	}
	n = pattern.literal_len;
	attest_pattern_done(&pattern);
	return n;
}

/* Smaller is stricter. */
static int strictness(const struct attest_rule *rule)
{
	return (int)rule->access * 4 + rule->execute * 2 + !rule->hide;
}

static int compare(const void *a, const void *b)
{
	const struct claim *x = a;
	const struct claim *y = b;

	if (x->rule->priority != y->rule->priority)
		return x->rule->priority > y->rule->priority ? -1 : 1;
	if (x->literal_len != y->literal_len)
		return x->literal_len > y->literal_len ? -1 : 1;
	if (strictness(x->rule) != strictness(y->rule))
		return strictness(x->rule) - strictness(y->rule);
	return (x->rule > y->rule) - (x->rule < y->rule);
}

int attest_rules_rank(const struct attest_policy *policy, uint32_t **ret)
{
	_cleanup_free_ struct claim *claims = NULL;
	_cleanup_free_ uint32_t *ranks = NULL;
	size_t n = policy->n_rules;
	int error = 0;

	claims = calloc(n + 1, sizeof(*claims));
	ranks = calloc(n + 1, sizeof(*ranks));
	if (!claims || !ranks)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		claims[i].rule = &policy->rules[i];
		claims[i].literal_len = literal_len(&policy->rules[i], &error);
	}
	if (error)
		return error;
	qsort(claims, n, sizeof(*claims), compare);
	for (size_t i = 0; i < n; i++)
		ranks[claims[i].rule - policy->rules] = (uint32_t)i;
	*ret = TAKE_PTR(ranks);
	return 0;
}
