/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * The automaton's state of directories, so that an open costs no walk.
 *
 * An entry is used only while nothing on the way to the directory can have
 * changed:
 * - any rename anywhere bumps rename_lock's sequence, any mount or umount
 *   mount_lock's; both are compared, and must be even (no writer);
 * - the directory's inode is alive: inode_free_security clears its entry, and
 *   a new inode at the same address starts without one. A directory has one
 *   name, so its path is that of its inode within a mount;
 * - mount and root are compared. The root must be the root of its mount, so
 *   that a change of either shows in mount_lock;
 * - version is unique to an image.
 * Entries are written without a lock. `check` mixes all fields, so that a
 * reader that sees halves of two entries takes neither.
 */
#pragma once

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "lib/maps.h"

struct attest_dir {
	__u64 inode;
	__u64 mount;
	__u64 root;
	__u32 rename_seq;
	__u32 mount_seq;
	__u32 version;
	__u32 state;
	__u32 uniform; /* rule + 1, or 0 */
	__u32 access;  /* of that rule */
	__u64 check;
	__u64 pad0;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ATTEST_DIRS);
	__type(key, __u32);
	__type(value, struct attest_dir);
} attest_dirs SEC(".maps") __weak;

/* Addresses of rename_lock (fs/dcache.c) and mount_lock (fs/namespace.c), from
 * /proc/kallsyms; the count comes first in a seqlock_t. 0 without
 * CONFIG_KALLSYMS_ALL: then nothing is cached.
 */
extern const volatile __u64 attest_rename_lock;
extern const volatile __u64 attest_mount_lock;

struct attest_seqs_now {
	__u32 rename;
	__u32 mount;
};

/* false: not to be had, or a writer is at work. */
static __always_inline bool attest_seqs_read(struct attest_seqs_now *now)
{
	if (!attest_rename_lock || !attest_mount_lock)
		return false;
	if (bpf_probe_read_kernel(&now->rename, 4,
				  (const void *)attest_rename_lock))
		return false;
	if (bpf_probe_read_kernel(&now->mount, 4,
				  (const void *)attest_mount_lock))
		return false;
	return !((now->rename | now->mount) & 1);
}

#define ATTEST_MIX 0x9e3779b97f4a7c15ULL

static __always_inline __u64 attest_mix(__u64 hash, __u64 value)
{
	hash = (hash ^ value) * ATTEST_MIX;
	return hash ^ (hash >> 29);
}

static __always_inline __u64 attest_dir_check(const struct attest_dir *d)
{
	__u64 hash = attest_mix(1, d->inode);

	hash = attest_mix(hash, d->mount);
	hash = attest_mix(hash, d->root);
	hash = attest_mix(hash, (__u64)d->rename_seq << 32 | d->mount_seq);
	hash = attest_mix(hash, (__u64)d->version << 32 | d->state);
	hash = attest_mix(hash, (__u64)d->uniform << 32 | d->access);
	return hash | 1; /* 0 is an entry that was cleared */
}

/* The verifier allows no arithmetic on pointers but a copy of their low half,
 * which is why the index is made of that.
 */
static __always_inline struct attest_dir *attest_dir_at(const void *inode)
{
	__u64 low;
	__u32 i;

	asm volatile("r1 = %1\n\tw1 = w1\n\t%0 = r1"
		     : "=r"(low)
		     : "r"(inode)
		     : "r1");
	i = ((__u32)low * 0x9e3779b1U) >> 19; /* 13 bits: ATTEST_DIRS */
	return bpf_map_lookup_elem(&attest_dirs, &i);
}
