// SPDX-License-Identifier: GPL-2.0-only
/**
 * What a subject's seccomp filter refused, logged or killed, as the kernel's
 * own audit point sees it: once each.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/emit.h"
#include "lib/scratch.h"
#include "lib/subject.h"

#define PAGE_SHIFT 12
#define SECCOMP_RET_ACTION_FULL 0xffff0000U
#define SECCOMP_RET_DATA 0x0000ffffU
#define SECCOMP_RET_LOG 0x7ffc0000U
#define SECCOMP_RET_USER_NOTIF 0x7fc00000U
#define SECCOMP_RET_ERRNO 0x00050000U
#define SECCOMP_RET_TRACE 0x7ff00000U

/* The task may be gone before anybody can read its maps. */
static long note_place(struct task_struct *task, struct vm_area_struct *vma,
		       struct attest_syscall_event *ev)
{
	struct file *file = vma->vm_file;

	if (!file)
		return 0;
	ev->ip_offset = ev->ip - vma->vm_start + (vma->vm_pgoff << PAGE_SHIFT);
	bpf_probe_read_kernel_str(
	    ev->ip_file, sizeof(ev->ip_file),
	    BPF_CORE_READ(file, f_path.dentry, d_name.name));
	return 0;
}

static __always_inline void name_action(struct attest_event_hdr *hdr,
					__u32 action)
{
	if (action == SECCOMP_RET_LOG || action == SECCOMP_RET_TRACE) {
		hdr->verdict = ATTEST_VERDICT_TRACE;
		hdr->violation = ATTEST_VIOLATION_SYSCALL_TRACED;
	} else if (action == SECCOMP_RET_ERRNO) {
		hdr->verdict = ATTEST_VERDICT_DENY;
		hdr->violation = ATTEST_VIOLATION_SYSCALL_DENIED;
	} else {
		hdr->verdict = ATTEST_VERDICT_KILL;
		hdr->violation = ATTEST_VIOLATION_SYSCALL_KILLED;
	}
}

SEC("fentry/audit_seccomp")
int BPF_PROG(attest_audit_seccomp, unsigned long nr, long signr, int code)
{
	struct attest_subject *s = attest_subject_current();
	struct task_struct *task = bpf_get_current_task_btf();
	struct attest_syscall_event ev = {};
	__u32 action = (__u32)code & SECCOMP_RET_ACTION_FULL;
	struct pt_regs *regs;

	/* What a supervisor answers is recorded by it, and is no kill. */
	if (!s || action == SECCOMP_RET_USER_NOTIF)
		return 0;
	attest_hdr_fill(&ev.hdr, s, ATTEST_EVENT_SYSCALL, ATTEST_HOOK_SECCOMP);
	ev.hdr.size = sizeof(ev);
	ev.hdr.syscall = (__s32)nr;
	ev.seccomp_action = code;
	ev.signal = (__s32)signr;
	name_action(&ev.hdr, action);
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	if (regs) {
		ev.args[0] = regs->di;
		ev.args[1] = regs->si;
		ev.args[2] = regs->dx;
		ev.args[3] = regs->r10;
		ev.args[4] = regs->r8;
		ev.args[5] = regs->r9;
		ev.ip = regs->ip;
		/* What the call gives is set by now, and code without it. */
		if (action == SECCOMP_RET_ERRNO)
			ev.seccomp_action |= -regs->ax & SECCOMP_RET_DATA;
		bpf_find_vma(task, ev.ip, note_place, &ev, 0);
	}
	attest_count(s->slot, 1U << 31 | (__u32)nr);
	attest_emit(&ev, sizeof(ev));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
