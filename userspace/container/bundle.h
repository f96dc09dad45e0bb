/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The OCI document of a bundle, for runtimes without images. Pure.
 */
#pragma once

#include "container/runtime.h"

/**
 * Writes config.json for a root filesystem: no capabilities, no new
 * privileges, read-only root, own namespaces, masked and read-only kernel
 * files, the seccomp profile and the hook of the options.
 *
 * @uid, @gid: of options->user, resolved by the caller.
 * @kernel:    major << 8 | minor.
 * @ret_text:  free().
 *
 * Without options->network the container has a network namespace of its
 * own; with it, it shares the host's, since nothing here sets one up.
 *
 * Return: 0; -EINVAL the profile is none; -ENOMEM.
 * Source: OCI runtime specification 1.0.2, config.md, config-linux.md.
 */
int attest_container_bundle(const struct attest_runtime_options *options,
			    unsigned int uid, unsigned int gid,
			    unsigned int kernel, char **ret_text,
			    struct attest_diag *reterr_diag);
