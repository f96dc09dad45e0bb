// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "export/file_rotate.h"

#define FOLLOW_NS 1000000000ULL

static uint64_t monotonic_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

int attest_file_reopen(struct attest_file *file)
{
	struct stat st;
	int fd;

	if (file->is_borrowed)
		return 0;
	fd = open(file->path,
		  O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
	if (fd < 0)
		return -errno;
	if (file->fd >= 0)
		(void)close(file->fd);
	file->fd = fd;
	file->opened_ns = monotonic_ns();
	file->bytes = fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
	return 0;
}

int attest_file_open(struct attest_file *file, const char *path)
{
	file->path = strdup(path);
	if (!file->path)
		return -ENOMEM;
	return attest_file_reopen(file);
}

int attest_file_follow(struct attest_file *file, uint64_t now_ns)
{
	struct stat ours, theirs;

	if (file->is_borrowed || now_ns - file->checked_ns < FOLLOW_NS)
		return 0;
	file->checked_ns = now_ns;
	if (fstat(file->fd, &ours) < 0)
		return -errno;
	if (stat(file->path, &theirs) == 0 && ours.st_ino == theirs.st_ino &&
	    ours.st_dev == theirs.st_dev)
		return 0;
	return attest_file_reopen(file);
}

static int numbered(const char *path, unsigned int n, char **ret)
{
	return asprintf(ret, "%s.%u", path, n) < 0 ? -ENOMEM : 0;
}

static int shift(struct attest_file *file, unsigned int n)
{
	_cleanup_free_ char *from = NULL;
	_cleanup_free_ char *to = NULL;
	int r;

	r = numbered(file->path, n, &from);
	if (r < 0)
		return r;
	r = numbered(file->path, n + 1, &to);
	if (r < 0)
		return r;
	/* Not there yet: fewer than keep files so far. */
	if (rename(from, to) < 0 && errno != ENOENT)
		return -errno;
	return 0;
}

int attest_file_rotate_if_due(struct attest_file *file)
{
	_cleanup_free_ char *first = NULL;
	bool big = file->max_bytes && file->bytes >= file->max_bytes;
	bool old = file->max_age_ns && file->bytes > 0 &&
		   monotonic_ns() - file->opened_ns >= file->max_age_ns;
	int r;

	/* A device or a pipe has nothing to rename. */
	if (file->is_borrowed || (!big && !old))
		return 0;
	for (unsigned int n = file->keep; n-- > 1;) {
		r = shift(file, n);
		if (r < 0)
			return r;
	}
	r = numbered(file->path, 1, &first);
	if (r < 0)
		return r;
	if (file->keep == 0 ? unlink(file->path) < 0
			    : rename(file->path, first) < 0)
		return -errno;
	return attest_file_reopen(file);
}

void attest_file_done(struct attest_file *file)
{
	if (file->fd >= 0 && !file->is_borrowed)
		(void)close(file->fd);
	file->fd = -1;
	free(file->path);
	file->path = NULL;
}
