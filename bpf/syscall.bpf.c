// SPDX-License-Identifier: GPL-2.0-only
/**
 * Path system calls of a subject that failed for want of permission: the only
 * trace that a refusal by Landlock leaves where no function hook is live.
 * Userspace holds the path against the policy. Loaded on the trace rung only:
 * a raw tracepoint costs every system call of the machine.
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

/* Where a relative path starts: the question becomes that directory. */
static __always_inline bool find_start(struct attest_scratch *sc, int nr,
				       struct pt_regs *regs)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct fs_struct *fs = task->fs;
	int dirfd = AT_FDCWD;
	struct vfsmount *mnt;
	struct file **fds;
	struct file *file;

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
	if ((__u32)dirfd >= BPF_CORE_READ(task, files, fdt, max_fds))
		return false;
	fds = BPF_CORE_READ(task, files, fdt, fd);
	if (bpf_probe_read_kernel(&file, sizeof(file), fds + dirfd) || !file)
		return false;
	sc->dentry = (__u64)BPF_CORE_READ(file, f_path.dentry);
	mnt = BPF_CORE_READ(file, f_path.mnt);
	sc->mount = attest_mount_of(mnt);
	return true;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(attest_sys_exit, struct pt_regs *regs, long ret)
{
	struct attest_subject *s;
	struct attest_scratch *sc;
	const void *arg;
	int nr = -1;
	long n;

	if (ret != -ATTEST_EACCES && ret != -ATTEST_EPERM && ret != -EXDEV)
		return 0;
	s = attest_subject_current();
	arg = s ? attest_path_argument(&nr) : NULL;
	if (!arg)
		return 0;
	sc = attest_scratch_get();
	if (!sc)
		return 0;
	n = bpf_probe_read_user_str(sc->arg, sizeof(sc->arg), arg);
	if (n <= 1)
		return 0;
	sc->path_len = 0;
	if (find_start(sc, nr, regs))
		attest_path_resolve(s->slot);
	attest_hdr_fill(&sc->event.hdr, s, ATTEST_EVENT_FILE,
			ATTEST_HOOK_SYS_EXIT);
	sc->event.hdr.verdict = ATTEST_VERDICT_DENY;
	sc->event.hdr.violation = ATTEST_VIOLATION_FORBIDDEN_PATH;
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
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
