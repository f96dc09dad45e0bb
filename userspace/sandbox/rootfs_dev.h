/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The /dev of a container.
 */
#pragma once

/**
 * Mounts a small /dev: null, zero, full, random, urandom, tty, terminals of
 * its own, shared memory. Read-only but for what is mounted in it.
 *
 * @root: attached already.
 *
 * Context: between fork and exec; no allocation.
 * Return: 0 or -errno.
 */
int attest_rootfs_dev(int root);
