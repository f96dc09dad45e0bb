/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/**
 * Keys and values of the maps that say who is confined.
 */
#pragma once

#ifndef __bpf__
#include <linux/types.h>
#endif
#include <attest/limits.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

/* attest_subject.slot: the task was looked at and is no subject. */
#define ATTEST_SLOT_NONE 0xffffffffU

/* attest_subject.flags */
#define ATTEST_SUBJECT_DIRECT (1U << 0) /* set on the task or inherited */
#define ATTEST_SUBJECT_CGROUP (1U << 1) /* through its cgroup */
#define ATTEST_SUBJECT_TRACE (1U << 2)	/* report its system calls */
#define ATTEST_SUBJECT_KILL (1U << 3)	/* SIGKILL on a refusal */

/* A record waits in the task's scratch memory. */
#define ATTEST_SUBJECT_PENDING (1U << 4)

/* Report the files it opens and the connections it begins. */
#define ATTEST_SUBJECT_TRACE_FILES (1U << 5)

/* Of a cgroup: who comes in is a container's runtime until it executes
 * something in another mount namespace than ours; the program is confined.
 */
#define ATTEST_SUBJECT_AT_EXEC (1U << 6)

/** Value of the task storage `attest_subjects`. */
struct attest_subject {
	__u32 slot; /* < ATTEST_SLOTS_MAX, or ATTEST_SLOT_NONE */
	__u32 flags;
	__u32 epoch;	  /* of attest_settings.cgroup_epoch when resolved */
	__u32 generation; /* of the slot when the subject was made */
};
_Static_assert(sizeof(struct attest_subject) == 16, "subject ABI");

/** Value of the hash `attest_cgroups`, keyed by cgroup v2 id (__u64). */
struct attest_cgroup_subject {
	__u32 slot;
	__u32 flags;
	__u32 generation;
	__u32 pad0;
};
_Static_assert(sizeof(struct attest_cgroup_subject) == 16, "cgroup ABI");

/** Key of the hash `attest_counts` (value: __u64 refusals). */
struct attest_count_key {
	__u32 slot;
	__u32 rule; /* of the image; system calls: 1 << 31 | number */
};
_Static_assert(sizeof(struct attest_count_key) == 8, "count ABI");

/* Written by userspace through the skeleton while programs run. */
struct attest_settings {
	__u32 n_cgroups;    /* entries of attest_cgroups */
	__u32 cgroup_epoch; /* bumped when any task may have moved */
	__u32 wake_bytes;   /* wake the reader when the ring holds so much */
	__u32 pad0;
};
_Static_assert(sizeof(struct attest_settings) == 16, "settings ABI");

/* The iterator: mark this slot's tasks, or unmark them. */
struct attest_scan {
	__u32 slot;
	__u32 generation;
	__u32 flags;
	__u32 tgid;	 /* root of the pid tree, 0: none */
	__u32 release;	 /* 1: take the slot off all tasks */
	__u32 n_changed; /* out */
	__u32 n_alive;	 /* out: tasks of the slot that have not ended */
};
_Static_assert(sizeof(struct attest_scan) == 28, "scan ABI");

/**
 * Value of the array `attest_usage`, by slot: what the subject has used of
 * the limits. With all slots' tasks shared, and pinned where they are.
 */
struct attest_usage {
	__u64 disk_bytes;   /* by which its files grew */
	__u64 files;	    /* names made less names removed */
	__u64 largest_file; /* bytes of the largest it grew */
	__u32 generation;   /* of the slot; an older one's is void */
	__u32 pad0;
};
_Static_assert(sizeof(struct attest_usage) == 32, "usage ABI");

/* Per-CPU statistics, index of `attest_stats`. */
enum attest_stat {
	ATTEST_STAT_RING_FULL,	/* records lost: the ring had no room */
	ATTEST_STAT_RECORDS,	/* records written */
	ATTEST_STAT_NO_SCRATCH, /* no memory for a decision: refused */
	ATTEST_STAT_CACHE_HIT,
	ATTEST_STAT_CACHE_MISS,
	ATTEST_STAT_RETRY,	/* a path changed under a walk */
	ATTEST_STAT_COUNT_LOST, /* attest_counts had no room */
	ATTEST_STAT_END,
};

#pragma GCC diagnostic pop
