/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * Where kernels differ.
 */
#pragma once

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/* since v6.18 (commit "struct mount: relocate MNT_WRITE_HOLD bit"): the mounts
 * of a file system are a chain of pointers, before that a list; drop when the
 * oldest supported kernel is v6.18
 */
struct mount___chain {
	struct mount *mnt_next_for_sb;
} __attribute__((preserve_access_index));

struct super_block___chain {
	struct mount *s_mounts;
} __attribute__((preserve_access_index));

struct mount___list {
	struct list_head mnt_instance;
} __attribute__((preserve_access_index));

struct super_block___list {
	struct list_head s_mounts;
} __attribute__((preserve_access_index));

static __always_inline __u64 attest_mount_in_list(struct super_block *sb,
						  struct list_head *entry)
{
	struct super_block___list *s = (void *)sb;

	if (!entry || entry == &s->s_mounts)
		return 0;
	return (__u64)entry -
	       bpf_core_field_offset(struct mount___list, mnt_instance);
}

/**
 * The first mount of a file system, or the one after another; 0 at the end.
 * Read without the lock: a mount that goes meanwhile can end the list early.
 */
static __always_inline __u64 attest_mount_next(struct super_block *sb,
					       __u64 mount)
{
	struct super_block___chain *chain = (void *)sb;
	struct super_block___list *list = (void *)sb;
	struct mount___chain *in_chain = (void *)mount;
	struct mount___list *in_list = (void *)mount;

	if (bpf_core_field_exists(struct mount___chain, mnt_next_for_sb))
		return mount ? (__u64)BPF_CORE_READ(in_chain, mnt_next_for_sb)
			     : (__u64)BPF_CORE_READ(chain, s_mounts);
	return attest_mount_in_list(
	    sb, mount ? BPF_CORE_READ(in_list, mnt_instance.next)
		      : BPF_CORE_READ(list, s_mounts.next));
}

struct dentry___alias {
	union {
		struct hlist_node d_alias;
	} d_u;
} __attribute__((preserve_access_index));

struct dentry___alias_flat {
	struct hlist_node d_alias;
} __attribute__((preserve_access_index));

/**
 * A name of an inode, 0 if it has none. A directory has one only.
 */
static __always_inline __u64 attest_dentry_of(struct inode *inode)
{
	struct hlist_node *first = BPF_CORE_READ(inode, i_dentry.first);

	if (!first)
		return 0;
	if (bpf_core_field_exists(struct dentry___alias, d_u.d_alias))
		return (__u64)first - bpf_core_field_offset(
					  struct dentry___alias, d_u.d_alias);
	return (__u64)first -
	       bpf_core_field_offset(struct dentry___alias_flat, d_alias);
}
