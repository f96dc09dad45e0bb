// SPDX-License-Identifier: GPL-2.0-only
/**
 * Opening, executing, mapping and receiving files.
 *
 * Executing is decided where the kernel opens the file for it, which covers
 * execve, scripts' interpreters and the ELF interpreter alike.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/argument.h"
#include "lib/decide.h"
#include "lib/guard.h"
#include "lib/names.h"

#define FMODE_READ 0x1
#define FMODE_WRITE 0x2
#define FMODE_EXEC 0x20
#define FMODE_CREATED 0x100000
#define PROT_READ 0x1
#define PROT_EXEC 0x4
#define READ_IMPLIES_EXEC 0x0400000
#define O_CREAT 0100
#define O_TRUNC 01000
#define O_DIRECTORY 0200000

static __always_inline int decide_file(struct file *file, __u32 access,
				       __u32 how)
{
	return attest_decide(file->f_path.dentry, file->f_path.mnt, access,
			     how);
}

/* What open(2) asked about creating this very file: used if it was created,
 * and then this record is the only one.
 */
static __always_inline bool settle_creation(struct file *file)
{
	struct attest_subject *s = attest_subject_current();
	struct attest_scratch *sc;
	bool is_created = file->f_mode & FMODE_CREATED;

	if (!s || !(s->flags & ATTEST_SUBJECT_PENDING))
		return false;
	sc = attest_scratch_get();
	if (!sc || sc->pending_dentry != (__u64)file->f_path.dentry)
		return false;
	s->flags &= ~ATTEST_SUBJECT_PENDING;
	attest_pending_settle(s->slot, is_created);
	return is_created;
}

/* What was refused just now is as if it were not there. */
static __always_inline bool is_hidden_from_current(void)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_subject *s = attest_subject_with_rules(&hdr);

	return s && (hdr->flags & ATTEST_IMAGE_HAS_HIDE) &&
	       attest_rule_hides(s->slot);
}

SEC("lsm/file_open")
int BPF_PROG(attest_file_open, struct file *file, int ret)
{
	__u32 how = ATTEST_HOW(ATTEST_HOOK_FILE_OPEN, 0);
	__u32 access;

	if (ret)
		return ret;
	if (!attest_subject_is_possible())
		return 0;

	if (file->f_flags & FMODE_EXEC) {
		access = ATTEST_ACCESS_EXECUTE;
		attest_subject_begin(attest_subject_mount_ns());
	} else {
		access = file->f_mode & (FMODE_READ | FMODE_WRITE);
	}
	/* Truncates without a descriptor that can write, and newer kernels do
	 * not ask path_truncate.
	 */
	if (file->f_flags & O_TRUNC)
		access |= ATTEST_ACCESS_WRITE;
	if (file->f_flags & O_DIRECTORY)
		how |= ATTEST_EVF_DIRECTORY;
	if (file->f_flags & O_CREAT && settle_creation(file))
		return 0; /* audited: it is recorded already */
	if ((access & FMODE_WRITE) &&
	    attest_guard_cgroup(file, ATTEST_HOOK_FILE_OPEN))
		return -ATTEST_EPERM;
	if (!decide_file(file, access, how))
		return 0;
	return is_hidden_from_current() ? -ATTEST_ENOENT : -ATTEST_EACCES;
}

SEC("lsm/mmap_file")
int BPF_PROG(attest_mmap_file, struct file *file, unsigned long reqprot,
	     unsigned long prot, unsigned long flags, int ret)
{
	if (ret)
		return ret;
	if (!file || !(prot & PROT_EXEC))
		return 0;

	ATTEST_RETURN(decide_file(file, ATTEST_ACCESS_EXECUTE,
				  ATTEST_HOW(ATTEST_HOOK_MMAP_FILE, 0)));
}

/* The function has other arguments than the hook that it calls: protections
 * before READ_IMPLIES_EXEC is applied.
 */
SEC("fmod_ret/security_mmap_file")
int BPF_PROG(attest_mmap_file_fn, struct file *file, unsigned long prot,
	     unsigned long flags, int ret)
{
	unsigned int personality;

	if (ret)
		return ret;
	if (!file)
		return 0;
	personality = bpf_get_current_task_btf()->personality;
	if (!(prot & PROT_EXEC) &&
	    !((prot & PROT_READ) && (personality & READ_IMPLIES_EXEC)))
		return 0;

	ATTEST_RETURN(decide_file(file, ATTEST_ACCESS_EXECUTE,
				  ATTEST_HOW(ATTEST_HOOK_MMAP_FILE, 0)));
}

SEC("lsm/file_mprotect")
int BPF_PROG(attest_file_mprotect, struct vm_area_struct *vma,
	     unsigned long reqprot, unsigned long prot, int ret)
{
	struct file *file;

	if (ret)
		return ret;
	file = vma->vm_file;
	if (!file || !(prot & PROT_EXEC))
		return 0;

	ATTEST_RETURN(decide_file(file, ATTEST_ACCESS_EXECUTE,
				  ATTEST_HOW(ATTEST_HOOK_FILE_MPROTECT, 0)));
}

/* Opening with O_TRUNC was decided, and recorded, when it opened. This only
 * tells records that would be there twice.
 */
static __always_inline bool is_watched_open(void)
{
	const struct attest_image_hdr *hdr = NULL;
	struct pt_regs *regs;

	if (!attest_subject_with_rules(&hdr) || hdr->mode != ATTEST_MODE_AUDIT)
		return false;
	regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	return regs && attest_is_open((int)regs->orig_ax);
}

/* truncate(2); before v6.2 ftruncate(2), too. */
SEC("lsm/path_truncate")
int BPF_PROG(attest_path_truncate, struct path *path, int ret)
{
	if (ret)
		return ret;
	if (is_watched_open())
		return 0;
	ATTEST_RETURN(attest_decide(path->dentry, path->mnt,
				    ATTEST_ACCESS_WRITE,
				    ATTEST_HOW(ATTEST_HOOK_PATH_TRUNCATE, 0)));
}

/* Whoever opened the descriptor, and when. */
SEC("lsm/file_truncate")
int BPF_PROG(attest_file_truncate, struct file *file, int ret)
{
	if (ret)
		return ret;
	if (is_watched_open())
		return 0;
	ATTEST_RETURN(decide_file(file, ATTEST_ACCESS_WRITE,
				  ATTEST_HOW(ATTEST_HOOK_FILE_TRUNCATE, 0)));
}

/* SCM_RIGHTS, pidfd_getfd, a descriptor that a supervisor puts in: to take it
 * is to open the file anew, as it is open. Pipes, sockets and what has no path
 * stay whole, and an O_PATH descriptor gives no access until it is used.
 */
SEC("lsm/file_receive")
int BPF_PROG(attest_file_receive, struct file *file, int ret)
{
	__u32 access;

	if (ret)
		return ret;
	access = file->f_mode & (FMODE_READ | FMODE_WRITE);
	if (!access)
		return 0;
	if ((access & FMODE_WRITE) &&
	    attest_guard_cgroup(file, ATTEST_HOOK_FILE_RECEIVE))
		return -ATTEST_EPERM;
	ATTEST_RETURN(
	    decide_file(file, access, ATTEST_HOW(ATTEST_HOOK_FILE_RECEIVE, 0)));
}

/* A socket's path may be forbidden; to talk to who listens there is to read.
 * The kernel holds the other socket's lock, so its path stays.
 */
static __always_inline int decide_socket(struct sock *other, __u32 hook)
{
	struct unix_sock *u = bpf_skc_to_unix_sock(other);

	if (!u || !u->path.dentry)
		return 0;
	return attest_decide(u->path.dentry, u->path.mnt, ATTEST_ACCESS_READ,
			     ATTEST_HOW(hook, 0));
}

SEC("lsm/unix_stream_connect")
int BPF_PROG(attest_unix_connect, struct sock *sock, struct sock *other,
	     struct sock *newsk, int ret)
{
	if (ret)
		return ret;
	ATTEST_RETURN(decide_socket(other, ATTEST_HOOK_UNIX_CONNECT));
}

SEC("lsm/unix_may_send")
int BPF_PROG(attest_unix_send, struct socket *sock, struct socket *other,
	     int ret)
{
	struct sock *sk;

	if (ret)
		return ret;
	sk = other->sk; /* newer verifiers want it checked */
	if (!sk)
		return 0;
	ATTEST_RETURN(decide_socket(sk, ATTEST_HOOK_UNIX_SEND));
}

char LICENSE[] SEC("license") = "GPL";
