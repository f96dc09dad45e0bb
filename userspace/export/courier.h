/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Couriers: network transports. A courier turns records into what goes over
 * the wire and delivers batches; the queue owns order, retries and the spool.
 * All calls come from the queue's thread, one at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "event/record.h"

enum attest_delivery {
	ATTEST_DELIVERY_RETRY, /* not yet, try again */
	ATTEST_DELIVERY_DONE,
	ATTEST_DELIVERY_REJECTED, /* never: the receiver refuses this record */
};

struct attest_batch_item {
	size_t offset; /* in the batch's bytes */
	size_t len;
	uint64_t seq; /* in the spool */
	uint64_t time_ns;
	char id[64];
	char key[96];	  /* "HOST CGROUP", for partitioning */
	uint8_t severity; /* syslog's, 0..7 */
	enum attest_delivery delivery;
};

struct attest_batch {
	struct attest_str bytes;
	struct attest_batch_item *items;
	size_t n;
};

struct attest_courier;

struct attest_courier_ops {
	size_t max_records; /* of a batch */
	size_t max_bytes;
	/* A receiver that vanishes may have taken bytes it never read: after a
	 * break so many are sent again. 0 if receivers acknowledge records.
	 */
	size_t window_bytes;
	/* Appends rec as it goes out. 0 or -ENOMEM. */
	int (*encode)(struct attest_courier *courier, struct attest_str *s,
		      const struct attest_record *rec);
	/* Delivers and sets delivery of each item. 0 if none is left to RETRY;
	 * else -errno, with the reason in courier->error.
	 */
	int (*send)(struct attest_courier *courier, struct attest_batch *batch);
	/* Window couriers: 1, the receiver has all that was sent; 0, not
	 * yet; -errno, the connection broke.
	 */
	int (*settle)(struct attest_courier *courier);
	/* Ends the session; true if the receiver confirmed all of it. */
	bool (*close)(struct attest_courier *courier);
};

struct attest_courier {
	const struct attest_courier_ops *ops;
	char error[160];
	uint32_t retry_after_ms; /* the receiver's wish, 0: none */
	uint64_t deadline_ns;	 /* CLOCK_MONOTONIC; 0: none. Atomic. */
};

/** Sending must end: the sink is being closed and its time is up. */
bool attest_courier_is_late(struct attest_courier *courier);
/** Milliseconds to wait at most in one poll(2): 100, less near the deadline. */
int attest_courier_slice_ms(struct attest_courier *courier);
uint64_t attest_monotonic_ns(void);
/** Sets the same delivery for all items. */
void attest_batch_deliver(struct attest_batch *batch,
			  enum attest_delivery delivery);
/** Fills courier->error and returns error. */
int attest_courier_fail(struct attest_courier *courier, int error,
			const char *format, ...)
    __attribute__((format(printf, 3, 4)));
