/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Files that are in the program: cmake/AttestEmbed.cmake makes the arrays.
 */
#pragma once

#include <stddef.h>

struct attest_embedded {
	const char *name; /* without folder and extension; NULL ends the list */
	const char *data; /* NUL-terminated */
	size_t len;
};

/* policies/seccomp */
extern const struct attest_embedded attest_builtin_seccomp[];
/* policies */
extern const struct attest_embedded attest_builtin_policies[];
