// SPDX-License-Identifier: Apache-2.0
/**
 * Documents to a policy: files, what they extend, the built-in levels.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/embedded.h"
#include "base/io.h"
#include "base/nearest.h"
#include "policy/policy_read.h"
#include "policy/seccomp.h"

#define EXTENDS_MAX 8

static const struct attest_node nowhere;

static int read_document(struct attest_reader *rd,
			 const struct attest_document *doc, const char *text,
			 size_t len, struct attest_policy *policy);

void attest_policy_free(struct attest_policy **policy)
{
	struct attest_policy *p = TAKE_PTR(*policy);

	if (!p)
		return;
	free(p->name);
	free(p->level);
	attest_rules_free(p->rules, p->n_rules);
	for (size_t i = 0; i < p->n_extensions; i++)
		free(p->extensions[i]);
	free(p->extensions);
	attest_seccomp_free(&p->seccomp);
	attest_net_rules_free(p->net_rules, p->n_net_rules);
	for (size_t i = 0; i < p->n_warnings; i++) {
		free(p->warnings[i].file);
		free(p->warnings[i].text);
	}
	free(p->warnings);
	free(p);
}

static const struct attest_embedded *find_level(const char *name)
{
	for (const struct attest_embedded *e = attest_builtin_policies; e->name;
	     e++)
		if (strcmp(e->name, name) == 0)
			return e;
	return NULL;
}

static const char *next_level(const void *data, size_t i)
{
	return ((const struct attest_embedded *)data)[i].name;
}

int attest_policy_read_level(struct attest_reader *rd,
			     const struct attest_node *node,
			     const struct attest_document *parent,
			     const char *name, struct attest_policy *policy)
{
	const struct attest_embedded *e = find_level(name);
	struct attest_document doc = { .parent = parent,
				       .depth = parent->depth + 1 };
	struct attest_reader sub = *rd;
	const char *nearest;
	int r;

	if (!e) {
		nearest =
		    attest_nearest(name, next_level, attest_builtin_policies);
		(void)attest_node_error(
		    rd, node, "there is no level '%.60s'%s%s%s", name,
		    nearest ? "; did you mean '" : "; there are minimal, ",
		    nearest ?: "standard, maximum and strict",
		    nearest ? "'?" : "");
		return -ENOENT;
	}
	sub.file = NULL;
	r = read_document(&sub, &doc, e->data, e->len, policy);
	rd->warnings = sub.warnings;
	rd->n_warnings = sub.n_warnings;
	if (r < 0)
		return r;
	/* After what the level itself extends: the outer one is its name. */
	free(policy->level);
	policy->level = strdup(name);
	return policy->level ? 0 : -ENOMEM;
}

/* A path that is written in a document starts in the document's folder. */
static char *resolve(const char *document, const char *path)
{
	const char *slash = document ? strrchr(document, '/') : NULL;
	char *p;

	if (!slash || *path == '/')
		return strdup(path);
	return asprintf(&p, "%.*s/%s", (int)(slash - document), document,
			path) < 0
		   ? NULL
		   : p;
}

static int check_cycle(struct attest_reader *rd, const struct attest_node *node,
		       const struct attest_document *doc, const char *path)
{
	for (const struct attest_document *d = doc->parent; d && doc->real;
	     d = d->parent) {
		if (!d->real || strcmp(d->real, doc->real) != 0)
			continue;
		(void)attest_node_error(
		    rd, node,
		    "'%.120s' extends itself, directly or through "
		    "what it extends",
		    path);
		return -ELOOP;
	}
	return 0;
}

static int read_file(struct attest_reader *rd, const struct attest_node *node,
		     const struct attest_document *parent, const char *path,
		     struct attest_policy *policy)
{
	struct attest_document doc = { .parent = parent };
	struct attest_reader sub = *rd;
	_cleanup_free_ char *real = NULL;
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r;

	real = realpath(path, NULL);
	doc.real = real;
	doc.depth = parent ? parent->depth + 1 : 0;
	r = check_cycle(rd, node, &doc, path);
	if (r < 0)
		return r;
	if (!parent && strcmp(path, "-") == 0)
		r = attest_read_fd(STDIN_FILENO, ATTEST_DOCUMENT_MAX, &text,
				   &len);
	else
		r = attest_read_file(path, ATTEST_DOCUMENT_MAX, &text, &len);
	if (r < 0) {
		(void)attest_node_error(
		    rd, node, "cannot read the policy '%.120s': %s", path,
		    r == -E2BIG ? "more than 1 MiB" : strerror(-r));
		return r;
	}
	sub.file = parent || strcmp(path, "-") != 0 ? path : "(stdin)";
	r = read_document(&sub, &doc, text, len, policy);
	rd->warnings = sub.warnings;
	rd->n_warnings = sub.n_warnings;
	return r;
}

int attest_policy_read_extends(struct attest_reader *rd,
			       const struct attest_node *node,
			       const struct attest_document *doc,
			       struct attest_policy *policy)
{
	_cleanup_free_ char *path = NULL;
	const char *text;
	int r;

	r = attest_node_string(rd, node, "extends", &text);
	if (r < 0)
		return r;
	if (doc->depth >= EXTENDS_MAX) {
		(void)attest_node_error(rd, node,
					"more than %d documents extend one "
					"another",
					EXTENDS_MAX);
		return -E2BIG;
	}
	if (!strpbrk(text, "/."))
		return attest_policy_read_level(rd, node, doc, text, policy);
	path = resolve(rd->file, text);
	if (!path)
		return -ENOMEM;
	return read_file(rd, node, doc, path, policy);
}

static int read_document(struct attest_reader *rd,
			 const struct attest_document *doc, const char *text,
			 size_t len, struct attest_policy *policy)
{
	_cleanup_(attest_node_free) struct attest_node *root = NULL;
	int r;

	r = attest_node_parse(rd, text, len, &root);
	return r ?: attest_policy_read_root(rd, root, doc, policy);
}

/* "ci" for "/etc/attest-bpf/ci.yaml". */
static char *default_name(const char *path, const char *level)
{
	const char *slash;
	const char *dot;

	if (level || !path || strcmp(path, "-") == 0)
		return strdup(level ?: "policy");
	slash = strrchr(path, '/');
	path = slash ? slash + 1 : path;
	dot = strrchr(path, '.');
	return dot && dot != path ? strndup(path, (size_t)(dot - path))
				  : strdup(path);
}

static int load(const char *path, const char *text, const char *level,
		struct attest_policy **ret_policy, struct attest_diag *diag)
{
	_free_policy_ struct attest_policy *policy = NULL;
	struct attest_reader rd = { .diag = diag };
	const struct attest_document top = { 0 };
	int r;

	policy = calloc(1, sizeof(*policy));
	if (!policy)
		return -ENOMEM;
	policy->fs_default_execute = true;
	if (level)
		r = attest_policy_read_level(&rd, &nowhere, &top, level,
					     policy);
	else if (path)
		r = read_file(&rd, &nowhere, NULL, path, policy);
	else
		r = read_document(&rd, &top, text, strlen(text), policy);
	policy->warnings = rd.warnings;
	policy->n_warnings = rd.n_warnings;
	if (r < 0)
		return r;
	if (!policy->name)
		policy->name = default_name(path, level);
	if (!policy->name)
		return -ENOMEM;
	if (policy->seccomp &&
	    attest_seccomp_rename(policy->seccomp, policy->name) < 0)
		return -ENOMEM;
	r = attest_policy_make_digest(policy);
	if (r < 0)
		return r;
	*ret_policy = TAKE_PTR(policy);
	return 0;
}

int attest_policy_load(const char *path, const char *text,
		       struct attest_policy **ret_policy,
		       struct attest_diag *reterr_diag)
{
	return load(path, text, NULL, ret_policy, reterr_diag);
}

int attest_policy_load_level(const char *level,
			     struct attest_policy **ret_policy,
			     struct attest_diag *reterr_diag)
{
	return load(NULL, NULL, level, ret_policy, reterr_diag);
}

const char *attest_diag_text(const struct attest_diag *diag, char *buffer,
			     size_t size)
{
	char at[64] = "";

	if (diag->line && diag->column)
		(void)snprintf(at, sizeof(at), "%d:%d: ", diag->line,
			       diag->column);
	else if (diag->line)
		(void)snprintf(at, sizeof(at), "%d: ", diag->line);
	(void)snprintf(buffer, size, "%s%s%s%s", diag->file,
		       *diag->file ? *at ? ":" : ": " : "", at, diag->text);
	return buffer;
}
