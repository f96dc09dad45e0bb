// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "export/courier.h"

#define SLICE_MS 100

uint64_t attest_monotonic_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

bool attest_courier_is_late(struct attest_courier *courier)
{
	uint64_t deadline =
	    __atomic_load_n(&courier->deadline_ns, __ATOMIC_ACQUIRE);

	return deadline && attest_monotonic_ns() >= deadline;
}

int attest_courier_slice_ms(struct attest_courier *courier)
{
	return attest_courier_is_late(courier) ? 0 : SLICE_MS;
}

void attest_batch_deliver(struct attest_batch *batch,
			  enum attest_delivery delivery)
{
	for (size_t i = 0; i < batch->n; i++)
		batch->items[i].delivery = delivery;
}

int attest_courier_fail(struct attest_courier *courier, int error,
			const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(courier->error, sizeof(courier->error), format, args);
	va_end(args);
	return error;
}
