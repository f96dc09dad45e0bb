/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/**
 * Records that bpf/ puts in the `attest_events` ring buffer. Host byte order.
 *
 * Writer: bpf/lib/emit.bpf.h. Reader: userspace/event/decode.c.
 * Fixed-width members, no pointers, no bitfields, no enum members, no
 * implicit padding. A layout change bumps ATTEST_EVENT_ABI.
 */
#pragma once

#ifndef __bpf__
#include <linux/types.h>
#endif
#include <attest/dns.h>
#include <attest/limits.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

#define ATTEST_EVENT_ABI 2

enum attest_event_kind {
	ATTEST_EVENT_FILE = 1, /* struct attest_file_event */
	ATTEST_EVENT_PROCESS,  /* struct attest_process_event */
	ATTEST_EVENT_SYSCALL,  /* struct attest_syscall_event */
	ATTEST_EVENT_NET,      /* struct attest_net_event */
	ATTEST_EVENT_CALL,     /* struct attest_call_event */
	ATTEST_EVENT_DNS,      /* struct attest_dns_event */
	ATTEST_EVENT_END,
};

enum attest_verdict {
	ATTEST_VERDICT_ALLOW,
	ATTEST_VERDICT_AUDIT, /* allowed; enforce mode would refuse it */
	ATTEST_VERDICT_DENY,
	ATTEST_VERDICT_KILL,
	ATTEST_VERDICT_TRACE, /* allowed, and recorded because asked for */
	ATTEST_VERDICT_END,
};

/* Why. SPEC.md's names; userspace/event/names.c has the texts. */
enum attest_violation {
	ATTEST_VIOLATION_NONE,
	ATTEST_VIOLATION_FORBIDDEN_PATH,
	ATTEST_VIOLATION_PATH_TRAVERSAL,
	ATTEST_VIOLATION_SYMLINK,
	ATTEST_VIOLATION_FILE_SIZE_LIMIT,
	ATTEST_VIOLATION_DISK_USAGE_LIMIT,
	ATTEST_VIOLATION_FORBIDDEN_EXTENSION,
	ATTEST_VIOLATION_FILE_COUNT_LIMIT,
	ATTEST_VIOLATION_UNRESOLVABLE_PATH,
	ATTEST_VIOLATION_SYSCALL_DENIED,
	ATTEST_VIOLATION_SYSCALL_KILLED,
	ATTEST_VIOLATION_SYSCALL_TRACED,
	ATTEST_VIOLATION_NETWORK_DENIED,
	ATTEST_VIOLATION_NAMESPACE_ESCAPE,
	ATTEST_VIOLATION_CGROUP_ESCAPE,
	ATTEST_VIOLATION_PRIVILEGED_OPERATION,
	ATTEST_VIOLATION_RESOURCE_LIMIT,
	ATTEST_VIOLATION_END,
};

/* Which kernel hook reports; userspace/event/names.c has the texts. */
enum attest_hook {
	ATTEST_HOOK_NONE,
	ATTEST_HOOK_FILE_OPEN,
	ATTEST_HOOK_BPRM_CHECK,
	ATTEST_HOOK_MMAP_FILE,
	ATTEST_HOOK_FILE_MPROTECT,
	ATTEST_HOOK_PATH_UNLINK,
	ATTEST_HOOK_PATH_RMDIR,
	ATTEST_HOOK_PATH_RENAME,
	ATTEST_HOOK_PATH_MKDIR,
	ATTEST_HOOK_PATH_MKNOD,
	ATTEST_HOOK_PATH_SYMLINK,
	ATTEST_HOOK_PATH_LINK,
	ATTEST_HOOK_PATH_TRUNCATE,
	ATTEST_HOOK_PATH_CHMOD,
	ATTEST_HOOK_PATH_CHOWN,
	ATTEST_HOOK_PATH_CHROOT,
	ATTEST_HOOK_FILE_TRUNCATE,
	ATTEST_HOOK_FILE_RECEIVE,
	ATTEST_HOOK_FILE_PERMISSION,
	ATTEST_HOOK_INODE_SETATTR,
	ATTEST_HOOK_INODE_SETXATTR,
	ATTEST_HOOK_INODE_REMOVEXATTR,
	ATTEST_HOOK_INODE_GETATTR,
	ATTEST_HOOK_INODE_FOLLOW_LINK,
	ATTEST_HOOK_SB_MOUNT,
	ATTEST_HOOK_SB_UMOUNT,
	ATTEST_HOOK_SB_REMOUNT,
	ATTEST_HOOK_SB_PIVOTROOT,
	ATTEST_HOOK_MOVE_MOUNT,
	ATTEST_HOOK_PTRACE_ACCESS,
	ATTEST_HOOK_PTRACE_TRACEME,
	ATTEST_HOOK_TASK_KILL,
	ATTEST_HOOK_TASK_ALLOC,
	ATTEST_HOOK_BPF,
	ATTEST_HOOK_USERNS_CREATE,
	ATTEST_HOOK_KERNEL_MODULE,
	ATTEST_HOOK_SOCKET_CREATE,
	ATTEST_HOOK_SOCKET_CONNECT,
	ATTEST_HOOK_SOCKET_SENDMSG,
	ATTEST_HOOK_SOCKET_BIND,
	ATTEST_HOOK_UNIX_CONNECT,
	ATTEST_HOOK_UNIX_SEND,
	ATTEST_HOOK_URING_CMD,
	ATTEST_HOOK_URING_SQPOLL,
	ATTEST_HOOK_CGROUP_ATTACH,
	ATTEST_HOOK_SECCOMP,
	ATTEST_HOOK_SYS_ENTER,
	ATTEST_HOOK_SYS_EXIT,
	ATTEST_HOOK_PROCESS_FORK,
	ATTEST_HOOK_PROCESS_EXEC,
	ATTEST_HOOK_PROCESS_EXIT,
	ATTEST_HOOK_NOTIFY, /* the user-notification supervisor */
	ATTEST_HOOK_INODE_LINK,
	ATTEST_HOOK_FILE_IOCTL,
	ATTEST_HOOK_FALLOCATE,
	ATTEST_HOOK_CAPABLE,
	ATTEST_HOOK_TASK_SETRLIMIT,
	ATTEST_HOOK_INODE_PERMISSION,
	ATTEST_HOOK_PACKET,
	ATTEST_HOOK_END,
};

#define ATTEST_EVF_PATH_CUT (1U << 0)	      /* path misses its first bytes */
#define ATTEST_EVF_PATH_UNREACHABLE (1U << 1) /* not below the task's root */
#define ATTEST_EVF_DOTDOT (1U << 2)	      /* the argument had a ".." */
#define ATTEST_EVF_CREATE (1U << 3)	      /* the object was to be created */
#define ATTEST_EVF_DIRECTORY (1U << 4)
#define ATTEST_EVF_TARGET (1U << 5) /* path2, not path, is refused */

struct attest_event_hdr {
	__u16 abi;  /* ATTEST_EVENT_ABI */
	__u16 kind; /* enum attest_event_kind */
	/* Bytes in use, header included; the ring's record may be longer, and
	 * what is behind them is junk.
	 */
	__u32 size;
	/* Counts the records of this CPU, lost ones included, from 1. */
	__u64 seq;
	__u64 boottime_ns; /* CLOCK_BOOTTIME */
	__u64 cgroup_id;   /* cgroup v2 inode, 0 if none */
	__u32 cpu;
	__u32 tgid; /* as seen in the initial pid namespace */
	__u32 tid;
	__u32 ppid;
	__u32 uid;	  /* real uid, initial user namespace */
	__u32 slot;	  /* policy slot, < ATTEST_SLOTS_MAX */
	__u32 generation; /* of the policy in the slot */
	__u32 flags;	  /* ATTEST_EVF_* */
	__u8 verdict;	  /* enum attest_verdict */
	__u8 violation;	  /* enum attest_violation */
	__u8 hook;	  /* enum attest_hook */
	__u8 pad0;
	__s32 syscall; /* x86_64 number, -1 unknown */
	char comm[ATTEST_COMM_LEN];
};
_Static_assert(sizeof(struct attest_event_hdr) == 88, "event header ABI");
_Static_assert(__builtin_offsetof(struct attest_event_hdr, seq) == 8, "ABI");

#define ATTEST_ARG_MAX 256

/**
 * An operation on a path. Behind it: path, path2, then the system call's own
 * path argument as far as ATTEST_ARG_MAX (it classifies, it never decides); no
 * NULs.
 */
struct attest_file_event {
	struct attest_event_hdr hdr;
	__u64 inode;
	__u64 limit;  /* for the *_LIMIT violations: the limit, else 0 */
	__u64 value;  /* and what it would have become */
	__u32 dev;    /* kernel dev_t: major << 20 | minor */
	__u32 rule;   /* index in the image, 0 is the default access */
	__u32 access; /* ATTEST_ACCESS_* asked for */
	__u16 path_len;
	__u16 path2_len; /* rename and link: the new name; else 0 */
	__u16 arg_len;
	__u16 pad0[3];
};
_Static_assert(sizeof(struct attest_file_event) == 136, "file event ABI");

/**
 * fork, exec or exit of a subject's task (hdr.hook says which), or something
 * refused that is no path's (hdr.violation is set). Behind it: the path.
 */
struct attest_process_event {
	struct attest_event_hdr hdr;
	__u32 child_tgid; /* fork: the new process */
	__s32 exit_code;  /* exit: as in wait(2) */
	__u32 path_len;	  /* exec: of the program's path */
	__u32 pad0;
};
_Static_assert(sizeof(struct attest_process_event) == 104, "process event ABI");

/** A system call that seccomp acted on, or that was asked for. */
struct attest_syscall_event {
	struct attest_event_hdr hdr;
	__u64 args[6];
	__u64 ip;
	__s64 result;	      /* sys_exit only */
	__u32 seccomp_action; /* SECCOMP_RET_*, with its data */
	__s32 signal;
	__u64 ip_offset;  /* of ip in the file that is mapped there */
	char ip_file[32]; /* its name, cut; "": not known, or no file */
};
_Static_assert(sizeof(struct attest_syscall_event) == 200, "syscall event ABI");

#define ATTEST_CALL_WORDS 8 /* of 64 bits: a bit for each system call */

/**
 * A system call that was asked for. hdr.hook is SYS_ENTER if it does not
 * return. Behind it: its path argument, as passed.
 */
struct attest_call_event {
	struct attest_syscall_event call;
	__u64 duration_ns;
	__u32 arg_len;
	__u32 arg_index; /* from 1; 0: there is none, or it was not read */
};
_Static_assert(sizeof(struct attest_call_event) == 216, "call event ABI");

struct attest_net_event {
	struct attest_event_hdr hdr;
	__u8 addr[16]; /* IPv4 in mapped form, network byte order */
	__u16 family;  /* AF_* */
	__u16 port;    /* host byte order */
	__u8 protocol; /* IPPROTO_* */
	__u8 pad0[3];
	__u32 rule;
	__u32 sock_type; /* SOCK_* */
};
_Static_assert(sizeof(struct attest_net_event) == 120, "net event ABI");

/** A resolver's answer to a subject. The task in its head is nobody's. */
struct attest_dns_event {
	struct attest_event_hdr hdr;
	__u8 addrs[ATTEST_DNS_ADDRS_MAX][16]; /* IPv4 in mapped form */
	char name[ATTEST_DNS_NAME_SIZE];      /* junk from name_len on */
	__u32 n_addrs;
	__u32 name_len;
};
_Static_assert(sizeof(struct attest_dns_event) == 608, "DNS event ABI");

#pragma GCC diagnostic pop
