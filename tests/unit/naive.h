/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The second opinion on patterns: a matcher that backtracks over the text and
 * shares nothing with the compiler. Only for tests.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"

static inline unsigned char naive_byte(const char **p)
{
	if (**p == '\\' && (*p)[1] == 'x') {
		char hex[3] = { (*p)[2], (*p)[3], 0 };

		*p += 4;
		return (unsigned char)strtoul(hex, NULL, 16);
	}
	if (**p == '\\')
		(*p)++;
	return (unsigned char)*(*p)++;
}

/* p: after '['; left after ']'. */
static inline bool naive_set(const char **p, unsigned char c)
{
	bool negated = **p == '!' || **p == '^';
	bool found = false;
	bool first = true;

	*p += negated;
	while (first || **p != ']') {
		unsigned char from = naive_byte(p);
		unsigned char to = from;

		first = false;
		if ((*p)[0] == '-' && (*p)[1] != ']') {
			(*p)++;
			to = naive_byte(p);
		}
		found = found || (c >= from && c <= to);
	}
	(*p)++;
	return c != '/' && found != negated;
}

/* pattern + start .. matches s .. end, all of both. */
static inline bool naive_glob(const char *p, bool component, const char *end_p,
			      const char *s, const char *end)
{
	size_t stars;

	if (p >= end_p)
		return s == end;
	stars = 0;
	while (p + stars < end_p && p[stars] == '*')
		stars++;
	if (stars) {
		bool crosses = stars > 1;
		const char *after = p + stars;

		if (crosses && component && after < end_p && *after == '/') {
			if (naive_glob(after + 1, true, end_p, s, end))
				return true;
			for (; s < end; s++)
				if (*s == '/' && naive_glob(after + 1, true,
							    end_p, s + 1, end))
					return true;
			return false;
		}
		for (;; s++) {
			if (naive_glob(after, false, end_p, s, end))
				return true;
			if (s == end || (!crosses && *s == '/'))
				return false;
		}
	}
	if (s == end)
		return false;
	if (*p == '?')
		return *s != '/' && naive_glob(p + 1, false, end_p, s + 1, end);
	if (*p == '[') {
		p++;
		return naive_set(&p, (unsigned char)*s) &&
		       naive_glob(p, false, end_p, s + 1, end);
	}
	component = *p == '/';
	return naive_byte(&p) == (unsigned char)*s &&
	       naive_glob(p, component, end_p, s + 1, end);
}

/* path: as the matcher is fed, "" for the root. */
static inline bool naive_matches(const struct attest_rule *rule,
				 const char *path, size_t len)
{
	const char *p = rule->path;
	size_t n = strlen(p);

	if (n == 1) /* "/" */
		n = 0;
	else if (rule->recursive && n >= 2 && strcmp(p + n - 2, "/*") == 0)
		n -= 2;
	else if (rule->recursive && n >= 3) {
		size_t m = n;

		while (m && p[m - 1] == '*')
			m--;
		if (n - m >= 2 && p[m - 1] == '/')
			n = m - 1;
	}
	if (naive_glob(p, false, p + n, path, path + len))
		return true;
	if (!rule->recursive)
		return false;
	for (size_t i = 0; i < len; i++)
		if (path[i] == '/' &&
		    naive_glob(p, false, p + n, path, path + i))
			return true;
	return false;
}

static inline size_t naive_literal(const char *p)
{
	size_t n = 0;

	for (; *p && !strchr("*?[", *p); n++)
		(void)naive_byte(&p);
	return n;
}

/* The number of the winning rule, 0 for the default. */
static inline uint32_t naive_decide(const struct attest_policy *policy,
				    const char *path, size_t len)
{
	const struct attest_rule *best = NULL;

	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct attest_rule *r = &policy->rules[i];
		size_t a, b;

		if (!naive_matches(r, path, len))
			continue;
		if (!best || r->priority > best->priority) {
			best = r;
			continue;
		}
		a = naive_literal(r->path);
		b = naive_literal(best->path);
		if (r->priority == best->priority &&
		    (a > b || (a == b && r->access < best->access)))
			best = r;
	}
	return best ? (uint32_t)(best - policy->rules) + 1 : 0;
}
