// SPDX-License-Identifier: Apache-2.0
/**
 * YAML to a tree. Aliases are copied; the limits on nodes and depth end a
 * document that grows by them or refers to itself.
 */
#include <errno.h>
#include <string.h>
#include <yaml.h>

#include "base/cleanup.h"
#include "policy/node_build.h"

static int failed(struct attest_node_builder *b, const yaml_parser_t *parser)
{
	const yaml_mark_t *mark = &parser->problem_mark;
	struct attest_node at = {
		.line = (int)mark->line + 1,
		.column = (int)mark->column + 1,
	};

	if (parser->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (parser->error == YAML_READER_ERROR) {
		/* It has a byte offset and no mark. */
		at.line = 0;
		at.column = 0;
		return attest_node_error(b->rd, &at, "not YAML: %s at byte %zu",
					 parser->problem,
					 parser->problem_offset);
	}
	return attest_node_error(
	    b->rd, &at, "not YAML: %s%s%s", parser->context ?: "",
	    parser->context ? ": " : "", parser->problem ?: "unknown problem");
}

static int check_tag(struct attest_node_builder *b, const yaml_node_t *from,
		     const struct attest_node *node)
{
	static const char *const plain[] = {
		[YAML_SCALAR_NODE] = YAML_DEFAULT_SCALAR_TAG,
		[YAML_SEQUENCE_NODE] = YAML_DEFAULT_SEQUENCE_TAG,
		[YAML_MAPPING_NODE] = YAML_DEFAULT_MAPPING_TAG,
	};
	const char *tag = (const char *)from->tag;

	if (!tag || strcmp(tag, plain[from->type]) == 0)
		return 0;
	return attest_node_error(b->rd, node,
				 "the tag '%.60s' is not allowed; "
				 "write the value without one",
				 tag);
}

static int copy(struct attest_node_builder *b, yaml_document_t *document,
		yaml_node_t *from, size_t depth, struct attest_node *node);

static int copy_scalar(struct attest_node_builder *b, const yaml_node_t *from,
		       struct attest_node *node)
{
	node->quoted = from->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	return attest_node_set_text(b, node,
				    (const char *)from->data.scalar.value,
				    from->data.scalar.length);
}

static int copy_sequence(struct attest_node_builder *b,
			 yaml_document_t *document, const yaml_node_t *from,
			 size_t depth, struct attest_node *node)
{
	const yaml_node_item_t *item = from->data.sequence.items.start;
	size_t n = (size_t)(from->data.sequence.items.top - item);
	int r;

	node->kind = ATTEST_NODE_SEQUENCE;
	r = attest_node_reserve(node, n);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = copy(b, document, yaml_document_get_node(document, item[i]),
			 depth + 1, &node->items[node->n_items++]);
	return r;
}

static int copy_mapping(struct attest_node_builder *b,
			yaml_document_t *document, const yaml_node_t *from,
			size_t depth, struct attest_node *node)
{
	const yaml_node_pair_t *pair = from->data.mapping.pairs.start;
	size_t n = (size_t)(from->data.mapping.pairs.top - pair);
	int r;

	node->kind = ATTEST_NODE_MAPPING;
	r = attest_node_reserve(node, n);
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct attest_node *key = &node->keys[i];

		node->n_items++;
		r = copy(b, document,
			 yaml_document_get_node(document, pair[i].key),
			 depth + 1, key);
		if (r == 0 && key->kind != ATTEST_NODE_SCALAR)
			return attest_node_error(b->rd, key,
						 "a key must be one word");
		r = r
			?: copy(b, document,
				yaml_document_get_node(document, pair[i].value),
				depth + 1, &node->items[i]);
	}
	return r ?: attest_node_check_unique(b, node);
}

static int copy(struct attest_node_builder *b, yaml_document_t *document,
		yaml_node_t *from, size_t depth, struct attest_node *node)
{
	int r;

	node->line = (int)from->start_mark.line + 1;
	node->column = (int)from->start_mark.column + 1;
	r = attest_node_count(b, node, depth);
	r = r ?: check_tag(b, from, node);
	if (r < 0)
		return r;
	switch (from->type) {
	case YAML_SEQUENCE_NODE:
		return copy_sequence(b, document, from, depth, node);
	case YAML_MAPPING_NODE:
		return copy_mapping(b, document, from, depth, node);
	default:
		return copy_scalar(b, from, node);
	}
}

/* The parser stands after the first document: there must be no second. */
static int check_end(struct attest_node_builder *b, yaml_parser_t *parser)
{
	yaml_document_t document;
	struct attest_node at = { 0 };
	yaml_node_t *root;

	if (!yaml_parser_load(parser, &document))
		return failed(b, parser);
	root = yaml_document_get_root_node(&document);
	if (root) {
		at.line = (int)document.start_mark.line + 1;
		at.column = (int)document.start_mark.column + 1;
	}
	yaml_document_delete(&document);
	if (at.line)
		return attest_node_error(
		    b->rd, &at, "a second document; only one is allowed");
	return 0;
}

static void parser_deletep(yaml_parser_t *parser)
{
	yaml_parser_delete(parser);
}

int attest_node_read_yaml(struct attest_node_builder *b, const char *text,
			  size_t len, struct attest_node *root)
{
	_cleanup_(parser_deletep) yaml_parser_t parser;
	yaml_document_t document;
	yaml_node_t *from;
	int r;

	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	if (!yaml_parser_load(&parser, &document))
		return failed(b, &parser);
	from = yaml_document_get_root_node(&document);
	root->line = 1;
	root->column = 1;
	if (from)
		r = copy(b, &document, from, 0, root);
	else
		r = attest_node_error(b->rd, root, "the document is empty");
	yaml_document_delete(&document);
	return r ?: check_end(b, &parser);
}
