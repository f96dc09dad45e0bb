/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * May the current task do this to that path?
 */
#pragma once

#include "lib/cache.h"
#include "lib/emit.h"
#include "lib/scratch.h"
#include "lib/subject.h"

/* Decides what the cache could not, or refuses, and records. The question is
 * in the scratch memory. Defined in decide.bpf.c.
 *
 * @access: ATTEST_ACCESS_* asked for
 * @how:    ATTEST_EVF_* of the record, and hook << 16
 *
 * Return: 0 or -EACCES.
 */
int attest_decide_slow(__u32 slot, __u32 generation, __u32 access, __u32 how);

#define ATTEST_HOW(hook, flags) ((hook) << 16 | (flags))
/* Keep the record until it is known whether the answer was used. */
#define ATTEST_HOW_PENDING 0x8000U
/* Record it if it is allowed, too. */
#define ATTEST_HOW_TRACED 0x4000U
#define ATTEST_HOW_FLAGS 0x3fffU /* ATTEST_EVF_* */

int attest_pending_settle(__u32 slot, __u32 is_true);

/* The offset is that of the running kernel. */
static __always_inline __u64 attest_mount_of(const struct vfsmount *mnt)
{
	return (__u64)mnt - bpf_core_field_offset(struct mount, mnt);
}

/* The common case, without scratch memory: the directory is cached, and all
 * its entries are allowed what is asked for.
 */
static __always_inline bool
attest_is_allowed_fast(const struct attest_image_hdr *hdr,
		       struct dentry *dentry, struct vfsmount *mnt,
		       __u32 access)
{
	struct fs_struct *fs = bpf_get_current_task_btf()->fs;
	struct attest_seqs_now now = {};
	struct attest_dir *slot;
	struct attest_dir d;
	struct inode *inode;
	__u64 check;

	if (dentry == mnt->mnt_root || !fs)
		return false;
	if ((hdr->flags & ATTEST_IMAGE_HAS_EXTENSIONS) &&
	    (access & (ATTEST_ACCESS_WRITE | ATTEST_ACCESS_EXECUTE)))
		return false;
	inode = dentry->d_parent->d_inode;
	slot = attest_dir_at(inode);
	if (!slot)
		return false;
	d = *slot;
	/* Before the comparisons: after them the compiler may put the
	 * pointers in place of the numbers, and they cannot be mixed.
	 */
	check = attest_dir_check(&d);
	asm volatile("" : "+r"(check));
	if (d.check != check || d.inode != (__u64)inode ||
	    d.mount != (__u64)mnt || d.version != hdr->version || !d.uniform)
		return false;
	if (d.root != (__u64)fs->root.mnt ||
	    fs->root.dentry != fs->root.mnt->mnt_root)
		return false;
	if (access & ~d.access)
		return false;
	if (!attest_seqs_read(&now))
		return false;
	return d.rename_seq == now.rename && d.mount_seq == now.mount;
}

/**
 * Decides on a dentry in a mount. 0 or -EACCES.
 */
static __always_inline int attest_decide(struct dentry *dentry,
					 struct vfsmount *mnt, __u32 access,
					 __u32 how)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_scratch *sc;
	struct attest_subject *s;
	struct fs_struct *fs;
	void *image;

	s = attest_subject_current();
	if (!s)
		return 0;
	image = attest_subject_image(s, &hdr);
	if (!image || !hdr || !(hdr->flags & ATTEST_IMAGE_HAS_FS))
		return 0;
	if (s->flags & ATTEST_SUBJECT_PENDING) {
		s->flags &= ~ATTEST_SUBJECT_PENDING;
		attest_pending_settle(s->slot, 1);
	}
	if (s->flags & ATTEST_SUBJECT_TRACE_FILES &&
	    how >> 16 == ATTEST_HOOK_FILE_OPEN)
		how |= ATTEST_HOW_TRACED;
	else if (attest_is_allowed_fast(hdr, dentry, mnt, access))
		return 0;

	sc = attest_scratch_get();
	fs = bpf_get_current_task_btf()->fs;
	if (!sc || !fs) {
		attest_stat(ATTEST_STAT_NO_SCRATCH);
		return hdr->mode == ATTEST_MODE_AUDIT ? 0 : -ATTEST_EACCES;
	}
	sc->dentry = (__u64)dentry;
	sc->mount = attest_mount_of(mnt);
	sc->root_dentry = (__u64)fs->root.dentry;
	sc->root_mount = attest_mount_of(fs->root.mnt);
	if (how & ATTEST_HOW_PENDING)
		s->flags |= ATTEST_SUBJECT_PENDING;
	return attest_decide_slow(s->slot, s->generation, access, how);
}

/* 6.12 checks that LSM programs return -4095..0, and cannot follow the value
 * of a global function.
 */
#define ATTEST_RETURN(call)                                                    \
	do {                                                                   \
		if (call)                                                      \
			return -ATTEST_EACCES;                                 \
		return 0;                                                      \
	} while (0)
