/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The isolation levels `container` and `strict_container`: what of the machine
 * a command gets to see, and the steps that make it so.
 *
 * A struct attest_container is planned by the caller and only read between
 * fork and exec. Everything it makes lives in namespaces of the command's own
 * and ends with the namespaces' init, however that ends.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/policy.h"
#include "sandbox/landlock_plan.h"

#define ATTEST_CONTAINER_TMP_BYTES (256ULL << 20) /* of /tmp, by default */

/** A path of the host, seen in the container. */
struct attest_bind {
	char *source; /* absolute */
	char *target; /* absolute, in the container */
	bool writable;
};

/** What stands in "/" of the host. */
struct attest_root_entry {
	char *name;
	char *link; /* of a symbolic link; NULL: a directory */
};

struct attest_container {
	bool own_network;	   /* only loopback */
	bool is_strict;		   /* no further namespaces, hidepid */
	bool root_writable;	   /* the policy's default is read-write */
	uint64_t tmp_bytes;	   /* of /tmp */
	const char *name;	   /* host name inside; borrowed */
	struct attest_bind *binds; /* parents before what is inside them */
	size_t n_binds;
	/* Where a bind's target is not there on the host: the root is then
	 * composed of these, and has it. Else there are none.
	 */
	struct attest_root_entry *entries;
	size_t n_entries;
	char **covers; /* paths over which something empty is mounted */
	size_t n_covers;
};

/** What the caller adds to a policy to make a container of it. */
struct attest_container_options {
	bool strict;
	const char *workspace;	      /* host directory, or NULL */
	const char *workspace_target; /* where it is seen; NULL: same path */
	uint64_t tmp_bytes;	      /* 0: ATTEST_CONTAINER_TMP_BYTES */
};

/**
 * Plans a container from a policy.
 *
 * Return: 0; -ENOENT the workspace does not exist; -ENOMEM.
 */
int attest_container_plan(const struct attest_policy *policy,
			  const struct attest_image_hdr *image,
			  const struct attest_container_options *options,
			  struct attest_container **ret);
void attest_container_free(struct attest_container **container);

/** Does a container have a mount of its own there, or above it? */
bool attest_container_is_own(const char *path);

/** Is the path, or one above it, a directory of the host by another name? */
bool attest_container_is_moved(const struct attest_container *container,
			       const char *path);

/** State of the namespace layer for attest_layer_ops.cover; NULL container
 * means isolation level `process`.
 */
struct attest_namespace_state {
	const struct attest_container *container;
};

extern const struct attest_layer_ops attest_namespace_layer;
