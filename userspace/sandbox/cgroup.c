// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <mntent.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/str.h"
#include "sandbox/cgroup.h"

#define TEXT_MAX (64 << 10)
#define PREFIX "attest-run-"
#define CPU_PERIOD_US 100000
/* A killed cgroup is empty within milliseconds; 2 s is for a stuck disk. */
#define EMPTY_POLLS 200
#define EMPTY_POLL_MS 10

static int fail(int error, char *reason, size_t size, const char *text)
{
	(void)snprintf(reason, size, "%s", text);
	return error;
}

static void mntent_done(FILE **f)
{
	if (*f)
		(void)endmntent(*f);
}

/* Where cgroup v2 is mounted; on hybrid machines not at /sys/fs/cgroup. */
static int find_mount(char **ret)
{
	_cleanup_(mntent_done) FILE *f = setmntent("/proc/self/mounts", "re");
	struct mntent *entry;

	if (!f)
		return -errno;
	while ((entry = getmntent(f)))
		if (strcmp(entry->mnt_type, "cgroup2") == 0) {
			*ret = strdup(entry->mnt_dir);
			return *ret ? 0 : -ENOMEM;
		}
	return -ENOENT;
}

/* The caller's own cgroup, "/" for the root. */
static int find_own(char **ret)
{
	_cleanup_free_ char *text = NULL;
	const char *line;
	int r;

	r = attest_read_file("/proc/self/cgroup", TEXT_MAX, &text, NULL);
	if (r < 0)
		return r;
	line = attest_has_prefix(text, "0::") ? text : strstr(text, "\n0::");
	if (!line)
		return -ENOENT;
	line = strchr(line, '/');
	*ret = strndup(line, strcspn(line, "\n"));
	return *ret ? 0 : -ENOMEM;
}

static int write_file(const char *dir, const char *name, const char *value)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = -1;

	if (asprintf(&path, "%s/%s", dir, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return attest_write_all(fd, value, strlen(value));
}

static int write_number(const char *dir, const char *name, uint64_t value)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%" PRIu64, value);
	return write_file(dir, name, text);
}

static int set_limits(const char *path,
		      const struct attest_cgroup_limits *limits)
{
	char text[64];
	int r = 0;

	if (limits->memory_bytes)
		r = write_number(path, "memory.max", limits->memory_bytes);
	if (r == 0 && limits->memory_bytes)
		r = write_file(path, "memory.oom.group", "1");
	/* Without swap the limit is what it says. Absent: no swap account. */
	if (r == 0 && limits->memory_bytes) {
		r = write_file(path, "memory.swap.max", "0");
		r = r == -ENOENT ? 0 : r;
	}
	if (r == 0 && limits->processes)
		r = write_number(path, "pids.max", limits->processes);
	if (r == 0 && limits->cpu_percent) {
		(void)snprintf(text, sizeof(text), "%" PRIu64 " %d",
			       limits->cpu_percent * CPU_PERIOD_US / 100,
			       CPU_PERIOD_US);
		r = write_file(path, "cpu.max", text);
	}
	return r;
}

/* Asks the parent to hand down what is needed; may be done already. */
static int need_controllers(const char *parent,
			    const struct attest_cgroup_limits *limits)
{
	const struct {
		const char *name;
		const char *enable;
		bool needed;
	} all[] = {
		{ "memory", "+memory", limits->memory_bytes },
		{ "pids", "+pids", limits->processes },
		{ "cpu", "+cpu", limits->cpu_percent },
	};
	_cleanup_free_ char *path = NULL;
	_cleanup_free_ char *text = NULL;

	if (asprintf(&path, "%s/cgroup.controllers", parent) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (attest_read_file(path, TEXT_MAX, &text, NULL) < 0)
		return -ENOTSUP;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		char *save;
		char *copy;
		char *word;
		bool found = false;

		if (!all[i].needed)
			continue;
		copy = strdup(text);
		if (!copy)
			return -ENOMEM;
		for (word = strtok_r(copy, " \n", &save); word;
		     word = strtok_r(NULL, " \n", &save))
			found |= strcmp(word, all[i].name) == 0;
		free(copy);
		if (!found)
			return -ENOTSUP;
		(void)write_file(parent, "cgroup.subtree_control",
				 all[i].enable);
	}
	return 0;
}

/* What a killed caller left; it is empty, or rmdir(2) leaves it alone. */
static void sweep(const char *parent)
{
	_cleanup_closedir_ DIR *dir = opendir(parent);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		pid_t pid;

		if (!attest_has_prefix(entry->d_name, PREFIX))
			continue;
		pid = (pid_t)strtol(entry->d_name + strlen(PREFIX), NULL, 10);
		if (pid > 0 && kill(pid, 0) < 0 && errno == ESRCH)
			(void)unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
	}
}

static int make_in(const char *parent,
		   const struct attest_cgroup_limits *limits,
		   struct attest_cgroup *cgroup)
{
	int r;

	sweep(parent);
	if (asprintf(&cgroup->path, "%s/" PREFIX "%d-%lx", parent, getpid(),
		     (unsigned long)random()) < 0) {
		cgroup->path = NULL;
		return -ENOMEM;
	}
	if (mkdir(cgroup->path, 0755) < 0) {
		r = -errno;
		free(cgroup->path);
		cgroup->path = NULL;
		return r;
	}
	r = set_limits(cgroup->path, limits);
	if (r < 0)
		return r;
	cgroup->fd = open(cgroup->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return cgroup->fd < 0 ? -errno : 0;
}

int attest_cgroup_make(const struct attest_cgroup_limits *limits,
		       struct attest_cgroup *ret, char *reason, size_t size)
{
	_cleanup_(attest_cgroup_done) struct attest_cgroup cgroup =
	    ATTEST_CGROUP_NONE;
	_cleanup_free_ char *mount = NULL;
	_cleanup_free_ char *own = NULL;
	_cleanup_free_ char *parent = NULL;
	char *slash;
	int r;

	if (find_mount(&mount) < 0 || find_own(&own) < 0)
		return fail(-ENOTSUP, reason, size,
			    "cgroup v2 is not mounted: boot with "
			    "systemd.unified_cgroup_hierarchy=1");
	/* Processes and limits may not meet in one cgroup, so beside ours. */
	slash = strrchr(own, '/');
	*slash = '\0';
	if (asprintf(&parent, "%s%s", mount, own) < 0) {
		parent = NULL;
		return -ENOMEM;
	}
	r = need_controllers(parent, limits);
	if (r == -ENOTSUP)
		return fail(r, reason, size,
			    "the memory, pids and cpu controllers are not in "
			    "this cgroup v2 tree: boot with "
			    "systemd.unified_cgroup_hierarchy=1 (the machine "
			    "is in hybrid mode), or start through 'systemd-run "
			    "--user --scope -p Delegate=yes'");
	r = r ?: make_in(parent, limits, &cgroup);
	if (r == -EACCES || r == -EPERM || r == -ENOENT || r == -EROFS)
		return fail(r, reason, size,
			    "this cgroup is not delegated to us: run as root, "
			    "or through 'systemd-run --user --scope -p "
			    "Delegate=yes'");
	if (r < 0)
		return fail(r, reason, size, strerror(-r));
	*ret = cgroup;
	cgroup = ATTEST_CGROUP_NONE;
	return 0;
}

int attest_cgroup_enter(const struct attest_cgroup *cgroup, pid_t pid)
{
	return write_number(cgroup->path, "cgroup.procs", (uint64_t)pid);
}

static char *read_in(const struct attest_cgroup *cgroup, const char *file)
{
	_cleanup_free_ char *path = NULL;
	char *text = NULL;

	if (!cgroup->path || asprintf(&path, "%s/%s", cgroup->path, file) < 0) {
		path = NULL;
		return NULL;
	}
	if (attest_read_file(path, TEXT_MAX, &text, NULL) < 0)
		return NULL;
	return text;
}

uint64_t attest_cgroup_value(const struct attest_cgroup *cgroup,
			     const char *file)
{
	_cleanup_free_ char *text = read_in(cgroup, file);

	return text ? strtoull(text, NULL, 10) : 0;
}

uint64_t attest_cgroup_hits(const struct attest_cgroup *cgroup,
			    const char *file, const char *key)
{
	_cleanup_free_ char *text = read_in(cgroup, file);
	char name[64];
	const char *p;

	if (!text)
		return 0;
	(void)snprintf(name, sizeof(name), "%s ", key);
	for (p = text; *p; p += strcspn(p, "\n"), p += *p == '\n')
		if (attest_has_prefix(p, name))
			return strtoull(p + strlen(name), NULL, 10);
	return 0;
}

void attest_cgroup_done(struct attest_cgroup *cgroup)
{
	if (cgroup->path) {
		(void)write_file(cgroup->path, "cgroup.kill", "1");
		for (int i = 0; i < EMPTY_POLLS; i++) {
			if (rmdir(cgroup->path) == 0 || errno != EBUSY)
				break;
			(void)poll(NULL, 0, EMPTY_POLL_MS);
		}
	}
	attest_closep(&cgroup->fd);
	free(cgroup->path);
	*cgroup = ATTEST_CGROUP_NONE;
}
