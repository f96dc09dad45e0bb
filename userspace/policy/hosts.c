// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <attest/dns.h>

#include "policy/hosts.h"

#define LABEL_MAX 63

static bool is_wildcard(const char *name)
{
	return name[0] == '*' && name[1] == '.';
}

static bool is_name(const char *name)
{
	size_t label = 0;

	for (const char *p = name; *p; p++) {
		if (*p == '.' && label == 0)
			return false;
		label = *p == '.' ? 0 : label + 1;
		if (label > LABEL_MAX ||
		    (!isalnum((unsigned char)*p) && !strchr("-._", *p)))
			return false;
	}
	/* Digits and dots only is an address with a slip in it. */
	return label > 0 && name[0] != '-' &&
	       strspn(name, "0123456789.") != strlen(name);
}

bool attest_host_normalise(char *name)
{
	size_t n = strlen(name);

	if (n > 1 && name[n - 1] == '.')
		name[--n] = '\0';
	for (char *p = name; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return n <= ATTEST_DNS_NAME_MAX &&
	       is_name(is_wildcard(name) ? name + 2 : name);
}

bool attest_host_covers(const char *pattern, const char *name)
{
	const char *end = pattern + 1; /* with its dot */
	size_t n = strlen(name);

	if (strcmp(pattern, name) == 0)
		return true;
	return is_wildcard(pattern) && n > strlen(end) &&
	       strcmp(name + n - strlen(end), end) == 0;
}

/* Of two that share a name the longer one says more of it. */
static int compare(const void *a, const void *b)
{
	const char *one = *(const char *const *)a;
	const char *two = *(const char *const *)b;
	size_t n1 = strlen(one) - is_wildcard(one);
	size_t n2 = strlen(two) - is_wildcard(two);

	return n1 != n2 ? (n1 < n2) - (n1 > n2) : strcmp(one, two);
}

int attest_hosts_make(const struct attest_policy *policy,
		      struct attest_hosts *ret)
{
	size_t n = 0;

	ret->n = 0;
	ret->names = calloc(policy->n_net_rules + 1, sizeof(*ret->names));
	if (!ret->names)
		return -ENOMEM;
	for (size_t i = 0; i < policy->n_net_rules; i++)
		if (policy->net_rules[i].is_host)
			ret->names[n++] = policy->net_rules[i].to;
	if (n)
		qsort(ret->names, n, sizeof(*ret->names), compare);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(ret->names[i], ret->names[i - 1]))
			ret->names[ret->n++] = ret->names[i];
	return 0;
}

void attest_hosts_done(struct attest_hosts *hosts)
{
	free(hosts->names);
	*hosts = (struct attest_hosts){ 0 };
}
