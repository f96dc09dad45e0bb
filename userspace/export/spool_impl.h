/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The spool's state, for its two files. Internal to it.
 */
#pragma once

#include <pthread.h>

#include "export/spool.h"
#include "export/spool_files.h"

struct attest_spool {
	struct attest_spool_options options;
	int dir_fd, lock_fd, cursor_fd;
	unsigned int slot;
	pthread_mutex_t lock; /* files, next, committed, writer's segment */
	struct attest_spool_files files;
	uint64_t next;
	uint64_t committed;
	/* Writer: the last of files, if map is not NULL. */
	int fd;
	char *map;
	size_t size;
	size_t used;
	/* Reader: a copy of a segment's bytes up to filled. */
	char *buffer;
	size_t buffer_size, filled, offset;
	uint64_t reading; /* first of the segment */
	bool is_reading;
	uint64_t wanted; /* entries below are skipped */
};
