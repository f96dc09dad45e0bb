/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Records that a sink could not keep, until it can say so.
 */
#pragma once

#include <stdbool.h>

#include "event/record.h"
#include "export/spool.h"

struct attest_gap {
	char *host; /* copies, from the first record that was lost */
	char id[64];
	uint64_t first;
	uint64_t last;
	uint64_t lost; /* folded repeats counted */
	uint64_t time_ns;
};

/** Counts rec as lost. A gap record that is lost adds what it stood for. */
void attest_gap_add(struct attest_gap *gap, const struct attest_record *rec);
bool attest_gap_is_open(const struct attest_gap *gap);
/**
 * The record that says what is missing: gap_first and gap_last are the seq of
 * this process' output. Borrows from gap, and reason, until it is cleared.
 */
void attest_gap_record(const struct attest_gap *gap, const char *reason,
		       struct attest_record *ret_rec);
/** The record of spool entries first..end-1 that are not there. */
void attest_gap_of_spool(struct attest_spool *spool, const char *host,
			 uint64_t first, uint64_t end,
			 struct attest_record *ret_rec);
void attest_gap_clear(struct attest_gap *gap);
void attest_gap_done(struct attest_gap *gap);
