/* SPDX-License-Identifier: Apache-2.0 */
/**
 * All of this folder put together for one command: what a policy and an
 * isolation level need, in the form attest_spawn_start() takes.
 *
 *   attest_confine_make()    plan, before coverage is asked for
 *   attest_confine_layers()  states for attest_coverage_make()
 *   attest_confine_fill()    into spawn options
 *   attest_spawn_start()
 *   attest_confine_enter()   the cgroup; beside the BPF subject
 *   attest_spawn_go()
 *   attest_confine_done()    after attest_spawn_done()
 */
#pragma once

#include "sandbox/cgroup.h"
#include "sandbox/container.h"
#include "sandbox/guard.h"
#include "sandbox/landlock.h"
#include "sandbox/rlimit.h"
#include "sandbox/spawn.h"

/* Limits of a strict container that the policy does not set itself. */
#define ATTEST_STRICT_MEMORY_BYTES (4ULL << 30)
#define ATTEST_STRICT_PROCESSES 1024

struct attest_confine_options {
	bool in_container;
	bool is_strict; /* strict_container; implies in_container */
	/* BPF decides on paths and connections exactly: Landlock, which would
	 * cost more and refuse more, and the guard's part against the network
	 * are left out.
	 */
	bool without_landlock;
	const char *workspace;	      /* host directory, or NULL */
	const char *workspace_target; /* NULL: the same path */
	uint64_t tmp_bytes;	      /* of a container's /tmp; 0: default */
	uint64_t cpu_percent;	      /* of one CPU; 0: no limit */
	bool with_cgroup;	      /* others want it, too */
	/* Programs of the cgroup decide on connections: the guard refuses what
	 * they do not see.
	 */
	bool network_by_cgroup;
};

struct attest_confine {
	struct attest_landlock_plan *plan; /* or NULL */
	int landlock_fd;
	struct attest_guard guard;
	struct attest_rlimits rlimits;
	struct attest_container *container; /* or NULL */
	struct attest_cgroup cgroup;
	char cgroup_reason[256]; /* why there is none, "" if there is */
	struct attest_landlock_state landlock_state;
	struct attest_rlimit_state rlimit_state;
	struct attest_namespace_state namespace_state;
};

#define ATTEST_CONFINE_LAYERS 3

/**
 * Plans the confinement of a command.
 *
 * A strict container without a cgroup is no failure: cgroup_reason is for the
 * user.
 *
 * @image:       of this policy.
 * @ret:         not to be copied; attest_confine_done() in any case.
 * @reterr_text: what failed and what to do.
 *
 * Return: 0, or a negative errno.
 */
int attest_confine_make(const struct attest_policy *policy,
			const struct attest_image_hdr *image,
			const struct attest_confine_options *options,
			struct attest_confine *ret, char *reterr_text,
			size_t size);
void attest_confine_done(struct attest_confine *confine);

/** The states of the layers landlock, rlimit and namespace. */
void attest_confine_layers(
    const struct attest_confine *confine,
    struct attest_layer_state ret_layers[ATTEST_CONFINE_LAYERS]);

/**
 * Sets what the spawn options need of this. The guard is put before the
 * filters that are there, so it goes first; own_tree is switched on.
 */
void attest_confine_fill(const struct attest_confine *confine,
			 struct attest_spawn_options *options);

/** Moves a waiting child into the cgroup, if there is one. 0 or -errno. */
int attest_confine_enter(const struct attest_confine *confine,
			 const struct attest_child *child);
