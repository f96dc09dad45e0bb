/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Libraries that are loaded when they are first used: most commands need no
 * HTTP, Kafka or TLS, and linking those would multiply the time they take to
 * start.
 *
 * A library has a header that lists its functions in a macro NAMES(X), declares
 * pointers with NAMES(ATTEST_LAZY_DECLARE) and defines each name as its
 * pointer. One source file has NAMES(ATTEST_LAZY_DEFINE) and the table
 * { NAMES(ATTEST_LAZY_SYMBOL) }.
 */
#pragma once

#include <stddef.h>

struct attest_lazy_symbol {
	const char *name;
	void **pointer;
};

#define ATTEST_LAZY_DECLARE(name) extern __typeof__(name) *attest_lazy_##name;
#define ATTEST_LAZY_DEFINE(name)                                               \
	__typeof__(attest_lazy_##name) attest_lazy_##name;
#define ATTEST_LAZY_SYMBOL(name) { #name, (void **)&attest_lazy_##name },

/**
 * Loads a library from the system's directories and sets all pointers. The
 * library stays. Thread-safe; loading twice is harmless.
 *
 * @ret_missing: what could not be found, the library or a function, in words
 *               of the dynamic linker; borrowed until the thread's next call.
 *
 * Return: 0; -ENOENT, then no pointer has changed.
 */
int attest_lazy_load(const char *soname,
		     const struct attest_lazy_symbol *symbols, size_t n,
		     const char **ret_missing);
