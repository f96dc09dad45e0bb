/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A seccomp profile as a model, whatever format it was written in.
 *
 * Pure: no libseccomp here. sandbox/seccomp.c makes filters of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum attest_scmp_action {
	ATTEST_SCMP_ALLOW,
	ATTEST_SCMP_LOG, /* allowed and recorded; "trace" of SPEC.md */
	ATTEST_SCMP_ERRNO,
	ATTEST_SCMP_TRAP,
	ATTEST_SCMP_KILL_THREAD,
	ATTEST_SCMP_KILL_PROCESS,
	ATTEST_SCMP_NOTIFY,
	ATTEST_SCMP_TRACE, /* a real ptracer is meant (OCI documents) */
	ATTEST_SCMP_END,
};

enum attest_scmp_op {
	ATTEST_SCMP_CMP_NE,
	ATTEST_SCMP_CMP_LT,
	ATTEST_SCMP_CMP_LE,
	ATTEST_SCMP_CMP_EQ,
	ATTEST_SCMP_CMP_GE,
	ATTEST_SCMP_CMP_GT,
	ATTEST_SCMP_CMP_MASKED_EQ,
	ATTEST_SCMP_CMP_END,
};

struct attest_scmp_arg {
	unsigned int index; /* 0..5 */
	enum attest_scmp_op op;
	uint64_t value;	    /* MASKED_EQ: the mask */
	uint64_t value_two; /* MASKED_EQ: the value */
};

/** One `syscalls` entry: names that share conditions and an action. */
struct attest_scmp_rule {
	char **names;
	size_t n_names;
	enum attest_scmp_action action;
	uint32_t errno_ret; /* for ERRNO and TRACE */
	bool has_errno_ret;
	struct attest_scmp_arg *args;
	size_t n_args;
	char *comment; /* or NULL */
	/* Docker's conditions; empty: always. */
	char **include_caps, **include_arches;
	char **exclude_caps, **exclude_arches;
	size_t n_include_caps, n_include_arches;
	size_t n_exclude_caps, n_exclude_arches;
	unsigned int min_kernel; /* major << 8 | minor, 0: any */
	unsigned int exclude_min_kernel;
	int line;
};

struct attest_scmp_arch {
	char *arch; /* "SCMP_ARCH_X86_64" */
	char **sub;
	size_t n_sub;
};

struct attest_seccomp_profile {
	char *name; /* "standard", a file's base name, ... */
	enum attest_scmp_action default_action;
	uint32_t default_errno;		 /* when ERRNO; default EPERM */
	struct attest_scmp_arch *arches; /* empty: the native one */
	size_t n_arches;
	uint32_t flags; /* SECCOMP_FILTER_FLAG_* */
	char *listener_path;
	char *listener_metadata;
	struct attest_scmp_rule *rules;
	size_t n_rules;
};

void attest_seccomp_free(struct attest_seccomp_profile **profile);

struct attest_node;
struct attest_reader;

/**
 * Reads the `seccomp` section of a policy: `{ profile: NAME }`, `{ file: X }`
 * (relative to rd->file's directory), or a profile in OCI form, inline.
 *
 * Return: 0; -EINVAL, -E2BIG, -ENOENT, ... with rd->diag filled; -ENOMEM.
 */
int attest_seccomp_from_node(struct attest_reader *rd,
			     const struct attest_node *node,
			     struct attest_seccomp_profile **ret);

/** The profile as canonical OCI JSON, sorted keys, no white space; free(). */
char *attest_seccomp_to_json(const struct attest_seccomp_profile *profile);
