/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Hook files for runtimes that read a directory of them: podman, CRI-O.
 */
#pragma once

#include "policy/policy.h"

#define ATTEST_HOOKS_DIR "/etc/containers/oci/hooks.d"
#define ATTEST_HOOK_FILE "attest-bpf.json"

struct attest_hooks_options {
	const char *dir;       /* NULL: ATTEST_HOOKS_DIR; created if missing */
	const char *hook_path; /* absolute path of an executable */
	/* NULL-terminated with argv[0]; NULL: "attest-bpf", "oci-hook" */
	const char *const *hook_args;
};

/**
 * Makes runtimes call the hook for every container with the annotation
 * io.attest.policy, at stage createRuntime. Doing it twice is no error.
 *
 * Return: 0; -EINVAL the hook is no absolute path of an executable that
 *         only root can change (diag says which); or what writing said.
 * Source: oci-hooks(5), version 1.0.0.
 */
int attest_container_hooks_install(const struct attest_hooks_options *options,
				   struct attest_diag *reterr_diag);

/** Removes the file, if it is ours. 0 also when there is none; -errno. */
int attest_container_hooks_uninstall(const struct attest_hooks_options *options,
				     struct attest_diag *reterr_diag);

/** The file's text, free(), or NULL: no memory. Pure. */
char *attest_container_hooks_text(const struct attest_hooks_options *options);

/** Writes the file into an existing directory, unchecked. 0 or -errno. */
int attest_container_hooks_install_in(
    const struct attest_hooks_options *options, const char *dir);
