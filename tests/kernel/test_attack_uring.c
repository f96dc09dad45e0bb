// SPDX-License-Identifier: Apache-2.0
/**
 * Every request of io_uring that names a path or takes a descriptor to one,
 * as submitted, in a worker thread and in a polling thread; and by a ring
 * whose threads are older than the confinement.
 */
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack.h"
#include "confine.h"
#include "kt.h"
#include "uring.h"

#define OP_FTRUNCATE 55 /* since 6.9 */
#define OP_BIND 56	/* since 6.11 */

static struct io_uring_sqe about(unsigned char opcode, const char *path)
{
	struct io_uring_sqe sqe = { .opcode = opcode, .fd = AT_FDCWD };

	sqe.addr = (unsigned long)path;
	return sqe;
}

static struct io_uring_sqe two(unsigned char opcode, const char *a,
			       const char *b)
{
	struct io_uring_sqe sqe = about(opcode, a);

	sqe.off = (unsigned long)b;
	sqe.len = (unsigned int)AT_FDCWD;
	return sqe;
}

/* A descriptor is a success. */
static int opens(struct io_uring_sqe sqe)
{
	int r = uring_every_way(&sqe, NULL);

	return r == 255 ? 0 : r;
}

static int ring_openat(void)
{
	return opens(about(IORING_OP_OPENAT, NO "/f"));
}

static int ring_creates(void)
{
	struct io_uring_sqe sqe = about(IORING_OP_OPENAT, NO "/new");

	sqe.open_flags = O_CREAT | O_WRONLY;
	return opens(sqe);
}

static int ring_openat2(void)
{
	struct open_how how = { .flags = O_RDONLY };
	struct io_uring_sqe sqe = about(IORING_OP_OPENAT2, NO "/f");

	sqe.len = sizeof(how);
	sqe.off = (unsigned long)&how;
	return opens(sqe);
}

/* Into the ring's own table of files, which no process sees. */
static int ring_fixed_file(void)
{
	struct io_uring_sqe sqe = about(IORING_OP_OPENAT, NO "/f");
	struct uring ring;
	int fds[2] = { -1, -1 };
	int r;

	if (uring_open(&ring, 0) < 0 ||
	    syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, fds,
		    2) < 0)
		return 255;
	sqe.file_index = 1;
	r = uring_do(&ring, &sqe);
	uring_close(&ring);
	return r > 0 ? 255 : -r;
}

static int ring_unlinkat(void)
{
	struct io_uring_sqe sqe = about(IORING_OP_UNLINKAT, NO "/f");

	return uring_every_way(&sqe, NULL);
}

static int ring_renameat(void)
{
	struct io_uring_sqe sqe = two(IORING_OP_RENAMEAT, NO "/f", OK "/taken");

	return uring_every_way(&sqe, NULL);
}

static int ring_mkdirat(void)
{
	struct io_uring_sqe sqe = about(IORING_OP_MKDIRAT, NO "/made");

	sqe.len = 0755;
	return uring_every_way(&sqe, NULL);
}

static int ring_symlinkat(void)
{
	struct io_uring_sqe sqe = about(IORING_OP_SYMLINKAT, OK "/f");

	sqe.off = (unsigned long)(NO "/link");
	return uring_every_way(&sqe, NULL);
}

static int ring_linkat(void)
{
	struct io_uring_sqe sqe = two(IORING_OP_LINKAT, NO "/f", OK "/linked");

	return uring_every_way(&sqe, NULL);
}

static int ring_setxattr(void)
{
	struct io_uring_sqe sqe =
	    about(IORING_OP_SETXATTR, (const char *)"user.a");

	sqe.off = (unsigned long)"b";
	sqe.addr3 = (unsigned long)(NO "/f");
	sqe.len = 1;
	return uring_every_way(&sqe, NULL);
}

static int ring_ftruncate(void)
{
	struct io_uring_sqe sqe = { .opcode = OP_FTRUNCATE };

	sqe.fd = open("/etc/hosts", O_RDONLY);
	return sqe.fd < 0 ? 255 : uring_every_way(&sqe, NULL);
}

static struct sockaddr_un address(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	(void)strcpy(to.sun_path, path);
	return to;
}

static int ring_connect(void)
{
	struct sockaddr_un to = address(NO "/stream");
	struct io_uring_sqe sqe = about(IORING_OP_CONNECT, (char *)&to);

	sqe.fd = socket(AF_UNIX, SOCK_STREAM, 0);
	sqe.off = sizeof(to);
	return uring_every_way(&sqe, NULL);
}

static int ring_sendmsg(void)
{
	struct sockaddr_un to = address(NO "/dgram");
	struct iovec iov = { (char *)"x", 1 };
	struct msghdr msg = { .msg_name = &to,
			      .msg_namelen = sizeof(to),
			      .msg_iov = &iov,
			      .msg_iovlen = 1 };
	struct io_uring_sqe sqe = about(IORING_OP_SENDMSG, (char *)&msg);

	sqe.fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	sqe.len = 1;
	return uring_every_way(&sqe, NULL);
}

static int ring_bind(void)
{
	struct sockaddr_un to = address(NO "/bound");
	struct io_uring_sqe sqe = about(OP_BIND, (char *)&to);

	sqe.fd = socket(AF_UNIX, SOCK_STREAM, 0);
	sqe.off = sizeof(to);
	return uring_every_way(&sqe, NULL);
}

static void forget(void)
{
	(void)rmdir(OK "/made");
}

static int ring_allowed(void)
{
	struct io_uring_sqe sqe = about(IORING_OP_MKDIRAT, OK "/made");

	sqe.len = 0755;
	return uring_every_way(&sqe, forget);
}

/* Three ways each, and a record of each. */
#define THREE(name, act)                                                       \
	{                                                                      \
		name, act, EACCES, .records = 3                                \
	}

static const struct attempt requests[] = {
	THREE("openat", ring_openat),
	THREE("openat, creating", ring_creates),
	THREE("openat2", ring_openat2),
	{ "openat into the ring's table", ring_fixed_file, EACCES },
	THREE("unlinkat", ring_unlinkat),
	THREE("renameat", ring_renameat),
	THREE("mkdirat", ring_mkdirat),
	THREE("symlinkat", ring_symlinkat),
	THREE("linkat", ring_linkat),
	{ "setxattr", ring_setxattr, ATTEMPT_ANY, .records = ATTEMPT_ANY },
	{ "ftruncate", ring_ftruncate, ATTEMPT_ANY, .records = ATTEMPT_ANY },
	THREE("connect", ring_connect),
	THREE("sendmsg", ring_sendmsg),
	{ "bind", ring_bind, ATTEMPT_ANY, .records = ATTEMPT_ANY },
	{ "mkdirat, allowed", ring_allowed, 0 },
};

static void requests_are_refused(void)
{
	struct stat st;

	attack_make_tree();
	attack_listen(NO "/stream", SOCK_STREAM);
	attack_listen(NO "/dgram", SOCK_DGRAM);
	attack_run(requests, sizeof(requests) / sizeof(requests[0]));
	kt_expect_ok(stat("/etc/hosts", &st));
	kt_check(st.st_size > 0);
	kt_check(access(NO "/new", F_OK) < 0);
}

/* Threads that the ring has from before the attach. */
struct old_ring {
	atomic_int polled, worked, allowed;
};

static int old_open(struct uring *ring, const char *path, unsigned char flags)
{
	struct io_uring_sqe sqe = about(IORING_OP_OPENAT, path);

	sqe.flags = flags;
	return uring_do(ring, &sqe);
}

static void use_old_rings(struct old_ring *shared, int go_fd)
{
	struct uring polled, worked;
	char byte;

	if (uring_open(&polled, IORING_SETUP_SQPOLL) < 0 ||
	    uring_open(&worked, 0) < 0 || old_open(&polled, NO "/f", 0) <= 1 ||
	    old_open(&worked, NO "/f", IOSQE_ASYNC) <= 1)
		_exit(1);
	while (read(go_fd, &byte, 1) != 1)
		;
	shared->polled = old_open(&polled, NO "/f", 0);
	shared->worked = old_open(&worked, NO "/f", IOSQE_ASYNC);
	shared->allowed = old_open(&polled, OK "/f", 0);
	_exit(0);
}

static void threads_from_before_are_confined(void)
{
	struct old_ring *shared = confine_shared(sizeof(*shared));
	static struct confine_result r;
	int go[2];
	pid_t pid;

	attack_make_tree();
	kt_expect_ok(pipe2(go, O_CLOEXEC));
	pid = (pid_t)kt_expect_ok(fork());
	if (pid == 0)
		use_old_rings(shared, go[0]);
	kt_sleep_ms(200);
	confine_running(ATTACK_POLICY, pid, go[1], &r);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	if (confine_expected_rung() > ATTEST_RUNG_FMOD_RET) {
		kt_check_int(r.error, -EOPNOTSUPP);
		return;
	}
	if (r.error < 0)
		kt_fail("%s", r.message);
	kt_check_int(shared->polled, -EACCES);
	kt_check_int(shared->worked, -EACCES);
	kt_check(shared->allowed > 1);
	kt_check_int(r.n_records, 2);
}

static const struct kt_test tests[] = {
	KT_TEST_FOR(requests_are_refused, 60),
	KT_TEST_FOR(threads_from_before_are_confined, 60),
};

KT_MAIN(tests)
