/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Between seccomp_read.c and seccomp_rule.c: the readers' shared state.
 */
#pragma once

#include "policy/node.h"
#include "policy/seccomp.h"

/* Warnings about unknown names that are spelled out; the rest are counted. */
#define ATTEST_SECCOMP_UNKNOWN_SHOWN 32

struct attest_seccomp_reading {
	struct attest_reader *rd;
	struct attest_seccomp_profile *profile;
	enum attest_seccomp_format format; /* never AUTO */
	size_t n_names;			   /* of all rules so far */
	size_t n_unknown;		   /* of those, no system calls */
};

/** Appends a copy of text to a list. 0 or -ENOMEM. */
int attest_seccomp_append(char ***list, size_t *n, const char *text);

/** Letters, digits and '_', at least one? */
bool attest_seccomp_is_word(const char *text);

/** An action, with the errno that may be written in it ("SCMP_ACT_ERRNO(1)").
 * *errno_ret and *has_errno are set only if there is one.
 */
int attest_seccomp_read_action(struct attest_seccomp_reading *in,
			       const struct attest_node *node, const char *what,
			       enum attest_scmp_action *ret,
			       uint32_t *errno_ret, bool *has_errno);

/** `number` or `name` (either may be NULL) as what errnoRet holds. */
int attest_seccomp_read_errno(struct attest_seccomp_reading *in,
			      const struct attest_node *number,
			      const struct attest_node *name,
			      enum attest_scmp_action action,
			      uint32_t *errno_ret, bool *has_errno);

/** An `includes` or `excludes` object; node may be NULL. */
int attest_seccomp_read_when(struct attest_seccomp_reading *in,
			     const struct attest_node *node, const char *what,
			     struct attest_scmp_when *when);

/** Appends one entry of `syscalls` to the profile. */
int attest_seccomp_read_rule(struct attest_seccomp_reading *in,
			     const struct attest_node *node);

/** Adds the warnings about the profile as a whole. 0 or -ENOMEM. */
int attest_seccomp_warn(struct attest_seccomp_reading *in,
			const struct attest_node *node);
