// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "export/segment.h"
#include "export/spool_impl.h"

#define SEGMENT_BYTES (4ULL << 20)
/* Holds any entry. */
#define SEGMENT_BYTES_MIN (128U << 10)

/* Bytes where the next entry would begin: it was whole once. Its magic is
 * written last, so one that was never acknowledged has none.
 */
static bool is_torn(const char *map, size_t size, size_t end)
{
	for (size_t i = end; i < size && i < end + 4; i++)
		if (map[i])
			return true;
	return false;
}

/* The number that follows a file's last entry, sound or torn. What a killed
 * writer had preallocated is given back.
 */
static int last_number(struct attest_spool *s, struct attest_spool_file *file,
		       uint64_t *ret)
{
	_cleanup_close_ int fd = -1;
	struct attest_segment_entry e;
	size_t offset = 0, end = 0, bytes = file->bytes;
	char *map;

	*ret = file->first;
	fd = attest_spool_file_open(s->dir_fd, file->first, O_RDWR);
	if (fd < 0)
		return fd;
	if (file->bytes == 0)
		return 0;
	/* The lock is ours, so nobody cuts the file under the mapping. */
	map = mmap(NULL, file->bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	for (;;) {
		offset = attest_segment_find(map, file->bytes, offset, &e);
		if (offset == file->bytes)
			break;
		if (e.seq >= *ret)
			*ret = e.seq + 1;
		offset += attest_segment_size(e.len);
		end = offset;
	}
	/* What came after it in the same segment, nobody knows. */
	if (is_torn(map, file->bytes, end))
		++*ret;
	else if (ftruncate(fd, (off_t)end) == 0)
		bytes = end;
	(void)munmap(map, file->bytes);
	file->bytes = bytes;
	return 0;
}

static int recover(struct attest_spool *s)
{
	uint64_t next = 0;
	int r;

	r = attest_spool_files_list(s->dir_fd, &s->files);
	if (r < 0)
		return r;
	s->committed = attest_spool_cursor_read(s->dir_fd);
	if (s->files.n > 0) {
		r = last_number(s, &s->files.all[s->files.n - 1], &next);
		if (r < 0)
			return r;
		/* It holds nothing, and its name will be wanted again. */
		if (next == s->files.all[s->files.n - 1].first)
			attest_spool_files_remove(&s->files, s->dir_fd,
						  s->files.n - 1);
	}
	s->next = next > s->committed ? next : s->committed;
	if (s->next == 0)
		s->next = 1;
	if (s->committed == 0)
		s->committed = s->files.n > 0 ? s->files.all[0].first : s->next;
	s->wanted = s->committed;
	return 0;
}

static int open_files(struct attest_spool *s, const char *dir)
{
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return -errno;
	s->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir_fd < 0)
		return -errno;
	s->lock_fd = openat(s->dir_fd, "lock",
			    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock_fd < 0)
		return -errno;
	if (flock(s->lock_fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	s->cursor_fd =
	    openat(s->dir_fd, "cursor",
		   O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return s->cursor_fd < 0 ? -errno : 0;
}

int attest_spool_open(const char *dir,
		      const struct attest_spool_options *options,
		      struct attest_spool **ret)
{
	struct attest_spool *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->options = *options;
	if (!s->options.segment_bytes)
		s->options.segment_bytes = SEGMENT_BYTES;
	if (s->options.segment_bytes > options->max_bytes / 4)
		s->options.segment_bytes = options->max_bytes / 4 & ~4095ULL;
	s->dir_fd = s->lock_fd = s->cursor_fd = s->fd = -1;
	(void)pthread_mutex_init(&s->lock, NULL);
	r = s->options.segment_bytes < 4096 ? -EINVAL : open_files(s, dir);
	if (r >= 0)
		r = recover(s);
	if (r < 0) {
		attest_spool_close(&s);
		return r;
	}
	*ret = s;
	return 0;
}

/* Ends the writer's segment; what was preallocated too much is given back. */
static void end_segment(struct attest_spool *s)
{
	if (!s->map)
		return;
	(void)munmap(s->map, s->size);
	s->map = NULL;
	if (ftruncate(s->fd, (off_t)s->used) == 0)
		s->files.all[s->files.n - 1].bytes = s->used;
	if (s->options.sync != ATTEST_SPOOL_SYNC_NONE)
		(void)fdatasync(s->fd);
	(void)close(TAKE_FD(s->fd));
}

void attest_spool_close(struct attest_spool **spool)
{
	struct attest_spool *s = *spool;

	if (!s)
		return;
	end_segment(s);
	if (s->cursor_fd >= 0 && s->committed >= s->next)
		while (s->files.n > 0)
			attest_spool_files_remove(&s->files, s->dir_fd, 0);
	attest_spool_files_done(&s->files);
	attest_closep(&s->cursor_fd);
	attest_closep(&s->lock_fd);
	attest_closep(&s->dir_fd);
	(void)pthread_mutex_destroy(&s->lock);
	free(s->buffer);
	free(s);
	*spool = NULL;
}

static uint64_t total_bytes(const struct attest_spool *s)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < s->files.n; i++)
		bytes += s->files.all[i].bytes;
	return bytes;
}

static void expire(struct attest_spool *s)
{
	time_t limit =
	    time(NULL) - (time_t)(s->options.max_age_ns / 1000000000);

	if (!s->options.max_age_ns)
		return;
	while (s->files.n > 0 && s->files.all[0].modified < limit)
		attest_spool_files_remove(&s->files, s->dir_fd, 0);
}

/* Blocks are reserved here: a full disk is an error, not a SIGBUS. The last
 * of a disk is used up in smaller segments.
 */
static int reserve_blocks(struct attest_spool *s, size_t *ret_bytes)
{
	size_t bytes = s->options.segment_bytes;
	int r;

	for (;; bytes /= 2) {
		r = -posix_fallocate(s->fd, 0, (off_t)bytes);
		if (r != -ENOSPC || bytes / 2 < SEGMENT_BYTES_MIN)
			break;
		if (ftruncate(s->fd, 0) < 0)
			return -errno;
	}
	*ret_bytes = bytes;
	return r;
}

static int begin_segment(struct attest_spool *s)
{
	size_t bytes = 0;
	int r;

	expire(s);
	if (total_bytes(s) + s->options.segment_bytes > s->options.max_bytes)
		return -ENOSPC;
	s->fd = attest_spool_file_open(s->dir_fd, s->next,
				       O_RDWR | O_CREAT | O_TRUNC);
	if (s->fd < 0)
		return s->fd;
	r = reserve_blocks(s, &bytes);
	if (r >= 0) {
		s->map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			      s->fd, 0);
		if (s->map == MAP_FAILED) {
			s->map = NULL;
			r = -errno;
		}
	}
	if (r >= 0)
		r = attest_spool_files_add(&s->files, s->next, bytes);
	if (r < 0) {
		char name[32];

		if (s->map)
			(void)munmap(TAKE_PTR(s->map), bytes);
		(void)snprintf(name, sizeof(name), "%020llu.seg",
			       (unsigned long long)s->next);
		(void)unlinkat(s->dir_fd, name, 0);
		(void)close(TAKE_FD(s->fd));
		return r;
	}
	s->size = bytes;
	s->used = 0;
	if (s->options.sync != ATTEST_SPOOL_SYNC_NONE)
		(void)fsync(s->dir_fd);
	return 0;
}

static int append(struct attest_spool *s, const void *data, size_t len)
{
	size_t size = attest_segment_size(len);
	int r;

	if (s->map && s->used + size > s->size)
		end_segment(s);
	if (!s->map) {
		r = begin_segment(s);
		if (r < 0)
			return r;
	}
	attest_segment_put(s->map + s->used, s->next, data, len);
	s->used += size;
	s->next++;
	if (s->options.sync == ATTEST_SPOOL_SYNC_ALWAYS && fdatasync(s->fd) < 0)
		return -errno;
	return 0;
}

int attest_spool_append(struct attest_spool *s, const void *data, size_t len)
{
	int r;

	if (len > ATTEST_SPOOL_ENTRY_MAX ||
	    attest_segment_size(len) > s->options.segment_bytes)
		return -E2BIG;
	(void)pthread_mutex_lock(&s->lock);
	r = append(s, data, len);
	(void)pthread_mutex_unlock(&s->lock);
	return r;
}

int attest_spool_sync(struct attest_spool *s)
{
	_cleanup_close_ int fd = -1;

	(void)pthread_mutex_lock(&s->lock);
	if (s->fd >= 0)
		fd = fcntl(s->fd, F_DUPFD_CLOEXEC, 3);
	(void)pthread_mutex_unlock(&s->lock);
	/* Not under the lock: a slow disk must not hold up the writer. */
	return fd >= 0 && fdatasync(fd) < 0 ? -errno : 0;
}

int attest_spool_commit(struct attest_spool *s, uint64_t seq)
{
	int r;

	(void)pthread_mutex_lock(&s->lock);
	if (seq > s->committed)
		s->committed = seq;
	r = attest_spool_cursor_write(s->cursor_fd, s->committed, &s->slot);
	while (s->files.n > 1 && s->files.all[1].first <= s->committed)
		attest_spool_files_remove(&s->files, s->dir_fd, 0);
	/* Old segments only, all done with: the writer begins a new one. */
	if (s->files.n == 1 && !s->map && s->committed >= s->next)
		attest_spool_files_remove(&s->files, s->dir_fd, 0);
	(void)pthread_mutex_unlock(&s->lock);
	return r;
}

void attest_spool_range(struct attest_spool *s, uint64_t *ret_first,
			uint64_t *ret_next)
{
	(void)pthread_mutex_lock(&s->lock);
	*ret_first = s->committed;
	*ret_next = s->next;
	(void)pthread_mutex_unlock(&s->lock);
}

uint64_t attest_spool_id(const struct attest_spool *s)
{
	struct stat st = { 0 };

	(void)fstat(s->dir_fd, &st);
	return st.st_ino;
}

uint64_t attest_spool_bytes(struct attest_spool *s)
{
	uint64_t bytes;

	(void)pthread_mutex_lock(&s->lock);
	bytes = total_bytes(s);
	(void)pthread_mutex_unlock(&s->lock);
	return bytes;
}
