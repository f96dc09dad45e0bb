/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Whole reads and writes.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/**
 * Reads a file up to its end.
 *
 * @max:      most bytes to accept.
 * @ret_data: on success the bytes and a NUL; free().
 * @ret_len:  bytes without the NUL; may be NULL.
 *
 * Return: 0; -E2BIG past max, -ENOMEM, or what open(2) and read(2) say.
 */
int attest_read_file(const char *path, size_t max, char **ret_data,
		     size_t *ret_len);

/** As attest_read_file(), from a descriptor, which stays open. */
int attest_read_fd(int fd, size_t max, char **ret_data, size_t *ret_len);

/** Writes all bytes; EINTR and short writes are retried. 0 or -errno. */
int attest_write_all(int fd, const void *data, size_t len);

/**
 * Replaces path with the bytes: readers see the old file or the new one.
 *
 * @mode: of a new file; one that was there keeps its own.
 *
 * Return: 0 or -errno; on failure the old file stays.
 */
int attest_write_file_atomic(const char *path, const void *data, size_t len,
			     mode_t mode);
