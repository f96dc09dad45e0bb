// SPDX-License-Identifier: GPL-2.0-only
/**
 * Changing what is known of a file: times, extended attributes, ACLs. All need
 * write access, as chmod and chown do (tree.bpf.c).
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/names.h"

#define ATTR_MODE (1 << 0)
#define ATTR_UID (1 << 1)
#define ATTR_GID (1 << 2)
#define ATTR_SIZE (1 << 3)
#define ATTR_ATIME (1 << 4)
#define ATTR_MTIME (1 << 5)

/* utimes(2) and its kind; chmod, chown and truncate have hooks that know the
 * path, and decided there.
 */
static __always_inline int decide_times(struct dentry *dentry,
					struct iattr *attr)
{
	unsigned int valid;

	if (!attest_subject_is_possible())
		return 0;
	valid = attr->ia_valid;
	if (!(valid & (ATTR_ATIME | ATTR_MTIME)) ||
	    (valid & (ATTR_MODE | ATTR_UID | ATTR_GID | ATTR_SIZE)))
		return 0;
	return attest_decide_dentry(dentry, ATTEST_ACCESS_WRITE,
				    ATTEST_HOOK_INODE_SETATTR);
}

SEC("lsm/inode_setattr")
int BPF_PROG(attest_inode_setattr, void *idmap, struct dentry *dentry,
	     struct iattr *attr, int ret)
{
	if (ret)
		return ret;
	ATTEST_RETURN(decide_times(dentry, attr));
}

/* before v6.9 (commit "security: Align inode_setattr hook definition with
 * EVM") the hook, not the function, has an argument less; drop when the oldest
 * supported kernel is v6.9
 */
SEC("lsm/inode_setattr")
int BPF_PROG(attest_inode_setattr_two, struct dentry *dentry,
	     struct iattr *attr, int ret)
{
	if (ret)
		return ret;
	ATTEST_RETURN(decide_times(dentry, attr));
}

/* Before v6.2 these are for ACLs, too. */
SEC("lsm/inode_setxattr")
int BPF_PROG(attest_inode_setxattr, void *idmap, struct dentry *dentry,
	     const char *name, const void *value, size_t size, int flags)
{
	ATTEST_RETURN(attest_decide_dentry(dentry, ATTEST_ACCESS_WRITE,
					   ATTEST_HOOK_INODE_SETXATTR));
}

SEC("lsm/inode_removexattr")
int BPF_PROG(attest_inode_removexattr, void *idmap, struct dentry *dentry,
	     const char *name, int ret)
{
	if (ret)
		return ret;
	ATTEST_RETURN(attest_decide_dentry(dentry, ATTEST_ACCESS_WRITE,
					   ATTEST_HOOK_INODE_REMOVEXATTR));
}

SEC("lsm/inode_set_acl")
int BPF_PROG(attest_inode_set_acl, void *idmap, struct dentry *dentry,
	     const char *name, void *acl, int ret)
{
	if (ret)
		return ret;
	ATTEST_RETURN(attest_decide_dentry(dentry, ATTEST_ACCESS_WRITE,
					   ATTEST_HOOK_INODE_SETXATTR));
}

SEC("lsm/inode_remove_acl")
int BPF_PROG(attest_inode_remove_acl, void *idmap, struct dentry *dentry,
	     const char *name, int ret)
{
	if (ret)
		return ret;
	ATTEST_RETURN(attest_decide_dentry(dentry, ATTEST_ACCESS_WRITE,
					   ATTEST_HOOK_INODE_REMOVEXATTR));
}

char LICENSE[] SEC("license") = "GPL";
