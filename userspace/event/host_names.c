// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "event/host_names.h"

#define SLOTS 1024 /* a power of two */
#define PROBES 8

struct entry {
	uint64_t age; /* 0: free */
	uint8_t addr[16];
	char name[ATTEST_DNS_NAME_MAX + 1];
};

struct attest_host_names {
	uint64_t n_added;
	struct entry entries[SLOTS];
};

void attest_host_names_free(struct attest_host_names **names)
{
	free(*names);
	*names = NULL;
}

/* FNV-1a. */
static size_t slot_of(const uint8_t addr[16], size_t probe)
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < 16; i++)
		hash = (hash ^ addr[i]) * 16777619U;
	return (hash + probe) & (SLOTS - 1);
}

/* The address' own entry, a free one, or the oldest of those it may have. */
static struct entry *place_for(struct attest_host_names *names,
			       const uint8_t addr[16])
{
	struct entry *best = &names->entries[slot_of(addr, 0)];

	for (size_t i = 0; i < PROBES; i++) {
		struct entry *e = &names->entries[slot_of(addr, i)];

		if (e->age && memcmp(e->addr, addr, sizeof(e->addr)) == 0)
			return e;
		if (e->age < best->age)
			best = e;
	}
	return best;
}

void attest_host_names_add(struct attest_host_names **names,
			   const struct attest_dns_event *answer)
{
	if (!*names)
		*names = calloc(1, sizeof(**names));
	if (!*names)
		return;
	for (uint32_t i = 0; i < answer->n_addrs; i++) {
		struct entry *e = place_for(*names, answer->addrs[i]);

		e->age = ++(*names)->n_added;
		memcpy(e->addr, answer->addrs[i], sizeof(e->addr));
		memcpy(e->name, answer->name, answer->name_len);
		e->name[answer->name_len] = '\0';
	}
}

const char *attest_host_names_find(const struct attest_host_names *names,
				   const uint8_t addr[16])
{
	for (size_t i = 0; names && i < PROBES; i++) {
		const struct entry *e = &names->entries[slot_of(addr, i)];

		if (e->age && memcmp(e->addr, addr, sizeof(e->addr)) == 0)
			return e->name;
	}
	return NULL;
}
