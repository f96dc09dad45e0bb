// SPDX-License-Identifier: Apache-2.0
/**
 * A container's control group as a BPF subject.
 *
 * One that is being created is confined from its next execve(2) on: until
 * then its process is the runtime, which mounts and pivots.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "container/guard.h"
#include "engine/network.h"
#include "engine/session.h"

#define PASSES_MAX 1000 /* over the processes of a control group */
#define PROCS_MAX (1U << 20)
#define END_TRIES 200
#define END_PAUSE_NS 10000000L

/* Is path the control group that this process is in, or one above it? */
static bool is_ours(const char *path)
{
	char own[ATTEST_CGROUP_PATH_MAX] = "";
	struct attest_container_id id;
	size_t n = strlen(path);

	(void)attest_container_of_pid(getpid(), &id, own);
	return strncmp(own, path, n) == 0 && (own[n] == '/' || !own[n]);
}

/* A program that stays in our mount namespace would never be confined. */
static bool has_own_mounts(pid_t pid)
{
	struct stat own, its;
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	return stat("/proc/self/ns/mnt", &own) == 0 && stat(path, &its) == 0 &&
	       own.st_ino != its.st_ino;
}

static uint32_t trace_flags(const struct attest_session *s)
{
	return s->options->with_files ? ATTEST_SUBJECT_TRACE_FILES : 0;
}

static int confine(struct attest_session *s, uint64_t id)
{
	char dir[ATTEST_CGROUP_DIR_MAX];
	_cleanup_close_ int fd = -1;
	int r = attest_kern_subject_cgroup(
	    s->kern, id, &s->slot, trace_flags(s) | ATTEST_SUBJECT_AT_EXEC);

	if (r == 0 && s->bpf_state.has_group) {
		r = attest_cgroup_v2_dir(s->container.cgroup, dir);
		if (r == 0)
			fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (r == 0 && fd < 0)
			r = -errno;
	}
	if (r < 0)
		return attest_session_fail(s, r,
					   "cannot confine container '%.64s': "
					   "%s",
					   s->container.id, strerror(-r));
	return attest_session_network_confine(s, fd, (pid_t)s->container.pid);
}

static void take_names(struct attest_session *s,
		       const struct attest_hook_target *target)
{
	struct attest_container_info *c = &s->container;

	(void)snprintf(c->id, sizeof(c->id), "%s", target->state.id);
	if (!c->name[0])
		(void)snprintf(c->name, sizeof(c->name), "%s",
			       target->state.name);
	if (!c->image[0])
		(void)snprintf(c->image, sizeof(c->image), "%s",
			       target->state.image);
	if (!c->runtime)
		c->runtime = target->container.runtime;
	c->pid = target->state.pid;
	c->cgroup_id = target->cgroup_id;
	(void)snprintf(c->cgroup, sizeof(c->cgroup), "%s", target->cgroup);
}

int attest_session_created(struct attest_session *s,
			   const struct attest_hook_target *target)
{
	if (!target->cgroup_id || is_ours(target->cgroup))
		return attest_session_fail(
		    s, -EOPNOTSUPP,
		    "container '%.64s' has no control group (v2) of its own; "
		    "leave out --cgroups=disabled",
		    target->state.id);
	if (!has_own_mounts(target->state.pid))
		return attest_session_fail(s, -EOPNOTSUPP,
					   "container '%.64s' has no mount "
					   "namespace of its own",
					   target->state.id);
	take_names(s, target);
	return confine(s, target->cgroup_id);
}

/* Marks the processes that are in the group. The number of new ones. */
static int mark_present(struct attest_session *s, const char *dir)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_free_ char *text = NULL;
	char *save = NULL;
	int n = 0;
	int r;

	if (asprintf(&path, "%s/cgroup.procs", dir) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	r = attest_read_file(path, PROCS_MAX, &text, NULL);
	if (r < 0)
		return r;
	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		unsigned int marked = 0;

		r = attest_kern_subject_tree(s->kern,
					     (uint32_t)strtoul(line, NULL, 10),
					     &s->slot, trace_flags(s), &marked);
		if (r < 0 && r != -ESRCH) /* marked already, or gone */
			return r;
		n += r < 0 ? 0 : (int)marked;
	}
	return n;
}

/* Who enters later is a runtime's `exec` until it executes the command; who
 * is there is the container's, with all that it forks meanwhile.
 */
int attest_session_running(struct attest_session *s,
			   const struct attest_container_info *info)
{
	char dir[ATTEST_CGROUP_DIR_MAX];
	int n = 1;
	int r;

	if (is_ours(info->cgroup))
		return attest_session_fail(s, -EOPNOTSUPP,
					   "container '%.64s' has no control "
					   "group of its own",
					   info->id);
	s->container = *info;
	r = attest_cgroup_v2_dir(info->cgroup, dir);
	r = r ?: confine(s, info->cgroup_id);
	for (int i = 0; r == 0 && n > 0 && i < PASSES_MAX; i++) {
		n = mark_present(s, dir);
		r = n < 0 ? n : 0;
		s->result->n_tasks += n > 0 ? (unsigned int)n : 0;
	}
	if (r == 0 && n > 0)
		r = -EAGAIN;
	return r < 0 && !s->result->error[0]
		   ? attest_session_fail(s, r,
					 "cannot confine the processes of "
					 "container '%.64s': %s",
					 info->id, strerror(-r))
		   : r;
}

bool attest_session_container_lives(const struct attest_session *s)
{
	char dir[ATTEST_CGROUP_DIR_MAX];
	_cleanup_free_ char *path = NULL;
	_cleanup_free_ char *text = NULL;

	if (!s->container.cgroup_id ||
	    attest_cgroup_v2_dir(s->container.cgroup, dir) < 0)
		return false;
	if (asprintf(&path, "%s/cgroup.events", dir) < 0) {
		path = NULL;
		return true;
	}
	return attest_read_file(path, PROCS_MAX, &text, NULL) == 0 &&
	       strstr(text, "populated 1");
}

void attest_session_end_container(const struct attest_session *s)
{
	const struct timespec pause = { .tv_nsec = END_PAUSE_NS };
	char dir[ATTEST_CGROUP_DIR_MAX];

	if (!s->container.cgroup_id ||
	    attest_cgroup_v2_dir(s->container.cgroup, dir) < 0)
		return;
	for (int i = 0; i < END_TRIES && attest_session_container_lives(s);
	     i++) {
		(void)attest_cgroup_kill(dir);
		(void)nanosleep(&pause, NULL);
	}
}
