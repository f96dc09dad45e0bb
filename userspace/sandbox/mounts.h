/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The kernel's mount interface by descriptors, as the container uses it. All
 * async-signal-safe; all return a descriptor or 0, or -errno.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mount.h>

#define ATTEST_MOUNT_SAFE (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
#define ATTEST_MOUNT_CLOSED (ATTEST_MOUNT_SAFE | MOUNT_ATTR_NOEXEC)

struct attest_mount_setting {
	const char *key;
	const char *value;
};

/** Opens a path below a root. Never through a symbolic link: the tree is the
 * host's and may be anyone's.
 */
int attest_mount_open(int root, const char *path, uint64_t flags);

/** Attaches a detached mount at a path below a root. */
int attest_mount_attach(int mount_fd, int root, const char *path);

/** Makes a directory below a root, and those above it. 0 or -errno. */
int attest_mount_mkdirs(int root, const char *path);

/** A new file system that is mounted nowhere yet. */
int attest_mount_make(const char *type,
		      const struct attest_mount_setting *settings, size_t n,
		      uint64_t attributes);

/** The same, a tmpfs. */
int attest_mount_tmpfs(const char *size, const char *mode, uint64_t attributes);

/** Sets MOUNT_ATTR_* on a mount, and on all that is mounted below it. */
int attest_mount_set(int mount_fd, uint64_t attributes, bool recursive);

/** A detached copy of a path's mounts, with all that is mounted below: a user
 * namespace may not take mounts apart.
 */
int attest_mount_clone(const char *path);
