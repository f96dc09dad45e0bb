/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A cgroup v2 of a command's own with limits, where the machine gives us one.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct attest_cgroup_limits {
	uint64_t memory_bytes; /* 0: none */
	uint64_t processes;    /* 0: none */
	uint64_t cpu_percent;  /* of one CPU; 0: none */
};

struct attest_cgroup {
	char *path; /* or NULL: none */
	int fd;	    /* of the directory, for CLONE_INTO_CGROUP; -1 */
};

#define ATTEST_CGROUP_NONE ((struct attest_cgroup){ .fd = -1 })

/**
 * Makes a cgroup beside the caller's, below the same parent.
 *
 * @reason: why not and what to do, set on failure.
 *
 * Return: 0; -ENOTSUP no cgroup v2 or a controller that is needed is missing;
 * -EACCES not delegated to this user; or what the kernel said.
 */
int attest_cgroup_make(const struct attest_cgroup_limits *limits,
		       struct attest_cgroup *ret, char *reason, size_t size);

/** Moves a process in, before it has children. 0 or -errno. */
int attest_cgroup_enter(const struct attest_cgroup *cgroup, pid_t pid);

/** How often a limit was hit since the start; 0 if it cannot be told. */
uint64_t attest_cgroup_hits(const struct attest_cgroup *cgroup,
			    const char *file, const char *key);

/** The number in a file, 0 if there is none ("max", or no such file). */
uint64_t attest_cgroup_value(const struct attest_cgroup *cgroup,
			     const char *file);

/** Kills all that is in it and removes it. Accepts ATTEST_CGROUP_NONE. */
void attest_cgroup_done(struct attest_cgroup *cgroup);
