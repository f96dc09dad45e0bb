// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "policy/pattern.h"

struct scan {
	const char *p;
	struct attest_pattern *pattern;
	const char *error;
};

void attest_pattern_done(struct attest_pattern *pattern)
{
	free(pattern->tokens);
	memset(pattern, 0, sizeof(*pattern));
}

static void set_add(uint8_t *set, unsigned int byte)
{
	set[byte / 8] |= (uint8_t)(1U << (byte % 8));
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte at s->p, an escape resolved; -1 with s->error if it is none. */
static int scan_byte(struct scan *s)
{
	int high, low;

	if (*s->p != '\\')
		return (unsigned char)*s->p++;
	s->p++;
	if (*s->p == '\0') {
		s->error = "a backslash at the end escapes nothing";
		return -1;
	}
	if (*s->p != 'x')
		return (unsigned char)*s->p++;
	high = hex_digit(s->p[1]);
	low = high < 0 ? -1 : hex_digit(s->p[2]);
	if (low < 0) {
		s->error = "\\x needs two hexadecimal digits";
		return -1;
	}
	s->p += 3;
	if (high * 16 + low == 0)
		s->error = "no path has a NUL byte";
	return s->error ? -1 : high * 16 + low;
}

/* After '['. */
static int scan_set(struct scan *s, struct attest_token *token)
{
	bool negated = *s->p == '!' || *s->p == '^';
	bool first = true;

	token->kind = ATTEST_TOKEN_SET;
	s->p += negated;
	for (; first || *s->p != ']'; first = false) {
		int from, to;

		if (*s->p == '\0')
			s->error = "'[' has no ']'; write \\[ for the byte";
		from = s->error ? -1 : scan_byte(s);
		to = from;
		if (from >= 0 && s->p[0] == '-' && s->p[1] != ']' && s->p[1]) {
			s->p++;
			to = scan_byte(s);
		}
		if (from < 0 || to < 0)
			return -EINVAL;
		if (to < from)
			s->error = "a range in [...] runs backwards";
		if (from <= '/' && to >= '/')
			s->error = "[...] cannot match '/'";
		if (s->error)
			return -EINVAL;
		for (int b = from; b <= to; b++)
			set_add(token->set, (unsigned int)b);
	}
	s->p++;
	if (!negated)
		return 0;
	for (size_t i = 0; i < ATTEST_SET_BYTES; i++)
		token->set[i] = (uint8_t)~token->set[i];
	token->set['/' / 8] &= (uint8_t) ~(1U << ('/' % 8));
	return 0;
}

static bool at_component_start(const struct attest_pattern *p)
{
	const struct attest_token *last = p->tokens + p->n_tokens - 1;

	return p->n_tokens &&
	       (last->kind == ATTEST_TOKEN_DIRECTORIES ||
		(last->kind == ATTEST_TOKEN_BYTE && last->byte == '/'));
}

/* At '*'. */
static void scan_stars(struct scan *s, struct attest_token *token)
{
	size_t n = strspn(s->p, "*");

	s->p += n;
	token->kind = n == 1 ? ATTEST_TOKEN_STAR : ATTEST_TOKEN_DOUBLE;
	if (n > 1 && *s->p == '/' && at_component_start(s->pattern)) {
		token->kind = ATTEST_TOKEN_DIRECTORIES;
		s->p++;
	}
}

static int scan_token(struct scan *s, struct attest_token *token)
{
	int byte;

	switch (*s->p) {
	case '*':
		scan_stars(s, token);
		return 0;
	case '?':
		s->p++;
		token->kind = ATTEST_TOKEN_SET;
		memset(token->set, 0xff, sizeof(token->set));
		token->set['/' / 8] &= (uint8_t) ~(1U << ('/' % 8));
		return 0;
	case '[':
		s->p++;
		return scan_set(s, token);
	default:
		byte = scan_byte(s);
		token->kind = ATTEST_TOKEN_BYTE;
		token->byte = (uint8_t)byte;
		return byte < 0 ? -EINVAL : 0;
	}
}

/* Resolved paths have no such components: a rule with one is a mistake. */
static const char *check_components(const char *text)
{
	if (text[0] != '/')
		return "a path must start with '/'";
	for (const char *p = text; *p == '/';) {
		size_t n = strcspn(p + 1, "/");

		if (n == 0 && p[1])
			return "'//' matches no path; write one '/'";
		if (n == 0 && p != text)
			return "a '/' at the end matches no path; leave it "
			       "out, or end in '/*'";
		if (n == 1 && p[1] == '.')
			return "'.' is in no resolved path; leave it out";
		if (n == 2 && p[1] == '.' && p[2] == '.')
			return "'..' is in no resolved path; write where it "
			       "leads";
		p += n + 1;
	}
	return NULL;
}

static void finish(struct attest_pattern *p, bool recursive)
{
	struct attest_token *last = p->tokens + p->n_tokens - 1;

	p->below = recursive;
	if (p->n_tokens == 1) /* "/" */
		p->n_tokens = 0;
	else if (recursive &&
		 (last->kind == ATTEST_TOKEN_STAR ||
		  last->kind == ATTEST_TOKEN_DOUBLE) &&
		 last[-1].kind == ATTEST_TOKEN_BYTE && last[-1].byte == '/')
		p->n_tokens -= 2;
}

int attest_pattern_parse(const char *text, bool recursive,
			 struct attest_pattern *ret, const char **ret_error)
{
	_cleanup_(attest_pattern_done) struct attest_pattern pattern = { 0 };
	struct scan s = { .p = text, .pattern = &pattern };

	s.error = check_components(text);
	if (s.error) {
		*ret_error = s.error;
		return -EINVAL;
	}
	pattern.tokens = calloc(strlen(text), sizeof(*pattern.tokens));
	if (!pattern.tokens)
		return -ENOMEM;
	while (*s.p) {
		struct attest_token *token = &pattern.tokens[pattern.n_tokens];

		if (scan_token(&s, token) < 0) {
			*ret_error = s.error;
			return -EINVAL;
		}
		pattern.n_tokens++;
		if (token->kind != ATTEST_TOKEN_BYTE)
			pattern.n_wildcards++;
		else if (pattern.n_wildcards == 0)
			pattern.literal_len++;
	}
	finish(&pattern, recursive);
	*ret = pattern;
	memset(&pattern, 0, sizeof(pattern));
	return 0;
}

char *attest_pattern_quote(const char *path, size_t len)
{
	_cleanup_str_ struct attest_str s = { 0 };

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)path[i];

		if (c < 0x20 || c >= 0x7f)
			attest_str_printf(&s, "\\x%02x", c);
		else if (strchr("*?[\\", c))
			attest_str_printf(&s, "\\%c", c);
		else
			attest_str_putc(&s, (char)c);
	}
	return attest_str_take(&s);
}
