// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "sandbox/guard.h"
#include "sandbox/seccomp.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#else
#define ARCH AUDIT_ARCH_AARCH64
#endif

#define ALLOW SECCOMP_RET_ALLOW
#define REFUSE(error) (SECCOMP_RET_ERRNO | (error))

static uint32_t ask(const struct attest_guard_options *options, int nr,
		    unsigned int arg, uint64_t value)
{
	struct attest_guard guard;
	struct seccomp_data data = { .arch = ARCH, .nr = nr };

	data.args[arg] = value;
	attest_guard_make(options, &guard);
	return attest_seccomp_eval(&guard.program, &data);
}

static void terminal_injection_is_always_refused(void **state)
{
	const struct attest_guard_options o = { 0 };

	(void)state;
	assert_int_equal(ask(&o, SYS_ioctl, 1, TIOCSTI), REFUSE(EPERM));
	assert_int_equal(ask(&o, SYS_ioctl, 1, TIOCLINUX), REFUSE(EPERM));
	/* The kernel looks at the low half only. */
	assert_int_equal(ask(&o, SYS_ioctl, 1, TIOCSTI | 1ULL << 32),
			 REFUSE(EPERM));
	assert_int_equal(ask(&o, SYS_ioctl, 1, TIOCGWINSZ), ALLOW);
	assert_int_equal(ask(&o, SYS_read, 1, TIOCSTI), ALLOW);
}

static void truncation_is_refused_on_request(void **state)
{
	static const struct {
		int nr;
		unsigned int arg;
		uint64_t value;
		uint32_t want;
	} cases[] = {
		{ SYS_truncate, 0, 0, REFUSE(EACCES) },
		{ SYS_openat2, 0, 0, REFUSE(ENOSYS) },
		{ SYS_io_uring_setup, 0, 0, REFUSE(ENOSYS) },
		{ SYS_openat, 2, O_RDONLY | O_TRUNC, REFUSE(EACCES) },
		{ SYS_openat, 2, O_ACCMODE | O_TRUNC, REFUSE(EACCES) },
		{ SYS_openat, 2, O_WRONLY | O_TRUNC | O_CREAT, ALLOW },
		{ SYS_openat, 2, O_RDWR | O_TRUNC, ALLOW },
		{ SYS_openat, 2, O_RDONLY | O_CLOEXEC, ALLOW },
		{ SYS_ftruncate, 0, 0, ALLOW },
#ifdef SYS_open
		{ SYS_open, 1, O_RDONLY | O_TRUNC, REFUSE(EACCES) },
		{ SYS_open, 1, O_RDONLY, ALLOW },
#endif
	};
	const struct attest_guard_options off = { 0 };
	const struct attest_guard_options on = { .truncation = true };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(
		    ask(&on, cases[i].nr, cases[i].arg, cases[i].value),
		    cases[i].want);
		assert_int_equal(
		    ask(&off, cases[i].nr, cases[i].arg, cases[i].value),
		    ALLOW);
	}
}

static void only_unix_sockets_without_a_network(void **state)
{
	const struct attest_guard_options o = { .network = true };

	(void)state;
	assert_int_equal(ask(&o, SYS_socket, 0, AF_UNIX), ALLOW);
	assert_int_equal(ask(&o, SYS_socket, 0, AF_INET), REFUSE(EACCES));
	assert_int_equal(ask(&o, SYS_socket, 0, AF_INET6), REFUSE(EACCES));
	assert_int_equal(ask(&o, SYS_socket, 0, AF_PACKET), REFUSE(EACCES));
	assert_int_equal(ask(&o, SYS_socket, 0, AF_NETLINK), REFUSE(EACCES));
	assert_int_equal(ask(&o, SYS_io_uring_setup, 0, 0), REFUSE(ENOSYS));
	assert_int_equal(ask(&o, SYS_socketpair, 0, AF_UNIX), ALLOW);
	assert_int_equal(ask(&o, SYS_read, 0, AF_INET), ALLOW);
}

static void strict_refuses_namespaces_and_keys(void **state)
{
	const struct attest_guard_options o = { .strict = true };

	(void)state;
	assert_int_equal(ask(&o, SYS_unshare, 0, 0), REFUSE(EPERM));
	assert_int_equal(ask(&o, SYS_setns, 0, 0), REFUSE(EPERM));
	assert_int_equal(ask(&o, SYS_keyctl, 0, 0), REFUSE(EPERM));
	assert_int_equal(ask(&o, SYS_clone3, 0, 0), REFUSE(ENOSYS));
	assert_int_equal(ask(&o, SYS_clone, 0, CLONE_NEWUSER | 17),
			 REFUSE(EPERM));
	assert_int_equal(ask(&o, SYS_clone, 0, CLONE_VM | CLONE_THREAD), ALLOW);
	assert_int_equal(ask(&o, SYS_execve, 0, 0), ALLOW);
}

static void other_architectures_are_killed(void **state)
{
	const struct attest_guard_options o = { .strict = true,
						.truncation = true,
						.network = true };
	struct attest_guard guard;
	struct seccomp_data data = { .arch = AUDIT_ARCH_I386, .nr = 1 };

	(void)state;
	attest_guard_make(&o, &guard);
	assert_int_equal(attest_seccomp_eval(&guard.program, &data),
			 SECCOMP_RET_KILL_PROCESS);
#ifdef __x86_64__
	data.arch = ARCH;
	data.nr = 0x40000001;
	assert_int_equal(attest_seccomp_eval(&guard.program, &data),
			 SECCOMP_RET_KILL_PROCESS);
#endif
}

static uint32_t ask_socket(uint64_t family, uint64_t protocol)
{
	const struct attest_guard_options o = { .group = true };
	struct seccomp_data data = { .arch = ARCH,
				     .nr = SYS_socket,
				     .args = { family, 3, protocol } };
	struct attest_guard guard;

	attest_guard_make(&o, &guard);
	return attest_seccomp_eval(&guard.program, &data);
}

static void what_a_cgroup_does_not_see_is_refused(void **state)
{
	const struct attest_guard_options o = { .group = true };

	(void)state;
	assert_int_equal(ask_socket(AF_UNIX, 0), ALLOW);
	assert_int_equal(ask_socket(AF_INET, 0), ALLOW);
	assert_int_equal(ask_socket(AF_INET6, IPPROTO_UDP), ALLOW);
	assert_int_equal(ask_socket(AF_NETLINK, 0), ALLOW);
	assert_int_equal(ask_socket(AF_NETLINK, 9), REFUSE(EACCES));
	assert_int_equal(ask_socket(AF_PACKET, 0), REFUSE(EACCES));
	assert_int_equal(ask_socket(AF_VSOCK, 0), REFUSE(EACCES));
	assert_int_equal(ask(&o, SYS_bpf, 0, 0), REFUSE(EPERM));
	assert_int_equal(ask(&o, SYS_io_uring_setup, 0, 1), REFUSE(ENOSYS));
	assert_int_equal(ask(&o, SYS_connect, 0, 1), ALLOW);
	assert_int_equal(ask(&o, SYS_socketpair, 0, AF_UNIX), ALLOW);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(terminal_injection_is_always_refused),
		cmocka_unit_test(truncation_is_refused_on_request),
		cmocka_unit_test(only_unix_sockets_without_a_network),
		cmocka_unit_test(strict_refuses_namespaces_and_keys),
		cmocka_unit_test(other_architectures_are_killed),
		cmocka_unit_test(what_a_cgroup_does_not_see_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
