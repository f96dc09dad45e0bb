/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A log file that is rotated, by us or by others. Touches the file system.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct attest_file {
	int fd;
	bool is_borrowed;    /* standard output: never closed or rotated */
	char *path;	     /* NULL if borrowed */
	uint64_t bytes;	     /* in the file */
	uint64_t opened_ns;  /* CLOCK_MONOTONIC */
	uint64_t checked_ns; /* last look whether somebody moved it */
	uint64_t max_bytes;  /* 0: no limit */
	uint64_t max_age_ns; /* 0: no limit */
	unsigned int keep;   /* PATH.1 is the newest, PATH.keep the oldest */
};

/** Opens for append, creating it with mode 0640. 0 or -errno. */
int attest_file_open(struct attest_file *file, const char *path);
/** Opens path again; on failure the old file stays open. */
int attest_file_reopen(struct attest_file *file);
/** Reopens if path is another file now; looks once a second. */
int attest_file_follow(struct attest_file *file, uint64_t now_ns);
/** Moves PATH to PATH.1 and so on if it is too big or too old. */
int attest_file_rotate_if_due(struct attest_file *file);
void attest_file_done(struct attest_file *file);
