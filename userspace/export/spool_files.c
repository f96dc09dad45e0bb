// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "export/segment.h"
#include "export/spool_files.h"

struct slot {
	uint64_t seq;
	uint32_t crc;
	uint32_t magic;
};

static int by_first(const void *a, const void *b)
{
	const struct attest_spool_file *x = a;
	const struct attest_spool_file *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

int attest_spool_files_add(struct attest_spool_files *files, uint64_t first,
			   uint64_t bytes)
{
	struct attest_spool_file *all;

	all = reallocarray(files->all, files->n + 1, sizeof(*all));
	if (!all)
		return -ENOMEM;
	files->all = all;
	all[files->n++] =
	    (struct attest_spool_file){ first, bytes, time(NULL) };
	return 0;
}

static void name_of(uint64_t first, char name[32])
{
	(void)snprintf(name, 32, "%020" PRIu64 ".seg", first);
}

static int add_named(struct attest_spool_files *files, int dir_fd,
		     const char *name)
{
	char expected[32];
	uint64_t first;
	struct stat st;
	int r;

	/* They count from 1. */
	if (sscanf(name, "%20" SCNu64, &first) != 1 || first == 0)
		return 0;
	name_of(first, expected);
	if (strcmp(name, expected) != 0)
		return 0;
	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode))
		return 0;
	r = attest_spool_files_add(files, first, (uint64_t)st.st_size);
	if (r >= 0)
		files->all[files->n - 1].modified = st.st_mtime;
	return r;
}

int attest_spool_files_list(int dir_fd, struct attest_spool_files *ret)
{
	struct attest_spool_files files = { 0 };
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;
	int r = 0;
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return -errno;
	while (r >= 0 && (entry = readdir(dir)))
		r = add_named(&files, dir_fd, entry->d_name);
	if (r < 0) {
		attest_spool_files_done(&files);
		return r;
	}
	if (files.n > 0)
		qsort(files.all, files.n, sizeof(*files.all), by_first);
	*ret = files;
	return 0;
}

void attest_spool_files_done(struct attest_spool_files *files)
{
	free(files->all);
	files->all = NULL;
	files->n = 0;
}

void attest_spool_files_remove(struct attest_spool_files *files, int dir_fd,
			       size_t i)
{
	char name[32];

	name_of(files->all[i].first, name);
	(void)unlinkat(dir_fd, name, 0);
	memmove(&files->all[i], &files->all[i + 1],
		(files->n - i - 1) * sizeof(*files->all));
	files->n--;
}

int attest_spool_file_open(int dir_fd, uint64_t first, int flags)
{
	char name[32];
	int fd;

	name_of(first, name);
	fd = openat(dir_fd, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd < 0 ? -errno : fd;
}

#define CURSOR_MAGIC 0x43545341U

uint64_t attest_spool_cursor_read(int dir_fd)
{
	_cleanup_close_ int fd = -1;
	struct slot slots[2] = { 0 };
	uint64_t seq = 0;

	fd = openat(dir_fd, "cursor", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || read(fd, slots, sizeof(slots)) < 0)
		return 0;
	for (size_t i = 0; i < 2; i++)
		if (slots[i].magic == CURSOR_MAGIC &&
		    slots[i].crc == attest_crc32c(0, &slots[i].seq, 8) &&
		    slots[i].seq > seq)
			seq = slots[i].seq;
	return seq;
}

int attest_spool_cursor_write(int fd, uint64_t seq, unsigned int *slot)
{
	struct slot s = { seq, attest_crc32c(0, &seq, 8), CURSOR_MAGIC };

	*slot ^= 1;
	if (pwrite(fd, &s, sizeof(s), (off_t)(*slot * sizeof(s))) !=
	    (ssize_t)sizeof(s))
		return errno ? -errno : -EIO;
	return 0;
}
