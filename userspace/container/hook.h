/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The state an OCI runtime hands to its hooks. Pure: text in.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "container/identify.h"
#include "policy/policy.h"

#define ATTEST_HOOK_STATE_MAX (1U << 20) /* bytes on standard input */
#define ATTEST_POLICY_NAME_MAX 255

struct attest_hook_state {
	char id[ATTEST_CONTAINER_ID_MAX];
	char status[16]; /* "creating", "created", "running", "stopped" */
	pid_t pid;	 /* as the runtime sees it */
	char bundle[4096];
	/* From annotations; "" where there is none. */
	char policy[ATTEST_POLICY_NAME_MAX + 1];
	char name[256];
	char image[512];
};

/**
 * Reads a state.
 *
 * Who creates containers writes the annotations: the policy's name is
 * refused unless it is 1..255 of [A-Za-z0-9_.-] and starts with neither '.'
 * nor '-', so it cannot leave the directory of policies. name and image are
 * for people only; what is too long is cut.
 *
 * @text: len bytes; need not end in NUL.
 *
 * Return: 0; -EINVAL (diag says what); -E2BIG past ATTEST_HOOK_STATE_MAX.
 * Source: OCI runtime specification 1.0.2, runtime.md "State".
 */
int attest_hook_state_parse(const char *text, size_t len,
			    struct attest_hook_state *ret_state,
			    struct attest_diag *reterr_diag);

/* What the engine must confine. */
struct attest_hook_target {
	struct attest_hook_state state;
	int pidfd; /* of state.pid; the caller closes it */
	char cgroup[ATTEST_CGROUP_PATH_MAX]; /* v2, "" if there is none */
	uint64_t cgroup_id;		     /* 0: the root or none */
	struct attest_container_id container;
};

/**
 * Reads the state on a descriptor and finds the process and its cgroup.
 *
 * At createRuntime the process is the runtime's own: it still mounts and
 * pivots. Confinement has to begin at its next execve(2).
 *
 * Return: 0; -EINVAL; -E2BIG; -ESRCH the process is gone; -errno.
 */
int attest_hook_read(int fd, struct attest_hook_target *ret_target,
		     struct attest_diag *reterr_diag);
