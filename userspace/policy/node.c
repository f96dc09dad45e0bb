// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/node.h"
#include "policy/node_build.h"

void attest_node_done(struct attest_node *node)
{
	free(node->text);
	for (size_t i = 0; i < node->n_items; i++) {
		attest_node_done(&node->items[i]);
		if (node->keys)
			attest_node_done(&node->keys[i]);
	}
	free(node->items);
	free(node->keys);
	memset(node, 0, sizeof(*node));
}

void attest_node_free(struct attest_node **node)
{
	struct attest_node *n = TAKE_PTR(*node);

	if (n)
		attest_node_done(n);
	free(n);
}

void attest_reader_done(struct attest_reader *rd)
{
	for (size_t i = 0; i < rd->n_warnings; i++) {
		free(rd->warnings[i].file);
		free(rd->warnings[i].text);
	}
	free(rd->warnings);
	rd->warnings = NULL;
	rd->n_warnings = 0;
}

int attest_node_error(struct attest_reader *rd, const struct attest_node *node,
		      const char *format, ...)
{
	struct attest_diag *diag = rd->diag;
	va_list args;

	(void)snprintf(diag->file, sizeof(diag->file), "%s", rd->file ?: "");
	diag->line = node->line;
	diag->column = node->column;
	va_start(args, format);
	(void)vsnprintf(diag->text, sizeof(diag->text), format, args);
	va_end(args);
	return -EINVAL;
}

int attest_node_warn(struct attest_reader *rd, const struct attest_node *node,
		     const char *format, ...)
{
	struct attest_warning w = { .line = node->line,
				    .column = node->column };
	struct attest_warning *p;
	va_list args;
	int n;

	p = realloc(rd->warnings, (rd->n_warnings + 1) * sizeof(*p));
	if (!p)
		return -ENOMEM;
	rd->warnings = p;
	if (rd->file) {
		w.file = strdup(rd->file);
		if (!w.file)
			return -ENOMEM;
	}
	va_start(args, format);
	n = vasprintf(&w.text, format, args);
	va_end(args);
	if (n < 0) {
		free(w.file);
		return -ENOMEM;
	}
	p[rd->n_warnings++] = w;
	return 0;
}

const struct attest_node *attest_node_get(const struct attest_node *node,
					  const char *key)
{
	if (node->kind != ATTEST_NODE_MAPPING)
		return NULL;
	for (size_t i = 0; i < node->n_items; i++)
		if (strcmp(node->keys[i].text, key) == 0)
			return &node->items[i];
	return NULL;
}

int attest_node_count(struct attest_node_builder *b,
		      const struct attest_node *where, size_t depth)
{
	if (depth > ATTEST_NODE_DEPTH_MAX) {
		(void)attest_node_error(b->rd, where,
					"nested deeper than %d levels",
					ATTEST_NODE_DEPTH_MAX);
		return -E2BIG;
	}
	if (++b->n_nodes > ATTEST_NODES_MAX) {
		(void)attest_node_error(
		    b->rd, where,
		    "more than %d values in one document, aliases followed",
		    ATTEST_NODES_MAX);
		return -E2BIG;
	}
	return 0;
}

int attest_node_set_text(struct attest_node_builder *b,
			 struct attest_node *node, const char *text, size_t len)
{
	if (memchr(text, '\0', len))
		return attest_node_error(b->rd, node,
					 "a NUL byte cannot be in a value");
	node->text = strndup(text, len);
	if (!node->text)
		return -ENOMEM;
	node->len = len;
	return 0;
}

int attest_node_reserve(struct attest_node *node, size_t n)
{
	if (n == 0)
		return 0;
	node->items = calloc(n, sizeof(*node->items));
	if (!node->items)
		return -ENOMEM;
	if (node->kind != ATTEST_NODE_MAPPING)
		return 0;
	node->keys = calloc(n, sizeof(*node->keys));
	return node->keys ? 0 : -ENOMEM;
}

static int compare_keys(const void *a, const void *b)
{
	const struct attest_node *x = *(const struct attest_node *const *)a;
	const struct attest_node *y = *(const struct attest_node *const *)b;
	int c = strcmp(x->text, y->text);

	/* Keys are of one array: the later one is the duplicate. */
	return c ? c : (x > y) - (x < y);
}

int attest_node_check_unique(struct attest_node_builder *b,
			     const struct attest_node *node)
{
	_cleanup_free_ const struct attest_node **keys = NULL;

	if (node->n_items < 2)
		return 0;
	keys = calloc(node->n_items, sizeof(*keys));
	if (!keys)
		return -ENOMEM;
	for (size_t i = 0; i < node->n_items; i++)
		keys[i] = &node->keys[i];
	qsort(keys, node->n_items, sizeof(*keys), compare_keys);
	for (size_t i = 1; i < node->n_items; i++)
		if (strcmp(keys[i - 1]->text, keys[i]->text) == 0)
			return attest_node_error(
			    b->rd, keys[i],
			    "the key '%.80s' is written twice; "
			    "the first is on line %d",
			    keys[i]->text, keys[i - 1]->line);
	return 0;
}

static bool is_json(const char *text, size_t len)
{
	static const char bom[] = "\xef\xbb\xbf";
	size_t i = 0;

	if (len >= 3 && memcmp(text, bom, 3) == 0)
		i = 3;
	while (i < len && strchr(" \t\r\n", text[i]) && text[i])
		i++;
	return i < len && (text[i] == '{' || text[i] == '[');
}

int attest_node_parse(struct attest_reader *rd, const char *text, size_t len,
		      struct attest_node **ret)
{
	_cleanup_(attest_node_free) struct attest_node *root = NULL;
	struct attest_node_builder b = { .rd = rd };
	int r;

	assert(rd->diag);
	root = calloc(1, sizeof(*root));
	if (!root)
		return -ENOMEM;
	if (len > ATTEST_DOCUMENT_MAX) {
		(void)attest_node_error(rd, root,
					"the document is larger than %u bytes",
					ATTEST_DOCUMENT_MAX);
		return -E2BIG;
	}
	if (is_json(text, len))
		r = attest_node_read_json(&b, text, len, root);
	else
		r = attest_node_read_yaml(&b, text, len, root);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(root);
	return 0;
}
