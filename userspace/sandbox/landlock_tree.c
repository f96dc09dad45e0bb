// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/landlock_plan.h"

static int open_no_links(const char *path, uint64_t flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC | O_NOFOLLOW,
		.resolve = RESOLVE_NO_SYMLINKS,
	};
	long fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* d_type, or stat(2) where the file system does not fill it in. */
static unsigned char type_of(DIR *dir, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type;
	if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return DT_UNKNOWN;
	return IFTODT(st.st_mode);
}

static void own(void *ctx, char *path, size_t size)
{
	(void)ctx;
	(void)snprintf(path, size, "/proc/%d", getpid());
}

/* Of all processes only this one: the others are not the command's, and those
 * that will be are not there yet.
 */
static bool is_foreign(const char *name, const char *own_path)
{
	return isdigit((unsigned char)name[0]) &&
	       strcmp(own_path + strlen("/proc/"), name) != 0;
}

static int list(void *ctx, const char *path,
		int (*each)(void *arg, const char *name, bool is_directory),
		void *arg)
{
	_cleanup_closedir_ DIR *dir = NULL;
	bool is_proc = strcmp(path, "/proc") == 0;
	struct dirent *entry;
	char own_path[64];
	int fd;
	int r = 0;

	own(ctx, own_path, sizeof(own_path));
	fd = open_no_links(path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir) {
		r = -errno;
		(void)close(fd);
		return r;
	}
	while (r == 0) {
		unsigned char type;

		errno = 0;
		entry = readdir(dir);
		if (!entry)
			return -errno;
		if (is_dots(entry->d_name) ||
		    (is_proc && is_foreign(entry->d_name, own_path)))
			continue;
		type = type_of(dir, entry);
		if (type != DT_LNK && type != DT_UNKNOWN)
			r = each(arg, entry->d_name, type == DT_DIR);
	}
	return r;
}

static enum attest_landlock_kind kind(void *ctx, const char *path)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	(void)ctx;
	fd = open_no_links(path, O_PATH);
	if (fd == -ENOENT || fd == -ENOTDIR)
		return ATTEST_LANDLOCK_MISSING;
	if (fd == -ELOOP)
		return ATTEST_LANDLOCK_SYMLINK;
	if (fd < 0 || fstat(fd, &st) < 0)
		return ATTEST_LANDLOCK_HIDDEN;
	if (S_ISLNK(st.st_mode))
		return ATTEST_LANDLOCK_SYMLINK;
	return S_ISDIR(st.st_mode) ? ATTEST_LANDLOCK_DIRECTORY
				   : ATTEST_LANDLOCK_FILE;
}

const struct attest_landlock_tree attest_landlock_system_tree = {
	.list = list,
	.kind = kind,
	.own = own,
};
