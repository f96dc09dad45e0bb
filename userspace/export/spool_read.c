// SPDX-License-Identifier: Apache-2.0
/**
 * The reader's half of the spool. It reads files into memory of its own and
 * never maps them: a file that somebody cuts is short, not a SIGBUS.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "export/segment.h"
#include "export/spool_impl.h"

void attest_spool_seek(struct attest_spool *s, uint64_t seq)
{
	s->is_reading = false;
	s->wanted = seq;
}

/* The segment that holds number seq, or the oldest after it. */
static ssize_t find_file(const struct attest_spool *s, uint64_t seq)
{
	size_t i = 0;

	while (i + 1 < s->files.n && s->files.all[i + 1].first <= seq)
		i++;
	return i < s->files.n ? (ssize_t)i : -1;
}

static int reserve(struct attest_spool *s, size_t size)
{
	char *p;

	if (size <= s->buffer_size)
		return 0;
	p = realloc(s->buffer, size);
	if (!p)
		return -ENOMEM;
	s->buffer = p;
	s->buffer_size = size;
	return 0;
}

/* Reads what is new in the reader's segment, chooses one if there is none.
 * 1: the segment will not grow; 0: it is the writer's.
 */
static int fill(struct attest_spool *s, ssize_t i)
{
	bool active = s->map && (size_t)i == s->files.n - 1;
	size_t limit = active ? s->used : s->files.all[i].bytes;
	_cleanup_close_ int fd = -1;
	int r = reserve(s, limit);

	if (r < 0)
		return r;
	if (limit <= s->filled)
		return !active;
	fd = attest_spool_file_open(s->dir_fd, s->reading, O_RDONLY);
	if (fd < 0)
		return fd;
	while (s->filled < limit) {
		ssize_t n = pread(fd, s->buffer + s->filled, limit - s->filled,
				  (off_t)s->filled);

		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		s->filled += (size_t)n;
	}
	return !active;
}

static void start_file(struct attest_spool *s, ssize_t i)
{
	s->reading = s->files.all[i].first;
	s->is_reading = true;
	s->filled = 0;
	s->offset = 0;
}

/* 1: found in the buffer. */
static int scan(struct attest_spool *s, struct attest_segment_entry *e)
{
	for (;;) {
		s->offset =
		    attest_segment_find(s->buffer, s->filled, s->offset, e);
		if (s->offset >= s->filled)
			return 0;
		if (e->seq >= s->wanted)
			return 1;
		s->offset += attest_segment_size(e->len);
	}
}

static int next_entry(struct attest_spool *s, struct attest_segment_entry *e)
{
	for (;;) {
		ssize_t i =
		    find_file(s, s->is_reading ? s->reading : s->wanted);
		int done;

		if (i < 0)
			return 0;
		/* The segment may have expired while it was read. */
		if (!s->is_reading || s->files.all[i].first != s->reading)
			start_file(s, i);
		done = fill(s, i);
		if (done < 0)
			return done;
		if (scan(s, e))
			return 1;
		if (!done || (size_t)i + 1 >= s->files.n)
			return 0;
		start_file(s, i + 1);
	}
}

int attest_spool_next(struct attest_spool *s, uint64_t *ret_seq,
		      const char **ret_data, size_t *ret_len)
{
	struct attest_segment_entry e;
	int r;

	if (s->is_reading && s->offset < s->filled && scan(s, &e)) {
		r = 1;
	} else {
		(void)pthread_mutex_lock(&s->lock);
		r = next_entry(s, &e);
		(void)pthread_mutex_unlock(&s->lock);
	}
	if (r <= 0)
		return r;
	*ret_seq = e.seq;
	*ret_data = s->buffer + s->offset + sizeof(e);
	*ret_len = e.len;
	s->offset += attest_segment_size(e.len);
	s->wanted = e.seq + 1;
	return 1;
}
