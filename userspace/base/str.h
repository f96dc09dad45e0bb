/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A growing byte string. Once an append fails the rest are no-ops and
 * attest_str_error() says so, so callers check once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct attest_str {
	char *data; /* NUL-terminated when not NULL */
	size_t len;
	size_t size;
	int error; /* 0 or -ENOMEM */
};

#define _cleanup_str_ _cleanup_(attest_str_done)

void attest_str_done(struct attest_str *s);
/** Forgets the contents, keeps the memory. */
void attest_str_clear(struct attest_str *s);
void attest_str_append(struct attest_str *s, const char *data, size_t len);
void attest_str_puts(struct attest_str *s, const char *text);
void attest_str_putc(struct attest_str *s, char c);
void attest_str_printf(struct attest_str *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/** The text, owned by the caller, or NULL after a failed append. */
char *attest_str_take(struct attest_str *s);

bool attest_has_prefix(const char *s, const char *prefix);
bool attest_has_suffix(const char *s, const char *suffix);
