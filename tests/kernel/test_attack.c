// SPDX-License-Identifier: Apache-2.0
/**
 * Ways around the paths of a policy: other names, other ways to open, to
 * change and to execute. As root, so that only the policy is in the way.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack.h"
#include "kt.h"

static int by_symlink(void)
{
	if (symlink(NO "/f", OK "/symlink") < 0)
		return 255;
	return attack_open(OK "/symlink", O_RDONLY);
}

static int by_hard_link(void)
{
	return attack_result(link(NO "/f", OK "/hard"));
}

static int by_renamed_parent(void)
{
	return attack_result(rename("/tmp/p", "/tmp/q"));
}

static int by_exchange(void)
{
	return attack_result(renameat2(AT_FDCWD, "/tmp/p", AT_FDCWD, OK "/dir",
				       RENAME_EXCHANGE));
}

static int by_exchange_reversed(void)
{
	return attack_result(renameat2(AT_FDCWD, OK "/dir", AT_FDCWD, "/tmp/p",
				       RENAME_EXCHANGE));
}

static int by_proc_root(void)
{
	return attack_open("/proc/self/root" NO "/f", O_RDONLY);
}

static int by_init_root(void)
{
	return attack_open("/proc/1/root/etc/shadow", O_RDONLY);
}

static int by_working_directory(void)
{
	if (chdir(NO) < 0)
		return errno;
	return attack_open("/proc/self/cwd/f", O_RDONLY);
}

static int by_path_descriptor(void)
{
	char path[64];
	int fd = open(NO "/f", O_PATH);

	if (fd < 0)
		return errno;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return attack_open(path, O_RDONLY);
}

static int by_reopening_for_writing(void)
{
	char path[64];
	int fd = open("/etc/hosts", O_RDONLY);

	if (fd < 0)
		return 255;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return attack_open(path, O_RDWR);
}

static int by_handle(void)
{
	union {
		struct file_handle h;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .h.handle_bytes = MAX_HANDLE_SZ };
	int mount_id, fd = open("/tmp", O_RDONLY | O_DIRECTORY);

	if (fd < 0 ||
	    name_to_handle_at(AT_FDCWD, NO "/f", &u.h, &mount_id, 0) < 0)
		return 255;
	return attack_result(open_by_handle_at(fd, &u.h, O_RDONLY));
}

static int by_truncate(void)
{
	return attack_result(truncate("/etc/hosts", 0));
}

static int by_reading_and_truncating(void)
{
	return attack_open("/etc/hosts", O_RDONLY | O_TRUNC);
}

/* Mode 3 is for ioctl alone: neither reads nor writes. */
static int by_truncating_for_ioctl(void)
{
	return attack_open("/etc/hosts", O_ACCMODE | O_TRUNC);
}

static int by_chmod(void)
{
	return attack_result(chmod("/etc/hosts", 0777));
}

static int by_fchmod(void)
{
	int fd = open("/etc/hosts", O_RDONLY);

	return fd < 0 ? 255 : attack_result(fchmod(fd, 0777));
}

static int by_chown(void)
{
	return attack_result(lchown("/etc/hosts", 1, 1));
}

static int by_unnamed_file(void)
{
	return attack_open(NO, O_TMPFILE | O_RDWR);
}

static int by_naming_an_unnamed_file(void)
{
	char path[64];
	int fd = open(OK, O_TMPFILE | O_RDWR, 0644);

	if (fd < 0)
		return 255;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return attack_result(
	    linkat(AT_FDCWD, path, AT_FDCWD, NO "/new", AT_SYMLINK_FOLLOW));
}

static int by_device_node(void)
{
	return attack_result(mknod(OK "/mem", S_IFCHR | 0600, 0x101));
}

static int by_disk_node(void)
{
	return attack_result(mknod(OK "/disk", S_IFBLK | 0600, 0x800));
}

/* Nothing listens: who may ask learns that, who may not is refused. */
static int ask_socket(const char *path, int type)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type, 0);

	(void)strcpy(to.sun_path, path);
	if (fd < 0)
		return 255;
	if (type == SOCK_DGRAM)
		return attack_result(
		    sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)));
	return attack_result(connect(fd, (struct sockaddr *)&to, sizeof(to)));
}

static int by_socket(void)
{
	return ask_socket(NO "/stream", SOCK_STREAM);
}

static int by_datagram(void)
{
	return ask_socket(NO "/dgram", SOCK_DGRAM);
}

static int allowed_socket(void)
{
	return ask_socket(OK "/stream", SOCK_STREAM);
}

static int allowed_datagram(void)
{
	return ask_socket(OK "/dgram", SOCK_DGRAM);
}

static int allowed_write(void)
{
	return attack_open(OK "/f", O_RDWR | O_TRUNC);
}

static int newline_forbidden(void)
{
	return attack_open(NO "/a\nb", O_RDONLY);
}

static int newline_allowed(void)
{
	return attack_open(OK "/a\nb", O_RDWR | O_CREAT);
}

/* As /dev/stdout is when output goes to a pipe. */
static int allowed_pipe(void)
{
	char path[64];
	int fds[2];

	if (pipe(fds) < 0)
		return 255;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[1]);
	return attack_open(path, O_WRONLY);
}

static const struct attempt names[] = {
	{ "symlink", by_symlink, EACCES },
	{ "hard link", by_hard_link, EACCES },
	{ "renamed parent", by_renamed_parent, EACCES },
	{ "exchange", by_exchange, EACCES },
	{ "exchange, reversed", by_exchange_reversed, EACCES },
	{ "/proc/self/root", by_proc_root, EACCES },
	{ "/proc/1/root", by_init_root, EACCES },
	{ "/proc/self/cwd", by_working_directory, EACCES },
	{ "O_PATH descriptor", by_path_descriptor, EACCES },
	{ "reopening for writing", by_reopening_for_writing, EACCES },
	{ "file handle", by_handle, EACCES, ATTEMPT_ANY },
	{ "O_TMPFILE", by_unnamed_file, EACCES },
	{ "naming O_TMPFILE", by_naming_an_unnamed_file, EACCES },
	{ "newline, forbidden", newline_forbidden, EACCES },
	{ "newline, allowed", newline_allowed, 0 },
	{ "pipe, allowed", allowed_pipe, 0 },
};

static const struct attempt changes[] = {
	{ "truncate", by_truncate, EACCES },
	{ "O_RDONLY | O_TRUNC", by_reading_and_truncating, EACCES },
	{ "mode 3 | O_TRUNC", by_truncating_for_ioctl, EACCES },
	{ "chmod", by_chmod, EACCES },
	{ "fchmod", by_fchmod, EACCES },
	{ "chown", by_chown, EACCES },
	{ "device node", by_device_node, EPERM },
	{ "disk node", by_disk_node, EPERM },
	{ "socket, forbidden", by_socket, EACCES },
	{ "datagram, forbidden", by_datagram, EACCES },
	{ "socket, allowed", allowed_socket, 0 },
	{ "datagram, allowed", allowed_datagram, 0 },
	{ "write, allowed", allowed_write, 0 },
};

static void other_names_are_refused(void)
{
	(void)mkdir(NO, 0755);
	kt_write_file(NO "/a\nb", "secret\n");
	attack_run(names, sizeof(names) / sizeof(names[0]));
}

static void other_ways_to_change_are_refused(void)
{
	struct stat st;

	attack_make_tree();
	attack_listen(NO "/stream", SOCK_STREAM);
	attack_listen(NO "/dgram", SOCK_DGRAM);
	attack_listen(OK "/stream", SOCK_STREAM);
	attack_listen(OK "/dgram", SOCK_DGRAM);
	attack_run(changes, sizeof(changes) / sizeof(changes[0]));
	kt_expect_ok(stat("/etc/hosts", &st));
	kt_check(st.st_size > 0);
}

static const struct kt_test tests[] = {
	KT_TEST_FOR(other_names_are_refused, 60),
	KT_TEST_FOR(other_ways_to_change_are_refused, 60),
};

KT_MAIN(tests)
