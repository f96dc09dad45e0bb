/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From what somebody typed to the object the kernel would decide on.
 */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>

#include <attest/limits.h>

struct attest_resolved {
	char path[ATTEST_PATH_MAX];  /* absolute, nothing left to resolve */
	char start[ATTEST_PATH_MAX]; /* what stands before the first ".." */
	bool has_dotdot;
};

/**
 * Follows the links of the part that exists; the rest is taken as written.
 *
 * Return: 0; -EINVAL empty; -ENAMETOOLONG; -ELOOP; or what getcwd(3) says.
 */
int attest_path_resolve(const char *path, struct attest_resolved *ret);

/** A symbolic link on the way, by its own path. false ends the walk. */
typedef bool (*attest_path_link_fn)(const char *link, const struct stat *st,
				    void *ctx);

/**
 * Calls fn for each symbolic link that is followed to reach path, in order.
 *
 * Return: 1 if fn ended it; 0; -ENAMETOOLONG; -ELOOP after 40 links.
 */
int attest_path_each_link(const char *path, attest_path_link_fn fn, void *ctx);
