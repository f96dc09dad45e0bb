/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Mapping tables of the formats that are lists of key and value.
 */
#pragma once

#include "event/field.h"
#include "event/out.h"

struct attest_flat_row {
	const char *key;
	attest_getter get;
};

#define FLAT(k, field)                                                         \
	{                                                                      \
		(k), attest_get_##field                                        \
	}

/** Writes byte c, at most 4 bytes, for one place of one format. */
typedef char *(*attest_escape)(char *p, unsigned char c);

/**
 * Appends a value as text: numbers in decimal; what is not UTF-8 as U+FFFD;
 * ASCII through escape. A failed append shows in s->error.
 */
void attest_flat_value(struct attest_str *s, const struct attest_value *v,
		       attest_escape escape);

/** Appends before, the key, "=", the value and after for each field. */
void attest_flat_rows(struct attest_str *s, const struct attest_flat_row *rows,
		      size_t n_rows, const struct attest_record *rec,
		      const char *before, const char *between,
		      const char *after, attest_escape escape);

/**
 * For formats that have no escape for controls: the path's exact bytes, if
 * it has controls or is not UTF-8.
 */
bool attest_get_path_exact(const struct attest_record *rec,
			   struct attest_value *v);
bool attest_get_severity_cef(const struct attest_record *rec,
			     struct attest_value *v); /* 0..10 */
