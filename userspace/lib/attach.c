// SPDX-License-Identifier: Apache-2.0
/**
 * Subjects that run already.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "container/identify_system.h"
#include "lib/error.h"
#include "lib/sandbox.h"

/* A process that can be a subject: it exists and is no kernel thread. */
static int check_pid(uint32_t pid, struct attest_error *error)
{
	char path[64];
	char exe[8];

	if (kill((pid_t)pid, 0) < 0 && errno == ESRCH)
		return attest_error_set(error, -ESRCH, NULL,
					"there is no process %u", pid);
	(void)snprintf(path, sizeof(path), "/proc/%u/exe", pid);
	if (readlink(path, exe, sizeof(exe)) < 0 && errno == ENOENT)
		return attest_error_set(
		    error, -ESRCH, NULL,
		    "process %u has no program: it is a kernel thread, or has "
		    "ended",
		    pid);
	return 0;
}

static int find_container(const char *name, struct attest_container_info *info,
			  struct attest_error *error)
{
	int r = attest_container_find(NULL, name, info);

	if (r == -ENOENT)
		return attest_error_set(error, -ESRCH,
					"podman ps, docker ps or runc list "
					"have their names",
					"there is no container '%s'", name);
	if (r == -ESRCH)
		return attest_error_set(error, r, NULL,
					"container '%s' does not run", name);
	return r < 0 ? attest_error_set(error, r, NULL,
					"cannot find container '%s': %s", name,
					strerror(-r))
		     : 0;
}

static enum attest_subject_kind
kind_of(const struct attest_sandbox_target *target)
{
	if (target->container)
		return ATTEST_SUBJECT_CONTAINER;
	return target->cgroup ? ATTEST_SUBJECT_CGROUP_TREE : ATTEST_SUBJECT_PID;
}

static const char *kind_name(const struct attest_sandbox_target *target)
{
	if (target->container)
		return "container";
	return target->cgroup ? "cgroup" : "pid";
}

/* NULL: no memory. */
static char *name_of(const struct attest_sandbox_target *target)
{
	char *name = NULL;

	if (target->container || target->cgroup)
		return strdup(target->container ?: target->cgroup);
	return asprintf(&name, "pid %u", target->pid) < 0 ? NULL : name;
}

int attest_sandbox_attach(struct attest_sandbox *sandbox,
			  const struct attest_sandbox_target *target,
			  struct attest_sandbox_result *ret_result,
			  struct attest_error *reterr_error)
{
	struct attest_engine_options options =
	    attest_sandbox_engine_options(sandbox);
	struct attest_engine_subject subject = { 0 };
	struct attest_container_info container;
	int r;

	if (target->size != sizeof(*target) ||
	    !!target->pid + !!target->cgroup + !!target->container != 1)
		return attest_error_set(reterr_error, -EINVAL, NULL,
					"name one pid, cgroup or container");
	if (target->pid) {
		r = check_pid(target->pid, reterr_error);
		if (r < 0)
			return r;
	}
	if (target->container) {
		r = find_container(target->container, &container, reterr_error);
		if (r < 0)
			return r;
		subject.running = &container;
	}
	options.duration_ms = target->duration_ms;
	options.with_processes = target->trace;
	options.with_files = target->trace;
	options.calls = sandbox->has_calls ? &sandbox->calls : NULL;
	subject.kind = kind_of(target);
	subject.pid = target->pid;
	subject.cgroup = target->cgroup;
	r = attest_sandbox_start(sandbox, kind_name(target), name_of(target),
				 reterr_error);
	if (r < 0)
		return r;
	r = attest_engine_attach(&options, &subject, target->enforce,
				 &sandbox->result);
	return attest_sandbox_finish(sandbox, r, target->enforce, ret_result,
				     reterr_error);
}
