/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One request of an io_uring at a time, by every way that the kernel has to
 * run it.
 */
#pragma once

#include <linux/io_uring.h>
#include <stddef.h>

struct uring {
	int fd;
	unsigned int setup_flags;
	char *sq, *cq;
	struct io_uring_sqe *sqes;
	struct io_uring_params params;
	unsigned int n_done;
};

/** A ring with IORING_SETUP_* flags. 0 or -1. */
int uring_open(struct uring *ring, unsigned int setup_flags);
/** Runs one request. Its result, or 1 if the ring does not work. */
int uring_do(struct uring *ring, const struct io_uring_sqe *sqe);
void uring_close(struct uring *ring);

/**
 * Runs the request as it is submitted, in a worker, and by a polling thread.
 * @undo: called after each, or NULL
 *
 * Return: 0 if one of them succeeded, else the last one's errno; 255 if one
 * could not be tried.
 */
int uring_every_way(const struct io_uring_sqe *sqe, void (*undo)(void));
