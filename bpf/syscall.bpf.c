// SPDX-License-Identifier: GPL-2.0-only
/**
 * What a subject's path system calls came to, where no function hook is live:
 * those that failed for want of permission, which is the only trace that a
 * refusal by Landlock leaves (userspace holds the path against the policy), and
 * the files that were opened, if asked for. Loaded on the trace rung only: a
 * raw tracepoint costs every system call of the machine.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/argument.h"
#include "lib/decide.h"

#define AT_FDCWD -100
#define O_ACCMODE 3
#define O_CREAT 0100
#define O_TRUNC 01000
#define EXDEV 18

int attest_path_resolve(__u32 slot);
int attest_file_send(__u32 slot);
int attest_file_record(__u32 slot, __u32 generation, __u32 access, __u32 how);

/* What the call asked for, as far as its number and flags tell. */
static __always_inline __u32 access_of(int nr, struct pt_regs *regs)
{
	unsigned long flags;

	switch (nr) {
	case 2: /* open */
		flags = regs->si;
		break;
	case 257: /* openat */
		flags = regs->dx;
		break;
	case 59:  /* execve */
	case 322: /* execveat */
		return ATTEST_ACCESS_EXECUTE;
	case 80:  /* chdir */
	case 437: /* openat2: its flags are in memory */
		return ATTEST_ACCESS_READ;
	default:
		return ATTEST_ACCESS_WRITE;
	}
	if (flags & (O_CREAT | O_TRUNC))
		return ATTEST_ACCESS_WRITE;
	switch (flags & O_ACCMODE) {
	case 0:
		return ATTEST_ACCESS_READ;
	case 1:
		return ATTEST_ACCESS_WRITE;
	default:
		return ATTEST_ACCESS_READ | ATTEST_ACCESS_WRITE;
	}
}

/* Makes a descriptor of the current task the question. */
static __always_inline struct file *find_file(struct attest_scratch *sc,
					      __u32 fd)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct vfsmount *mnt;
	struct file **fds;
	struct file *file;

	if (fd >= BPF_CORE_READ(task, files, fdt, max_fds))
		return NULL;
	fds = BPF_CORE_READ(task, files, fdt, fd);
	if (bpf_probe_read_kernel(&file, sizeof(file), fds + fd) || !file)
		return NULL;
	sc->dentry = (__u64)BPF_CORE_READ(file, f_path.dentry);
	mnt = BPF_CORE_READ(file, f_path.mnt);
	sc->mount = attest_mount_of(mnt);
	return file;
}

/* Where a relative path starts: the question becomes that directory. */
static __always_inline bool find_start(struct attest_scratch *sc, int nr,
				       struct pt_regs *regs)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct fs_struct *fs = task->fs;
	int dirfd = AT_FDCWD;

	if (!fs)
		return false;
	if (nr >= 257)
		dirfd = (int)regs->di;
	sc->root_dentry = (__u64)fs->root.dentry;
	sc->root_mount = attest_mount_of(fs->root.mnt);
	sc->dentry2 = 0;
	if (dirfd < 0) {
		sc->dentry = (__u64)fs->pwd.dentry;
		sc->mount = attest_mount_of(fs->pwd.mnt);
		return true;
	}
	return find_file(sc, dirfd);
}

static __always_inline bool is_open(int nr)
{
	return nr == 2 || nr == 85 || nr == 257 || nr == 304 || nr == 437;
}

/* The file behind the descriptor that an open gave: what was opened, unless
 * another thread has replaced it already.
 */
static __always_inline void trace_open(struct attest_subject *s, __u32 fd)
{
	struct fs_struct *fs = bpf_get_current_task_btf()->fs;
	struct attest_scratch *sc = attest_scratch_get();
	struct file *file;

	if (!sc || !fs)
		return;
	file = find_file(sc, fd);
	if (!file)
		return;
	sc->root_dentry = (__u64)fs->root.dentry;
	sc->root_mount = attest_mount_of(fs->root.mnt);
	sc->dentry2 = 0;
	sc->attempt = ATTEST_VERDICT_TRACE << 8 | ATTEST_VIOLATION_NONE;
	sc->event.rule = 0;
	if (attest_path_resolve(s->slot))
		return;
	attest_file_record(s->slot, s->generation,
			   BPF_CORE_READ(file, f_mode) & 3,
			   ATTEST_HOW(ATTEST_HOOK_SYS_EXIT, 0));
}

/* Sends the path as it was passed, and where it starts. */
static __always_inline void send_argument(struct attest_subject *s,
					  struct pt_regs *regs, __u32 verdict,
					  long ret)
{
	struct attest_scratch *sc;
	const void *arg;
	int nr = -1;
	long n;

	arg = attest_path_argument(&nr);
	if (!arg)
		return;
	sc = attest_scratch_get();
	if (!sc)
		return;
	n = bpf_probe_read_user_str(sc->arg, sizeof(sc->arg), arg);
	if (n <= 1)
		return;
	sc->path_len = 0;
	if (find_start(sc, nr, regs))
		attest_path_resolve(s->slot);
	attest_hdr_fill(&sc->event.hdr, s, ATTEST_EVENT_FILE,
			ATTEST_HOOK_SYS_EXIT);
	sc->event.hdr.verdict = verdict;
	sc->event.hdr.violation = verdict == ATTEST_VERDICT_DENY
				      ? ATTEST_VIOLATION_FORBIDDEN_PATH
				      : ATTEST_VIOLATION_NONE;
	sc->event.rule = 0;
	sc->event.access = access_of(nr, regs);
	sc->event.inode = 0;
	sc->event.dev = 0;
	sc->event.limit = 0;
	sc->event.value = (__u64)-ret;
	sc->event.path_len = sc->path_len;
	sc->event.path2_len = 0;
	sc->event.arg_len = n - 1;
	attest_file_send(s->slot);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(attest_sys_exit, struct pt_regs *regs, long ret)
{
	struct attest_subject *s;
	int nr;

	if (!attest_subject_is_possible())
		return 0;
	if (ret < 0 && ret != -ATTEST_EACCES && ret != -ATTEST_EPERM &&
	    ret != -EXDEV)
		return 0;
	s = attest_subject_current();
	if (!s)
		return 0;
	if (ret < 0) {
		send_argument(s, regs, ATTEST_VERDICT_DENY, ret);
		return 0;
	}
	if (!(s->flags & ATTEST_SUBJECT_TRACE_FILES))
		return 0;
	nr = (int)regs->orig_ax;
	if (is_open(nr))
		trace_open(s, ret);
	else if (nr != 59 && nr != 80 && nr != 322) /* programs, chdir */
		send_argument(s, regs, ATTEST_VERDICT_TRACE, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
