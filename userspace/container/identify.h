/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which container a process or a control group belongs to. Pure: text in;
 * identify_system.c reads the system.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ATTEST_CGROUP_PATH_MAX 4096
#define ATTEST_CONTAINER_ID_MAX 256

struct attest_container_id {
	char id[ATTEST_CONTAINER_ID_MAX];
	/* "podman", "docker", "containerd", "cri-o", "lxc", "nspawn",
	 * "attest", "crun", "runc"; "oci": a pod's, runtime not in the path.
	 */
	const char *runtime; /* static */
	char pod[64];	     /* Kubernetes' pod uid, or "" */
};

/**
 * Finds the innermost container in a cgroup's path. conmon's own scopes are
 * the host's, not a container's.
 *
 * Return: 0; -ENOENT the path names no container; -E2BIG.
 */
int attest_container_from_cgroup(const char *path, size_t len,
				 struct attest_container_id *ret_id);

/**
 * Reads the text of /proc/PID/cgroup.
 *
 * @ret_v2:   path in the cgroup v2 hierarchy, "" if there is none.
 * @ret_best: where the container is named: v2, or on hybrid hosts any v1
 *            hierarchy; the v2 path when none names one.
 *
 * Return: 0; -EINVAL not such a text; -E2BIG.
 */
int attest_cgroup_parse(const char *text, char ret_v2[ATTEST_CGROUP_PATH_MAX],
			char ret_best[ATTEST_CGROUP_PATH_MAX]);
