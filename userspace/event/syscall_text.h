/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Bytes of a task as text, in strace's conventions.
 */
#pragma once

#include <sys/socket.h>

#include "base/str.h"

/** Appends bytes in quotes, with escapes. */
void attest_quoted_put(struct attest_str *out, const char *data, size_t len);

/** Appends a socket address, of which len bytes are there, 2 at least. */
void attest_sockaddr_put(struct attest_str *out,
			 const struct sockaddr_storage *address, size_t len);
