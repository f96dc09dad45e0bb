// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/mounts.h"

int attest_mount_open(int root, const char *path, uint64_t flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS,
	};
	long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

int attest_mount_attach(int mount_fd, int root, const char *path)
{
	_cleanup_close_ int at = -1;

	at = attest_mount_open(root, path, O_PATH);
	if (at < 0)
		return at;
	if (move_mount(mount_fd, "", at, "",
		       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return -errno;
	return 0;
}

int attest_mount_mkdirs(int root, const char *path)
{
	char part[PATH_MAX];
	size_t n = strlen(path);

	if (path[0] != '/' || n >= sizeof(part))
		return -ENAMETOOLONG;
	memcpy(part, path, n + 1);
	for (size_t i = 1; i <= n; i++) {
		_cleanup_close_ int parent = -1;
		char *name;

		if (path[i] != '/' && path[i] != '\0')
			continue;
		part[i] = '\0';
		name = strrchr(part, '/');
		*name = '\0';
		parent = attest_mount_open(root, part[0] ? part : "/", O_PATH);
		*name++ = '/';
		if (parent < 0)
			return parent;
		if (*name && mkdirat(parent, name, 0755) < 0 &&
		    errno != EEXIST && errno != EROFS)
			return -errno;
		part[i] = path[i];
	}
	return 0;
}

int attest_mount_make(const char *type,
		      const struct attest_mount_setting *settings, size_t n,
		      uint64_t attributes)
{
	_cleanup_close_ int fs = -1;
	int fd;

	fs = fsopen(type, FSOPEN_CLOEXEC);
	if (fs < 0)
		return -errno;
	for (size_t i = 0; i < n; i++)
		if (fsconfig(fs, FSCONFIG_SET_STRING, settings[i].key,
			     settings[i].value, 0) < 0)
			return -errno;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	fd = fsmount(fs, FSMOUNT_CLOEXEC, (unsigned int)attributes);
	return fd < 0 ? -errno : fd;
}

int attest_mount_tmpfs(const char *size, const char *mode, uint64_t attributes)
{
	const struct attest_mount_setting settings[] = { { "size", size },
							 { "mode", mode } };

	return attest_mount_make("tmpfs", settings, ARRAY_SIZE(settings),
				 attributes);
}

int attest_mount_set(int mount_fd, uint64_t attributes, bool recursive)
{
	struct mount_attr attr = { .attr_set = attributes };

	if (mount_setattr(mount_fd, "",
			  AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), &attr,
			  sizeof(attr)) < 0)
		return -errno;
	return 0;
}

int attest_mount_clone(const char *path)
{
	int fd = open_tree(AT_FDCWD, path,
			   OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	return fd < 0 ? -errno : fd;
}
