/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * What a confined task may not do whatever its rules say of paths, unless the
 * policy grants it.
 */
#pragma once

#include "lib/decide.h"

/* Records a refusal and returns what the hook returns. Defined in guard.bpf.c.
 */
int attest_guard_refuse(__u32 slot, __u32 generation, __u32 hook_violation);

/**
 * 0 if the current task may; -EPERM if it is a subject without the grant.
 */
static __always_inline int attest_guard(__u32 grant, __u32 hook,
					__u32 violation)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_subject *s = attest_subject_current();

	if (!s || !attest_subject_image(s, &hdr) || !hdr ||
	    (hdr->grants & grant))
		return 0;
	return attest_guard_refuse(s->slot, s->generation,
				   hook << 16 | violation);
}

#define ATTEST_CGROUP_MAGIC 0x27e0eb
#define ATTEST_CGROUP2_MAGIC 0x63677270

/* Writing to a cgroup's files moves tasks and lifts limits. */
static __always_inline int attest_guard_cgroup(struct file *file, __u32 hook)
{
	unsigned long magic = file->f_inode->i_sb->s_magic;

	if (magic != ATTEST_CGROUP_MAGIC && magic != ATTEST_CGROUP2_MAGIC)
		return 0;
	return attest_guard(ATTEST_GRANT_CGROUP, hook,
			    ATTEST_VIOLATION_CGROUP_ESCAPE);
}
