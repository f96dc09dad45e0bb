// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "event/sequence.h"

/* Numbers up to `base` are settled; bit i of `seen` is number base + 1 + i. */
struct cpu {
	uint64_t base;
	uint64_t seen;
};

struct attest_sequence {
	struct cpu cpus[ATTEST_SEQUENCE_CPUS];
};

struct attest_sequence *attest_sequence_new(void)
{
	return calloc(1, sizeof(struct attest_sequence));
}

void attest_sequence_free(struct attest_sequence **sequence)
{
	free(*sequence);
	*sequence = NULL;
}

void attest_sequence_start(struct attest_sequence *sequence, uint32_t cpu,
			   uint64_t seq)
{
	if (cpu < ATTEST_SEQUENCE_CPUS)
		sequence->cpus[cpu] = (struct cpu){ .base = seq };
}

static void settle(struct cpu *c)
{
	while (c->seen & 1) {
		c->seen >>= 1;
		c->base++;
	}
}

/* Gives up on the oldest missing numbers, up to the first that came. */
static void give_up(struct cpu *c, uint32_t cpu, uint64_t limit,
		    struct attest_gap *ret_gap)
{
	uint64_t n = c->seen ? (uint64_t)__builtin_ctzll(c->seen) : limit;

	if (n > limit)
		n = limit;
	ret_gap->cpu = cpu;
	ret_gap->first = c->base + 1;
	ret_gap->last = c->base + n;
	c->seen = n < 64 ? c->seen >> n : 0;
	c->base += n;
	settle(c);
}

bool attest_sequence_take(struct attest_sequence *sequence, uint32_t cpu,
			  uint64_t seq, struct attest_gap *ret_gap)
{
	bool has_gap = false;
	struct cpu *c;

	if (cpu >= ATTEST_SEQUENCE_CPUS)
		return false;
	c = &sequence->cpus[cpu];
	if (seq <= c->base)
		return false; /* given up on already, or a repeat */
	if (seq - c->base > ATTEST_SEQUENCE_WINDOW) {
		uint64_t limit = seq - c->base - ATTEST_SEQUENCE_WINDOW;

		give_up(c, cpu, limit, ret_gap);
		has_gap = true;
	}
	/* A second hole is in the way: the caller asks again. */
	if (seq - c->base > ATTEST_SEQUENCE_WINDOW)
		return true;
	c->seen |= 1ULL << (seq - c->base - 1);
	settle(c);
	return has_gap;
}

bool attest_sequence_end(struct attest_sequence *sequence, uint32_t cpu,
			 uint64_t seq, struct attest_gap *ret_gap)
{
	struct cpu *c;

	if (cpu >= ATTEST_SEQUENCE_CPUS)
		return false;
	c = &sequence->cpus[cpu];
	if (seq <= c->base)
		return false;
	give_up(c, cpu, seq - c->base, ret_gap);
	return true;
}
