/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Appends pieces of JSON to a string: for outputs that are written once and
 * need no tree.
 */
#pragma once

#include <stddef.h>

#include "base/str.h"

/**
 * Appends data as a quoted JSON string.
 *
 * Bytes that are not UTF-8 become U+FFFD, one for each byte, so the result is
 * valid JSON whatever a file is called.
 */
void attest_json_put(struct attest_str *s, const char *data, size_t len);

/** Appends text as a quoted JSON string, or null when text is NULL. */
void attest_json_puts(struct attest_str *s, const char *text);
