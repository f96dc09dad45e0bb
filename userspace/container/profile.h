/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Makes a seccomp profile fit for a container runtime.
 *
 * Pure: text in, text out.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "container/runtime.h"
#include "policy/policy.h"

#define ATTEST_PROFILE_MAX (1U << 20) /* bytes of a profile's text */

/**
 * Adds what the runtime and the C library need to a profile.
 *
 * A call that the profile already allows unconditionally is left as it is. A
 * call that the profile refuses by name is not allowed behind the user's
 * back: the profile cannot start a container and is refused.
 *
 * SCMP_ACT_KILL and SCMP_ACT_KILL_THREAD become SCMP_ACT_KILL_PROCESS: runc
 * has several threads, and with one of them killed it waits for ever.
 *
 * @profile:     Docker's or OCI's format, NUL-terminated.
 * @who:         ATTEST_CALL_*: for whom.
 * @ret_profile: the new text; free().
 * @ret_added:   names, separated by ' ', "" if none; free(); may be NULL.
 *
 * Limits: ATTEST_PROFILE_MAX.
 * Return: 0; -EINVAL not a profile; -EPERM it refuses a needed call; -E2BIG;
 *         -ENOMEM. Never logs.
 */
int attest_container_profile_complete(const char *profile, unsigned int who,
				      char **ret_profile, char **ret_added,
				      struct attest_diag *reterr_diag);

struct json_t;

/**
 * Makes the `linux.seccomp` object of an OCI document of a profile in
 * Docker's format: archMap becomes architectures, and rules whose includes
 * or excludes do not fit a container without capabilities on this machine
 * are left out.
 *
 * @kernel:     major << 8 | minor, for minKernel.
 * @ret_object: a new reference.
 *
 * Return: 0; -EINVAL; -ENOMEM.
 */
int attest_container_profile_to_oci(const char *profile, unsigned int kernel,
				    struct json_t **ret_object,
				    struct attest_diag *reterr_diag);
