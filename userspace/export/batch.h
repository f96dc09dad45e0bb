/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Batches: from spool entries to what a courier sends. Internal to the queue.
 */
#pragma once

#include "export/courier.h"
#include "export/spool.h"

/** Where filling stands. */
struct attest_batch_source {
	struct attest_spool *spool;
	struct attest_courier *courier;
	const char *host;  /* of gap records */
	uint64_t expected; /* number of the next entry */
	uint64_t found;	   /* entries below were there, or lost, at the start */
	uint64_t counted;  /* holes below are in lost */
	uint64_t lost;	   /* entries that were missing, all in all */
};

/**
 * Appends entries until the courier's limits. A hole in the numbers becomes a
 * gap record. 0, or -errno of the spool.
 */
int attest_batch_fill(struct attest_batch *batch,
		      struct attest_batch_source *source);
/** Keeps what is left to RETRY. */
void attest_batch_compact(struct attest_batch *batch);
void attest_batch_clear(struct attest_batch *batch);
void attest_batch_done(struct attest_batch *batch);
