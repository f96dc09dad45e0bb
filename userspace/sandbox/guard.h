/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A small seccomp filter of our own under the policy's: what no policy can
 * allow, and what other layers leave open. Pure.
 *
 * Like the policy's filter it is for one architecture and kills calls of any
 * other.
 */
#pragma once

#include <linux/filter.h>
#include <stdbool.h>

#define ATTEST_GUARD_INSNS_MAX 96

struct attest_guard_options {
	/* Landlock before ABI 3 does not see truncation: truncate(2) and
	 * O_TRUNC without O_WRONLY or O_RDWR get EACCES; openat2(2), whose
	 * flags a filter cannot read, and io_uring ENOSYS.
	 */
	bool truncation;
	/* No socket but unix ones, which stay on the machine: EACCES. io_uring,
	 * which could make sockets past the filter, ENOSYS.
	 */
	bool network;
	/* Sockets that a cgroup's programs do not see get EACCES: all but unix,
	 * internet and routing ones. bpf(2), with which root could take the
	 * programs off, EPERM; io_uring as above.
	 */
	bool group;
	/* No new namespaces, no keyrings. */
	bool strict;
};

struct attest_guard {
	struct sock_filter insns[ATTEST_GUARD_INSNS_MAX];
	struct sock_fprog program; /* of insns: not to be copied */
};

/**
 * Makes the filter. Always in it: TIOCSTI and TIOCLINUX, which would type
 * into the terminal that the command shares with its caller, get EPERM.
 */
void attest_guard_make(const struct attest_guard_options *options,
		       struct attest_guard *ret);
