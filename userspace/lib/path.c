// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "lib/path.h"

#define LINKS_MAX 40 /* as the kernel */

_Static_assert(PATH_MAX <= ATTEST_PATH_MAX, "realpath(3) needs room");

static int make_absolute(const char *path, char *ret)
{
	char cwd[ATTEST_PATH_MAX];
	int n;

	if (path[0] == '\0')
		return -EINVAL;
	if (path[0] == '/') {
		n = snprintf(ret, ATTEST_PATH_MAX, "%s", path);
	} else {
		if (!getcwd(cwd, sizeof(cwd)))
			return -errno;
		n = snprintf(ret, ATTEST_PATH_MAX, "%s/%s", cwd, path);
	}
	return n < 0 || n >= ATTEST_PATH_MAX ? -ENAMETOOLONG : 0;
}

static void drop_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
}

/* Appends the components of tail; the result has no slash at its end. */
static int append(char *path, const char *tail)
{
	size_t len = strlen(path);

	while (*tail) {
		size_t n = strcspn(tail, "/");

		if (n == 2 && memcmp(tail, "..", 2) == 0) {
			drop_last(path);
			len = strlen(path);
		} else if (n > 0 && !(n == 1 && tail[0] == '.')) {
			if (len + n + 2 > ATTEST_PATH_MAX)
				return -ENAMETOOLONG;
			path[len++] = '/';
			memcpy(path + len, tail, n);
			len += n;
			path[len] = '\0';
		}
		tail += n;
		tail += strspn(tail, "/");
	}
	return 0;
}

/* Finds ".." as a component; NULL if there is none. */
static const char *find_dotdot(const char *path)
{
	for (const char *p = path; (p = strstr(p, "/..")); p += 3)
		if (p[3] == '/' || p[3] == '\0')
			return p;
	return NULL;
}

/* Resolves the longest part that exists, into ret; the rest is appended. */
static int follow(const char *absolute, char *ret)
{
	char head[ATTEST_PATH_MAX];

	memcpy(head, absolute, strlen(absolute) + 1);
	for (;;) {
		const char *tail = absolute + strlen(head);

		if (realpath(head[0] ? head : "/", ret)) {
			if (strcmp(ret, "/") == 0)
				ret[0] = '\0';
			return append(ret, tail);
		}
		if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
			return -errno;
		if (head[0] == '\0')
			return -errno;
		drop_last(head);
	}
}

int attest_path_resolve(const char *path, struct attest_resolved *ret)
{
	char absolute[ATTEST_PATH_MAX];
	const char *dotdot;
	int r;

	r = make_absolute(path, absolute);
	if (r < 0)
		return r;
	memset(ret, 0, sizeof(*ret));
	dotdot = find_dotdot(absolute);
	ret->has_dotdot = dotdot != NULL;
	r = follow(absolute, ret->path);
	if (r < 0)
		return r;
	if (dotdot) {
		absolute[dotdot - absolute] = '\0';
		r = follow(absolute, ret->start);
	}
	if (ret->path[0] == '\0')
		memcpy(ret->path, "/", 2);
	if (ret->start[0] == '\0')
		memcpy(ret->start, "/", 2);
	return r;
}

struct walk {
	char at[ATTEST_PATH_MAX];   /* resolved so far, "" is the root */
	char rest[ATTEST_PATH_MAX]; /* still to go */
	int n_links;
};

/* Puts the target of the link before what is left. */
static int go_to_target(struct walk *w, const char *link, size_t done)
{
	char target[ATTEST_PATH_MAX];
	char joined[ATTEST_PATH_MAX];
	ssize_t n = readlink(link, target, sizeof(target) - 1);
	int len;

	if (n < 0)
		return -errno;
	target[n] = '\0';
	len = snprintf(joined, sizeof(joined), "%s/%s", target, w->rest + done);
	if (len < 0 || (size_t)len >= sizeof(joined))
		return -ENAMETOOLONG;
	memcpy(w->rest, joined, (size_t)len + 1);
	if (target[0] == '/')
		w->at[0] = '\0';
	return ++w->n_links > LINKS_MAX ? -ELOOP : 0;
}

/* One component. 1 when fn ended it or nothing is left, see w->rest. */
static int walk_step(struct walk *w, attest_path_link_fn fn, void *ctx)
{
	char name[ATTEST_PATH_MAX];
	char next[ATTEST_PATH_MAX];
	size_t start = strspn(w->rest, "/");
	size_t n = strcspn(w->rest + start, "/");
	struct stat st;
	int r;

	memcpy(name, w->rest + start, n);
	name[n] = '\0';
	memcpy(next, w->at, sizeof(next));
	r = append(next, name);
	if (r < 0)
		return r;
	if (strcmp(name, "..") && lstat(next, &st) == 0 &&
	    S_ISLNK(st.st_mode)) {
		if (!fn(next, &st, ctx))
			return 1;
		return go_to_target(w, next, start + n);
	}
	memmove(w->rest, w->rest + start + n, strlen(w->rest + start + n) + 1);
	memcpy(w->at, next, sizeof(w->at));
	return 0;
}

int attest_path_each_link(const char *path, attest_path_link_fn fn, void *ctx)
{
	struct walk w = { .n_links = 0 };
	int r;

	r = make_absolute(path, w.rest);
	while (r == 0 && w.rest[strspn(w.rest, "/")])
		r = walk_step(&w, fn, ctx);
	return r;
}
