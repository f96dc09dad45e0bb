// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "container/hook.h"
#include "container/identify_system.h"
#include "container/profile_json.h"

#define PROC_MAX 65536
#define MOUNTS_MAX (4U << 20)

int attest_container_of_pid(pid_t pid, struct attest_container_id *ret_id,
			    char ret_v2[ATTEST_CGROUP_PATH_MAX])
{
	char best[ATTEST_CGROUP_PATH_MAX];
	_cleanup_free_ char *text = NULL;
	char path[64];
	int r;

	(void)snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	r = attest_read_file(path, PROC_MAX, &text, NULL);
	if (r < 0)
		return r == -ENOENT ? -ESRCH : r;
	r = attest_cgroup_parse(text, ret_v2, best);
	if (r < 0)
		return r;
	return attest_container_from_cgroup(best, strlen(best), ret_id);
}

/* "ID PARENT DEV ROOT POINT OPTIONS ... - TYPE SOURCE OPTIONS" */
static bool v2_mount(char *line, char *point, size_t size)
{
	char *type = strstr(line, " - ");
	char *save = NULL;
	char *field = NULL;

	if (!type || strncmp(type + 3, "cgroup2 ", 8) != 0)
		return false;
	for (int i = 0; i < 5; i++) {
		field = strtok_r(i ? NULL : line, " ", &save);
		if (!field)
			return false;
	}
	return (size_t)snprintf(point, size, "%s", field) < size;
}

static int find_v2(char *point, size_t size)
{
	_cleanup_free_ char *text = NULL;
	char *save = NULL;
	int r;

	r = attest_read_file("/proc/self/mountinfo", MOUNTS_MAX, &text, NULL);
	if (r < 0)
		return r;
	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (v2_mount(line, point, size))
			return 0;
	}
	return -ENOENT;
}

int attest_cgroup_v2_dir(const char *path, char ret_dir[ATTEST_CGROUP_DIR_MAX])
{
	char point[ATTEST_CGROUP_PATH_MAX];
	int r;

	r = find_v2(point, sizeof(point));
	if (r < 0)
		return r;
	return snprintf(ret_dir, ATTEST_CGROUP_DIR_MAX, "%s%s", point, path) <
		       ATTEST_CGROUP_DIR_MAX
		   ? 0
		   : -ENAMETOOLONG;
}

/* The inode number of a kernfs directory is its id on 64-bit machines. */
int attest_cgroup_v2_id(const char *path, uint64_t *ret_id)
{
	char dir[ATTEST_CGROUP_DIR_MAX];
	struct stat st;
	int r;

	_Static_assert(sizeof(st.st_ino) == 8, "64-bit inode numbers");
	r = attest_cgroup_v2_dir(path, dir);
	if (r < 0)
		return r;
	if (stat(dir, &st) < 0)
		return -errno;
	*ret_id = st.st_ino;
	return 0;
}

int attest_hook_read(int fd, struct attest_hook_target *ret_target,
		     struct attest_diag *reterr_diag)
{
	struct attest_hook_target target = { .pidfd = -1 };
	_cleanup_close_ int pidfd = -1;
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r;

	memset(reterr_diag, 0, sizeof(*reterr_diag));
	r = attest_read_fd(fd, ATTEST_HOOK_STATE_MAX, &text, &len);
	if (r >= 0)
		r = attest_hook_state_parse(text, len, &target.state,
					    reterr_diag);
	if (r < 0)
		return r;
	pidfd = pidfd_open(target.state.pid, 0);
	if (pidfd < 0)
		return attest_profile_fail(reterr_diag, -errno,
					   "process %d of the container: %m",
					   target.state.pid);
	r = attest_container_of_pid(target.state.pid, &target.container,
				    target.cgroup);
	/* Any cgroup will do: runc's own have names of the caller's. */
	if (r < 0 && r != -ENOENT)
		return attest_profile_fail(reterr_diag, r,
					   "control group of process %d: %s",
					   target.state.pid, strerror(-r));
	/* The root group would confine the whole host. */
	if (target.cgroup[0] && strcmp(target.cgroup, "/") != 0)
		(void)attest_cgroup_v2_id(target.cgroup, &target.cgroup_id);
	target.pidfd = TAKE_FD(pidfd);
	*ret_target = target;
	return 0;
}
