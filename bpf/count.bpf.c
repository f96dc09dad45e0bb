// SPDX-License-Identifier: GPL-2.0-only
/**
 * max_files: names made less names removed, before the name exists.
 *
 * A path hook notes the name, so that what a filesystem does below (overlays)
 * is not counted again; the inode hook, which is asked after all permissions,
 * counts. open(2) asks before it has looked whether the file exists: what it
 * did not make is taken off when it returns.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/limit.h"

#define FMODE_CREATED 0x100000
#define ATTEST_EEXIST 17
#define RENAME_EXCHANGE 2
#define RENAME_WHITEOUT 4

static __always_inline struct attest_limit_task *task_of(void)
{
	const struct attest_image_hdr *hdr = NULL;

	if (!attest_subject_is_possible() || !attest_limit_subject(&hdr) ||
	    !hdr->max_files)
		return NULL;
	return attest_limit_task();
}

static __always_inline void note(struct dentry *dentry, struct vfsmount *mnt)
{
	struct attest_limit_task *t = task_of();

	if (!t)
		return;
	t->dentry = (__u64)dentry;
	t->mount = (__u64)mnt;
}

#define NOTE(dentry, mnt)                                                      \
	do {                                                                   \
		if (ret)                                                       \
			return ret;                                            \
		note(dentry, mnt);                                             \
		return 0;                                                      \
	} while (0)

SEC("lsm/path_mknod")
int BPF_PROG(attest_count_mknod, struct path *dir, struct dentry *dentry,
	     umode_t mode, unsigned int dev, int ret)
{
	NOTE(dentry, dir->mnt);
}

SEC("lsm/path_mkdir")
int BPF_PROG(attest_count_mkdir, struct path *dir, struct dentry *dentry,
	     umode_t mode, int ret)
{
	NOTE(dentry, dir->mnt);
}

SEC("lsm/path_symlink")
int BPF_PROG(attest_count_symlink, struct path *dir, struct dentry *dentry,
	     const char *old_name, int ret)
{
	NOTE(dentry, dir->mnt);
}

SEC("lsm/path_link")
int BPF_PROG(attest_count_link, struct dentry *old_dentry, struct path *new_dir,
	     struct dentry *new_dentry, int ret)
{
	NOTE(new_dentry, new_dir->mnt);
}

/* Counts one more name. @hook: of the record, with its flags. */
static __always_inline int make_name(struct dentry *dentry, __u32 how,
				     bool is_open)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_limit_task *t;
	struct attest_subject *s;
	struct attest_usage *u;
	__u64 total;

	if (!attest_subject_is_possible())
		return 0;
	s = attest_limit_subject(&hdr);
	if (!s || !hdr->max_files)
		return 0;
	t = attest_limit_task();
	u = attest_limit_usage(s->slot, s->generation);
	if (!t || !u)
		return hdr->mode == ATTEST_MODE_AUDIT ? 0 : -ATTEST_EDQUOT;
	if (t->dentry != (__u64)dentry || (is_open && t->is_reserved))
		return 0;
	total = __sync_fetch_and_add(&u->files, 1) + 1;
	if (is_open)
		t->is_reserved = 1;
	if (total <= hdr->max_files)
		return 0;
	if (hdr->mode != ATTEST_MODE_AUDIT) {
		attest_limit_lower(&u->files, 1);
		t->is_reserved = 0;
	}
	if (is_open) {
		if (s->flags & ATTEST_SUBJECT_PENDING)
			attest_pending_settle(s->slot, 1);
		s->flags |= ATTEST_SUBJECT_PENDING;
		t->is_refused = 1;
		how |= ATTEST_HOW_PENDING;
	}
	return attest_limit_refuse(s->slot, s->generation, how,
				   ATTEST_VIOLATION_FILE_COUNT_LIMIT, total);
}

#define MAKE(dentry, hook, flags, is_open)                                     \
	do {                                                                   \
		if (ret)                                                       \
			return ret;                                            \
		if (make_name(dentry,                                          \
			      ATTEST_HOW(hook, ATTEST_EVF_CREATE | (flags)),   \
			      is_open))                                        \
			return -ATTEST_EDQUOT;                                 \
		return 0;                                                      \
	} while (0)

SEC("lsm/inode_create")
int BPF_PROG(attest_count_create, struct inode *dir, struct dentry *dentry,
	     umode_t mode, int ret)
{
	struct attest_limit_task *t = task_of();
	bool is_open = t && t->is_opening;

	MAKE(dentry, ATTEST_HOOK_PATH_MKNOD, 0, is_open);
}

SEC("lsm/inode_mknod")
int BPF_PROG(attest_count_node, struct inode *dir, struct dentry *dentry,
	     umode_t mode, unsigned int dev, int ret)
{
	MAKE(dentry, ATTEST_HOOK_PATH_MKNOD, 0, false);
}

SEC("lsm/inode_mkdir")
int BPF_PROG(attest_count_dir, struct inode *dir, struct dentry *dentry,
	     umode_t mode, int ret)
{
	MAKE(dentry, ATTEST_HOOK_PATH_MKDIR, ATTEST_EVF_DIRECTORY, false);
}

SEC("lsm/inode_symlink")
int BPF_PROG(attest_count_sym, struct inode *dir, struct dentry *dentry,
	     const char *old_name, int ret)
{
	MAKE(dentry, ATTEST_HOOK_PATH_SYMLINK, 0, false);
}

SEC("lsm/inode_link")
int BPF_PROG(attest_count_hard, struct dentry *old_dentry, struct inode *dir,
	     struct dentry *new_dentry, int ret)
{
	MAKE(new_dentry, ATTEST_HOOK_PATH_LINK, 0, false);
}

SEC("fentry/do_filp_open")
int BPF_PROG(attest_count_opening)
{
	struct attest_limit_task *t = task_of();

	if (!t)
		return 0;
	t->is_opening = 1;
	t->is_reserved = 0;
	t->is_refused = 0;
	return 0;
}

/* Did this open make the file? On doubt yes. An open can fail after it made
 * one; then the name that it asked about is there.
 */
static __always_inline bool has_made(struct file *file,
				     const struct attest_limit_task *t)
{
	struct dentry *dentry = (struct dentry *)t->dentry;
	__u64 error = -(__u64)file;

	if (error > 4095)
		return BPF_CORE_READ(file, f_mode) & FMODE_CREATED;
	return error != ATTEST_EEXIST && BPF_CORE_READ(dentry, d_inode);
}

SEC("fexit/do_filp_open")
int BPF_PROG(attest_count_opened, int dfd, struct filename *name,
	     const struct open_flags *op, struct file *file)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_limit_task *t = task_of();
	struct attest_subject *s;
	struct attest_usage *u;

	if (!t)
		return 0;
	t->is_opening = 0;
	s = attest_limit_subject(&hdr);
	if (!s)
		return 0;
	u = attest_limit_usage(s->slot, s->generation);
	if (t->is_reserved && u && !has_made(file, t))
		attest_limit_lower(&u->files, 1);
	t->is_reserved = 0;
	if (t->is_refused && (s->flags & ATTEST_SUBJECT_PENDING)) {
		s->flags &= ~ATTEST_SUBJECT_PENDING;
		attest_pending_settle(s->slot, (__s64)file == -ATTEST_EDQUOT);
	}
	t->is_refused = 0;
	return 0;
}

SEC("lsm/path_unlink")
int BPF_PROG(attest_count_unlink, struct path *dir, struct dentry *dentry,
	     int ret)
{
	NOTE(dentry, dir->mnt);
}

SEC("lsm/path_rmdir")
int BPF_PROG(attest_count_rmdir, struct path *dir, struct dentry *dentry,
	     int ret)
{
	NOTE(dentry, dir->mnt);
}

/* The name that disappears under the new one; none if both are one file, for
 * then nothing is done.
 */
SEC("lsm/path_rename")
int BPF_PROG(attest_count_rename, struct path *old_dir,
	     struct dentry *old_dentry, struct path *new_dir,
	     struct dentry *new_dentry, unsigned int flags, int ret)
{
	struct dentry *gone = new_dentry;

	if (ret)
		return ret;
	if (!new_dentry->d_inode ||
	    new_dentry->d_inode == old_dentry->d_inode ||
	    (flags & (RENAME_EXCHANGE | RENAME_WHITEOUT)))
		gone = NULL;
	note(gone, new_dir->mnt);
	return 0;
}

/* One name less, if it is the one that was asked about. */
static __always_inline void remove_name(struct dentry *dentry)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_limit_task *t = task_of();
	struct attest_subject *s;
	struct attest_usage *u;

	if (!t || !dentry || t->dentry != (__u64)dentry)
		return;
	t->dentry = 0;
	s = attest_limit_subject(&hdr);
	if (!s)
		return;
	u = attest_limit_usage(s->slot, s->generation);
	if (u)
		attest_limit_lower(&u->files, 1);
}

/* The result's place depends on the kernel. */
static __always_inline bool has_failed(void *ctx)
{
	__u64 r = 0;

	return bpf_get_func_ret(ctx, &r) || (int)r;
}

SEC("fexit/vfs_unlink")
int BPF_PROG(attest_count_unlinked, void *idmap, struct inode *dir,
	     struct dentry *dentry)
{
	if (!has_failed(ctx))
		remove_name(dentry);
	return 0;
}

SEC("fexit/vfs_rmdir")
int BPF_PROG(attest_count_rmdired, void *idmap, struct inode *dir,
	     struct dentry *dentry)
{
	if (!has_failed(ctx))
		remove_name(dentry);
	return 0;
}

SEC("fexit/vfs_rename")
int BPF_PROG(attest_count_renamed, struct renamedata *rd, int ret)
{
	if (!ret)
		remove_name(rd->new_dentry);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
