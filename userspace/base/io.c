// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"

int attest_read_fd(int fd, size_t max, char **ret_data, size_t *ret_len)
{
	_cleanup_free_ char *data = NULL;
	size_t size = 0;
	size_t len = 0;

	for (;;) {
		ssize_t n;

		if (size - len < 2) {
			char *p;

			if (len > max)
				return -E2BIG;
			size = size ? size * 2 : 4096;
			p = realloc(data, size);
			if (!p)
				return -ENOMEM;
			data = p;
		}
		n = read(fd, data + len, size - len - 1);
		if (n < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (n == 0)
			break;
		len += (size_t)n;
	}
	if (len > max)
		return -E2BIG;
	data[len] = '\0';
	*ret_data = TAKE_PTR(data);
	if (ret_len)
		*ret_len = len;
	return 0;
}

int attest_read_file(const char *path, size_t max, char **ret_data,
		     size_t *ret_len)
{
	_cleanup_close_ int fd = -1;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	return attest_read_fd(fd, max, ret_data, ret_len);
}

int attest_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* The directory of a path, for O_TMPFILE. */
static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static int fill(int fd, const void *data, size_t len, mode_t mode)
{
	int r = attest_write_all(fd, data, len);

	if (r >= 0 && fchmod(fd, mode) < 0)
		r = -errno;
	if (r >= 0 && fsync(fd) < 0)
		r = -errno;
	return r;
}

/* A file without a name until it is whole: whoever is killed meanwhile leaves
 * nothing. Return: 0, temp exists; -EOPNOTSUPP not possible here.
 */
static int write_nameless(const char *path, char *temp, const void *data,
			  size_t len, mode_t mode)
{
	_cleanup_free_ char *dir = directory_of(path);
	_cleanup_close_ int fd = -1;
	char link[64];
	int r;

	if (!dir)
		return -ENOMEM;
	fd = open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return -EOPNOTSUPP;
	r = fill(fd, data, len, mode);
	if (r < 0)
		return r;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	/* A name that is taken already makes linkat(2) fail. */
	(void)snprintf(temp + strlen(path), strlen(".XXXXXX") + 1, ".%06x",
		       (unsigned int)getpid() & 0xffffff);
	if (linkat(AT_FDCWD, link, AT_FDCWD, temp, AT_SYMLINK_FOLLOW) < 0)
		return -EOPNOTSUPP;
	return 0;
}

static int write_named(const char *path, char *temp, const void *data,
		       size_t len, mode_t mode)
{
	_cleanup_close_ int fd = -1;
	int r;

	(void)strcpy(temp + strlen(path), ".XXXXXX");
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = fill(fd, data, len, mode);
	if (r < 0)
		(void)unlink(temp);
	return r;
}

int attest_write_file_atomic(const char *path, const void *data, size_t len,
			     mode_t mode)
{
	_cleanup_free_ char *temp = NULL;
	struct stat st;
	int r;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
		mode = st.st_mode & 0777;

	if (asprintf(&temp, "%s.XXXXXX", path) < 0) {
		temp = NULL;
		return -ENOMEM;
	}
	r = write_nameless(path, temp, data, len, mode);
	if (r == -EOPNOTSUPP)
		r = write_named(path, temp, data, len, mode);
	if (r < 0)
		return r;
	if (rename(temp, path) < 0) {
		r = -errno;
		(void)unlink(temp);
	}
	return r;
}
