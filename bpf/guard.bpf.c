// SPDX-License-Identifier: GPL-2.0-only
/**
 * Operations that would let a confined task change what its paths mean, reach
 * others, or undo its confinement.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/guard.h"

#define PTRACE_MODE_ATTACH 0x2
#define CAP_SYS_CHROOT 18
#define CAP_SYS_ADMIN 21
#define SYS_FSCONFIG 431 /* in every table of the kernel */
#define SYS_MOUNT_SETATTR 442
#define X32_BIT 0x40000000U
#define FILE_ID_MODULE 2
#define FILE_ID_KEXEC 3
#define FILE_ID_KEXEC_INITRAMFS 4

/* Our own process: no subject may signal or trace it. */
const volatile __u32 attest_keeper = 0;

__noinline int attest_guard_refuse(__u32 slot, __u32 generation,
				   __u32 hook_violation)
{
	struct attest_subject s = { .slot = slot, .generation = generation };
	struct attest_process_event ev = {};
	const struct attest_image_hdr *hdr;
	__u8 verdict = ATTEST_VERDICT_DENY;
	void *image = attest_image_of(slot);

	if (image) {
		hdr = attest_image_header(image);
		if (hdr && hdr->mode == ATTEST_MODE_AUDIT)
			verdict = ATTEST_VERDICT_AUDIT;
	}
	attest_hdr_fill(&ev.hdr, &s, ATTEST_EVENT_PROCESS,
			hook_violation >> 16);
	ev.hdr.verdict = verdict;
	ev.hdr.violation = hook_violation & 0xff;
	ev.hdr.size = sizeof(ev);
	attest_emit(&ev, sizeof(ev));
	return verdict == ATTEST_VERDICT_AUDIT ? 0 : -ATTEST_EPERM;
}

#define GUARD(grant, hook, violation)                                          \
	do {                                                                   \
		if (attest_guard(grant, hook, violation))                      \
			return -ATTEST_EPERM;                                  \
		return 0;                                                      \
	} while (0)

#define GUARD_MOUNT(hook)                                                      \
	GUARD(ATTEST_GRANT_MOUNT, hook, ATTEST_VIOLATION_PRIVILEGED_OPERATION)

SEC("lsm/sb_mount")
int BPF_PROG(attest_sb_mount, const char *dev_name, struct path *path,
	     const char *type, unsigned long flags, void *data, int ret)
{
	if (ret)
		return ret;
	GUARD_MOUNT(ATTEST_HOOK_SB_MOUNT);
}

static __always_inline bool is_in_syscall(__u32 nr)
{
	struct pt_regs *regs;

	regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	return regs && ((__u32)regs->orig_ax & ~X32_BIT) == nr;
}

/* fsconfig(2); mount(2) was asked about by sb_mount. */
SEC("lsm/sb_remount")
int BPF_PROG(attest_sb_remount, struct super_block *sb, void *options, int ret)
{
	if (ret)
		return ret;
	if (!is_in_syscall(SYS_FSCONFIG))
		return 0;
	GUARD_MOUNT(ATTEST_HOOK_SB_REMOUNT);
}

SEC("lsm/sb_umount")
int BPF_PROG(attest_sb_umount, struct vfsmount *mnt, int flags, int ret)
{
	if (ret)
		return ret;
	GUARD_MOUNT(ATTEST_HOOK_SB_UMOUNT);
}

SEC("lsm/sb_pivotroot")
int BPF_PROG(attest_sb_pivotroot, struct path *old_path, struct path *new_path,
	     int ret)
{
	if (ret)
		return ret;
	GUARD_MOUNT(ATTEST_HOOK_SB_PIVOTROOT);
}

SEC("lsm/move_mount")
int BPF_PROG(attest_move_mount, struct path *from, struct path *to, int ret)
{
	if (ret)
		return ret;
	GUARD_MOUNT(ATTEST_HOOK_MOVE_MOUNT);
}

SEC("lsm/path_chroot")
int BPF_PROG(attest_path_chroot, struct path *path, int ret)
{
	if (ret)
		return ret;
	GUARD_MOUNT(ATTEST_HOOK_PATH_CHROOT);
}

/* setns(2) into another mount namespace changes the root, and has no hook but
 * this one; nor has mount_setattr(2), which makes writable what is read-only.
 */
SEC("lsm/capable")
int BPF_PROG(attest_capable, const struct cred *cred, struct user_namespace *ns,
	     int cap, unsigned int opts, int ret)
{
	if (ret)
		return ret;
	if (cap == CAP_SYS_CHROOT)
		GUARD(ATTEST_GRANT_MOUNT, ATTEST_HOOK_CAPABLE,
		      ATTEST_VIOLATION_NAMESPACE_ESCAPE);
	if (cap != CAP_SYS_ADMIN || !is_in_syscall(SYS_MOUNT_SETATTR))
		return 0;
	GUARD_MOUNT(ATTEST_HOOK_CAPABLE);
}

/* Who makes a user namespace has all capabilities in it, and with them the
 * parts of the kernel that ask for one.
 */
SEC("lsm/userns_create")
int BPF_PROG(attest_userns_create, const struct cred *cred, int ret)
{
	if (ret)
		return ret;
	GUARD(ATTEST_GRANT_NAMESPACE, ATTEST_HOOK_USERNS_CREATE,
	      ATTEST_VIOLATION_NAMESPACE_ESCAPE);
}

/* Newer kernels pass one argument more, so what other LSMs said is not where
 * it would be looked for; refusing after them does no harm.
 */
SEC("lsm/bpf")
int BPF_PROG(attest_bpf, int cmd)
{
	GUARD(ATTEST_GRANT_BPF, ATTEST_HOOK_BPF,
	      ATTEST_VIOLATION_PRIVILEGED_OPERATION);
}

/* Within the subject everything goes; others may be looked at only. */
SEC("lsm/ptrace_access_check")
int BPF_PROG(attest_ptrace_access, struct task_struct *child, unsigned int mode,
	     int ret)
{
	struct attest_subject *s, *other;

	if (ret)
		return ret;
	if (!(mode & PTRACE_MODE_ATTACH))
		return 0;
	s = attest_subject_current();
	if (!s)
		return 0;
	other = bpf_task_storage_get(&attest_subjects, child, NULL, 0);
	if (other && other->slot == s->slot &&
	    other->generation == s->generation)
		return 0;
	GUARD(ATTEST_GRANT_PTRACE, ATTEST_HOOK_PTRACE_ACCESS,
	      ATTEST_VIOLATION_PRIVILEGED_OPERATION);
}

SEC("lsm/task_kill")
int BPF_PROG(attest_task_kill, struct task_struct *target,
	     struct kernel_siginfo *info, int sig, const struct cred *cred,
	     int ret)
{
	if (ret)
		return ret;
	if (!attest_keeper || (__u32)target->tgid != attest_keeper || !sig)
		return 0;
	GUARD(0, ATTEST_HOOK_TASK_KILL, ATTEST_VIOLATION_PRIVILEGED_OPERATION);
}

/* fcntl(F_SETSIG) takes any signal. Whoever causes it, even from an interrupt:
 * we never ask for one.
 */
SEC("lsm/file_send_sigiotask")
int BPF_PROG(attest_sigio, struct task_struct *target, struct fown_struct *fown,
	     int sig, int ret)
{
	if (ret)
		return ret;
	if (!attest_keeper || (__u32)target->tgid != attest_keeper)
		return 0;
	return -ATTEST_EPERM;
}

/* A limit on our processor time would end us. */
SEC("lsm/task_setrlimit")
int BPF_PROG(attest_task_setrlimit, struct task_struct *target,
	     unsigned int resource, struct rlimit *limit, int ret)
{
	if (ret)
		return ret;
	if (!attest_keeper || (__u32)target->tgid != attest_keeper)
		return 0;
	GUARD(0, ATTEST_HOOK_TASK_SETRLIMIT,
	      ATTEST_VIOLATION_PRIVILEGED_OPERATION);
}

static __always_inline bool is_kernel_code(int id)
{
	return id == FILE_ID_MODULE || id == FILE_ID_KEXEC ||
	       id == FILE_ID_KEXEC_INITRAMFS;
}

/* finit_module, kexec_file_load */
SEC("lsm/kernel_read_file")
int BPF_PROG(attest_kernel_read_file, struct file *file, int id, bool contents,
	     int ret)
{
	if (ret)
		return ret;
	if (!is_kernel_code(id))
		return 0;
	GUARD(ATTEST_GRANT_MODULE, ATTEST_HOOK_KERNEL_MODULE,
	      ATTEST_VIOLATION_PRIVILEGED_OPERATION);
}

/* init_module, kexec_load */
SEC("lsm/kernel_load_data")
int BPF_PROG(attest_kernel_load_data, int id, bool contents, int ret)
{
	if (ret)
		return ret;
	if (!is_kernel_code(id))
		return 0;
	GUARD(ATTEST_GRANT_MODULE, ATTEST_HOOK_KERNEL_MODULE,
	      ATTEST_VIOLATION_PRIVILEGED_OPERATION);
}

char LICENSE[] SEC("license") = "GPL";
