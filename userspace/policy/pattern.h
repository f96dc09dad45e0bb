/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Path patterns as token lists.
 *
 *   c        the byte c
 *   ?        one byte, not '/'
 *   *        any bytes inside one component
 *   **       any bytes, '/' among them; a component that is just two stars
 *            stands for any number of directories, none included
 *   [a-z]    one of these bytes; [!a-z] one that is not; never '/'
 *   \c       the byte c; \xHH the byte with that hexadecimal number
 *
 * A recursive pattern, the usual case, also matches all that is below what
 * it names, and a last component of one or two stars then stands for the
 * directory with all below. Patterns are bytes: no encoding is assumed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum attest_token_kind {
	ATTEST_TOKEN_BYTE,
	ATTEST_TOKEN_SET,
	ATTEST_TOKEN_STAR,	  /* any bytes but '/' */
	ATTEST_TOKEN_DOUBLE,	  /* any bytes */
	ATTEST_TOKEN_DIRECTORIES, /* (any bytes and '/') or nothing */
};

/* Bit b of a set: byte b is in it. Bit 0 says what a negated set has. */
#define ATTEST_SET_BYTES 32

struct attest_token {
	uint8_t kind; /* enum attest_token_kind */
	uint8_t byte;
	uint8_t set[ATTEST_SET_BYTES];
};

struct attest_pattern {
	struct attest_token *tokens;
	size_t n_tokens;
	size_t literal_len; /* bytes before the first wildcard, as written */
	size_t n_wildcards;
	bool below; /* all below what the tokens match is matched too */
};

static inline bool attest_set_has(const uint8_t *set, unsigned int byte)
{
	return set[byte / 8] >> (byte % 8) & 1;
}

/**
 * Reads a pattern. The root is the pattern without tokens.
 *
 * @ret_error: what is wrong, static text; set when -EINVAL is returned.
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int attest_pattern_parse(const char *text, bool recursive,
			 struct attest_pattern *ret, const char **ret_error);
void attest_pattern_done(struct attest_pattern *pattern);

/**
 * The pattern that matches exactly these bytes; free(). NULL: no memory.
 * Bytes that are not printable ASCII become \xHH.
 */
char *attest_pattern_quote(const char *path, size_t len);
