// SPDX-License-Identifier: Apache-2.0
/**
 * Parts of rules: actions, errnos, Docker's conditions.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "policy/seccomp_names.h"
#include "policy/seccomp_rule.h"

static const char *const when_keys[] = { "caps", "arches", "minKernel", NULL };

int attest_seccomp_append(char ***list, size_t *n, const char *text)
{
	char **grown;
	char *copy;

	/* Doubles: a list has room up to the next power of two. */
	if ((*n & (*n - 1)) == 0) {
		grown = reallocarray(*list, *n ? 2 * *n : 1, sizeof(**list));
		if (!grown)
			return -ENOMEM;
		*list = grown;
	}
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	(*list)[(*n)++] = copy;

	return 0;
}

bool attest_seccomp_is_word(const char *text)
{
	return *text && !text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789_")];
}

/* "SCMP_ACT_ERRNO(1)", "errno(EPERM)": what is in the brackets, or NULL. */
static char *split_errno(char *text)
{
	char *open = strchr(text, '(');
	size_t len = strlen(text);

	if (!open || text[len - 1] != ')')
		return NULL;
	text[len - 1] = '\0';
	*open = '\0';

	return open + 1;
}

static int find_action(struct attest_seccomp_reading *in,
		       const struct attest_node *node, const char *what,
		       const char *name, enum attest_scmp_action *ret)
{
	char long_name[64];
	struct attest_node word = *node;
	int value;
	int r;

	word.text = (char *)name;
	if (strlen(name) < 32 && strncasecmp(name, "SCMP_ACT", 8)) {
		(void)snprintf(long_name, sizeof(long_name), "SCMP_ACT_%s",
			       name);
		word.text = long_name;
	}
	word.len = strlen(word.text);
	r = attest_node_choice(in->rd, &word, what, attest_scmp_actions,
			       &value);
	if (r < 0)
		return r;
	*ret = value;

	return 0;
}

int attest_seccomp_read_action(struct attest_seccomp_reading *in,
			       const struct attest_node *node, const char *what,
			       enum attest_scmp_action *ret,
			       uint32_t *errno_ret, bool *has_errno)
{
	_cleanup_free_ char *text = NULL;
	char *number;
	int r;

	r = attest_node_strdup(in->rd, node, what, &text);
	if (r < 0)
		return r;
	number = split_errno(text);
	r = find_action(in, node, what, text, ret);
	if (r < 0)
		return r;
	if (number) {
		int e = attest_scmp_errno(number);

		if (*ret != ATTEST_SCMP_ERRNO || e < 0)
			return attest_node_error(
			    in->rd, node,
			    "only SCMP_ACT_ERRNO takes a number in brackets, "
			    "an errno from 0 to %d or its name",
			    ATTEST_SECCOMP_ERRNO_MAX);
		*errno_ret = e;
		*has_errno = true;
	}
	/*
	 * SPEC.md kills programs, not threads, and means by "trace" that the
	 * call is allowed and recorded.
	 */
	if (in->format == ATTEST_SECCOMP_SPEC) {
		if (!strcasecmp(text, "SCMP_ACT_KILL") ||
		    !strcasecmp(text, "kill"))
			*ret = ATTEST_SCMP_KILL_PROCESS;
		if (*ret == ATTEST_SCMP_TRACE)
			*ret = ATTEST_SCMP_LOG;
	}

	return 0;
}

int attest_seccomp_read_errno(struct attest_seccomp_reading *in,
			      const struct attest_node *number,
			      const struct attest_node *name,
			      enum attest_scmp_action action,
			      uint32_t *errno_ret, bool *has_errno)
{
	/* A tracer gets 16 bits; an errno above 4095 is no error at all. */
	int64_t max =
	    action == ATTEST_SCMP_TRACE ? 65535 : ATTEST_SECCOMP_ERRNO_MAX;
	int64_t value = -1;
	const char *text;
	int e;
	int r;

	if (name && !attest_node_is_null(name)) {
		r = attest_node_string(in->rd, name, "errno", &text);
		if (r < 0)
			return r;
		e = *text ? attest_scmp_errno(text) : -1;
		if (*text && e < 0)
			return attest_node_error(in->rd, name,
						 "'%.40s' is no errno", text);
		if (*text)
			value = e;
	}
	if (number && !attest_node_is_null(number)) {
		r = attest_node_int(in->rd, number, "errnoRet", 0, max, &value);
		if (r < 0)
			return r;
	}
	if (value < 0)
		return 0;
	*errno_ret = value;
	*has_errno = true;

	return 0;
}

static int read_list(struct attest_seccomp_reading *in,
		     const struct attest_node *node, const char *what,
		     char ***list, size_t *n)
{
	const char *text;
	int r;

	if (!node || attest_node_is_null(node))
		return 0;
	r = attest_node_expect(in->rd, node, what, ATTEST_NODE_SEQUENCE);
	if (r < 0)
		return r;
	for (size_t i = 0; i < node->n_items; i++) {
		r = attest_node_string(in->rd, &node->items[i], what, &text);
		if (r < 0)
			return r;
		if (!attest_seccomp_is_word(text))
			return attest_node_error(in->rd, &node->items[i],
						 "'%.40s' does not belong "
						 "into %s",
						 text, what);
		r = attest_seccomp_append(list, n, text);
		if (r < 0)
			return r;
	}

	return 0;
}

static int read_kernel(struct attest_seccomp_reading *in,
		       const struct attest_node *node, unsigned int *ret)
{
	unsigned int major, minor;
	const char *text;
	int end = 0;
	int r;

	if (!node || attest_node_is_null(node))
		return 0;
	r = attest_node_string(in->rd, node, "minKernel", &text);
	if (r < 0 || !*text)
		return r;
	if (strspn(text, "0123456789.") != strlen(text) || strlen(text) > 7 ||
	    sscanf(text, "%u.%u%n", &major, &minor, &end) != 2 || text[end] ||
	    major > 255 || minor > 255)
		return attest_node_error(in->rd, node,
					 "minKernel must be MAJOR.MINOR such "
					 "as 4.8, not '%.20s'",
					 text);
	*ret = major << 8 | minor;

	return 0;
}

int attest_seccomp_read_when(struct attest_seccomp_reading *in,
			     const struct attest_node *node, const char *what,
			     struct attest_scmp_when *when)
{
	int r;

	if (!node || attest_node_is_null(node))
		return 0;
	r = attest_node_check_keys(in->rd, node, what, when_keys);
	if (r < 0)
		return r;
	r = read_list(in, attest_node_get(node, "caps"), "caps", &when->caps,
		      &when->n_caps);
	if (r < 0)
		return r;
	r = read_list(in, attest_node_get(node, "arches"), "arches",
		      &when->arches, &when->n_arches);
	if (r < 0)
		return r;

	return read_kernel(in, attest_node_get(node, "minKernel"),
			   &when->min_kernel);
}
