/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The thread between a spool and a courier. Internal to the queue.
 */
#pragma once

#include <pthread.h>

#include "export/batch.h"
#include "export/gap.h"
#include "export/transport.h"

/* Batches whose bytes a receiver may still lose. */
#define ATTEST_WINDOW_BATCHES 256

struct attest_queue_worker {
	struct attest_batch_source source;
	pthread_t thread;
	pthread_mutex_t lock; /* status, stop */
	pthread_cond_t wake;
	bool stop;
	bool is_durable;      /* what is not sent is kept */
	uint64_t deadline_ns; /* of the last seconds, once stopped */
	struct attest_export_status status;
	/* The thread's own. */
	struct attest_batch batch;
	uint32_t backoff_ms;
	uint64_t idle_since_ns;
	uint64_t synced_ns;
	struct {
		uint64_t seq;	/* first of a batch that was sent */
		uint64_t bytes; /* sent before it, in all */
		uint64_t records;
	} window[ATTEST_WINDOW_BATCHES];
	size_t window_n;
	uint64_t sent_bytes;
	uint64_t sent_records;
	char host[256];
};

int attest_queue_worker_start(struct attest_queue_worker *worker);
void attest_queue_worker_wake(struct attest_queue_worker *worker);
/**
 * Sends what it can within deadline_ms, closes the courier, joins. A receiver
 * that does not answer is given up sooner if what is left is kept.
 */
void attest_queue_worker_stop(struct attest_queue_worker *worker,
			      int deadline_ms);
void attest_queue_worker_status(struct attest_queue_worker *worker,
				struct attest_export_status *ret_status);
