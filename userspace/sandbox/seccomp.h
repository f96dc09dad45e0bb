/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Profiles to filters, and filters into the kernel.
 *
 * A filter is for one architecture; every other one, x32 and i386 among them,
 * is killed: a call that is not understood is not allowed.
 */
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "policy/policy.h"
#include "policy/seccomp.h"

struct attest_seccomp_options {
	uint32_t arch; /* AUDIT_ARCH_X86_64 or _AARCH64; 0: this machine's */
	/* Held against Docker's conditions; NULL: this process and kernel. */
	const struct attest_scmp_where *where;
	bool notify;   /* a supervisor answers what is refused or recorded */
	bool listener; /* SCMP_ACT_NOTIFY has somebody to answer it */
	bool tracer;   /* SCMP_ACT_TRACE has somebody to answer it */
};

struct attest_seccomp_filter {
	struct sock_fprog prog;
	uint32_t flags; /* of seccomp(2): SECCOMP_FILTER_FLAG_* */
	bool borrowed;	/* prog.filter is not ours to free */
};

void attest_seccomp_filter_done(struct attest_seccomp_filter *filter);
#define _cleanup_filter_                                                       \
	__attribute__((__cleanup__(attest_seccomp_filter_done)))

/**
 * Builds a filter with libseccomp.
 *
 * @options: NULL: all defaults.
 * @ret:     attest_seccomp_filter_done().
 * @notes:   what of the profile is read more strictly than it is written, one
 *           line each; may be NULL.
 *
 * Return: 0; -EINVAL libseccomp refuses a rule, -EOPNOTSUPP an action has
 *         nobody to answer it or the architecture is not one of the two
 *         (diag is filled); -E2BIG more than 4,096 instructions; -ENOMEM.
 */
int attest_seccomp_compile(const struct attest_seccomp_profile *profile,
			   const struct attest_seccomp_options *options,
			   struct attest_seccomp_filter *ret,
			   struct attest_str *notes,
			   struct attest_diag *reterr_diag);

/**
 * As attest_seccomp_compile(), but takes the filter from the program if the
 * profile is a built-in one, else from the cache, else builds it and adds it
 * to the cache. A cache that cannot be used is no error.
 */
int attest_seccomp_filter_get(const struct attest_seccomp_profile *profile,
			      const struct attest_seccomp_options *options,
			      struct attest_seccomp_filter *ret,
			      struct attest_str *notes,
			      struct attest_diag *reterr_diag);

/** The flags that a filter of the profile is loaded with. */
uint32_t
attest_seccomp_filter_flags(const struct attest_seccomp_profile *profile,
			    const struct attest_seccomp_options *options);

/**
 * Gives the filter to the kernel, for this thread and all it starts.
 *
 * Context: after no_new_privs or with CAP_SYS_ADMIN; async-signal-safe.
 * Return: 0, or with SECCOMP_FILTER_FLAG_NEW_LISTENER the listener's
 *         descriptor; or what seccomp(2) says.
 */
int attest_seccomp_install(const struct attest_seccomp_filter *filter);

/** What the filter says of a call: SECCOMP_RET_* with its data. */
uint32_t attest_seccomp_eval(const struct sock_fprog *prog,
			     const struct seccomp_data *data);

/** The action of a SECCOMP_RET_* value; ATTEST_SCMP_END if there is none. */
enum attest_scmp_action attest_seccomp_action(uint32_t ret);

/** This process' bounding set, this kernel, this machine. */
struct attest_seccomp_here {
	struct attest_scmp_where where;
	char *caps[64];
};
void attest_seccomp_here(struct attest_seccomp_here *here);

/** The number of a system call, or -1 where the architecture has none. */
int attest_seccomp_number(uint32_t arch, const char *name);
