/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Fast writing into a struct attest_str: room is asked for once, then bytes go
 * through a pointer without checks.
 *
 * Pure. A pointer p that these functions take has the room they document;
 * they return the place after what they wrote. None adds a NUL.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"

/* Most bytes that one input byte becomes in JSON: \u00xx. */
#define ATTEST_JSON_GROWTH 6

/** Slow path of attest_out_room(). */
char *attest_out_grow(struct attest_str *s, size_t n);

/**
 * Room for n more bytes and a NUL.
 *
 * Return: where they go, until the next call; NULL without memory, and then
 * s->error is set.
 */
static inline char *attest_out_room(struct attest_str *s, size_t n)
{
	if (s->size - s->len > n && !s->error)
		return s->data + s->len;
	return attest_out_grow(s, n);
}

/** Ends what attest_out_room() began: p is one past the last byte. */
static inline void attest_out_end(struct attest_str *s, char *p)
{
	*p = '\0';
	s->len = (size_t)(p - s->data);
}

static inline char *attest_out_copy(char *p, const char *data, size_t len)
{
	memcpy(p, data, len);
	return p + len;
}

/** Decimal; room for 20 bytes. */
char *attest_out_u64(char *p, uint64_t value);
/** Decimal with sign; room for 20 bytes. */
char *attest_out_i64(char *p, int64_t value);
/** Hex digits without leading zeros; room for 16 bytes. */
char *attest_out_digits(char *p, uint64_t value);
/** "0x" and hex digits without leading zeros; room for 18 bytes. */
char *attest_out_hex(char *p, uint64_t value);
/** RFC 3339 in UTC with nine decimals; room for 30 bytes. */
char *attest_out_time(char *p, uint64_t time_ns);
/** Base64 with padding; room for (len + 2) / 3 * 4 bytes. */
char *attest_out_base64(char *p, const void *data, size_t len);

/**
 * The inside of a JSON string. Bytes that are not UTF-8 become U+FFFD, one
 * each; the result is always valid JSON and valid UTF-8.
 *
 * @p: room for ATTEST_JSON_GROWTH * len bytes.
 */
char *attest_out_json(char *p, const char *data, size_t len);

/**
 * Length of the UTF-8 sequence at data, 1..4; 0 if it is not one (overlong,
 * surrogate, past U+10FFFF, cut).
 */
size_t attest_utf8_len(const char *data, size_t len);
bool attest_utf8_is_valid(const char *data, size_t len);
