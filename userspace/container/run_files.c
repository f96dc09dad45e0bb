// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "container/bundle.h"
#include "container/hooks_dir.h"
#include "container/profile_json.h"
#include "container/run_files.h"

/* Nobody else reads there yet: no need to be atomic or on the disk. */
static int write_text(const char *dir, const char *name, const char *text)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = -1;

	if (asprintf(&path, "%s/%s", dir, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	return attest_write_all(fd, text, strlen(text));
}

static int write_hook(const struct attest_runtime_options *options,
		      const char *dir, struct attest_diag *diag)
{
	_cleanup_free_ char *path = NULL;
	const struct attest_hooks_options hooks = {
		.hook_path = options->hook_path,
		.hook_args = options->hook_args,
	};
	int r;

	if (asprintf(&path, "%s/%s", dir, ATTEST_RUN_HOOKS) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (mkdir(path, 0700) < 0)
		return -errno;
	r = attest_container_hooks_install_in(&hooks, path);
	if (r < 0)
		return attest_profile_fail(diag, r, "cannot write the hook");
	return 0;
}

static unsigned int kernel_version(void)
{
	struct utsname name;
	unsigned int major = 0;
	unsigned int minor = 0;

	if (uname(&name) < 0 ||
	    sscanf(name.release, "%3u.%3u", &major, &minor) != 2)
		return 0;
	return major << 8 | (minor & 0xff);
}

static int write_bundle(const struct attest_runtime_options *options,
			const char *dir, struct attest_diag *diag)
{
	_cleanup_free_ char *text = NULL;
	unsigned int uid = 0;
	unsigned int gid = 0;
	int r;

	/* Names would have to be looked up inside the root filesystem. */
	if (options->user && sscanf(options->user, "%u:%u", &uid, &gid) < 1)
		return attest_profile_fail(diag, -EINVAL,
					   "crun and runc take a user as "
					   "UID[:GID]");
	r = attest_container_bundle(options, uid, gid, kernel_version(), &text,
				    diag);
	if (r < 0)
		return r;
	return write_text(dir, ATTEST_RUN_CONFIG, text);
}

int attest_run_files_write(const struct attest_runtime_options *options,
			   const char *dir, struct attest_diag *reterr_diag)
{
	int r;

	if (attest_runtime_is_low_level(options->runtime))
		return write_bundle(options, dir, reterr_diag);
	if (options->profile) {
		r = write_text(dir, ATTEST_RUN_PROFILE, options->profile);
		if (r < 0)
			return r;
	}
	if (options->hook_path && options->runtime == ATTEST_RUNTIME_PODMAN)
		return write_hook(options, dir, reterr_diag);
	return 0;
}

int attest_find_program(const char *name, char **ret_path)
{
	const char *path = getenv("PATH");
	_cleanup_free_ char *copy = NULL;
	char *save = NULL;

	/* sudo and cron may leave out the directories of runc. */
	if (asprintf(&copy, "%s:/usr/sbin:/usr/bin:/sbin:/bin",
		     path ? path : "/usr/local/bin") < 0) {
		copy = NULL;
		return -ENOMEM;
	}
	for (char *dir = strtok_r(copy, ":", &save); dir;
	     dir = strtok_r(NULL, ":", &save)) {
		_cleanup_free_ char *full = NULL;
		struct stat st;

		if (dir[0] != '/')
			continue;
		if (asprintf(&full, "%s/%s", dir, name) < 0) {
			full = NULL;
			return -ENOMEM;
		}
		if (stat(full, &st) == 0 && S_ISREG(st.st_mode) &&
		    access(full, X_OK) == 0) {
			*ret_path = TAKE_PTR(full);
			return 0;
		}
	}
	return -ENOENT;
}
