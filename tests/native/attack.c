// SPDX-License-Identifier: Apache-2.0
/**
 * Makes one system call that the standard profile refuses: attack NAME. Ends
 * with 0 if the call returned at all, after its errno was printed.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define X32_BIT 0x40000000

static const struct {
	const char *name;
	long number;
	long a, b, c;
} attacks[] = {
	{ "inet", SYS_socket, 2, 1, 0 },
	{ "inet6", SYS_socket, 10, 2, 0 },
	{ "netfilter", SYS_socket, 16, 3, 12 },
	{ "audit", SYS_socket, 16, 3, 9 },
	{ "unspec", SYS_socket, 0, 1, 0 },
	{ "x25", SYS_socket, 9, 5, 0 },
	{ "can", SYS_socket, 29, 3, 1 },
	{ "alg", SYS_socket, 38, 5, 0 },
	{ "packet", SYS_socket, 17, 3, 0 },
	{ "vsock", SYS_socket, 40, 1, 0 },
	{ "inet with garbage above", SYS_socket, 0x100000002, 1, 0 },
	{ "raw", SYS_socket, 2, 3, 255 },
	{ "icmp", SYS_socket, 2, 2, 1 },
	{ "bluetooth", SYS_socket, 31, 3, 1 },
	{ "xdp", SYS_socket, 44, 3, 0 },
	{ "ptrace", SYS_ptrace, 0, 0, 0 },
	{ "ptrace attach", SYS_ptrace, 16, 1, 0 },
	{ "process_vm_readv", SYS_process_vm_readv, 1, 0, 0 },
	{ "pidfd_getfd", SYS_pidfd_getfd, -1, 0, 0 },
	{ "process_vm_writev", SYS_process_vm_writev, 1, 0, 0 },
	{ "mount", SYS_mount, 0, 0, 0 },
	{ "move_mount", SYS_move_mount, -1, 0, -1 },
	{ "fsopen", SYS_fsopen, 0, 0, 0 },
	{ "open_tree", SYS_open_tree, -1, 0, 0 },
	{ "setns", SYS_setns, -1, 0, 0 },
	{ "bpf", SYS_bpf, 0, 0, 0 },
	{ "init_module", SYS_init_module, 0, 0, 0 },
	{ "finit_module", SYS_finit_module, -1, 0, 0 },
	{ "kexec_load", SYS_kexec_load, 0, 0, 0 },
	{ "reboot", SYS_reboot, 0, 0, 0 },
	{ "userfaultfd", SYS_userfaultfd, 0, 0, 0 },
	{ "kexec_file_load", SYS_kexec_file_load, -1, -1, 0 },
	{ "delete_module", SYS_delete_module, 0, 0, 0 },
	{ "perf_event_open", SYS_perf_event_open, 0, 0, -1 },
	{ "iopl", SYS_iopl, 3, 0, 0 },
	{ "umount2", SYS_umount2, 0, 0, 0 },
	{ "pivot_root", SYS_pivot_root, 0, 0, 0 },
	{ "mount_setattr", SYS_mount_setattr, -1, 0, 0 },
	{ "fsconfig", SYS_fsconfig, -1, 0, 0 },
	{ "swapon", SYS_swapon, 0, 0, 0 },
	{ "x32 getpid", X32_BIT | SYS_getpid, 0, 0, 0 },
	{ "x32 ptrace", X32_BIT | 521, 0, 0, 0 },
	{ "open_by_handle_at", SYS_open_by_handle_at, -1, 0, 0 },
	/* Soft: these return. */
	{ "unix", SYS_socket, 1, 1, 0 },
	{ "route netlink", SYS_socket, 16, 3, 0 },
	{ "unshare", SYS_unshare, 0x10000000, 0, 0 },
	{ "clone newuser", SYS_clone, 0x10000000 | 17, 0, 0 },
	{ "io_uring", SYS_io_uring_setup, 1, 0, 0 },
	{ "datagram pair", SYS_socketpair, 1, 2, 0 },
	{ "keyctl", SYS_keyctl, 0, 0, 0 },
	{ "add_key", SYS_add_key, 0, 0, 0 },
	{ "io_uring_enter", SYS_io_uring_enter, -1, 1, 0 },
	{ "io_uring_register", SYS_io_uring_register, -1, 0, 0 },
	{ "chroot", SYS_chroot, 0, 0, 0 },
	{ "acct", SYS_acct, 0, 0, 0 },
	{ "settimeofday", SYS_settimeofday, 0, 0, 0 },
	{ "quotactl", SYS_quotactl, 0, 0, 0 },
	{ "syslog", SYS_syslog, 3, 0, 0 },
	{ "sethostname", SYS_sethostname, 0, 0, 0 },
	{ "personality", SYS_personality, 0x0040000, 0, 0 },
};

/* A filter that allows all cannot take an older one's place. */
static void install_laxer(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog prog = { 1, &allow };

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
	(void)syscall(SYS_socket, 2, 1, 0);
}

/* getpid of i386. */
static void call_i386(void)
{
	long r;

	__asm__ volatile("int $0x80" : "=a"(r) : "a"(20) : "memory");
	errno = r < 0 ? (int)-r : 0;
}

static void mount_in_namespace(void)
{
	struct clone_args args = { .flags = CLONE_NEWUSER | CLONE_NEWNS,
				   .exit_signal = SIGCHLD };
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	int status;

	if (pid == 0) {
		(void)syscall(SYS_mount, "none", "/", NULL, 1 << 18, NULL);
		_exit(0);
	}
	/* Where there are no user namespaces, the call itself has failed. */
	if (pid < 0 || (waitpid(pid, &status, 0) == pid &&
			WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS))
		(void)kill(getpid(), SIGSYS);
}

static void handle(int signal)
{
	(void)signal;
}

/* A handler for SIGSYS does not survive what kills. */
static void catch_signal(void)
{
	(void)signal(SIGSYS, handle);
	(void)syscall(SYS_socket, 2, 1, 0);
}

static const struct {
	const char *name;
	void (*run)(void);
} tricks[] = {
	{ "laxer filter", install_laxer },
	{ "int 0x80", call_i386 },
	{ "mount in a namespace of clone3", mount_in_namespace },
	{ "handler for SIGSYS", catch_signal },
};

static int finish(void)
{
	(void)puts(strerrorname_np(errno) ?: "none");

	return 0;
}

int main(int argc, char **argv)
{
	for (unsigned int i = 0; i < sizeof(attacks) / sizeof(*attacks); i++) {
		if (argc < 2) {
			(void)puts(attacks[i].name);
		} else if (!strcmp(argv[1], attacks[i].name)) {
			errno = 0;
			(void)syscall(attacks[i].number, attacks[i].a,
				      attacks[i].b, attacks[i].c, 0, 0);
			return finish();
		}
	}
	for (unsigned int i = 0; i < sizeof(tricks) / sizeof(*tricks); i++) {
		if (argc < 2) {
			(void)puts(tricks[i].name);
		} else if (!strcmp(argv[1], tricks[i].name)) {
			tricks[i].run();
			return finish();
		}
	}

	return argc < 2 ? 0 : 2;
}
