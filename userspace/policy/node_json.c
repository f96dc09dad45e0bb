// SPDX-License-Identifier: Apache-2.0
/**
 * JSON to a tree. jansson reads and checks the text; it does not say where a
 * value stood, so a cursor walks over the same text beside its tree. The
 * text is known to be well formed by then and jansson keeps the order of
 * keys, so the cursor only has to step over tokens.
 */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/node_build.h"

struct cursor {
	const char *p;
	const char *end;
	int line;
	int column; /* in characters, as jansson and libyaml count */
};

static void step(struct cursor *c)
{
	unsigned char byte = (unsigned char)*c->p++;

	if (byte == '\n') {
		c->line++;
		c->column = 1;
	} else if ((byte & 0xc0) != 0x80) {
		c->column++;
	}
}

/* To the next character that is not one of these. */
static void skip(struct cursor *c, const char *set)
{
	while (c->p < c->end && *c->p && strchr(set, *c->p))
		step(c);
}

static void skip_scalar(struct cursor *c)
{
	if (c->p < c->end && *c->p == '"') {
		step(c);
		while (c->p < c->end && *c->p != '"') {
			if (*c->p == '\\')
				step(c);
			step(c);
		}
		step(c);
		return;
	}
	while (c->p < c->end && *c->p && !strchr(" \t\r\n,]}", *c->p))
		step(c);
}

static void locate(struct cursor *c, struct attest_node *node)
{
	skip(c, " \t\r\n,:");
	node->line = c->line;
	node->column = c->column;
}

static int read_value(struct attest_node_builder *b, struct cursor *c,
		      json_t *value, size_t depth, struct attest_node *node);

static int read_scalar(struct attest_node_builder *b, struct cursor *c,
		       json_t *value, struct attest_node *node)
{
	const char *start = c->p;

	skip_scalar(c);
	if (!json_is_string(value))
		return attest_node_set_text(b, node, start,
					    (size_t)(c->p - start));
	node->quoted = true;
	return attest_node_set_text(b, node, json_string_value(value),
				    json_string_length(value));
}

static int read_array(struct attest_node_builder *b, struct cursor *c,
		      json_t *value, size_t depth, struct attest_node *node)
{
	size_t n = json_array_size(value);
	int r;

	node->kind = ATTEST_NODE_SEQUENCE;
	r = attest_node_reserve(node, n);
	step(c);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = read_value(b, c, json_array_get(value, i), depth + 1,
			       &node->items[node->n_items++]);
	skip(c, " \t\r\n");
	step(c);
	return r;
}

static int read_object(struct attest_node_builder *b, struct cursor *c,
		       json_t *object, size_t depth, struct attest_node *node)
{
	const char *name;
	json_t *value;
	int r;

	node->kind = ATTEST_NODE_MAPPING;
	r = attest_node_reserve(node, json_object_size(object));
	if (r < 0)
		return r;
	step(c);
	json_object_foreach (object, name, value) {
		struct attest_node *key = &node->keys[node->n_items];

		node->n_items++;
		locate(c, key);
		skip_scalar(c);
		key->quoted = true;
		r = attest_node_set_text(b, key, name, strlen(name));
		r = r
			?: read_value(b, c, value, depth + 1,
				      &node->items[node->n_items - 1]);
		if (r < 0)
			return r;
	}
	skip(c, " \t\r\n");
	step(c);
	return 0;
}

static int read_value(struct attest_node_builder *b, struct cursor *c,
		      json_t *value, size_t depth, struct attest_node *node)
{
	int r;

	locate(c, node);
	r = attest_node_count(b, node, depth);
	if (r < 0)
		return r;
	if (json_is_object(value))
		return read_object(b, c, value, depth, node);
	if (json_is_array(value))
		return read_array(b, c, value, depth, node);
	return read_scalar(b, c, value, node);
}

int attest_node_read_json(struct attest_node_builder *b, const char *text,
			  size_t len, struct attest_node *root)
{
	struct cursor c = { text, text + len, 1, 1 };
	json_auto_t *value = NULL;
	json_error_t where;

	if (len >= 3 && memcmp(c.p, "\xef\xbb\xbf", 3) == 0)
		c.p += 3;
	/* Numbers are taken from the text: as reals 2^64 - 1 is one too. */
	value = json_loadb(c.p, (size_t)(c.end - c.p),
			   JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL,
			   &where);
	if (!value) {
		struct attest_node at = {
			.line = where.line,
			.column = where.column,
		};

		return attest_node_error(b->rd, &at, "not JSON: %s",
					 where.text);
	}
	return read_value(b, &c, value, 0, root);
}
