// SPDX-License-Identifier: GPL-2.0-only
/**
 * max_file_size and max_disk_usage, before the bytes exist; README.md says
 * which operations are exact. What asks for permission without a known size
 * is refused.
 *
 * The hook sees no size, so a probe on the function that calls it leaves the
 * kernel's own arguments in the task's storage.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/limit.h"

#define MAY_WRITE 2
#define S_IFMT 0170000
#define S_IFREG 0100000
#define ATTR_SIZE (1 << 3)
#define O_APPEND 02000
#define IOCB_APPEND 0x10
#define RWF_APPEND 0x10
#define PF_IO_WORKER 0x10
#define MNT_INTERNAL 0x4000
#define FMODE_BACKING (1U << 25)
#define FALLOC_FL_PUNCH_HOLE 0x02
#define FALLOC_FL_COLLAPSE_RANGE 0x08
#define FALLOC_FL_INSERT_RANGE 0x20
#define THREAD_SIZE 16384
#define NR_WRITE 1
#define NR_PWRITE64 18
#define NR_SENDFILE 40

/* 1: inode_setattr has the mount's idmap before the dentry. */
const volatile __u32 attest_setattr_shift = 0;

int attest_limit_grow(__u32 slot, __u32 generation, __u32 hook);

/* Filesystems without files of their own. */
static __always_inline bool is_pseudo(const struct super_block *sb)
{
	switch (sb->s_magic) {
	case 0x9fa0:	 /* proc */
	case 0x62656572: /* sysfs */
	case 0x27e0eb:	 /* cgroup */
	case 0x63677270: /* cgroup2 */
	case 0x64626720: /* debugfs */
	case 0x74726163: /* tracefs */
	case 0x73636673: /* securityfs */
	case 0x62656570: /* configfs */
	case 0xcafe4a11: /* bpf */
	case 0xf97cff8c: /* selinux */
		return true;
	}
	return false;
}

/* Regular files on disks. The file below an overlay's is left out: the
 * overlay's was asked about.
 */
static __always_inline bool is_limited(struct file *file)
{
	struct inode *inode = file->f_inode;

	return (inode->i_mode & S_IFMT) == S_IFREG &&
	       !(file->f_mode & FMODE_BACKING) &&
	       file->f_path.dentry->d_inode == inode &&
	       !(file->f_path.mnt->mnt_flags & MNT_INTERNAL) &&
	       !is_pseudo(inode->i_sb);
}

/* The task's storage if the file is one that counts; then with the file. */
static __always_inline struct attest_limit_task *task_for(struct file *file)
{
	const struct attest_image_hdr *hdr = NULL;

	if (!attest_subject_is_possible() || !attest_limit_subject(&hdr) ||
	    !is_limited(file))
		return NULL;
	return attest_limit_task();
}

/* The request that a position is part of, if it is: io_uring and aio. Theirs
 * are never on the stack, where a copy of the file can stand beside a position.
 */
static __always_inline bool is_request(const loff_t *ppos, struct file *file,
				       int *ret_flags)
{
	__u64 stack = (__u64)bpf_get_current_task_btf()->stack;
	struct kiocb *k =
	    (void *)((__u64)ppos - bpf_core_field_offset(struct kiocb, ki_pos));

	if (!ppos || (__u64)ppos - stack < THREAD_SIZE ||
	    BPF_CORE_READ(k, ki_filp) != file)
		return false;
	*ret_flags = BPF_CORE_READ(k, ki_flags);
	return true;
}

/* System calls whose writes append only if the file says so; the second
 * numbers are those of 32-bit programs.
 */
static __always_inline bool is_plain(int nr)
{
	switch (nr) {
	case NR_WRITE:
	case NR_PWRITE64:
	case 20:  /* writev */
	case 296: /* pwritev */
	case NR_SENDFILE:
	case 275: /* splice */
	case 326: /* copy_file_range */
	case 4:	  /* write */
	case 146: /* writev */
	case 181: /* pwrite64 */
	case 334: /* pwritev */
	case 187: /* sendfile */
	case 239: /* sendfile64 */
	case 313: /* splice */
	case 377: /* copy_file_range */
		return true;
	}
	return false;
}

/* On doubt true: the end is then the higher one. */
static __always_inline bool may_append(struct file *file, const loff_t *ppos)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	int flags = 0;

	if (is_request(ppos, file, &flags))
		return flags & IOCB_APPEND;
	if ((file->f_flags & O_APPEND) || (task->flags & PF_IO_WORKER) || !regs)
		return true;
	if ((int)regs->orig_ax == 328) /* pwritev2 */
		return regs->r9 & RWF_APPEND;
	return !is_plain((int)regs->orig_ax);
}

static __always_inline bool is_sendfile(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);

	return regs && (int)regs->orig_ax == NR_SENDFILE &&
	       !(task->flags & PF_IO_WORKER);
}

static __always_inline __u64 end_of(__u64 pos, __u64 n)
{
	return n >= END_UNKNOWN || pos + n >= END_UNKNOWN ? END_UNKNOWN
							  : pos + n;
}

static __always_inline __u64 size_of(struct file *file)
{
	return file->f_inode->i_size;
}

/* Every read and write, and what copies within the kernel. */
SEC("fentry/rw_verify_area")
int BPF_PROG(attest_size_rw, int rw, struct file *file, const loff_t *ppos,
	     size_t count)
{
	struct attest_limit_task *t;
	__u64 pos = 0;
	int flags;

	/* A copy's length is often "all", so its source bounds it. */
	if (!(rw & 1) && !(is_sendfile() && attest_subject_is_possible()))
		return 0;
	if (ppos)
		bpf_probe_read_kernel(&pos, sizeof(pos), ppos);
	if (!(rw & 1)) {
		t = attest_limit_task();
		if (t)
			t->source_left =
			    size_of(file) > pos &&
				    (file->f_inode->i_mode & S_IFMT) == S_IFREG
				? size_of(file) - pos
				: ~0ULL;
		return 0;
	}
	t = task_for(file);
	if (!t)
		return 0;
	if (is_sendfile() && !is_request(ppos, file, &flags) &&
	    count > t->source_left)
		count = t->source_left;
	if (may_append(file, ppos) && pos < size_of(file))
		pos = size_of(file);
	t->end = count ? end_of(pos, count) : 0;
	t->file = (__u64)file;
	return 0;
}

SEC("fentry/vfs_fallocate")
int BPF_PROG(attest_size_fallocate, struct file *file, int mode, loff_t offset,
	     loff_t len)
{
	struct attest_limit_task *t = task_for(file);

	if (!t || offset < 0 || len < 0)
		return 0;
	t->end = end_of(offset, len);
	if (mode & FALLOC_FL_INSERT_RANGE)
		t->end = end_of(size_of(file), len);
	if (mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_COLLAPSE_RANGE))
		t->end = 0;
	t->file = (__u64)file;
	return 0;
}

SEC("fentry/vfs_clone_file_range")
int BPF_PROG(attest_size_clone, struct file *in, loff_t pos_in,
	     struct file *out, loff_t pos_out, loff_t len)
{
	struct attest_limit_task *t = task_for(out);
	__u64 n = len;

	if (!t)
		return 0;
	if (!n) /* to the end */
		n = size_of(in) > (__u64)pos_in ? size_of(in) - pos_in : 0;
	t->end = end_of(pos_out, n);
	t->file = (__u64)out;
	return 0;
}

/* Makes files share what they have in common; none grows. */
SEC("fentry/vfs_dedupe_file_range_one")
int BPF_PROG(attest_size_dedupe, struct file *from, loff_t from_pos,
	     struct file *to)
{
	struct attest_limit_task *t = task_for(to);

	if (!t)
		return 0;
	t->end = 0;
	t->file = (__u64)to;
	return 0;
}

/* The probe was skipped, because it was running on this CPU already: what the
 * registers say of the commonest calls.
 */
static __always_inline __u64 end_by_registers(struct file *file)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	__u64 pos;

	if (!regs || task->io_uring || (task->flags & PF_IO_WORKER))
		return END_UNKNOWN;
	if ((int)regs->orig_ax == NR_WRITE)
		pos = file->f_pos;
	else if ((int)regs->orig_ax == NR_PWRITE64)
		pos = regs->r10;
	else
		return END_UNKNOWN;
	if ((file->f_flags & O_APPEND) && pos < size_of(file))
		pos = size_of(file);
	return end_of(pos, regs->dx);
}

static __always_inline int decide_write(struct file *file)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_subject *s;
	struct attest_limit_task *t;

	if (!attest_subject_is_possible())
		return 0;
	s = attest_limit_subject(&hdr);
	if (!s || !is_limited(file))
		return 0;
	t = attest_limit_task();
	if (!t)
		return hdr->mode == ATTEST_MODE_AUDIT ? 0 : -ATTEST_EDQUOT;
	if (t->file != (__u64)file)
		t->end = end_by_registers(file);
	t->file = 0;
	if (!t->end)
		return 0;
	t->ino = file->f_inode->i_ino;
	t->dev = file->f_inode->i_sb->s_dev;
	t->size = size_of(file);
	t->dentry = (__u64)file->f_path.dentry;
	t->mount = (__u64)file->f_path.mnt;
	return attest_limit_grow(s->slot, s->generation,
				 ATTEST_HOOK_FILE_PERMISSION);
}

/* Newer verifiers check the value and cannot follow a global function's. */
#define LIMIT_RETURN(call)                                                     \
	do {                                                                   \
		int r_ = (call);                                               \
		if (r_ == -ATTEST_EFBIG)                                       \
			return -ATTEST_EFBIG;                                  \
		if (r_)                                                        \
			return -ATTEST_EDQUOT;                                 \
		return 0;                                                      \
	} while (0)

SEC("lsm/file_permission")
int BPF_PROG(attest_size_permission, struct file *file, int mask, int ret)
{
	if (ret)
		return ret;
	if (!(mask & MAY_WRITE))
		return 0;
	LIMIT_RETURN(decide_write(file));
}

static __always_inline void note_path(const struct path *path)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_limit_task *t;

	if (!attest_subject_is_possible() || !attest_limit_subject(&hdr))
		return;
	t = attest_limit_task();
	if (!t)
		return;
	t->dentry = (__u64)path->dentry;
	t->mount = (__u64)path->mnt;
}

SEC("lsm/path_truncate")
int BPF_PROG(attest_size_path, struct path *path, int ret)
{
	if (ret)
		return ret;
	note_path(path);
	return 0;
}

SEC("lsm/file_truncate")
int BPF_PROG(attest_size_file, struct file *file, int ret)
{
	if (ret)
		return ret;
	note_path(&file->f_path);
	return 0;
}

/* What the path hooks were not asked about is below an overlay. */
static __always_inline int decide_truncate(struct dentry *dentry,
					   struct iattr *attr)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_limit_task *t;
	struct inode *inode;
	struct attest_subject *s;

	if (!(attr->ia_valid & ATTR_SIZE) || !attest_subject_is_possible())
		return 0;
	s = attest_limit_subject(&hdr);
	if (!s)
		return 0;
	t = attest_limit_task();
	if (!t)
		return hdr->mode == ATTEST_MODE_AUDIT ? 0 : -ATTEST_EDQUOT;
	if (t->dentry != (__u64)dentry)
		return 0;
	inode = dentry->d_inode;
	if (!inode || (inode->i_mode & S_IFMT) != S_IFREG)
		return 0;
	t->size = inode->i_size;
	t->end = attr->ia_size;
	if (t->end <= t->size)
		return 0;
	t->ino = inode->i_ino;
	t->dev = inode->i_sb->s_dev;
	return attest_limit_grow(s->slot, s->generation,
				 ATTEST_HOOK_INODE_SETATTR);
}

SEC("lsm/inode_setattr")
int attest_size_setattr(__u64 *ctx)
{
	int r;

	if (attest_setattr_shift)
		r = decide_truncate((struct dentry *)ctx[1],
				    (struct iattr *)ctx[2]);
	else
		r = decide_truncate((struct dentry *)ctx[0],
				    (struct iattr *)ctx[1]);
	LIMIT_RETURN(r);
}

char LICENSE[] SEC("license") = "GPL";
