// SPDX-License-Identifier: Apache-2.0
/**
 * The part of lint that looks at the machine.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "policy/lint.h"
#include "policy/pattern.h"

/* What stands before the first wildcard, up to a whole name; or NULL. */
static char *literal_path(const struct attest_rule *rule, bool *ret_whole)
{
	_cleanup_(attest_pattern_done) struct attest_pattern p = { 0 };
	_cleanup_str_ struct attest_str s = { 0 };
	const char *error;
	size_t end = 0;
	size_t i;

	if (attest_pattern_parse(rule->path, rule->recursive, &p, &error) < 0)
		return NULL;
	for (i = 0; i < p.n_tokens; i++) {
		if (p.tokens[i].kind != ATTEST_TOKEN_BYTE)
			break;
		if (p.tokens[i].byte == '/')
			end = s.len;
		attest_str_putc(&s, (char)p.tokens[i].byte);
	}
	*ret_whole = i == p.n_tokens;
	if (!*ret_whole && !s.error)
		s.len = end;
	if (s.len == 0)
		return NULL;
	s.data[s.len] = '\0';
	return attest_str_take(&s);
}

static int lint_links(const struct attest_rule *rule, const char *path,
		      struct attest_findings *findings)
{
	_cleanup_free_ char *real = realpath(path, NULL);
	_cleanup_free_ char *quoted = NULL;

	if (!real || strcmp(real, path) == 0)
		return 0;
	quoted = attest_pattern_quote(real, strlen(real));
	if (!quoted)
		return -ENOMEM;
	return attest_findings_add(
	    findings, rule,
	    "'%s' is or passes a symbolic link here: rules are matched against "
	    "where it leads, so write '%s%s'",
	    path, quoted,
	    strlen(rule->path) > strlen(path) ? rule->path + strlen(path) : "");
}

static int lint_object(const struct attest_rule *rule, const char *path,
		       struct attest_findings *findings)
{
	char parent[PATH_MAX];
	struct stat st;
	size_t n;
	int r = 0;

	if (lstat(path, &st) < 0)
		return 0;
	if (S_ISREG(st.st_mode) && st.st_nlink > 1 &&
	    rule->access != ATTEST_PATH_READ_WRITE)
		r = attest_findings_add(
		    findings, rule,
		    "'%s' has %lu names (hard links): the rule covers this "
		    "one only",
		    path, (unsigned long)st.st_nlink);
	n = (size_t)(strrchr(path, '/') - path);
	if (r < 0 || n == 0 || n >= sizeof(parent))
		return r;
	memcpy(parent, path, n);
	parent[n] = '\0';
	if (stat(parent, &st) < 0 || !(st.st_mode & S_IWOTH) ||
	    st.st_mode & S_ISVTX)
		return 0;
	return attest_findings_add(
	    findings, rule,
	    "anybody may rename and replace '%s': its folder '%s' is writable "
	    "by all and not sticky",
	    path, parent);
}

int attest_lint_paths(const struct attest_policy *policy,
		      struct attest_findings *findings)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < policy->n_rules; i++) {
		const struct attest_rule *rule = &policy->rules[i];
		_cleanup_free_ char *path = NULL;
		bool whole;

		if (!attest_lint_is_own(policy, rule))
			continue;
		path = literal_path(rule, &whole);
		if (!path)
			continue;
		r = lint_links(rule, path, findings);
		if (r == 0 && whole)
			r = lint_object(rule, path, findings);
	}
	return r;
}
