/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Finds the holes in the CPUs' sequences: records that were lost.
 *
 * A task that is preempted between taking a number and writing its record
 * makes records of a CPU arrive out of order, so a hole is only certain once
 * ATTEST_SEQUENCE_WINDOW later numbers came, or at the end.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define ATTEST_SEQUENCE_CPUS 1024
#define ATTEST_SEQUENCE_WINDOW 64

struct attest_gap {
	uint32_t cpu;
	uint64_t first, last; /* numbers that are missing */
};

struct attest_sequence;

/** NULL: no memory. */
struct attest_sequence *attest_sequence_new(void);
void attest_sequence_free(struct attest_sequence **sequence);

/** Where a CPU's numbers stand now: what came before is not missed. */
void attest_sequence_start(struct attest_sequence *sequence, uint32_t cpu,
			   uint64_t seq);

/**
 * Takes a record's number. Call it until it returns false: each true is one
 * hole that is certain now, in ret_gap.
 */
bool attest_sequence_take(struct attest_sequence *sequence, uint32_t cpu,
			  uint64_t seq, struct attest_gap *ret_gap);

/**
 * The next hole of a CPU whose last number is known to be seq.
 * Return: false if there is no further one.
 */
bool attest_sequence_end(struct attest_sequence *sequence, uint32_t cpu,
			 uint64_t seq, struct attest_gap *ret_gap);
