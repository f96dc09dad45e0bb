/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A durable queue of payloads in a directory: append-only segments with a
 * checksum per entry, one writer, one reader, at least once, in order.
 *
 * Segments are preallocated and mapped: an entry is in the page cache when
 * append returns, so a killed process loses none; the sync policy says what a
 * power cut may take. A torn or corrupt entry is skipped up to the next sound
 * one, and the hole in the numbering tells how many are missing.
 *
 * The writer's and the reader's calls may come from two threads.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct attest_spool;

enum attest_spool_sync {
	ATTEST_SPOOL_SYNC_NONE,	    /* the kernel's own write-back */
	ATTEST_SPOOL_SYNC_INTERVAL, /* at each attest_spool_sync() */
	ATTEST_SPOOL_SYNC_ALWAYS,   /* before append returns */
};

struct attest_spool_options {
	uint64_t max_bytes;	/* of all segments */
	uint64_t max_age_ns;	/* of a segment; 0: no limit */
	uint64_t segment_bytes; /* 0: 4 MiB, less if max_bytes is small */
	enum attest_spool_sync sync;
};

/** Largest payload. */
#define ATTEST_SPOOL_ENTRY_MAX (64U << 10)

/**
 * Opens dir, creating it with mode 0700, and takes its lock.
 *
 * Return: 0; -EBUSY if another process has it; or what the file system said.
 */
int attest_spool_open(const char *dir,
		      const struct attest_spool_options *options,
		      struct attest_spool **ret);
void attest_spool_close(struct attest_spool **spool);

/** Appends one payload. 0; -ENOSPC at max_bytes or with a full disk. */
int attest_spool_append(struct attest_spool *spool, const void *data,
			size_t len);
/** Asks the kernel to write what is new to the disk. */
int attest_spool_sync(struct attest_spool *spool);

/**
 * The next entry.
 *
 * @ret_seq:  its number. One more than the last unless entries are missing.
 * @ret_data: until the next call of the reader.
 *
 * Return: 1; 0 if there is none yet; -ENOMEM; or what reading said.
 */
int attest_spool_next(struct attest_spool *spool, uint64_t *ret_seq,
		      const char **ret_data, size_t *ret_len);
/** Goes back to the entry numbered seq, or the oldest one after it. */
void attest_spool_seek(struct attest_spool *spool, uint64_t seq);
/** Entries below seq are done with: never again after a restart. */
int attest_spool_commit(struct attest_spool *spool, uint64_t seq);
/** The first number not committed, and the next to be appended. */
void attest_spool_range(struct attest_spool *spool, uint64_t *ret_first,
			uint64_t *ret_next);
/** Tells it from the others of this host. */
uint64_t attest_spool_id(const struct attest_spool *spool);
/** Bytes of all segments. */
uint64_t attest_spool_bytes(struct attest_spool *spool);
