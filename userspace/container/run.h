/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Runs one container to its end.
 */
#pragma once

#include "container/diagnose.h"
#include "container/runtime.h"

struct attest_container_result {
	/* The program's, or 128 + signal, or the runtime's own. */
	int status;
	/* .failure is NONE when the program ran to its own end. */
	struct attest_container_error error;
	char name[ATTEST_CONTAINER_NAME_MAX + 1];
	char *added_calls; /* to the profile, separated by ' '; or NULL */
};

void attest_container_result_done(struct attest_container_result *result);

/**
 * Runs a container in the foreground: standard streams, signals (INT, TERM,
 * HUP, QUIT, USR1, USR2 sent to this process) and the exit status pass
 * through. Profile, bundle and hook file are written to a private directory.
 *
 * Whatever happens to this process, SIGKILL included, the container and the
 * directory are removed; only killing the guard process as well prevents it.
 *
 * @ret_result: attest_container_result_done().
 *
 * Context: blocks; changes the caller's signal mask meanwhile.
 * Return: 0: result says how it ended, also when the runtime refused.
 *         -EINVAL options or profile, -EPERM the profile refuses a call that
 *         the runtime needs, -ENOENT the runtime is not installed (diag has
 *         the message and the solution), or what the system said.
 *         Never logs.
 */
int attest_container_run(const struct attest_runtime_options *options,
			 struct attest_container_result *ret_result,
			 struct attest_diag *reterr_diag);
