/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The files of a spool directory: NUMBER.seg, cursor, lock. Internal to it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/str.h"

struct attest_spool_file {
	uint64_t first; /* number of its first entry, and its name */
	uint64_t bytes;
	time_t modified;
};

struct attest_spool_files {
	struct attest_spool_file *all; /* by first, oldest first */
	size_t n;
};

/** Reads the directory. 0 or -errno. */
int attest_spool_files_list(int dir_fd, struct attest_spool_files *ret);
void attest_spool_files_done(struct attest_spool_files *files);
int attest_spool_files_add(struct attest_spool_files *files, uint64_t first,
			   uint64_t bytes);
/** Deletes the file and forgets it. */
void attest_spool_files_remove(struct attest_spool_files *files, int dir_fd,
			       size_t i);
int attest_spool_file_open(int dir_fd, uint64_t first, int flags);

/** The committed number; 0 if there is none or it is damaged. */
uint64_t attest_spool_cursor_read(int dir_fd);
/** Writes one of two slots, so that a torn write leaves the other. */
int attest_spool_cursor_write(int fd, uint64_t seq, unsigned int *slot);
