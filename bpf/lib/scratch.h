/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * What one decision works on, in memory of its own per task: a program can
 * be preempted on fully preemptible kernels, so memory per CPU would be
 * written by another task's decision in the middle of this one.
 *
 * Loop state lives here too. Verifiers before 6.7 follow a bpf_loop callback
 * as if it ran once and remove branches on what it wrote to the stack.
 */
#pragma once

#include "lib/maps.h"

#define ATTEST_EACCES 13
#define ATTEST_EPERM 1
#define ATTEST_ENOENT 2

/* Below 8 KiB with what the kernel adds: newer kernels allocate task storage
 * with an allocator that has no larger pieces.
 */
struct attest_scratch {
	/* The question. */
	__u64 dentry;
	__u64 mount;	      /* struct mount */
	__u64 pending_dentry; /* of a record that waits, see decide.bpf.c */
	__u64 dentry2;	      /* rename and link: the new name, else 0 */
	__u64 mount2;
	__u64 root_dentry; /* of the task */
	__u64 root_mount;
	__u32 is_pending;
	__u32 is_lower; /* feed lower-case letters */

	/* The walk, leaf to root. */
	__u64 at; /* dentry */
	__u64 at_mount;
	__u64 hash;	 /* of all that was seen on the way */
	__u64 last_hash; /* of the walk before */
	__u32 n;
	__u32 crossed;
	__u32 end; /* enum attest_walk_end */
	__u32 attempt;

	/* The feed, root to leaf. */
	__u32 state;
	__u32 parent_state;
	__u32 first; /* index in path of the name's '/' */
	__u32 path_len;
	__u32 name_len;	 /* of the last component */
	__u32 is_good;	 /* the path was followed to its end */
	__u32 is_stable; /* and nothing moved meanwhile: may be cached */
	__u32 pad0;

	/* An object without a mount, see names.bpf.c. */
	__u64 names_at;	      /* the next mount to try */
	__u64 names_ns;	      /* the task's mount namespace */
	__u64 names_first;    /* mount of the name for the record */
	__u32 names_end;      /* all mounts were seen */
	__u32 names_internal; /* some mount is the kernel's own */
	__u32 pad1;
	__u32 names_rooted; /* names_first is below the task's root */
	/* Of the next record, then cleared. */
	__u64 limit;
	__u64 value;

	/* Address of the name << 8 | its length: the top byte of a kernel
	 * address is always 0xff.
	 */
	__u64 components[ATTEST_DEPTH_MAX];

	struct attest_file_event event;	  /* of the record under way */
	char path[ATTEST_PATH_MAX + 256]; /* a whole name fits at any index */
	char arg[ATTEST_ARG_MAX];
};

_Static_assert(sizeof(struct attest_scratch) <= 7680, "task storage limit");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct attest_scratch);
} attest_scratches SEC(".maps") __weak;

static __always_inline struct attest_scratch *attest_scratch_get(void)
{
	return bpf_task_storage_get(&attest_scratches,
				    bpf_get_current_task_btf(), NULL,
				    BPF_LOCAL_STORAGE_GET_F_CREATE);
}
