// SPDX-License-Identifier: Apache-2.0
/**
 * Names of the enumerations as they stand in outputs.
 */
#include "base/cleanup.h"
#include "event/record.h"

static const char *const kinds[] = {
	[ATTEST_KIND_FILESYSTEM] = "filesystem",
	[ATTEST_KIND_SECCOMP] = "seccomp",
	[ATTEST_KIND_NETWORK] = "network",
	[ATTEST_KIND_PROCESS] = "process",
	[ATTEST_KIND_RESOURCE] = "resource",
	[ATTEST_KIND_GAP] = "gap",
};
_Static_assert(ARRAY_SIZE(kinds) == ATTEST_KIND_END, "a kind has no name");

static const char *const violations[] = {
	[ATTEST_VIOLATION_NONE] = "None",
	[ATTEST_VIOLATION_FORBIDDEN_PATH] = "ForbiddenPath",
	[ATTEST_VIOLATION_PATH_TRAVERSAL] = "PathTraversal",
	[ATTEST_VIOLATION_SYMLINK] = "SymlinkViolation",
	[ATTEST_VIOLATION_FILE_SIZE_LIMIT] = "FileSizeLimit",
	[ATTEST_VIOLATION_DISK_USAGE_LIMIT] = "DiskUsageLimit",
	[ATTEST_VIOLATION_FORBIDDEN_EXTENSION] = "ForbiddenExtension",
	[ATTEST_VIOLATION_FILE_COUNT_LIMIT] = "FileCountLimit",
	[ATTEST_VIOLATION_UNRESOLVABLE_PATH] = "UnresolvablePath",
	[ATTEST_VIOLATION_SYSCALL_DENIED] = "SyscallDenied",
	[ATTEST_VIOLATION_SYSCALL_KILLED] = "SyscallKilled",
	[ATTEST_VIOLATION_SYSCALL_TRACED] = "SyscallTraced",
	[ATTEST_VIOLATION_NETWORK_DENIED] = "NetworkDenied",
	[ATTEST_VIOLATION_NAMESPACE_ESCAPE] = "NamespaceEscape",
	[ATTEST_VIOLATION_CGROUP_ESCAPE] = "CgroupEscape",
	[ATTEST_VIOLATION_PRIVILEGED_OPERATION] = "PrivilegedOperation",
	[ATTEST_VIOLATION_RESOURCE_LIMIT] = "ResourceLimit",
};
_Static_assert(ARRAY_SIZE(violations) == ATTEST_VIOLATION_END,
	       "a violation has no name");

static const char *const verdicts[] = {
	[ATTEST_VERDICT_ALLOW] = "allowed", [ATTEST_VERDICT_AUDIT] = "audited",
	[ATTEST_VERDICT_DENY] = "denied",   [ATTEST_VERDICT_KILL] = "killed",
	[ATTEST_VERDICT_TRACE] = "traced",
};
_Static_assert(ARRAY_SIZE(verdicts) == ATTEST_VERDICT_END,
	       "a verdict has no name");

static const char *const layers[] = {
	[ATTEST_LAYER_NONE] = "none",
	[ATTEST_LAYER_BPF] = "bpf",
	[ATTEST_LAYER_LANDLOCK] = "landlock",
	[ATTEST_LAYER_SECCOMP] = "seccomp",
	[ATTEST_LAYER_RLIMIT] = "rlimit",
	[ATTEST_LAYER_NAMESPACE] = "namespace",
	[ATTEST_LAYER_CONTAINER] = "container",
};
_Static_assert(ARRAY_SIZE(layers) == ATTEST_LAYER_END, "a layer has no name");

static const char *const hooks[] = {
	[ATTEST_HOOK_NONE] = "none",
	[ATTEST_HOOK_FILE_OPEN] = "file_open",
	[ATTEST_HOOK_BPRM_CHECK] = "bprm_check_security",
	[ATTEST_HOOK_MMAP_FILE] = "mmap_file",
	[ATTEST_HOOK_FILE_MPROTECT] = "file_mprotect",
	[ATTEST_HOOK_PATH_UNLINK] = "path_unlink",
	[ATTEST_HOOK_PATH_RMDIR] = "path_rmdir",
	[ATTEST_HOOK_PATH_RENAME] = "path_rename",
	[ATTEST_HOOK_PATH_MKDIR] = "path_mkdir",
	[ATTEST_HOOK_PATH_MKNOD] = "path_mknod",
	[ATTEST_HOOK_PATH_SYMLINK] = "path_symlink",
	[ATTEST_HOOK_PATH_LINK] = "path_link",
	[ATTEST_HOOK_PATH_TRUNCATE] = "path_truncate",
	[ATTEST_HOOK_PATH_CHMOD] = "path_chmod",
	[ATTEST_HOOK_PATH_CHOWN] = "path_chown",
	[ATTEST_HOOK_PATH_CHROOT] = "path_chroot",
	[ATTEST_HOOK_FILE_TRUNCATE] = "file_truncate",
	[ATTEST_HOOK_FILE_RECEIVE] = "file_receive",
	[ATTEST_HOOK_FILE_PERMISSION] = "file_permission",
	[ATTEST_HOOK_INODE_SETATTR] = "inode_setattr",
	[ATTEST_HOOK_INODE_SETXATTR] = "inode_setxattr",
	[ATTEST_HOOK_INODE_REMOVEXATTR] = "inode_removexattr",
	[ATTEST_HOOK_INODE_GETATTR] = "inode_getattr",
	[ATTEST_HOOK_INODE_FOLLOW_LINK] = "inode_follow_link",
	[ATTEST_HOOK_SB_MOUNT] = "sb_mount",
	[ATTEST_HOOK_SB_UMOUNT] = "sb_umount",
	[ATTEST_HOOK_SB_REMOUNT] = "sb_remount",
	[ATTEST_HOOK_SB_PIVOTROOT] = "sb_pivotroot",
	[ATTEST_HOOK_MOVE_MOUNT] = "move_mount",
	[ATTEST_HOOK_PTRACE_ACCESS] = "ptrace_access_check",
	[ATTEST_HOOK_PTRACE_TRACEME] = "ptrace_traceme",
	[ATTEST_HOOK_TASK_KILL] = "task_kill",
	[ATTEST_HOOK_TASK_ALLOC] = "task_alloc",
	[ATTEST_HOOK_BPF] = "bpf",
	[ATTEST_HOOK_USERNS_CREATE] = "userns_create",
	[ATTEST_HOOK_KERNEL_MODULE] = "kernel_module",
	[ATTEST_HOOK_SOCKET_CREATE] = "socket_create",
	[ATTEST_HOOK_SOCKET_CONNECT] = "socket_connect",
	[ATTEST_HOOK_SOCKET_SENDMSG] = "socket_sendmsg",
	[ATTEST_HOOK_SOCKET_BIND] = "socket_bind",
	[ATTEST_HOOK_UNIX_CONNECT] = "unix_stream_connect",
	[ATTEST_HOOK_UNIX_SEND] = "unix_may_send",
	[ATTEST_HOOK_URING_CMD] = "uring_cmd",
	[ATTEST_HOOK_URING_SQPOLL] = "uring_sqpoll",
	[ATTEST_HOOK_CGROUP_ATTACH] = "cgroup_attach_task",
	[ATTEST_HOOK_SECCOMP] = "audit_seccomp",
	[ATTEST_HOOK_SYS_ENTER] = "sys_enter",
	[ATTEST_HOOK_SYS_EXIT] = "sys_exit",
	[ATTEST_HOOK_PROCESS_FORK] = "sched_process_fork",
	[ATTEST_HOOK_PROCESS_EXEC] = "sched_process_exec",
	[ATTEST_HOOK_PROCESS_EXIT] = "sched_process_exit",
	[ATTEST_HOOK_NOTIFY] = "seccomp_notify",
	[ATTEST_HOOK_INODE_LINK] = "inode_link",
	[ATTEST_HOOK_FILE_IOCTL] = "file_ioctl",
	[ATTEST_HOOK_FALLOCATE] = "fallocate",
	[ATTEST_HOOK_CAPABLE] = "capable",
	[ATTEST_HOOK_TASK_SETRLIMIT] = "task_setrlimit",
	[ATTEST_HOOK_INODE_PERMISSION] = "inode_permission",
	[ATTEST_HOOK_PACKET] = "cgroup_skb",
};
_Static_assert(ARRAY_SIZE(hooks) == ATTEST_HOOK_END, "a hook has no name");

#define NAME_OF(table, i)                                                      \
	((size_t)(i) < ARRAY_SIZE(table) ? (table)[(i)] : "unknown")

const char *attest_kind_name(enum attest_record_kind kind)
{
	return NAME_OF(kinds, kind);
}

const char *attest_violation_name(enum attest_violation violation)
{
	return NAME_OF(violations, violation);
}

const char *attest_verdict_name(enum attest_verdict verdict)
{
	return NAME_OF(verdicts, verdict);
}

const char *attest_layer_name(enum attest_layer layer)
{
	return NAME_OF(layers, layer);
}

const char *attest_hook_name(enum attest_hook hook)
{
	return NAME_OF(hooks, hook);
}

const char *attest_access_name(uint32_t access)
{
	static const char *const names[] = {
		"",
		"read",
		"write",
		"read,write",
		"execute",
		"read,execute",
		"write,execute",
		"read,write,execute",
	};

	return names[access & ATTEST_ACCESS_ALL];
}
