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

/** Conditions on who loads the filter and where; empty: none. */
struct attest_scmp_when {
	char **caps;   /* "CAP_SYS_ADMIN" */
	char **arches; /* as Go calls them: "amd64" */
	size_t n_caps;
	size_t n_arches;
	unsigned int min_kernel; /* major << 8 | minor, 0: none */
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
	/* Docker's conditions. All of include must hold, none of exclude. */
	struct attest_scmp_when include;
	struct attest_scmp_when exclude;
	int line;
};

struct attest_scmp_arch {
	char *arch; /* "SCMP_ARCH_X86_64" */
	char **sub;
	size_t n_sub;
};

struct attest_seccomp_profile {
	char *name;   /* "standard", a file's base name, ... */
	bool builtin; /* read from the text that is in the program */
	enum attest_scmp_action default_action;
	uint32_t default_errno;		 /* ERRNO and TRACE; default EPERM */
	struct attest_scmp_arch *arches; /* empty: the native one */
	size_t n_arches;
	uint32_t flags; /* SECCOMP_FILTER_FLAG_* */
	char *listener_path;
	char *listener_metadata;
	struct attest_scmp_rule *rules;
	size_t n_rules;
};

void attest_seccomp_free(struct attest_seccomp_profile **profile);
#define _free_seccomp_ __attribute__((__cleanup__(attest_seccomp_free)))

/** What Docker's conditions are held against. */
struct attest_scmp_where {
	const char *arch;  /* as Go calls it: "amd64", "arm64" */
	char *const *caps; /* of the bounding set, "CAP_SYS_ADMIN" */
	size_t n_caps;
	unsigned int kernel; /* major << 8 | minor */
};

bool attest_scmp_rule_applies(const struct attest_scmp_rule *rule,
			      const struct attest_scmp_where *where);

/**
 * Does one condition suffice? As in every container runtime: conditions on
 * different arguments must all hold, but as soon as two of a rule are on the
 * same argument each is a rule of its own.
 */
bool attest_scmp_args_are_alternatives(const struct attest_scmp_rule *rule);

/**
 * The number (from 1) of the rule that makes action happen to a call, or 0
 * if that is the default action.
 */
size_t attest_seccomp_find_rule(const struct attest_seccomp_profile *profile,
				const struct attest_scmp_where *where,
				const char *syscall, const uint64_t args[6],
				enum attest_scmp_action action);

/** Does the profile refuse a call, whatever its arguments are? */
bool attest_seccomp_refuses(const struct attest_seccomp_profile *profile,
			    const char *syscall);

#define ATTEST_SECCOMP_NAMES_MAX 65536 /* names of all rules together */
#define ATTEST_SECCOMP_NAME_MAX 64     /* bytes of a name, NUL included */
#define ATTEST_SECCOMP_ERRNO_MAX 4095

enum attest_seccomp_format {
	ATTEST_SECCOMP_AUTO,   /* reading: by the keys that are there */
	ATTEST_SECCOMP_SPEC,   /* SCMP_ACT_TRACE: allowed and recorded */
	ATTEST_SECCOMP_OCI,    /* the runtime-spec's linux.seccomp */
	ATTEST_SECCOMP_DOCKER, /* Docker's and containers/common's */
	ATTEST_SECCOMP_POLICY, /* writing: a policy file, YAML */
	ATTEST_SECCOMP_TABLE,  /* writing: for people */
};

struct attest_node;
struct attest_reader;

/**
 * Reads the `seccomp:` section of a policy: {profile: NAME}, {file: PATH} or
 * a profile written in place, which is then called "inline".
 *
 * @rd:  relative PATHs start in rd->file's folder. Warnings are added to it.
 * @ret: attest_seccomp_free().
 *
 * Return: 0; -EINVAL, -E2BIG, -ENOENT no such profile or file, or what reading
 *         the file said (rd->diag is filled); -ENOMEM.
 */
int attest_seccomp_from_node(struct attest_reader *rd,
			     const struct attest_node *node,
			     struct attest_seccomp_profile **ret);

/** Calls a profile that was written in place by its policy's name. 0 or
 * -ENOMEM.
 */
int attest_seccomp_rename(struct attest_seccomp_profile *profile,
			  const char *policy);

/** Reads a profile that is a whole tree. As attest_seccomp_from_node(). */
int attest_seccomp_read(struct attest_reader *rd,
			const struct attest_node *node, const char *name,
			enum attest_seccomp_format format,
			struct attest_seccomp_profile **ret);

/**
 * The profile as canonical JSON: sorted keys, no white space; free(). NULL
 * without memory. OCI's form, with Docker's conditions where there are any.
 */
char *attest_seccomp_to_json(const struct attest_seccomp_profile *profile);

struct attest_str;

/**
 * Writes a profile in a format.
 *
 * What the target cannot express is left out so that the result is never
 * laxer, and named in notes, one line each.
 *
 * @where: rules whose conditions do not hold there are left out, when the
 *         format has no conditions; NULL: rules with conditions are left out.
 * @out:   appended to.
 * @notes: appended to.
 *
 * Return: 0; -EINVAL for ATTEST_SECCOMP_AUTO; -ENOMEM.
 */
int attest_seccomp_write(const struct attest_seccomp_profile *profile,
			 enum attest_seccomp_format format,
			 const struct attest_scmp_where *where,
			 struct attest_str *out, struct attest_str *notes);

/** A profile that is in the program: "minimal", "standard", "maximum". */
int attest_seccomp_load_builtin(struct attest_reader *rd, const char *name,
				struct attest_seccomp_profile **ret);

/** Reads a file: a profile in any format, or a policy with `seccomp:`. */
int attest_seccomp_load_file(struct attest_reader *rd, const char *path,
			     struct attest_seccomp_profile **ret);

/**
 * Finds a profile by name: built in, else NAME.json or NAME.yaml in
 * $XDG_CONFIG_HOME/attest-bpf/seccomp (~/.config by default),
 * /etc/attest-bpf/seccomp, /usr/share/attest-bpf/seccomp.
 *
 * Return: as attest_seccomp_from_node().
 */
int attest_seccomp_find(struct attest_reader *rd, const char *name,
			struct attest_seccomp_profile **ret);

/**
 * Appends one sentence about why action happened to a call, and one about
 * what to change: "Killed by the seccomp rule for `socket` (policy standard,
 * rule 3). If the program needs it: ...". 0 or -ENOMEM.
 */
int attest_seccomp_explain(const struct attest_seccomp_profile *profile,
			   const struct attest_scmp_where *where,
			   const char *syscall, const uint64_t args[6],
			   enum attest_scmp_action action,
			   struct attest_str *out);

struct attest_findings;

/**
 * Looks for rules that never decide.
 *
 * @file:     for the findings; may be NULL.
 * @findings: added to (policy/lint.h).
 *
 * Return: 0 or -ENOMEM.
 */
int attest_lint_seccomp(const struct attest_seccomp_profile *profile,
			const char *file, struct attest_findings *findings);

/** Is the text of a profile, and not of a policy? By its keys. */
bool attest_seccomp_is_profile(const char *text, size_t len);
