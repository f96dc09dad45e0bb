/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A document as a tree that knows where everything was written, the same for
 * YAML and JSON. Whoever reads a part of a document reads it from here.
 *
 * JSON is read strictly (jansson), YAML without tags, with at most
 * ATTEST_NODES_MAX nodes after aliases are followed. Both refuse duplicate
 * keys, keys that are no scalars, NUL bytes and a second document.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/policy.h"

#define ATTEST_DOCUMENT_MAX (1U << 20) /* bytes of one document */
#define ATTEST_NODES_MAX 1000000       /* nodes of one document */
#define ATTEST_NODE_DEPTH_MAX 32

enum attest_node_kind {
	ATTEST_NODE_SCALAR,
	ATTEST_NODE_SEQUENCE,
	ATTEST_NODE_MAPPING,
};

struct attest_node {
	enum attest_node_kind kind;
	bool quoted; /* a scalar that is a string whatever it looks like */
	int line;    /* 1-based */
	int column;  /* 1-based, in characters */
	char *text;  /* scalar: NUL-terminated, without NULs inside; or NULL */
	size_t len;
	struct attest_node *keys;  /* mapping: n_items scalars */
	struct attest_node *items; /* sequence: items; mapping: values */
	size_t n_items;
};

/** What all readers of one document share. */
struct attest_reader {
	const char *file; /* NULL: from memory or built in */
	struct attest_diag *diag;
	struct attest_warning *warnings; /* owned, attest_reader_done() */
	size_t n_warnings;
};

/**
 * Reads a document: JSON if its first character is '{' or '[', else YAML.
 *
 * @ret: attest_node_free().
 *
 * Return: 0; -EINVAL bad document, -E2BIG past a limit (rd->diag is filled),
 *         -ENOMEM.
 */
int attest_node_parse(struct attest_reader *rd, const char *text, size_t len,
		      struct attest_node **ret);
void attest_node_free(struct attest_node **node);

/** Frees the warnings. */
void attest_reader_done(struct attest_reader *rd);

/** Says in rd->diag what is wrong with a node. Returns -EINVAL. */
int attest_node_error(struct attest_reader *rd, const struct attest_node *node,
		      const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** Adds a warning about a node. 0 or -ENOMEM. */
int attest_node_warn(struct attest_reader *rd, const struct attest_node *node,
		     const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** The value of a mapping's key, or NULL; NULL too if node is no mapping. */
const struct attest_node *attest_node_get(const struct attest_node *node,
					  const char *key);

/*
 * The value of a node as a type, or -EINVAL with rd->diag filled. `what`
 * names the value in the message: "priority must be ...".
 */

/** A string: any scalar but null, true and false that are not quoted. */
int attest_node_string(struct attest_reader *rd, const struct attest_node *node,
		       const char *what, const char **ret);
/** As attest_node_string(), but a copy; free(). The old *ret is freed. */
int attest_node_strdup(struct attest_reader *rd, const struct attest_node *node,
		       const char *what, char **ret);
/** true or false, not quoted. */
int attest_node_bool(struct attest_reader *rd, const struct attest_node *node,
		     const char *what, bool *ret);
/** A decimal number, not quoted, from min to max. */
int attest_node_int(struct attest_reader *rd, const struct attest_node *node,
		    const char *what, int64_t min, int64_t max, int64_t *ret);
/** A number from 0 to 2^64 - 1, decimal or 0x hexadecimal, not quoted. */
int attest_node_u64(struct attest_reader *rd, const struct attest_node *node,
		    const char *what, uint64_t *ret);
/** Bytes: a number, or a number with a unit: "10MiB", "4 kB", "1G". */
int attest_node_size(struct attest_reader *rd, const struct attest_node *node,
		     const char *what, uint64_t *ret);
/** Is it null, or an empty plain scalar? */
bool attest_node_is_null(const struct attest_node *node);
int attest_node_expect(struct attest_reader *rd, const struct attest_node *node,
		       const char *what, enum attest_node_kind kind);

/** One spelling of a value. Several names may have the same value. */
struct attest_choice {
	const char *name;
	int value;
};

/**
 * The value of the choice whose name the node has; case, '-' and '_' do not
 * matter. The message lists the choices and suggests the nearest.
 *
 * @choices: ends with a NULL name.
 */
int attest_node_choice(struct attest_reader *rd, const struct attest_node *node,
		       const char *what, const struct attest_choice *choices,
		       int *ret);

/**
 * Is node a mapping with no keys but these? The message names the key, what
 * is allowed and the nearest.
 *
 * @keys: ends with NULL.
 */
int attest_node_check_keys(struct attest_reader *rd,
			   const struct attest_node *node, const char *what,
			   const char *const *keys);
