// SPDX-License-Identifier: Apache-2.0
/**
 * Other objects under a path, and other paths to an object: overlays and bind
 * mounts, received descriptors, deleted files, pipes, sockets, mounts without
 * a place, and namespaces.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack.h"
#include "kt.h"

#define MERGED_OK "/tmp/merged"
#define MERGED_NO NO "/merged"
#define TRIES 2 /* as root, and as a user */

enum gift {
	GIFT_FORBIDDEN,
	GIFT_WRITABLE,
	GIFT_READABLE,
	GIFT_PIPE,
	GIFT_PATH,
	GIFT_DIRECTORY,
	GIFT_END,
};

static int deleted_fd = -1;		/* of the bystander, too */
static int gifts_at[GIFT_END] = { -1 }; /* sockets, a descriptor in each */
static int pipe_fd = -1;		/* of everybody */

union fd_room {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(int))];
};

/* Takes one from its socket; EACCES if the kernel kept it back. */
static int take(enum gift gift)
{
	char byte;
	union fd_room u = { 0 };
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &u,
			      .msg_controllen = sizeof(u.room) };
	int fd = -1;

	if (recvmsg(gifts_at[gift], &msg, MSG_DONTWAIT) < 0)
		return -1;
	if (msg.msg_flags & MSG_CTRUNC || !CMSG_FIRSTHDR(&msg)) {
		errno = EACCES;
		return -1;
	}
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

static void give(enum gift gift, int fd)
{
	char byte = 0;
	union fd_room u = { .align = { .cmsg_level = SOL_SOCKET,
				       .cmsg_type = SCM_RIGHTS,
				       .cmsg_len = CMSG_LEN(sizeof(int)) } };
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &u,
			      .msg_controllen = sizeof(u.room) };
	int pair[2];

	memcpy(CMSG_DATA(&u.align), &fd, sizeof(fd));
	kt_expect_ok(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	for (int i = 0; i < TRIES; i++)
		kt_expect_ok(sendmsg(pair[1], &msg, 0));
	gifts_at[gift] = pair[0];
	(void)close(fd);
}

static int in_forbidden_overlay(void)
{
	return attack_open(MERGED_NO "/f", O_RDONLY);
}

static int below_an_overlay(void)
{
	return attack_open(NO "/lower/f", O_RDONLY);
}

/* The rule is about the path, whatever lies below it. */
static int in_allowed_overlay(void)
{
	return attack_open(MERGED_OK "/f", O_RDWR);
}

static int executing_in_overlay(void)
{
	char *argv[] = { (char *)"true", NULL };

	return attack_result(execv(MERGED_OK "/true", argv));
}

static int renaming_in_overlay(void)
{
	return attack_result(rename(MERGED_OK "/f", MERGED_NO "/g"));
}

static int in_forbidden_bind(void)
{
	return attack_open(NO "/bind/f", O_RDONLY);
}

static int in_allowed_bind(void)
{
	return attack_open("/tmp/bind/f", O_RDONLY);
}

static int by_fifo(void)
{
	return attack_open(NO "/fifo", O_RDWR);
}

static int by_making_a_fifo(void)
{
	return attack_result(mkfifo(NO "/new", 0644));
}

static int by_invalid_name(void)
{
	return attack_open(NO "/\xff\xfe\x80", O_RDONLY);
}

static int allowed_invalid_name(void)
{
	return attack_open(OK "/\xff\xfe\x80", O_RDWR | O_CREAT);
}

static int listing(void)
{
	return attack_open(NO, O_RDONLY | O_DIRECTORY);
}

/* What a bystander has open, whose name is gone. */
static int by_deleted_file(void)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", attack_bystander,
		       deleted_fd);
	return attack_open(path, O_RDONLY);
}

static int allowed_deleted_file(void)
{
	char path[64];
	int fd = open(OK "/gone", O_CREAT | O_RDWR, 0600);

	if (fd < 0 || unlink(OK "/gone") < 0)
		return 255;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return attack_open(path, O_RDWR);
}

static int by_new_mount_namespace(void)
{
	if (unshare(CLONE_NEWNS) < 0)
		return errno;
	return attack_open(NO "/f", O_RDONLY);
}

static int allowed_in_new_mount_namespace(void)
{
	if (unshare(CLONE_NEWNS) < 0)
		return errno;
	return attack_open(OK "/f", O_RDWR);
}

/* A file system that is mounted nowhere. */
static int by_floating_mount(void)
{
	int fs = (int)syscall(SYS_fsopen, "tmpfs", 0);
	int mnt;

	if (fs < 0 ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return errno;
	mnt = (int)syscall(SYS_fsmount, fs, 0, 0);
	if (mnt < 0)
		return errno;
	if (mkdirat(mnt, "d", 0755) == 0)
		return 0;
	return attack_result(openat(mnt, "f", O_CREAT | O_RDWR, 0644));
}

static int by_reconfiguring(void)
{
	int fs = (int)syscall(SYS_fspick, AT_FDCWD, "/tmp/bind", 0);

	if (fs < 0)
		return 255;
	return attack_result(
	    syscall(SYS_fsconfig, fs, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0));
}

static int by_mount_attributes(void)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NOATIME };

	return attack_result(syscall(SYS_mount_setattr, AT_FDCWD, "/tmp/bind",
				     0, &attr, sizeof(attr)));
}

static int by_new_user_namespace(void)
{
	return attack_result(unshare(CLONE_NEWUSER));
}

static int by_descriptor_of_child(void)
{
	int fd, r;
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			(void)pause();
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	r = attack_result(syscall(SYS_pidfd_getfd, fd, pipe_fd, 0));
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	return r;
}

static int receive(enum gift gift, int mode)
{
	int fd = take(gift);

	if (fd < 0)
		return errno;
	return (fcntl(fd, F_GETFL) & O_ACCMODE) == mode ? 0 : 255;
}

static int receiving_forbidden(void)
{
	return receive(GIFT_FORBIDDEN, O_RDONLY);
}

static int receiving_for_writing(void)
{
	return receive(GIFT_WRITABLE, O_RDWR);
}

static int receiving_for_reading(void)
{
	return receive(GIFT_READABLE, O_RDONLY);
}

static int receiving_a_pipe(void)
{
	return receive(GIFT_PIPE, O_WRONLY);
}

/* It can be held, and nothing else. */
static int receiving_a_path(void)
{
	char path[64];
	int fd = take(GIFT_PATH);

	if (fd < 0)
		return 255;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return attack_open(path, O_RDONLY);
}

static int receiving_a_directory(void)
{
	int fd = take(GIFT_DIRECTORY);

	return fd < 0 ? 255 : attack_result(openat(fd, "f", O_RDONLY));
}

static int executing_a_memfd(void)
{
	char *argv[] = { (char *)"true", NULL };
	static char bytes[1 << 20];
	int from = open("/bin/true", O_RDONLY);
	int fd = memfd_create("program", 0);
	ssize_t n = read(from, bytes, sizeof(bytes));

	if (fd < 0 || n <= 0 || write(fd, bytes, (size_t)n) != n)
		return 255;
	(void)close(from);
	return attack_result(
	    syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH));
}

/* The copy is allowed, the way back is not. */
static int sending(void)
{
	int from = open("/etc/hosts", O_RDONLY);
	int to = open(OK "/spliced", O_CREAT | O_RDWR, 0644);
	off_t at = 0;

	if (from < 0 || to < 0 || sendfile(to, from, &at, 4) != 4)
		return 255;
	(void)close(to);
	to = open("/etc/hosts", O_RDWR);
	return to < 0 ? errno : 0;
}

static const struct attempt objects[] = {
	{ "overlay, forbidden", in_forbidden_overlay, EACCES },
	{ "below an overlay", below_an_overlay, EACCES },
	{ "overlay, allowed", in_allowed_overlay, 0 },
	{ "executing in an overlay", executing_in_overlay, EACCES },
	{ "renaming out of an overlay", renaming_in_overlay, EXDEV,
	  .records = ATTEMPT_ANY },
	{ "bind mount, forbidden", in_forbidden_bind, EACCES },
	{ "bind mount, allowed", in_allowed_bind, 0 },
	{ "fifo", by_fifo, EACCES },
	{ "mkfifo", by_making_a_fifo, EACCES },
	{ "invalid UTF-8, forbidden", by_invalid_name, EACCES },
	{ "invalid UTF-8, allowed", allowed_invalid_name, 0 },
	{ "listing", listing, EACCES },
	{ "deleted file of another", by_deleted_file, EACCES },
	{ "deleted file, allowed", allowed_deleted_file, 0 },
	{ "sendfile", sending, EACCES },
	{ "memfd", executing_a_memfd, 0 },
};

static const struct attempt gifts[] = {
	{ "received, forbidden", receiving_forbidden, EACCES },
	{ "received for writing", receiving_for_writing, EACCES },
	{ "received for reading", receiving_for_reading, 0 },
	{ "received pipe", receiving_a_pipe, 0 },
	{ "received O_PATH", receiving_a_path, EACCES },
	{ "received directory", receiving_a_directory, EACCES },
	{ "pidfd_getfd, own child", by_descriptor_of_child, 0 },
};

static const struct attempt spaces[] = {
	{ "new mount namespace", by_new_mount_namespace, EACCES, EPERM },
	{ "new mount namespace, allowed", allowed_in_new_mount_namespace, 0,
	  ATTEMPT_SKIP },
	{ "mount that floats", by_floating_mount, EACCES, EPERM, .records = 2 },
	{ "fsconfig", by_reconfiguring, EPERM, ATTEMPT_ANY },
	{ "mount_setattr", by_mount_attributes, EPERM, .records = 1 },
	{ "user namespace", by_new_user_namespace, EPERM },
};

static void mount_overlay(const char *at, const char *lower, const char *upper,
			  const char *work)
{
	char options[256];

	(void)mkdir(at, 0777);
	(void)mkdir(upper, 0777);
	(void)mkdir(work, 0777);
	kt_expect_ok(chmod(upper, 0777));
	(void)snprintf(options, sizeof(options),
		       "lowerdir=%s,upperdir=%s,workdir=%s", lower, upper,
		       work);
	kt_expect_ok(mount("overlay", at, "overlay", 0, options));
}

static void bind_mount(const char *from, const char *at)
{
	(void)mkdir(at, 0777);
	kt_expect_ok(mount(from, at, NULL, MS_BIND, NULL));
}

static void unmount_all(void *unused)
{
	static const char *const places[] = { MERGED_OK, MERGED_NO, NO "/bind",
					      "/tmp/bind" };

	(void)unused;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		(void)umount2(places[i], MNT_DETACH);
}

static void make_objects(void)
{
	static struct kt_result result;

	attack_make_tree();
	(void)mkdir(NO "/lower", 0777);
	kt_write_file(NO "/lower/f", "lower\n");
	kt_expect_ok(chmod(NO "/lower/f", 0666));
	kt_run(&result, "cp", "/bin/true", NO "/lower/true");
	kt_check_int(result.status, 0);
	kt_expect_ok(chmod(NO "/lower/true", 0755));
	kt_write_file(NO "/\xff\xfe\x80", "secret\n");
	(void)mkfifo(NO "/fifo", 0666);
	kt_load_module("overlay");
	kt_defer(unmount_all, NULL);
	mount_overlay(MERGED_OK, NO "/lower", "/tmp/upper1", "/tmp/work1");
	mount_overlay(MERGED_NO, NO "/lower", "/tmp/upper2", "/tmp/work2");
	bind_mount(NO "/lower", "/tmp/bind");
	bind_mount(OK, NO "/bind");
	deleted_fd = (int)kt_expect_ok(
	    open(NO "/deleted", O_CREAT | O_RDWR | O_CLOEXEC, 0666));
	kt_expect_ok(unlink(NO "/deleted"));
}

static void objects_are_refused(void)
{
	make_objects();
	attack_run(objects, sizeof(objects) / sizeof(objects[0]));
}

static void gifts_are_opened_anew(void)
{
	int fds[2];

	attack_make_tree();
	kt_expect_ok(pipe(fds));
	pipe_fd = fds[0];
	give(GIFT_FORBIDDEN, (int)kt_expect_ok(open("/etc/shadow", O_RDONLY)));
	give(GIFT_WRITABLE, (int)kt_expect_ok(open("/etc/hosts", O_RDWR)));
	give(GIFT_READABLE, (int)kt_expect_ok(open("/etc/hosts", O_RDONLY)));
	give(GIFT_PIPE, fds[1]);
	give(GIFT_PATH, (int)kt_expect_ok(open(NO "/f", O_PATH)));
	give(GIFT_DIRECTORY, (int)kt_expect_ok(open(NO, O_PATH | O_DIRECTORY)));
	attack_run(gifts, sizeof(gifts) / sizeof(gifts[0]));
}

static void namespaces_do_not_help(void)
{
	attack_make_tree();
	kt_defer(unmount_all, NULL);
	bind_mount(OK, "/tmp/bind");
	attack_run(spaces, sizeof(spaces) / sizeof(spaces[0]));
}

static const struct kt_test tests[] = {
	KT_TEST_FOR(objects_are_refused, 60),
	KT_TEST_FOR(gifts_are_opened_anew, 60),
	KT_TEST_FOR(namespaces_do_not_help, 60),
};

KT_MAIN(tests)
