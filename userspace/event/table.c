// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <errno.h>
#include <sys/types.h>

#include "event/table.h"

/* Room for any value but text: numbers, true, null, brackets, a comma. */
#define SMALL 32

/* Past the row that closes what rows[i] opens. */
static size_t skip(const struct attest_row *rows, size_t i)
{
	int depth = 0;

	do {
		if (rows[i].op == ATTEST_ROW_CLOSE)
			depth--;
		else if (rows[i].op != ATTEST_ROW_FIELD &&
			 rows[i].op != ATTEST_ROW_CONST)
			depth++;
		i++;
	} while (depth > 0);
	return i;
}

static inline char *put_key(char *p, const struct attest_row *row)
{
	if (p[-1] != '{' && p[-1] != '[')
		*p++ = ',';
	return attest_out_copy(p, row->key, row->key_len);
}

static inline char *quoted(char *p, const struct attest_value *v)
{
	*p++ = '"';
	if (v->kind == ATTEST_VALUE_TEXT)
		p = attest_out_json(p, v->data, v->len);
	else if (v->kind == ATTEST_VALUE_BASE64)
		p = attest_out_base64(p, v->data, v->len);
	else
		p = attest_out_copy(p, v->data, v->len);
	*p++ = '"';
	return p;
}

static inline char *put_value(char *p, const struct attest_value *v)
{
	switch (v->kind) {
	case ATTEST_VALUE_UINT:
		return attest_out_u64(p, v->u);
	case ATTEST_VALUE_INT:
		return attest_out_i64(p, v->i);
	case ATTEST_VALUE_BOOL:
		return v->u ? attest_out_copy(p, "true", 4)
			    : attest_out_copy(p, "false", 5);
	case ATTEST_VALUE_JSON:
		return attest_out_copy(p, v->data, v->len);
	default:
		return quoted(p, v);
	}
}

static inline size_t room_for(const struct attest_row *row,
			      const struct attest_value *v)
{
	size_t n = row->key_len + SMALL;

	if (v->kind == ATTEST_VALUE_TEXT)
		n += ATTEST_JSON_GROWTH * v->len;
	else if (v->kind >= ATTEST_VALUE_PLAIN)
		n += v->len * 2; /* base64 is the longest of these */
	return n;
}

static int put_field(struct attest_str *s, const struct attest_row *row,
		     const struct attest_record *rec)
{
	struct attest_value v;
	char *p;

	if (!row->get(rec, &v)) {
		if (!row->nullable)
			return 0;
		v.kind = ATTEST_VALUE_JSON;
		v.data = "null";
		v.len = 4;
	}
	p = attest_out_room(s, room_for(row, &v));
	if (!p)
		return -ENOMEM;
	p = put_key(p, row);
	if (row->quoted && v.kind < ATTEST_VALUE_PLAIN) {
		*p++ = '"';
		p = put_value(p, &v);
		*p++ = '"';
	} else {
		p = put_value(p, &v);
	}
	s->len = (size_t)(p - s->data);
	return 0;
}

static int put_text(struct attest_str *s, const struct attest_row *row,
		    const char *text)
{
	size_t len = strlen(text);
	char *p = attest_out_room(s, row->key_len + SMALL + len);

	if (!p)
		return -ENOMEM;
	p = put_key(p, row);
	s->len = (size_t)(attest_out_copy(p, text, len) - s->data);
	return 0;
}

/* Where the open objects began, and with what they end. */
struct stack {
	size_t start[ATTEST_TABLE_DEPTH];
	char closer[ATTEST_TABLE_DEPTH];
	int depth;
};

static int open_block(struct attest_str *s, const struct attest_row *row,
		      struct stack *stack)
{
	assert(stack->depth < ATTEST_TABLE_DEPTH);
	stack->start[stack->depth] = s->len;
	stack->closer[stack->depth++] = row->text[0];
	return put_text(s, row, row->text[0] == '}' ? "{" : "[");
}

/* What holds nothing is taken back, key and comma included. */
static void close_block(struct attest_str *s, struct stack *stack)
{
	char last = s->data[s->len - 1];

	assert(stack->depth > 0);
	stack->depth--;
	if (last == '{' || last == '[')
		s->len = stack->start[stack->depth];
	else
		s->data[s->len++] = stack->closer[stack->depth];
}

/* One row; returns the next one's index, or -ENOMEM. */
static ssize_t put_row(struct attest_str *s, const struct attest_row *rows,
		       size_t i, const struct attest_record *rec,
		       struct stack *stack)
{
	const struct attest_row *row = &rows[i];
	struct attest_value v;
	int r = 0;

	if (row->op == ATTEST_ROW_FIELD)
		r = put_field(s, row, rec);
	else if (row->op == ATTEST_ROW_CLOSE)
		close_block(s, stack);
	else if (row->when && !row->when(rec, &v)) {
		if (row->nullable)
			r = put_text(s, row, "null");
		i = skip(rows, i) - 1;
	} else if (row->op == ATTEST_ROW_CONST)
		r = put_text(s, row, row->text);
	else
		r = open_block(s, row, stack);
	return r < 0 ? r : (ssize_t)i + 1;
}

int attest_table_json(struct attest_str *s, const struct attest_row *rows,
		      size_t n_rows, const struct attest_record *rec)
{
	struct stack stack;
	ssize_t i = 0;
	char *p = attest_out_room(s, SMALL);

	stack.depth = 0;
	if (!p)
		return -ENOMEM;
	*p++ = '{';
	s->len++;
	while ((size_t)i < n_rows) {
		i = put_row(s, rows, (size_t)i, rec, &stack);
		if (i < 0)
			return (int)i;
	}
	assert(stack.depth == 0);
	p = attest_out_room(s, SMALL);
	if (!p)
		return -ENOMEM;
	*p++ = '}';
	attest_out_end(s, p);
	return 0;
}
