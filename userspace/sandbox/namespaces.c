// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/namespaces.h"

uint64_t attest_ns_flags(bool own_network)
{
	uint64_t flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |
			 CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

	return own_network ? flags | CLONE_NEWNET : flags;
}

static int write_text(const char *path, const char *text)
{
	_cleanup_close_ int fd = -1;
	size_t n = strlen(text);

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, n) != (ssize_t)n)
		return -errno;
	return 0;
}

static int write_map(pid_t pid, const char *file, unsigned int id, bool all)
{
	char path[64];
	char text[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	if (all)
		(void)snprintf(text, sizeof(text), "0 0 4294967295");
	else
		(void)snprintf(text, sizeof(text), "%u %u 1", id, id);
	return write_text(path, text);
}

int attest_ns_map_ids(pid_t pid)
{
	char path[64];
	int r;

	r = write_map(pid, "uid_map", geteuid(), true);
	if (r == 0)
		return write_map(pid, "gid_map", getegid(), true);
	/* Not root, or root of a namespace with fewer ids: our own only. The
	 * kernel wants setgroups(2) given up first.
	 */
	(void)snprintf(path, sizeof(path), "/proc/%d/setgroups", pid);
	r = write_text(path, "deny");
	if (r < 0)
		return r;
	r = write_map(pid, "uid_map", geteuid(), false);
	return r < 0 ? r : write_map(pid, "gid_map", getegid(), false);
}

const char *attest_ns_remedy(int error)
{
	switch (error) {
	case -EPERM:
	case -EACCES:
		return "user namespaces are not allowed here: set the sysctl "
		       "kernel.unprivileged_userns_clone=1 (Debian) or "
		       "kernel.apparmor_restrict_unprivileged_userns=0 "
		       "(Ubuntu), or run as root";
	case -ENOSPC:
		return "too many namespaces: raise the sysctl "
		       "user.max_user_namespaces";
	case -EINVAL:
		return "this kernel lacks a kind of namespace "
		       "(CONFIG_USER_NS, CONFIG_PID_NS, ...)";
	default:
		return "namespaces cannot be made";
	}
}

int attest_ns_loopback_up(void)
{
	_cleanup_close_ int fd = -1;
	struct ifreq request = { .ifr_name = "lo" };

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	return ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}

int attest_ns_forbid_more(void)
{
	/* All other kinds need CAP_SYS_ADMIN, which only a new user namespace
	 * could give. It has the whole user namespace as its scope.
	 */
	return write_text("/proc/sys/user/max_user_namespaces", "0");
}

int attest_caps_drop(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { { 0 }, { 0 } };

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return -errno;
	/* EINVAL: past the last capability of this kernel. */
	for (int cap = 0; cap < 64; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0) {
			if (errno == EINVAL)
				break;
			return -errno;
		}
	if (syscall(SYS_capset, &header, none) < 0)
		return -errno;
	return 0;
}
