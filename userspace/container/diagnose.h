/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a runtime's failure means, and what to do about it.
 *
 * Pure. Source: messages of podman 4.3.1, docker 20.10 and 28.2, runc 1.1.5,
 * crun 1.8.1; SPEC.md, "Troubleshooting".
 */
#pragma once

#include "container/runtime.h"

enum attest_container_failure {
	ATTEST_FAILURE_NONE,
	ATTEST_FAILURE_RUNTIME_MISSING,
	ATTEST_FAILURE_LOW_RUNTIME_MISSING, /* the one below podman, docker */
	ATTEST_FAILURE_DAEMON_DOWN,
	ATTEST_FAILURE_DAEMON_DENIED,
	ATTEST_FAILURE_IMAGE_MISSING,
	ATTEST_FAILURE_COMMAND_MISSING,
	ATTEST_FAILURE_COMMAND_DENIED,
	ATTEST_FAILURE_PROFILE_UNSUPPORTED,
	ATTEST_FAILURE_PROFILE_TOO_STRICT,
	ATTEST_FAILURE_SECCOMP_KILLED,
	ATTEST_FAILURE_HOOK_REFUSED,
	ATTEST_FAILURE_RLIMIT,
	ATTEST_FAILURE_CGROUP,
	ATTEST_FAILURE_MOUNT_SOURCE,
	ATTEST_FAILURE_NAME_TAKEN,
	ATTEST_FAILURE_OPTION,
	ATTEST_FAILURE_OTHER,
	ATTEST_FAILURE_END,
};

struct attest_container_error {
	enum attest_container_failure failure;
	const char *message;  /* static: "Seccomp profile not supported" */
	const char *solution; /* static: what to do */
	char detail[512];     /* the runtime's own words, or "" */
};

/**
 * Explains how a runtime ended.
 *
 * @status: exit status, 128 + signal when it was killed.
 * @text:   the end of its standard error or log, len bytes.
 *
 * Output of the container's own program may be mixed into text, so only
 * the runtimes' own statuses (125, 126, 127; crun and runc: 1, 126, 127,
 * 255) are searched for messages. ATTEST_FAILURE_NONE: the program's status.
 */
void attest_container_diagnose(enum attest_runtime runtime, int status,
			       const char *text, size_t len,
			       struct attest_container_error *ret_error);

/** Fills an error of a known kind. detail may be NULL. */
void attest_container_error_set(struct attest_container_error *error,
				enum attest_container_failure failure,
				const char *detail, size_t len);
