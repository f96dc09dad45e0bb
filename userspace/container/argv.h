/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A command line under construction. Once an append fails the rest are
 * no-ops and attest_argv.error says so, so callers check once.
 */
#pragma once

#include <stddef.h>

struct attest_argv {
	char **items; /* NULL-terminated when not NULL */
	size_t n;
	size_t size;
	int error; /* 0 or -ENOMEM */
};

#define _cleanup_argv_ __attribute__((__cleanup__(attest_argv_done)))

void attest_argv_done(struct attest_argv *argv);

/** Appends a copy of text. */
void attest_argv_add(struct attest_argv *argv, const char *text);
void attest_argv_addf(struct attest_argv *argv, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Appends copies of a NULL-terminated list, which may be NULL. */
void attest_argv_add_all(struct attest_argv *argv, const char *const *items);
