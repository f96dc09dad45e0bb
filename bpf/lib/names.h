/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * May the current task do this to an object whose mount is not known?
 */
#pragma once

#include "lib/decide.h"

/* Defined in names.bpf.c. */
int attest_names_decide(__u32 slot, __u32 generation, __u32 access, __u32 how);
int attest_names_judge(__u32 slot, __u32 access, __u32 flags);
int attest_names_refuse(__u32 slot, __u32 generation, __u32 access,
			__u32 how_violation, __u32 flags);
int attest_names_hide(__u32 slot);
int attest_rule_hides(__u32 slot);
int attest_refuse(__u32 slot, __u32 generation, __u32 access, __u32 how,
		  __u32 violation);

/* The subject whose policy has rules on paths, or NULL. */
static __always_inline struct attest_subject *
attest_subject_with_rules(const struct attest_image_hdr **ret_hdr)
{
	struct attest_subject *s = attest_subject_current();
	const struct attest_image_hdr *hdr = NULL;

	if (!s || !attest_subject_image(s, &hdr) || !hdr ||
	    !(hdr->flags & ATTEST_IMAGE_HAS_FS))
		return NULL;
	*ret_hdr = hdr;
	return s;
}

/* Makes the dentry the question. NULL: no memory, or the task is ending. */
static __always_inline struct attest_scratch *
attest_names_ask(struct attest_subject *s, struct dentry *dentry)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct fs_struct *fs = task->fs;
	struct attest_scratch *sc;

	if (s->flags & ATTEST_SUBJECT_PENDING) {
		s->flags &= ~ATTEST_SUBJECT_PENDING;
		attest_pending_settle(s->slot, 1);
	}
	sc = attest_scratch_get();
	if (!sc || !fs) {
		attest_stat(ATTEST_STAT_NO_SCRATCH);
		return NULL;
	}
	sc->dentry = (__u64)dentry;
	sc->dentry2 = 0;
	sc->mount = 0;
	sc->root_dentry = (__u64)fs->root.dentry;
	sc->root_mount = attest_mount_of(fs->root.mnt);
	sc->names_ns = (__u64)BPF_CORE_READ(task, nsproxy, mnt_ns);
	return sc;
}

/**
 * Decides on a dentry. 0 or -EACCES.
 */
static __always_inline int attest_decide_dentry(struct dentry *dentry,
						__u32 access, __u32 hook)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_subject *s = attest_subject_with_rules(&hdr);

	if (!s)
		return 0;
	if (!attest_names_ask(s, dentry))
		return hdr->mode == ATTEST_MODE_AUDIT ? 0 : -ATTEST_EACCES;
	return attest_names_decide(s->slot, s->generation, access,
				   ATTEST_HOW(hook, 0));
}

/**
 * Refuses a link where the policy forbids them. 0 or -EACCES.
 */
static __always_inline int attest_refuse_link(struct attest_subject *s,
					      __u32 access, __u32 hook,
					      __u32 flags)
{
	return attest_names_refuse(s->slot, s->generation, access,
				   hook << 16 | ATTEST_VIOLATION_SYMLINK,
				   flags);
}
