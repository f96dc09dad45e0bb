// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/root_entries.h"

static int add(struct attest_container *c, const char *name, const char *link)
{
	struct attest_root_entry *entries;
	struct attest_root_entry *e;

	entries = reallocarray(c->entries, c->n_entries + 1, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	c->entries = entries;
	e = &entries[c->n_entries++];
	e->name = strdup(name);
	e->link = link ? strdup(link) : NULL;
	return e->name && (!link || e->link) ? 0 : -ENOMEM;
}

static int add_entry(struct attest_container *c, int dir, const char *name)
{
	char link[PATH_MAX];
	struct stat st;
	ssize_t n;

	/* What is gone meanwhile is not there. */
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return add(c, name, NULL);
	if (!S_ISLNK(st.st_mode))
		return 0;
	n = readlinkat(dir, name, link, sizeof(link) - 1);
	if (n < 0)
		return 0;
	link[n] = '\0';
	return add(c, name, link);
}

int attest_root_entries_read(struct attest_container *container,
			     const char *target)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;
	int r;

	if (target[0] != '/' || !target[1] || strchr(target + 1, '/'))
		return -ENOENT;
	dir = opendir("/");
	if (!dir)
		return -errno;
	r = add(container, target + 1, NULL);
	while (r == 0) {
		errno = 0;
		entry = readdir(dir);
		if (!entry)
			return -errno;
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			r = add_entry(container, dirfd(dir), entry->d_name);
	}
	return r;
}

void attest_root_entries_free(struct attest_container *container)
{
	for (size_t i = 0; i < container->n_entries; i++) {
		free(container->entries[i].name);
		free(container->entries[i].link);
	}
	free(container->entries);
	container->entries = NULL;
	container->n_entries = 0;
}
