/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Mapping tables: a format is a list of rows, each a key and the getter of
 * the field that goes there. One interpreter writes every JSON format. Pure.
 */
#pragma once

#include "event/field.h"
#include "event/out.h"

enum attest_row_op {
	ATTEST_ROW_FIELD,
	ATTEST_ROW_CONST,  /* text, a JSON value */
	ATTEST_ROW_OBJECT, /* left out if nothing in it is written */
	ATTEST_ROW_ARRAY,
	ATTEST_ROW_CLOSE,
};

struct attest_row {
	enum attest_row_op op;
	bool nullable; /* write null where the getter says false */
	bool quoted;   /* a number as a string: keyword types want it */
	uint16_t key_len;
	const char *key; /* as it stands in the output, with quotes and colon */
	const char *text;
	attest_getter get;
	/* OBJECT, ARRAY, CONST: only if the record has this field. */
	attest_getter when;
};

#define ATTEST_ROW_KEY(k)                                                      \
	.key = (k)[0] ? "\"" k "\":" : "",                                     \
	.key_len = (k)[0] ? sizeof("\"" k "\":") - 1 : 0
#define ROW(k, field)                                                          \
	{                                                                      \
		.op = ATTEST_ROW_FIELD, ATTEST_ROW_KEY(k),                     \
		.get = attest_get_##field                                      \
	}
#define ROW_OR_NULL(k, field)                                                  \
	{                                                                      \
		.op = ATTEST_ROW_FIELD, ATTEST_ROW_KEY(k),                     \
		.get = attest_get_##field, .nullable = true                    \
	}
#define ROW_QUOTED(k, field)                                                   \
	{                                                                      \
		.op = ATTEST_ROW_FIELD, ATTEST_ROW_KEY(k),                     \
		.get = attest_get_##field, .quoted = true                      \
	}
/* A getter of the format's own. */
#define ROW_GET(k, getter)                                                     \
	{                                                                      \
		.op = ATTEST_ROW_FIELD, ATTEST_ROW_KEY(k), .get = (getter)     \
	}
#define ROW_CONST(k, json)                                                     \
	{                                                                      \
		.op = ATTEST_ROW_CONST, ATTEST_ROW_KEY(k), .text = (json)      \
	}
#define ROW_CONST_IF(k, json, field)                                           \
	{                                                                      \
		.op = ATTEST_ROW_CONST, ATTEST_ROW_KEY(k), .text = (json),     \
		.when = attest_get_##field                                     \
	}
#define ROW_OBJECT(k)                                                          \
	{                                                                      \
		.op = ATTEST_ROW_OBJECT, ATTEST_ROW_KEY(k), .text = "}"        \
	}
#define ROW_OBJECT_IF(k, field)                                                \
	{                                                                      \
		.op = ATTEST_ROW_OBJECT, ATTEST_ROW_KEY(k), .text = "}",       \
		.when = attest_get_##field                                     \
	}
/* The object, or null if the record has no such field. */
#define ROW_OBJECT_OR_NULL(k, field)                                           \
	{                                                                      \
		.op = ATTEST_ROW_OBJECT, ATTEST_ROW_KEY(k), .text = "}",       \
		.when = attest_get_##field, .nullable = true                   \
	}
#define ROW_ARRAY(k)                                                           \
	{                                                                      \
		.op = ATTEST_ROW_ARRAY, ATTEST_ROW_KEY(k), .text = "]"         \
	}
#define ROW_CLOSE                                                              \
	{                                                                      \
		.op = ATTEST_ROW_CLOSE                                         \
	}

/* Objects and arrays in each other. */
#define ATTEST_TABLE_DEPTH 12

/**
 * Appends one JSON object, without a newline.
 *
 * @rows: balanced, at most ATTEST_TABLE_DEPTH deep.
 *
 * Return: 0 or -ENOMEM.
 */
int attest_table_json(struct attest_str *s, const struct attest_row *rows,
		      size_t n_rows, const struct attest_record *rec);
