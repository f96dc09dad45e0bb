// SPDX-License-Identifier: GPL-2.0-only
/**
 * Making, removing and renaming names, and changing what they name.
 *
 * All need write access to the path of the name itself.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/decide.h"
#include "lib/guard.h"
#include "lib/names.h"

#define S_IFMT 0170000
#define S_IFDIR 0040000
#define S_IFREG 0100000
#define S_IFCHR 0020000
#define S_IFBLK 0060000

int attest_subtree_is_safe(__u32 slot);
int attest_file_record(__u32 slot, __u32 generation, __u32 access, __u32 how);
int attest_path_resolve(__u32 slot);

static __always_inline int decide_name(struct dentry *dentry,
				       struct vfsmount *mnt, __u32 hook,
				       __u32 flags)
{
	return attest_decide(dentry, mnt, ATTEST_ACCESS_WRITE,
			     ATTEST_HOW(hook, flags));
}

static __always_inline bool is_directory(struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;

	return inode && (inode->i_mode & S_IFMT) == S_IFDIR;
}

SEC("lsm/path_unlink")
int BPF_PROG(attest_path_unlink, struct path *dir, struct dentry *dentry,
	     int ret)
{
	if (ret)
		return ret;
	ATTEST_RETURN(
	    decide_name(dentry, dir->mnt, ATTEST_HOOK_PATH_UNLINK, 0));
}

SEC("lsm/path_rmdir")
int BPF_PROG(attest_path_rmdir, struct path *dir, struct dentry *dentry,
	     int ret)
{
	if (ret)
		return ret;
	ATTEST_RETURN(decide_name(dentry, dir->mnt, ATTEST_HOOK_PATH_RMDIR,
				  ATTEST_EVF_DIRECTORY));
}

SEC("lsm/path_mkdir")
int BPF_PROG(attest_path_mkdir, struct path *dir, struct dentry *dentry,
	     umode_t mode, int ret)
{
	if (ret)
		return ret;
	ATTEST_RETURN(decide_name(dentry, dir->mnt, ATTEST_HOOK_PATH_MKDIR,
				  ATTEST_EVF_CREATE | ATTEST_EVF_DIRECTORY));
}

/* open(2) asks before it has looked whether the file exists, and forgets the
 * answer if it does.
 */
static __always_inline bool is_open_call(void)
{
	struct pt_regs *regs;
	int nr;

	regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	if (!regs)
		return false;
	nr = (int)regs->orig_ax;
	return nr != 133 && nr != 259; /* mknod, mknodat */
}

/* A node of one's own opens disks and memory past all paths. 0 is a whiteout.
 */
static __always_inline bool is_device(umode_t mode, unsigned int dev)
{
	umode_t type = mode & S_IFMT;

	return (type == S_IFCHR || type == S_IFBLK) && dev;
}

SEC("lsm/path_mknod")
int BPF_PROG(attest_path_mknod, struct path *dir, struct dentry *dentry,
	     umode_t mode, unsigned int dev, int ret)
{
	__u32 how = ATTEST_HOW(ATTEST_HOOK_PATH_MKNOD, ATTEST_EVF_CREATE);

	if (ret)
		return ret;
	if (is_device(mode, dev) &&
	    attest_guard(ATTEST_GRANT_MOUNT, ATTEST_HOOK_PATH_MKNOD,
			 ATTEST_VIOLATION_PRIVILEGED_OPERATION))
		return -ATTEST_EPERM;
	if ((mode & S_IFMT) == S_IFREG && is_open_call())
		how |= ATTEST_HOW_PENDING;
	ATTEST_RETURN(
	    attest_decide(dentry, dir->mnt, ATTEST_ACCESS_WRITE, how));
}

SEC("lsm/path_symlink")
int BPF_PROG(attest_path_symlink, struct path *dir, struct dentry *dentry,
	     const char *old_name, int ret)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_subject *s;

	if (ret)
		return ret;
	s = attest_subject_with_rules(&hdr);
	if (!s)
		return 0;
	if (hdr->symlinks == ATTEST_SYMLINKS_FORBID) {
		if (!attest_names_ask(s, dentry))
			return hdr->mode == ATTEST_MODE_AUDIT ? 0
							      : -ATTEST_EACCES;
		ATTEST_RETURN(attest_refuse_link(s, ATTEST_ACCESS_WRITE,
						 ATTEST_HOOK_PATH_SYMLINK,
						 ATTEST_EVF_CREATE));
	}
	ATTEST_RETURN(decide_name(dentry, dir->mnt, ATTEST_HOOK_PATH_SYMLINK,
				  ATTEST_EVF_CREATE));
}

SEC("lsm/path_chmod")
int BPF_PROG(attest_path_chmod, struct path *path, umode_t mode, int ret)
{
	if (ret)
		return ret;
	ATTEST_RETURN(
	    decide_name(path->dentry, path->mnt, ATTEST_HOOK_PATH_CHMOD, 0));
}

SEC("lsm/path_chown")
int BPF_PROG(attest_path_chown, struct path *path, unsigned long long uid,
	     unsigned long long gid, int ret)
{
	if (ret)
		return ret;
	ATTEST_RETURN(
	    decide_name(path->dentry, path->mnt, ATTEST_HOOK_PATH_CHOWN, 0));
}

/* Both names of a rename or link. The old name of a link must allow all that
 * the new one could be used for, so it must be writable as well.
 */
static __always_inline int decide_two(struct dentry *from, struct dentry *to,
				      struct vfsmount *from_mnt,
				      struct vfsmount *to_mnt, __u32 hook,
				      bool is_dir)
{
	__u32 flags = is_dir ? ATTEST_EVF_DIRECTORY : 0;
	const struct attest_image_hdr *hdr = NULL;
	struct attest_subject *s = attest_subject_current();
	struct attest_scratch *sc;
	int r;

	if (!s || !attest_subject_image(s, &hdr) || !hdr ||
	    !(hdr->flags & ATTEST_IMAGE_HAS_FS))
		return 0;
	sc = attest_scratch_get();
	if (!sc)
		return hdr->mode == ATTEST_MODE_AUDIT ? 0 : -ATTEST_EACCES;
	sc->dentry2 = (__u64)to;
	sc->mount2 = attest_mount_of(to_mnt);
	if (decide_name(from, from_mnt, hook, flags)) {
		sc->dentry2 = 0;
		return -ATTEST_EACCES;
	}
	/* Its record has the names the other way round. */
	sc->dentry2 = (__u64)from;
	sc->mount2 = attest_mount_of(from_mnt);
	r = decide_name(to, to_mnt, hook, flags | ATTEST_EVF_TARGET);
	sc->dentry2 = 0;
	if (r)
		return -ATTEST_EACCES;
	return 0;
}

/* A directory takes along what is below it: nothing there may gain. */
static __always_inline int
decide_subtree(struct dentry *from, struct dentry *to, struct vfsmount *mnt)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_subject *s = attest_subject_current();
	struct fs_struct *fs = bpf_get_current_task_btf()->fs;
	struct attest_scratch *sc;
	__u32 verdict = ATTEST_VERDICT_DENY;

	if (!s || !attest_subject_image(s, &hdr) || !hdr ||
	    !(hdr->flags & ATTEST_IMAGE_HAS_FS))
		return 0;
	if (hdr->mode == ATTEST_MODE_AUDIT)
		verdict = ATTEST_VERDICT_AUDIT;
	sc = attest_scratch_get();
	if (!sc || !fs)
		return verdict == ATTEST_VERDICT_AUDIT ? 0 : -ATTEST_EACCES;
	sc->dentry = (__u64)from;
	sc->dentry2 = (__u64)to;
	sc->mount = attest_mount_of(mnt);
	sc->mount2 = sc->mount;
	sc->root_dentry = (__u64)fs->root.dentry;
	sc->root_mount = attest_mount_of(fs->root.mnt);
	if (!attest_subtree_is_safe(s->slot)) {
		attest_path_resolve(s->slot);
		sc->event.rule = 0;
		sc->attempt = verdict << 8 | ATTEST_VIOLATION_FORBIDDEN_PATH;
		attest_file_record(
		    s->slot, s->generation, ATTEST_ACCESS_WRITE,
		    ATTEST_HOW(ATTEST_HOOK_PATH_RENAME, ATTEST_EVF_DIRECTORY));
		sc->dentry2 = 0;
		return verdict == ATTEST_VERDICT_AUDIT ? 0 : -ATTEST_EACCES;
	}
	sc->dentry2 = 0;
	return 0;
}

SEC("lsm/path_rename")
int BPF_PROG(attest_path_rename, struct path *old_dir,
	     struct dentry *old_dentry, struct path *new_dir,
	     struct dentry *new_dentry, unsigned int flags, int ret)
{
	bool is_dir = is_directory(old_dentry);

	if (ret)
		return ret;
	if (decide_two(old_dentry, new_dentry, old_dir->mnt, new_dir->mnt,
		       ATTEST_HOOK_PATH_RENAME, is_dir))
		return -ATTEST_EACCES;
	if (is_dir && decide_subtree(old_dentry, new_dentry, old_dir->mnt))
		return -ATTEST_EACCES;
	/* RENAME_EXCHANGE moves the other directory as well. */
	if ((flags & 2) && is_directory(new_dentry) &&
	    decide_subtree(new_dentry, old_dentry, old_dir->mnt))
		return -ATTEST_EACCES;
	return 0;
}

SEC("lsm/path_link")
int BPF_PROG(attest_path_link, struct dentry *old_dentry, struct path *new_dir,
	     struct dentry *new_dentry, int ret)
{
	if (ret)
		return ret;
	if (decide_two(old_dentry, new_dentry, new_dir->mnt, new_dir->mnt,
		       ATTEST_HOOK_PATH_LINK, false))
		return -ATTEST_EACCES;
	return 0;
}

/* The end of an inode: a new one at its address starts uncached. */
SEC("lsm/inode_free_security")
int BPF_PROG(attest_inode_free, struct inode *inode)
{
	struct attest_dir *entry;

	if ((inode->i_mode & S_IFMT) != S_IFDIR)
		return 0;
	entry = attest_dir_at(inode);
	if (entry && entry->inode == (__u64)inode)
		entry->check = 0;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
