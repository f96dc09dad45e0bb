/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Containers as the running system knows them.
 */
#pragma once

#include <sys/types.h>

#include "container/identify.h"
#include "container/runtime.h"

/**
 * The container and control group of a process.
 *
 * @ret_v2: its cgroup v2 path, "" if there is no such hierarchy.
 *
 * Return: 0; -ENOENT it is in no container (ret_v2 is set all the same);
 *         -ESRCH; -errno.
 */
int attest_container_of_pid(pid_t pid, struct attest_container_id *ret_id,
			    char ret_v2[ATTEST_CGROUP_PATH_MAX]);

/**
 * A cgroup's id, as bpf_get_current_cgroup_id() gives it.
 *
 * @path: in the hierarchy, "/a/b", as /proc/PID/cgroup has it.
 *
 * Return: 0; -ENOENT no cgroup v2 is mounted or it has no such group.
 */
int attest_cgroup_v2_id(const char *path, uint64_t *ret_id);

/** The directory of a cgroup v2 path. 0; -ENOENT; -ENAMETOOLONG; -errno. */
int attest_cgroup_v2_dir(const char *path, char ret_dir[ATTEST_CGROUP_DIR_MAX]);

/** A running container. */
struct attest_container_info {
	char id[ATTEST_CONTAINER_ID_MAX];
	char name[256];	 /* "" if unknown */
	char image[512]; /* "" if unknown */
	const char *runtime;
	pid_t pid;
	char cgroup[ATTEST_CGROUP_PATH_MAX]; /* v2, "" if there is none */
	uint64_t cgroup_id;		     /* 0: the root or none */
};

/**
 * Finds a running container by id, prefix of an id, or name: asks podman and
 * docker, then reads the state directories of runc and crun.
 *
 * @options: global_args and runtime_path for the one in .runtime; NULL: the
 *           defaults, any runtime.
 *
 * Return: 0; -EINVAL no such name can exist; -ENOENT; -ESRCH it does not
 *         run; -errno.
 */
int attest_container_find(const struct attest_runtime_options *options,
			  const char *name,
			  struct attest_container_info *ret_info);

/** Reads what `podman inspect` or `docker inspect` print. Pure. 0; -EINVAL;
 *  -ENOENT an empty list; -ESRCH it does not run. */
int attest_container_parse_inspect(const char *text, size_t len,
				   struct attest_container_info *ret_info);

/** Reads runc's state.json or crun's status. Pure. 0; -EINVAL. */
int attest_container_parse_state(const char *text, size_t len, pid_t *ret_pid);
