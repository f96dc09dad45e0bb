/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/** Is it an IPv4 address in mapped form? */
bool attest_address_is_v4(const uint8_t addr[16]);

/** The address as text, IPv4 in its own form. Returns buffer. */
const char *attest_address_text(const uint8_t addr[16],
				char buffer[INET6_ADDRSTRLEN]);

/** An address of either kind, IPv4 in mapped form. false: it is none. */
bool attest_address_parse(const char *text, uint8_t ret_addr[16]);
