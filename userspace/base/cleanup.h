/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Ownership of memory and descriptors by scope.
 */
#pragma once

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void attest_freep(void *p)
{
	free(*(void **)p);
}

static inline void attest_closep(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static inline void attest_fclosep(FILE **f)
{
	if (*f)
		(void)fclose(*f);
}

static inline void attest_closedirp(DIR **d)
{
	if (*d)
		(void)closedir(*d);
}

#define _cleanup_(fn) __attribute__((__cleanup__(fn)))
#define _cleanup_free_ _cleanup_(attest_freep)
#define _cleanup_close_ _cleanup_(attest_closep)
#define _cleanup_fclose_ _cleanup_(attest_fclosep)
#define _cleanup_closedir_ _cleanup_(attest_closedirp)

/** Yields `var` and leaves `empty` in it: ownership moves to the reader. */
#define ATTEST_TAKE(var, empty)                                                \
	({                                                                     \
		__typeof__(var) taken_ = (var);                                \
		(var) = (empty);                                               \
		taken_;                                                        \
	})
#define TAKE_PTR(p) ATTEST_TAKE(p, NULL)
#define TAKE_FD(fd) ATTEST_TAKE(fd, -1)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
