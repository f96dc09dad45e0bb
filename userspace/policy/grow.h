/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Growing arrays of plain structs.
 */
#pragma once

#include <errno.h>
#include <stdlib.h>

/** Makes room for n elements of size bytes in *p. 0 or -ENOMEM. */
static inline int attest_grow_array(void **p, size_t *cap, size_t n,
				    size_t size)
{
	size_t want = *cap ? *cap : 16;
	void *q;

	if (n <= *cap)
		return 0;
	while (want < n)
		want *= 2;
	q = reallocarray(*p, want, size);
	if (!q)
		return -ENOMEM;
	*p = q;
	*cap = want;
	return 0;
}

#define ATTEST_GROW(array, cap, n)                                             \
	attest_grow_array((void **)&(array), &(cap), (n), sizeof(*(array)))
