/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Turns a policy into the grants of a Landlock ruleset. Pure: the file system
 * is seen through two callbacks.
 *
 * Landlock only allows, and what it allows for a directory it allows for all
 * below. So where something stricter lies inside a directory, the directory
 * gets what holds for everything below it and its entries are granted one by
 * one (the complement). Then what is created in it later is refused: closed,
 * and a note on the rule says so.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/coverage.h"
#include "policy/policy.h"

/* Past either, the rest stays refused and the rules' notes say so. */
#define ATTEST_LANDLOCK_GRANTS_MAX 4096	  /* paths of one ruleset */
#define ATTEST_LANDLOCK_ENTRIES_MAX 16384 /* directory entries looked at */
#define ATTEST_LANDLOCK_PORTS_MAX 1024	  /* ports of one network rule */

enum attest_landlock_kind {
	ATTEST_LANDLOCK_MISSING,
	ATTEST_LANDLOCK_DIRECTORY,
	ATTEST_LANDLOCK_FILE,
	ATTEST_LANDLOCK_SYMLINK, /* it, or a directory on the way to it */
	ATTEST_LANDLOCK_HIDDEN,	 /* cannot be looked at */
};

/** What the planner is told of a file system. */
struct attest_landlock_tree {
	/* Calls each() for every entry of an absolute, resolved directory,
	 * but neither for "." and ".." nor for symbolic links. Return: 0, what
	 * each() returned if that was not 0, or -errno.
	 */
	int (*list)(void *ctx, const char *path,
		    int (*each)(void *arg, const char *name, bool is_directory),
		    void *arg);
	enum attest_landlock_kind (*kind)(void *ctx, const char *path);
	/* Writes "/proc/PID", the one such directory that list() shows: it
	 * stands for the command's own. NULL: there is none.
	 */
	void (*own)(void *ctx, char *path, size_t size);
	void *ctx;
};

/** Which way to err where Landlock cannot say what the policy says. */
enum attest_landlock_fit {
	/* Allow nothing the policy refuses: Landlock enforces on its own. */
	ATTEST_LANDLOCK_STRICT,
	/* Refuse nothing the policy allows: another layer decides exactly. */
	ATTEST_LANDLOCK_LOOSE,
};

struct attest_landlock_grant {
	char *path;  /* absolute, resolved; is_own: below /proc/PID, or "" */
	bool is_own; /* of the command; added by itself, it has no PID yet */
	uint64_t rights; /* of the newest ABI; masked when it is applied */
	bool is_directory;
};

struct attest_landlock_port {
	uint16_t port;
	uint64_t rights; /* ATTEST_LL_*_TCP, *_UDP */
};

/** How a rule fares; index 0 is the default access, i + 1 is rules[i]. */
struct attest_landlock_fate {
	bool is_carried; /* false: the plan is made as if it were not there */
	bool is_safe;	 /* not carried, and nothing is allowed because of it */
	bool is_cut;	 /* a limit was hit: more is refused than need be */
	char *note;	 /* or NULL */
};

struct attest_landlock_plan {
	bool handles_fs;
	bool handles_net;
	bool scopes_abstract_unix;
	enum attest_landlock_fit fit;
	struct attest_landlock_grant *grants;
	size_t n_grants;
	struct attest_landlock_port *ports;
	size_t n_ports;
	struct attest_landlock_fate *fates;
	size_t n_fates;
};

enum attest_landlock_pattern {
	ATTEST_LANDLOCK_PLAIN, /* wildcards only as whole components */
	ATTEST_LANDLOCK_NAMES, /* wildcards inside names */
	ATTEST_LANDLOCK_DEEP,  /* two stars before the end: any depth */
};

enum attest_landlock_pattern attest_landlock_classify(const char *pattern);

/**
 * Plans a ruleset.
 *
 * A rule is not carried if it is DEEP, or if it has NAMES and would make a
 * directory unwritable in which only some names are closed. If such a rule
 * opens more than the rest does, dropping it is safe; if it closes something,
 * another layer has to.
 *
 * @image: of this very policy if the caller has one (saves compiling it
 *         again), else NULL.
 *
 * Return: 0; -ENOMEM; -EINVAL or -E2BIG if the policy cannot be compiled.
 */
int attest_landlock_plan_make(const struct attest_policy *policy,
			      const struct attest_image_hdr *image,
			      enum attest_landlock_fit fit,
			      const struct attest_landlock_tree *tree,
			      struct attest_landlock_plan **ret);
void attest_landlock_plan_free(struct attest_landlock_plan **plan);

/** The system's own file tree, as the caller may see it. */
extern const struct attest_landlock_tree attest_landlock_system_tree;

/** State of the Landlock layer for attest_layer_ops.cover. */
struct attest_landlock_state {
	int abi;		   /* attest_landlock_probe() */
	bool truncate_is_filtered; /* a seccomp filter stands in below ABI 3 */
	bool network_is_filtered;  /* as by attest_guard_options.network */
	bool network_is_left;	   /* to programs of a cgroup */
	const struct attest_landlock_plan *plan; /* NULL: not planned yet */
};

extern const struct attest_layer_ops attest_landlock_layer;
