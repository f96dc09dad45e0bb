/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where a subject in mode audit went, and the allow list that this makes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct attest_report_destination {
	uint8_t addr[16]; /* IPv4 in mapped form */
	uint16_t port;
	uint8_t protocol; /* IPPROTO_TCP or IPPROTO_UDP */
	bool is_listed;	  /* the policy allows it */
	uint64_t count;
	char *name; /* that a resolver gave the address for, or NULL; owned */
};

struct attest_report_destinations {
	struct attest_report_destination *items;
	size_t n;
};

void attest_report_destinations_done(struct attest_report_destinations *d);

/** Sorts them and makes one of those that differ in the address only, where a
 * name is known.
 */
void attest_report_destinations_tidy(struct attest_report_destinations *d);

/** "tcp" or "udp". */
const char *
attest_report_destination_protocol(const struct attest_report_destination *d);

/** As the network section of a policy, in YAML. Nothing for none. */
void attest_report_allow_list(const struct attest_report_destinations *d,
			      struct attest_str *out);
