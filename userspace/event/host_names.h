/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which name an address was last given for. It forgets: for records only.
 */
#pragma once

#include <stdint.h>

#include <attest/event.h>

struct attest_host_names;

void attest_host_names_free(struct attest_host_names **names);

/** Keeps an answer. *names is made when it is NULL; without memory nothing is.
 */
void attest_host_names_add(struct attest_host_names **names,
			   const struct attest_dns_event *answer);

/** The name, or NULL. Valid until the next call of add. */
const char *attest_host_names_find(const struct attest_host_names *names,
				   const uint8_t addr[16]);
