// SPDX-License-Identifier: GPL-2.0-only
/**
 * What a policy may ask for beyond access: that links are not followed, and
 * that paths do not show. Attached only while a loaded policy asks.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/compat.h"
#include "lib/names.h"

#define PROC_SUPER_MAGIC 0x9fa0
#define MAY_ACCESS 0x10
#define MAY_CHDIR 0x40

/* Links of the system are followed: root's own, where the subject cannot have
 * put them. So are those of /proc, which lead to what a process holds already;
 * what they lead to is decided as ever.
 */
static __always_inline bool is_system_link(struct attest_subject *s,
					   struct dentry *dentry,
					   struct inode *inode)
{
	if (inode->i_sb->s_magic == PROC_SUPER_MAGIC)
		return true;
	return inode->i_uid.val == 0 &&
	       attest_names_judge(s->slot, ATTEST_ACCESS_WRITE,
				  ATTEST_EVF_DIRECTORY) ==
		   ATTEST_VIOLATION_FORBIDDEN_PATH;
}

SEC("lsm/inode_follow_link")
int BPF_PROG(attest_follow_link, struct dentry *dentry, struct inode *inode,
	     bool rcu, int ret)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_subject *s;

	if (ret)
		return ret;
	s = attest_subject_with_rules(&hdr);
	if (!s || hdr->symlinks != ATTEST_SYMLINKS_FORBID)
		return 0;
	if (!attest_names_ask(s, dentry))
		return hdr->mode == ATTEST_MODE_AUDIT ? 0 : -ATTEST_EACCES;
	if (is_system_link(s, dentry, inode))
		return 0;
	ATTEST_RETURN(attest_refuse_link(s, ATTEST_ACCESS_READ,
					 ATTEST_HOOK_INODE_FOLLOW_LINK, 0));
}

/* Does the policy hide the question's path? Recorded if so. */
static __always_inline bool is_hidden(struct attest_subject *s, __u32 hook)
{
	return attest_names_hide(s->slot) &&
	       attest_refuse(s->slot, s->generation, ATTEST_ACCESS_READ,
			     ATTEST_HOW(hook, 0),
			     ATTEST_VIOLATION_FORBIDDEN_PATH);
}

static __always_inline struct attest_subject *subject_that_hides(void)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_subject *s = attest_subject_with_rules(&hdr);

	return s && (hdr->flags & ATTEST_IMAGE_HAS_HIDE) ? s : NULL;
}

SEC("lsm/inode_getattr")
int BPF_PROG(attest_inode_getattr, struct path *path, int ret)
{
	struct attest_subject *s;
	struct attest_scratch *sc;

	if (ret)
		return ret;
	s = subject_that_hides();
	if (!s)
		return 0;
	sc = attest_names_ask(s, path->dentry);
	if (!sc)
		return -ATTEST_EACCES;
	sc->mount = attest_mount_of(path->mnt);
	if (is_hidden(s, ATTEST_HOOK_INODE_GETATTR))
		return -ATTEST_ENOENT;
	return 0;
}

/* access(2) and chdir(2); who opens or looks up has hooks of its own. */
SEC("lsm/inode_permission")
int BPF_PROG(attest_inode_permission, struct inode *inode, int mask, int ret)
{
	struct attest_subject *s;
	struct dentry *dentry;

	if (ret)
		return ret;
	if (!(mask & (MAY_ACCESS | MAY_CHDIR)))
		return 0;
	s = subject_that_hides();
	if (!s)
		return 0;
	dentry = (struct dentry *)attest_dentry_of(inode);
	if (!dentry)
		return 0; /* no name: a pipe */
	if (!attest_names_ask(s, dentry))
		return -ATTEST_EACCES;
	if (is_hidden(s, ATTEST_HOOK_INODE_PERMISSION))
		return -ATTEST_ENOENT;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
