// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "sandbox/landlock_moved.h"

/* The path on the host: 1 if it is another one, 0, or -ENAMETOOLONG. */
static int map(const struct attest_landlock_moved *m, const char *path,
	       char *host, size_t size)
{
	size_t n = strlen(m->target);
	int len;

	if (strncmp(path, m->target, n) != 0 ||
	    (path[n] != '\0' && path[n] != '/'))
		return 0;
	len = snprintf(host, size, "%s%s", m->source, path + n);
	return len < 0 || (size_t)len >= size ? -ENAMETOOLONG : 1;
}

/* The name of the target if the directory is the one that holds it. */
static const char *name_in(const struct attest_landlock_moved *m,
			   const char *dir)
{
	const char *slash = strrchr(m->target, '/');
	size_t n = (size_t)(slash - m->target);

	if (strcmp(dir, "/") == 0
		? n == 0
		: strlen(dir) == n && strncmp(dir, m->target, n) == 0)
		return slash + 1;
	return NULL;
}

static int list(void *ctx, const char *path,
		int (*each)(void *arg, const char *name, bool is_directory),
		void *arg)
{
	const struct attest_landlock_moved *m = ctx;
	const char *name = name_in(m, path);
	char host[PATH_MAX];
	int r = map(m, path, host, sizeof(host));

	if (r < 0)
		return r;
	r = m->tree->list(m->tree->ctx, r ? host : path, each, arg);
	if (r != 0 || !name ||
	    m->tree->kind(m->tree->ctx, m->target) != ATTEST_LANDLOCK_MISSING)
		return r;
	return each(arg, name, true);
}

static enum attest_landlock_kind kind(void *ctx, const char *path)
{
	const struct attest_landlock_moved *m = ctx;
	char host[PATH_MAX];
	int r = map(m, path, host, sizeof(host));

	if (r < 0)
		return ATTEST_LANDLOCK_HIDDEN;
	return m->tree->kind(m->tree->ctx, r ? host : path);
}

static void own(void *ctx, char *path, size_t size)
{
	const struct attest_landlock_moved *m = ctx;

	m->tree->own(m->tree->ctx, path, size);
}

struct attest_landlock_tree
attest_landlock_moved_tree(struct attest_landlock_moved *moved)
{
	return (struct attest_landlock_tree){
		.list = list,
		.kind = kind,
		.own = moved->tree->own ? own : NULL,
		.ctx = moved,
	};
}
