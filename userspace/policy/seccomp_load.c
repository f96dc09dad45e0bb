// SPDX-License-Identifier: Apache-2.0
/**
 * Where profiles come from: the program, files, a search path.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/embedded.h"
#include "base/io.h"
#include "policy/node.h"
#include "policy/seccomp.h"

/* Policies whose seccomp section is a file that is a policy ... */
#define FILE_DEPTH_MAX 8
#define PATH_LEN 4096
#define INLINE_NAME "inline"

static const char *const section_keys[] = { "profile", "file", NULL };
static const struct attest_node nowhere;

static int read_section(struct attest_reader *rd,
			const struct attest_node *node, const char *name,
			int depth, struct attest_seccomp_profile **ret);

/* The warnings of a file that another one named, to that one's reader. */
static int move_warnings(struct attest_reader *from, struct attest_reader *to)
{
	struct attest_warning *grown;

	if (!from->n_warnings)
		return 0;
	grown = reallocarray(to->warnings, to->n_warnings + from->n_warnings,
			     sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	memcpy(grown + to->n_warnings, from->warnings,
	       from->n_warnings * sizeof(*grown));
	to->warnings = grown;
	to->n_warnings += from->n_warnings;
	free(from->warnings);
	from->warnings = NULL;
	from->n_warnings = 0;

	return 0;
}

static char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	const char *dot = strrchr(base, '.');

	return dot && dot != base ? strndup(base, (size_t)(dot - base))
				  : strdup(base);
}

static int read_document(struct attest_reader *rd, const char *text, size_t len,
			 const char *name, int depth,
			 struct attest_seccomp_profile **ret)
{
	struct attest_node *root = NULL;
	const struct attest_node *section;
	int r;

	r = attest_node_parse(rd, text, len, &root);
	if (r < 0)
		return r;
	section = attest_node_get(root, "seccomp");
	if (section)
		r = read_section(rd, section, name, depth + 1, ret);
	else
		r = attest_seccomp_read(rd, root, name, ATTEST_SECCOMP_AUTO,
					ret);
	attest_node_free(&root);

	return r;
}

static int load(struct attest_reader *rd, const struct attest_node *node,
		const char *path, int depth,
		struct attest_seccomp_profile **ret)
{
	struct attest_reader sub = { .file = path, .diag = rd->diag };
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *name = NULL;
	size_t len;
	int r;

	if (depth > FILE_DEPTH_MAX) {
		(void)attest_node_error(rd, node,
					"more than %d files name one another",
					FILE_DEPTH_MAX);
		return -ELOOP;
	}
	r = attest_read_file(path, ATTEST_DOCUMENT_MAX, &text, &len);
	if (r < 0) {
		(void)attest_node_error(
		    rd, node,
		    "cannot read the seccomp profile "
		    "'%.120s': %s",
		    path, r == -E2BIG ? "more than 1 MiB" : strerror(-r));
		return r;
	}
	name = base_name(path);
	if (!name)
		return -ENOMEM;
	r = read_document(&sub, text, len, name, depth, ret);
	if (r >= 0 && move_warnings(&sub, rd) < 0) {
		attest_seccomp_free(ret);
		r = -ENOMEM;
	}
	attest_reader_done(&sub);

	return r;
}

int attest_seccomp_load_file(struct attest_reader *rd, const char *path,
			     struct attest_seccomp_profile **ret)
{
	return load(rd, &nowhere, path, 0, ret);
}

int attest_seccomp_load_builtin(struct attest_reader *rd, const char *name,
				struct attest_seccomp_profile **ret)
{
	const struct attest_embedded *e = attest_builtin_seccomp;
	int r;

	while (e->name && strcmp(e->name, name) != 0)
		e++;
	if (!e->name)
		return -ENOENT;
	r = read_document(rd, e->data, e->len, name, 0, ret);
	if (r < 0)
		return r;
	(*ret)->builtin = true;

	return 0;
}

static int search(struct attest_reader *rd, const struct attest_node *node,
		  const char *name, const char *folder, int depth,
		  struct attest_seccomp_profile **ret)
{
	static const char *const extensions[] = { "json", "yaml", "yml" };
	char path[PATH_LEN];

	for (size_t i = 0; i < ARRAY_SIZE(extensions); i++) {
		if ((size_t)snprintf(path, sizeof(path), "%s/%s.%s", folder,
				     name, extensions[i]) >= sizeof(path))
			return -ENOENT;
		if (access(path, F_OK) == 0)
			return load(rd, node, path, depth, ret);
	}

	return -ENOENT;
}

static int find(struct attest_reader *rd, const struct attest_node *node,
		const char *name, int depth,
		struct attest_seccomp_profile **ret)
{
	const char *config = secure_getenv("XDG_CONFIG_HOME");
	const char *home = secure_getenv("HOME");
	char own[PATH_LEN] = "";
	const char *const folders[] = { own, "/etc/attest-bpf/seccomp",
					"/usr/share/attest-bpf/seccomp" };
	int r;

	r = attest_seccomp_load_builtin(rd, name, ret);
	if (r != -ENOENT)
		return r;
	if (config && *config == '/')
		(void)snprintf(own, sizeof(own), "%s/attest-bpf/seccomp",
			       config);
	else if (home && *home == '/')
		(void)snprintf(own, sizeof(own),
			       "%s/.config/attest-bpf/seccomp", home);
	for (size_t i = 0; !strchr(name, '/') && i < ARRAY_SIZE(folders); i++) {
		if (!*folders[i])
			continue;
		r = search(rd, node, name, folders[i], depth, ret);
		if (r != -ENOENT)
			return r;
	}
	(void)attest_node_error(rd, node,
				"there is no seccomp profile '%.60s': neither "
				"built in (minimal, standard, maximum) nor as "
				"NAME.json or NAME.yaml in %.60s or %s",
				name, *own ? own : "(no home)", folders[1]);

	return -ENOENT;
}

int attest_seccomp_find(struct attest_reader *rd, const char *name,
			struct attest_seccomp_profile **ret)
{
	return find(rd, &nowhere, name, 0, ret);
}

bool attest_seccomp_is_profile(const char *text, size_t len)
{
	struct attest_diag diag = { 0 };
	struct attest_reader rd = { .diag = &diag };
	struct attest_node *root = NULL;
	bool is;

	if (attest_node_parse(&rd, text, len, &root) < 0)
		return false;
	is = attest_node_get(root, "defaultAction") ||
	     attest_node_get(root, "syscalls") ||
	     attest_node_get(root, "archMap");
	attest_node_free(&root);
	attest_reader_done(&rd);

	return is;
}

/* A path that is written in a document starts in the document's folder. */
static int resolve(const char *document, const char *path, char *out,
		   size_t size)
{
	const char *slash = document ? strrchr(document, '/') : NULL;
	int dir = slash && *path != '/' ? (int)(slash - document + 1) : 0;

	return (size_t)snprintf(out, size, "%.*s%s", dir, document ?: "",
				path) < size
		   ? 0
		   : -ENAMETOOLONG;
}

static int read_section(struct attest_reader *rd,
			const struct attest_node *node, const char *name,
			int depth, struct attest_seccomp_profile **ret)
{
	const struct attest_node *profile = attest_node_get(node, "profile");
	const struct attest_node *file = attest_node_get(node, "file");
	char path[PATH_LEN];
	const char *text;
	int r;

	if (!profile && !file)
		return attest_seccomp_read(rd, node, name, ATTEST_SECCOMP_AUTO,
					   ret);
	r = attest_node_check_keys(rd, node, "seccomp", section_keys);
	if (r < 0)
		return r;
	if (profile && file)
		return attest_node_error(rd, file,
					 "seccomp has 'profile' or 'file', "
					 "not both");
	r = attest_node_string(rd, profile ?: file,
			       profile ? "profile" : "file", &text);
	if (r < 0)
		return r;
	if (profile)
		return find(rd, profile, text, depth, ret);
	if (resolve(rd->file, text, path, sizeof(path)) < 0)
		return attest_node_error(rd, file, "the path is too long");

	return load(rd, file, path, depth, ret);
}

int attest_seccomp_from_node(struct attest_reader *rd,
			     const struct attest_node *node,
			     struct attest_seccomp_profile **ret)
{
	return read_section(rd, node, INLINE_NAME, 0, ret);
}

int attest_seccomp_rename(struct attest_seccomp_profile *profile,
			  const char *policy)
{
	char *name;

	if (strcmp(profile->name, INLINE_NAME) != 0)
		return 0;
	name = strdup(policy);
	if (!name)
		return -ENOMEM;
	free(profile->name);
	profile->name = name;

	return 0;
}
