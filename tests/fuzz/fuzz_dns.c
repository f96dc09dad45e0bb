// SPDX-License-Identifier: Apache-2.0
/**
 * Answers of resolvers: the end comes in time, and what is found is in bounds.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <attest/dns.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct attest_dns *d;

	if (size > ATTEST_DNS_BYTES_MAX)
		return 0;
	d = malloc(sizeof(*d));
	if (!d)
		return 0;
	if (size)
		memcpy(d->message, data, size);
	d->len = (uint32_t)size;
	if (!attest_dns_begin(d))
		for (int i = 0; i < ATTEST_DNS_STEPS_MAX; i++)
			if (attest_dns_step(d))
				break;
	if (d->name_len > ATTEST_DNS_NAME_MAX ||
	    d->n_addrs > ATTEST_DNS_ADDRS_MAX || (d->n_addrs && !d->name_len))
		abort();
	free(d);
	return 0;
}
