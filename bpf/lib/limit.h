/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * What a policy's limits are counted in, and what a task is about to do.
 */
#pragma once

#include "lib/decide.h"

#define ATTEST_EFBIG 27
#define ATTEST_EDQUOT 122

#define ATTEST_CHARGES 65536 /* files that are known one by one */
#define ATTEST_CAS_TRIES 16
#define END_UNKNOWN (1ULL << 63)

/** Value of the task storage `attest_limit_tasks`. */
struct attest_limit_task {
	/* The operation that the kernel is about to ask for permission. */
	__u64 file; /* 0: none */
	__u64 end;  /* the file would reach so far */

	__u64 source_left; /* bytes behind the last read's position */

	/* The name that a path hook was asked about, for the inode hooks. */
	__u64 dentry;
	__u64 mount; /* struct vfsmount */

	/* The file under decision, for attest_limit_grow(). */
	__u64 ino;
	__u64 size;
	__u32 dev;

	__u32 is_opening;  /* open(2) is under way */
	__u32 is_reserved; /* a name was counted that open(2) may not make */
	__u32 is_refused;  /* the answer to open(2), which may not need it */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct attest_limit_task);
} attest_limit_tasks SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ATTEST_SLOTS_MAX);
	__type(key, __u32);
	__type(value, struct attest_usage);
} attest_usage SEC(".maps") __weak;

struct attest_charge_key {
	__u64 ino;
	__u32 dev;
	__u32 pad0;
};

/** A file that a subject made grow. */
struct attest_charge {
	__u64 base; /* bytes that were there before */
	__u64 end;  /* bytes up to which it is charged, highest ever */
	__u32 slot;
	__u32 generation;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, ATTEST_CHARGES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct attest_charge_key);
	__type(value, struct attest_charge);
} attest_charges SEC(".maps") __weak;

/* The current subject and its policy, if that has limits; else NULL. */
static __always_inline struct attest_subject *
attest_limit_subject(const struct attest_image_hdr **ret_hdr)
{
	struct attest_subject *s = attest_subject_current();

	if (!s || !attest_subject_image(s, ret_hdr) || !*ret_hdr ||
	    !((*ret_hdr)->flags & ATTEST_IMAGE_HAS_LIMITS))
		return NULL;
	return s;
}

static __always_inline struct attest_limit_task *attest_limit_task(void)
{
	return bpf_task_storage_get(&attest_limit_tasks,
				    bpf_get_current_task_btf(), NULL,
				    BPF_LOCAL_STORAGE_GET_F_CREATE);
}

/* What a slot has used, or NULL. */
static __always_inline struct attest_usage *attest_limit_usage(__u32 slot,
							       __u32 generation)
{
	struct attest_usage *u = bpf_map_lookup_elem(&attest_usage, &slot);

	return u && u->generation == generation ? u : NULL;
}

/* Takes n off a counter, not below zero. */
static __always_inline void attest_limit_lower(__u64 *counter, __u64 n)
{
	for (int i = 0; i < ATTEST_CAS_TRIES; i++) {
		__u64 old = *(volatile __u64 *)counter;
		__u64 new = old > n ? old - n : 0;

		if (__sync_val_compare_and_swap(counter, old, new) == old)
			return;
	}
}

/* Records a refusal of the task's dentry. 0, or 1: it is to be refused.
 * Defined in limit.bpf.c.
 * @what: hook << 16 | flags of the record
 */
int attest_limit_refuse(__u32 slot, __u32 generation, __u32 what,
			__u32 violation, __u64 value);
