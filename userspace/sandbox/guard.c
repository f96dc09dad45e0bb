// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "sandbox/guard.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "no guard for this architecture"
#endif

#define X32_BIT 0x40000000U
#define KILL SECCOMP_RET_KILL_PROCESS
#define REFUSE(error) (SECCOMP_RET_ERRNO | (error))
#define NEW_NAMESPACES                                                         \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |         \
	 CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)

static void put(struct attest_guard *g, struct sock_filter insn)
{
	assert(g->program.len < ATTEST_GUARD_INSNS_MAX);
	g->insns[g->program.len++] = insn;
}

static void load(struct attest_guard *g, uint32_t offset)
{
	put(g, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

static void ret(struct attest_guard *g, uint32_t action)
{
	put(g, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

static void jump_if_not(struct attest_guard *g, uint32_t value, uint8_t n)
{
	put(g, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0,
					    n));
}

/* The accumulator holds the number before and after, if it goes on. */
static void refuse(struct attest_guard *g, uint32_t nr, int error)
{
	jump_if_not(g, nr, 1);
	ret(g, REFUSE(error));
}

/* Low half of an argument; both architectures are little endian. Refuses if
 * it is `value` in the bits of `mask`, or any of these if value is 0.
 */
static void refuse_arg(struct attest_guard *g, uint32_t nr, unsigned int arg,
		       uint32_t mask, uint32_t value)
{
	jump_if_not(g, nr, 5);
	load(g, offsetof(struct seccomp_data, args) + arg * sizeof(uint64_t));
	put(g, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask));
	if (value)
		put(g, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						    value, 0, 1));
	else
		put(g, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						    0, 1, 0));
	ret(g, REFUSE(EPERM));
	load(g, offsetof(struct seccomp_data, nr));
}

static void refuse_truncating_open(struct attest_guard *g, uint32_t nr,
				   unsigned int flags)
{
	jump_if_not(g, nr, 6);
	load(g, offsetof(struct seccomp_data, args) + flags * sizeof(uint64_t));
	put(g, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K,
					    O_TRUNC | O_ACCMODE));
	/* With access mode 3 a file is opened for neither, yet truncated. */
	put(g, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
					    O_TRUNC | O_RDONLY, 1, 0));
	jump_if_not(g, O_TRUNC | O_ACCMODE, 1);
	ret(g, REFUSE(EACCES));
	load(g, offsetof(struct seccomp_data, nr));
}

static void add_truncation(struct attest_guard *g)
{
	refuse(g, SYS_truncate, EACCES);
	refuse(g, SYS_openat2, ENOSYS);
	refuse(g, SYS_io_uring_setup, ENOSYS);
	refuse_truncating_open(g, SYS_openat, 2);
#ifdef SYS_open
	refuse_truncating_open(g, SYS_open, 1);
#endif
}

static void add_network(struct attest_guard *g)
{
	jump_if_not(g, SYS_socket, 4);
	load(g, offsetof(struct seccomp_data, args));
	put(g, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX,
					    1, 0));
	ret(g, REFUSE(EACCES));
	load(g, offsetof(struct seccomp_data, nr));
	refuse(g, SYS_io_uring_setup, ENOSYS);
}

static void add_group(struct attest_guard *g)
{
	jump_if_not(g, SYS_socket, 9);
	load(g, offsetof(struct seccomp_data, args));
	put(g, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX,
					    6, 0));
	put(g, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET,
					    5, 0));
	put(g, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6,
					    4, 0));
	put(g, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
					    AF_NETLINK, 0, 2));
	load(g, offsetof(struct seccomp_data, args) + 2 * sizeof(uint64_t));
	put(g, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
					    NETLINK_ROUTE, 1, 0));
	ret(g, REFUSE(EACCES));
	load(g, offsetof(struct seccomp_data, nr));
	refuse(g, SYS_bpf, EPERM);
	refuse(g, SYS_io_uring_setup, ENOSYS);
}

static void add_strict(struct attest_guard *g)
{
	static const uint32_t refused[] = { SYS_unshare, SYS_setns, SYS_keyctl,
					    SYS_add_key, SYS_request_key };

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		refuse(g, refused[i], EPERM);
	refuse_arg(g, SYS_clone, 0, NEW_NAMESPACES, 0);
	/* Its flags are in memory; the C library falls back to clone(2). */
	refuse(g, SYS_clone3, ENOSYS);
}

void attest_guard_make(const struct attest_guard_options *options,
		       struct attest_guard *ret_guard)
{
	struct attest_guard *g = ret_guard;

	g->program.len = 0;
	g->program.filter = g->insns;
	load(g, offsetof(struct seccomp_data, arch));
	put(g, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1,
					    0));
	ret(g, KILL);
	load(g, offsetof(struct seccomp_data, nr));
	if (ARCH == AUDIT_ARCH_X86_64) {
		put(g, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K,
						    X32_BIT, 0, 1));
		ret(g, KILL);
	}
	refuse_arg(g, SYS_ioctl, 1, ~0U, TIOCSTI);
	refuse_arg(g, SYS_ioctl, 1, ~0U, TIOCLINUX);
	if (options->truncation)
		add_truncation(g);
	if (options->network)
		add_network(g);
	if (options->group)
		add_group(g);
	if (options->strict)
		add_strict(g);
	ret(g, SECCOMP_RET_ALLOW);
}
