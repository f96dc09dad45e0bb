/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Words of seccomp profiles: actions, comparisons, flags, system calls.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "policy/node.h"
#include "policy/seccomp.h"

/** "SCMP_ACT_ALLOW", ...; "unknown" past the end. */
const char *attest_scmp_action_name(enum attest_scmp_action action);
/** "SCMP_CMP_NE", ...; "unknown" past the end. */
const char *attest_scmp_op_name(enum attest_scmp_op op);

/** Choices of a reader: names of OCI and short ones ("allow", "kill"). */
extern const struct attest_choice attest_scmp_actions[];
extern const struct attest_choice attest_scmp_ops[];
/** Names of SECCOMP_FILTER_FLAG_*. */
extern const struct attest_choice attest_scmp_flags[];
/** Names of SCMP_ARCH_*; the values have no meaning. */
extern const struct attest_choice attest_scmp_arches[];

/** "EPERM" or "1" as a number; -1 if it is neither. */
int attest_scmp_errno(const char *text);

/** Is it a system call of Linux, on whatever architecture? */
bool attest_scmp_is_syscall(const char *name);
/** The system call that was probably meant, or NULL. */
const char *attest_scmp_nearest(const char *name);

/**
 * The system calls that an invented name stands for ("module_load"), ending
 * with NULL; or NULL if the name is not one of those.
 */
const char *const *attest_scmp_alias(const char *name);

/**
 * A system call that does what name does, ending with NULL; or NULL. Refusing
 * one of them only is a hole.
 */
const char *const *attest_scmp_siblings(const char *name);
