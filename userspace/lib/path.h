/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From what somebody typed to the object the kernel would decide on.
 */
#pragma once

#include <stdbool.h>

#include <attest/limits.h>

struct attest_resolved {
	char path[ATTEST_PATH_MAX];  /* absolute, nothing left to resolve */
	char start[ATTEST_PATH_MAX]; /* what stands before the first ".." */
	bool has_dotdot;
	bool has_symlink;
};

/**
 * Follows the links of the part that exists; the rest is taken as written.
 *
 * Return: 0; -EINVAL empty; -ENAMETOOLONG; -ELOOP; or what getcwd(3) says.
 */
int attest_path_resolve(const char *path, struct attest_resolved *ret);
