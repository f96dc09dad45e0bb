// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/mounts.h"
#include "sandbox/rootfs_dev.h"

static const char *const devices[] = { "null",	 "zero",    "full",
				       "random", "urandom", "tty" };

static const struct {
	const char *name;
	const char *target;
} links[] = {
	{ "fd", "/proc/self/fd" },	 { "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" }, { "stderr", "/proc/self/fd/2" },
	{ "ptmx", "pts/ptmx" },
};

static int add_device(int dev, const char *name)
{
	_cleanup_close_ int node = -1;
	_cleanup_close_ int file = -1;
	char path[32];

	(void)snprintf(path, sizeof(path), "/dev/%s", name);
	node = attest_mount_clone(path);
	if (node == -ENOENT)
		return 0;
	if (node < 0)
		return node;
	file = openat(dev, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (file < 0)
		return -errno;
	return attest_mount_attach(node, dev, name);
}

static int add_devpts(int dev)
{
	static const struct attest_mount_setting settings[] = {
		{ "ptmxmode", "0666" }, { "mode", "0620" }
	};
	_cleanup_close_ int pts = -1;

	if (mkdirat(dev, "pts", 0755) < 0)
		return -errno;
	pts = attest_mount_make("devpts", settings, ARRAY_SIZE(settings),
				MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
	return pts < 0 ? pts : attest_mount_attach(pts, dev, "pts");
}

static int add_shm(int dev)
{
	_cleanup_close_ int shm = -1;

	if (mkdirat(dev, "shm", 0755) < 0)
		return -errno;
	shm = attest_mount_tmpfs("64m", "1777", ATTEST_MOUNT_CLOSED);
	return shm < 0 ? shm : attest_mount_attach(shm, dev, "shm");
}

int attest_rootfs_dev(int root)
{
	_cleanup_close_ int dev = -1;
	int r;

	dev = attest_mount_tmpfs("64k", "0755",
				 MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
	if (dev < 0)
		return dev;
	r = attest_mount_attach(dev, root, "/dev");
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(devices); i++)
		r = add_device(dev, devices[i]);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(links); i++)
		if (symlinkat(links[i].target, dev, links[i].name) < 0)
			r = -errno;
	r = r ?: add_devpts(dev);
	r = r ?: add_shm(dev);
	return r ?: attest_mount_set(dev, MOUNT_ATTR_RDONLY, false);
}
