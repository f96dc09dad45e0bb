/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Whoever wants records. The engine calls every sink for every record.
 */
#pragma once

#include "event/record.h"

struct attest_sink;

/**
 * One way out for records. Called from one thread, in the order write*,
 * tick*, close. A record is borrowed for the call: copy what must outlive it.
 */
struct attest_sink_ops {
	const char *name;
	/* 0 or -errno; the engine reports the first failure of a streak. */
	int (*write)(struct attest_sink *sink, const struct attest_record *rec);
	/* At least every 100 ms, and before close: flush, retry, rotate. */
	int (*tick)(struct attest_sink *sink, uint64_t now_ns);
	/* Flushes within deadline_ms, then frees. */
	void (*close)(struct attest_sink *sink, int deadline_ms);
};

struct attest_sink {
	const struct attest_sink_ops *ops;
};
