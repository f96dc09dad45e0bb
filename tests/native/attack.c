// SPDX-License-Identifier: Apache-2.0
/**
 * Makes one system call that the standard profile refuses: attack NAME. Ends
 * with 0 if the call returned at all, after its errno was printed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

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
	{ "ptrace", SYS_ptrace, 0, 0, 0 },
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
	{ "open_by_handle_at", SYS_open_by_handle_at, -1, 0, 0 },
	/* Soft: these return. */
	{ "unix", SYS_socket, 1, 1, 0 },
	{ "route netlink", SYS_socket, 16, 3, 0 },
	{ "unshare", SYS_unshare, 0x10000000, 0, 0 },
	{ "clone newuser", SYS_clone, 0x10000000 | 17, 0, 0 },
	{ "io_uring", SYS_io_uring_setup, 1, 0, 0 },
	{ "datagram pair", SYS_socketpair, 1, 2, 0 },
	{ "keyctl", SYS_keyctl, 0, 0, 0 },
};

int main(int argc, char **argv)
{
	for (unsigned int i = 0; i < sizeof(attacks) / sizeof(*attacks); i++) {
		if (argc < 2) {
			(void)puts(attacks[i].name);
		} else if (!strcmp(argv[1], attacks[i].name)) {
			errno = 0;
			(void)syscall(attacks[i].number, attacks[i].a,
				      attacks[i].b, attacks[i].c, 0, 0);
			(void)puts(strerrorname_np(errno) ?: "none");
			return 0;
		}
	}

	return argc < 2 ? 0 : 2;
}
