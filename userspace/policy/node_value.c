// SPDX-License-Identifier: Apache-2.0
/**
 * Nodes as typed values.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/nearest.h"
#include "base/str.h"
#include "policy/node.h"

static const char *const kind_names[] = {
	[ATTEST_NODE_SCALAR] = "one value",
	[ATTEST_NODE_SEQUENCE] = "a list",
	[ATTEST_NODE_MAPPING] = "a mapping of keys to values",
};

/* The text in messages; what is long is cut. */
#define SHOWN "'%.60s'"

static bool is_plain(const struct attest_node *node)
{
	return node->kind == ATTEST_NODE_SCALAR && !node->quoted;
}

bool attest_node_is_null(const struct attest_node *node)
{
	return is_plain(node) &&
	       (node->len == 0 || strcmp(node->text, "~") == 0 ||
		strcasecmp(node->text, "null") == 0);
}

static bool is_bool(const struct attest_node *node)
{
	return is_plain(node) && (strcasecmp(node->text, "true") == 0 ||
				  strcasecmp(node->text, "false") == 0);
}

int attest_node_expect(struct attest_reader *rd, const struct attest_node *node,
		       const char *what, enum attest_node_kind kind)
{
	if (node->kind == kind)
		return 0;
	return attest_node_error(
	    rd, node, "%s must be %s, not %s", what, kind_names[kind],
	    attest_node_is_null(node) ? "empty" : kind_names[node->kind]);
}

int attest_node_string(struct attest_reader *rd, const struct attest_node *node,
		       const char *what, const char **ret)
{
	int r;

	r = attest_node_expect(rd, node, what, ATTEST_NODE_SCALAR);
	if (r < 0)
		return r;
	if (attest_node_is_null(node))
		return attest_node_error(rd, node, "%s must be text, not empty",
					 what);
	if (is_bool(node))
		return attest_node_error(rd, node,
					 "%s must be text; put %s in quotes",
					 what, node->text);
	*ret = node->text;
	return 0;
}

int attest_node_strdup(struct attest_reader *rd, const struct attest_node *node,
		       const char *what, char **ret)
{
	const char *text;
	char *p;
	int r;

	r = attest_node_string(rd, node, what, &text);
	if (r < 0)
		return r;
	p = strdup(text);
	if (!p)
		return -ENOMEM;
	free(*ret);
	*ret = p;
	return 0;
}

int attest_node_bool(struct attest_reader *rd, const struct attest_node *node,
		     const char *what, bool *ret)
{
	int r;

	r = attest_node_expect(rd, node, what, ATTEST_NODE_SCALAR);
	if (r < 0)
		return r;
	if (!is_bool(node))
		return attest_node_error(rd, node,
					 "%s must be true or false, not " SHOWN,
					 what, node->text);
	*ret = strcasecmp(node->text, "true") == 0;
	return 0;
}

/* Digits up to the end or to *ret_rest; false if there are none or too many. */
static bool parse_u64(const char *text, int base, uint64_t *ret,
		      const char **ret_rest)
{
	unsigned long long value;
	char *rest;

	if (!isxdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	value = strtoull(text, &rest, base);
	if (errno || rest == text)
		return false;
	*ret = value;
	*ret_rest = rest;
	return true;
}

static bool whole_u64(const char *text, uint64_t *ret)
{
	int base = strncasecmp(text, "0x", 2) == 0 ? 16 : 10;
	const char *rest;

	return parse_u64(base == 16 ? text + 2 : text, base, ret, &rest) &&
	       *rest == '\0';
}

int attest_node_u64(struct attest_reader *rd, const struct attest_node *node,
		    const char *what, uint64_t *ret)
{
	uint64_t value;
	int r;

	r = attest_node_expect(rd, node, what, ATTEST_NODE_SCALAR);
	if (r < 0)
		return r;
	if (node->quoted || !whole_u64(node->text, &value))
		return attest_node_error(
		    rd, node,
		    "%s must be a number from 0 to %" PRIu64 ", not " SHOWN
		    "%s",
		    what, UINT64_MAX, node->text,
		    node->quoted ? " in quotes" : "");
	*ret = value;
	return 0;
}

int attest_node_int(struct attest_reader *rd, const struct attest_node *node,
		    const char *what, int64_t min, int64_t max, int64_t *ret)
{
	const char *digits;
	const char *rest;
	bool negative;
	bool good;
	uint64_t value = 0;
	int64_t number = 0;
	int r;

	r = attest_node_expect(rd, node, what, ATTEST_NODE_SCALAR);
	if (r < 0)
		return r;
	negative = node->text[0] == '-';
	digits = node->text + negative;
	good = !node->quoted && isdigit((unsigned char)digits[0]) &&
	       parse_u64(digits, 10, &value, &rest) && *rest == '\0' &&
	       value <= INT64_MAX;
	if (good) {
		number = negative ? -(int64_t)value : (int64_t)value;
		good = number >= min && number <= max;
	}
	if (!good)
		return attest_node_error(rd, node,
					 "%s must be a number from %" PRId64
					 " to %" PRId64 ", not " SHOWN "%s",
					 what, min, max, node->text,
					 node->quoted ? " in quotes" : "");
	*ret = number;
	return 0;
}

static bool unit_factor(const char *unit, uint64_t *ret)
{
	static const struct {
		const char *name;
		uint64_t factor;
	} units[] = {
		{ "", 1 },
		{ "B", 1 },
		{ "K", 1ULL << 10 },
		{ "kB", 1000 },
		{ "KB", 1000 },
		{ "KiB", 1ULL << 10 },
		{ "M", 1ULL << 20 },
		{ "MB", 1000000 },
		{ "MiB", 1ULL << 20 },
		{ "G", 1ULL << 30 },
		{ "GB", 1000000000 },
		{ "GiB", 1ULL << 30 },
		{ "T", 1ULL << 40 },
		{ "TB", 1000000000000 },
		{ "TiB", 1ULL << 40 },
	};

	while (*unit == ' ')
		unit++;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcasecmp(unit, units[i].name) == 0) {
			*ret = units[i].factor;
			return true;
		}
	}
	return false;
}

int attest_node_size(struct attest_reader *rd, const struct attest_node *node,
		     const char *what, uint64_t *ret)
{
	const char *rest;
	uint64_t value;
	uint64_t factor;
	uint64_t bytes;
	int r;

	r = attest_node_expect(rd, node, what, ATTEST_NODE_SCALAR);
	if (r < 0)
		return r;
	if (!isdigit((unsigned char)node->text[0]) ||
	    !parse_u64(node->text, 10, &value, &rest) ||
	    !unit_factor(rest, &factor))
		return attest_node_error(
		    rd, node,
		    "%s must be bytes, or a number with a unit such as 10MiB "
		    "(KiB, MiB, GiB, TiB; kB, MB, GB, TB), not " SHOWN,
		    what, node->text);
	if (__builtin_mul_overflow(value, factor, &bytes))
		return attest_node_error(rd, node, "%s is too large: " SHOWN,
					 what, node->text);
	*ret = bytes;
	return 0;
}

/* Equal without regard to case, '-' and '_'. */
static bool same_word(const char *a, const char *b)
{
	for (;;) {
		a += strspn(a, "-_");
		b += strspn(b, "-_");
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

static const char *next_choice(const void *data, size_t i)
{
	return ((const struct attest_choice *)data)[i].name;
}

static const char *next_word(const void *data, size_t i)
{
	return ((const char *const *)data)[i];
}

static int unknown_word(struct attest_reader *rd,
			const struct attest_node *node, const char *prefix,
			const char *nearest, const char *allowed)
{
	if (nearest)
		return attest_node_error(rd, node,
					 "%s; did you mean '%s'? Allowed: %s",
					 prefix, nearest, allowed);
	return attest_node_error(rd, node, "%s; allowed: %s", prefix, allowed);
}

int attest_node_choice(struct attest_reader *rd, const struct attest_node *node,
		       const char *what, const struct attest_choice *choices,
		       int *ret)
{
	_cleanup_str_ struct attest_str allowed = { 0 };
	char prefix[160];
	int r;

	r = attest_node_expect(rd, node, what, ATTEST_NODE_SCALAR);
	if (r < 0)
		return r;
	for (size_t i = 0; choices[i].name; i++) {
		if (same_word(node->text, choices[i].name)) {
			*ret = choices[i].value;
			return 0;
		}
		/* One name for each value: the first is the one to use. */
		if (i == 0 || choices[i].value != choices[i - 1].value)
			attest_str_printf(&allowed, "%s%s", i ? ", " : "",
					  choices[i].name);
	}
	if (allowed.error)
		return allowed.error;
	(void)snprintf(prefix, sizeof(prefix), "%.60s cannot be " SHOWN, what,
		       node->text);
	return unknown_word(rd, node, prefix,
			    attest_nearest(node->text, next_choice, choices),
			    allowed.data);
}

int attest_node_check_keys(struct attest_reader *rd,
			   const struct attest_node *node, const char *what,
			   const char *const *keys)
{
	_cleanup_str_ struct attest_str allowed = { 0 };
	const struct attest_node *key = NULL;
	char prefix[160];
	int r;

	r = attest_node_expect(rd, node, what, ATTEST_NODE_MAPPING);
	if (r < 0)
		return r;
	for (size_t i = 0; i < node->n_items && !key; i++) {
		size_t k = 0;

		while (keys[k] && strcmp(keys[k], node->keys[i].text) != 0)
			k++;
		if (!keys[k])
			key = &node->keys[i];
	}
	if (!key)
		return 0;
	for (size_t k = 0; keys[k]; k++)
		attest_str_printf(&allowed, "%s%s", k ? ", " : "", keys[k]);
	if (allowed.error)
		return allowed.error;
	(void)snprintf(prefix, sizeof(prefix), "%.60s has no key " SHOWN, what,
		       key->text);
	return unknown_word(rd, key, prefix,
			    attest_nearest(key->text, next_word, keys),
			    allowed.data);
}
