// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "policy/seccomp.h"
#include "sandbox/confine.h"
#include "sandbox/landlock_abi.h"
#include "sandbox/landlock_moved.h"

/* Below it truncation is not seen by Landlock. */
#define ABI_TRUNCATE 3

static int fail(int error, char *text, size_t size, const char *what,
		const char *why)
{
	(void)snprintf(text, size, "cannot %s: %s", what, why);
	return error;
}

/* A container's workspace need not be where the host has it. */
static int make_plan(struct attest_confine *c,
		     const struct attest_policy *policy,
		     const struct attest_image_hdr *image,
		     const struct attest_confine_options *o)
{
	const struct attest_landlock_tree *tree = &attest_landlock_system_tree;
	_cleanup_free_ char *source = NULL;
	struct attest_landlock_moved moved = { .tree = tree };
	struct attest_landlock_tree with_workspace;

	if (o->workspace && o->workspace_target) {
		source = realpath(o->workspace, NULL);
		if (!source)
			return -errno;
		moved.source = source;
		moved.target = o->workspace_target;
		with_workspace = attest_landlock_moved_tree(&moved);
		tree = &with_workspace;
	}
	return attest_landlock_plan_make(policy, image, ATTEST_LANDLOCK_STRICT,
					 tree, &c->plan);
}

static int make_landlock(struct attest_confine *c,
			 const struct attest_policy *policy,
			 const struct attest_image_hdr *image,
			 const struct attest_confine_options *o, char *text,
			 size_t size)
{
	const char *path;
	char what[320];
	int abi = c->landlock_state.abi;
	int r;

	r = make_plan(c, policy, image, o);
	if (r < 0)
		return fail(r, text, size, "plan the Landlock rules",
			    strerror(-r));
	/* It would refuse first, and nobody would record it. */
	if (o->network_by_cgroup) {
		c->plan->handles_net = false;
		c->landlock_state.network_is_left = true;
	}
	c->landlock_state.plan = c->plan;
	/* Coverage says what is missing without it, and decides. */
	if (abi < 1)
		return 0;
	r = attest_landlock_ruleset(c->plan, abi, &c->landlock_fd, &path);
	if (r == -ENOTSUP)
		return 0;
	if (r < 0) {
		(void)snprintf(what, sizeof(what),
			       "make a Landlock ruleset%s%.200s",
			       path ? " for " : "", path ? path : "");
		return fail(r, text, size, what, strerror(-r));
	}
	return 0;
}

static int make_container(struct attest_confine *c,
			  const struct attest_policy *policy,
			  const struct attest_image_hdr *image,
			  const struct attest_confine_options *o, char *text,
			  size_t size)
{
	const struct attest_container_options options = {
		.strict = o->is_strict,
		.workspace = o->workspace,
		.workspace_target = o->workspace_target,
		.tmp_bytes = o->tmp_bytes,
	};
	int r;

	r = attest_container_plan(policy, image, &options, &c->container);
	if (r == -ENOENT)
		return fail(r, text, size, "find the workspace",
			    "it does not exist; create it, or name another");
	if (r < 0)
		return fail(r, text, size, "plan the container", strerror(-r));
	c->namespace_state.container = c->container;
	return 0;
}

static int make_cgroup(struct attest_confine *c,
		       const struct attest_policy *policy,
		       const struct attest_confine_options *o, char *text,
		       size_t size)
{
	struct attest_cgroup_limits limits = { .cpu_percent = o->cpu_percent };
	int r;

	if (!o->is_strict && !o->cpu_percent && !o->with_cgroup)
		return 0;
	if (o->is_strict) {
		limits.memory_bytes =
		    policy->limits.memory_bytes ?: ATTEST_STRICT_MEMORY_BYTES;
		limits.processes =
		    policy->limits.processes ?: ATTEST_STRICT_PROCESSES;
	}
	r = attest_cgroup_make(&limits, &c->cgroup, c->cgroup_reason,
			       sizeof(c->cgroup_reason));
	c->rlimit_state.has_cgroup = r == 0 && o->is_strict;
	if (r < 0 && o->cpu_percent && !o->is_strict)
		return fail(r, text, size, "limit the CPU", c->cgroup_reason);
	/* The limits cannot be had; the network policy needs none of them. */
	if (r < 0 && o->with_cgroup) {
		limits = (struct attest_cgroup_limits){ 0 };
		r = attest_cgroup_make(&limits, &c->cgroup, text, size);
	}
	return o->with_cgroup ? r : 0;
}

static void make_guard(struct attest_confine *c,
		       const struct attest_policy *policy,
		       const struct attest_confine_options *o)
{
	struct attest_guard_options guard = { .strict = o->is_strict };

	guard.truncation = policy->has_filesystem && !o->without_landlock &&
			   c->landlock_state.abi < ABI_TRUNCATE;
	c->landlock_state.truncate_is_filtered = guard.truncation;
	/* A container gets a network of its own instead. */
	guard.network = !o->in_container && !o->is_strict &&
			!o->without_landlock && policy->has_network &&
			policy->n_net_rules == 0 &&
			policy->net_default == ATTEST_NETWORK_DISABLED;
	c->landlock_state.network_is_filtered = guard.network;
	guard.group = o->network_by_cgroup &&
		      policy->net_default == ATTEST_NETWORK_DISABLED &&
		      policy->n_net_rules > 0;
	/* The profile's filter does it with the profile's action and a record,
	 * which an errno of the guard would go before.
	 */
	if (policy->seccomp &&
	    attest_seccomp_refuses(policy->seccomp, "socket") &&
	    attest_seccomp_refuses(policy->seccomp, "io_uring_setup"))
		guard.network = false;
	attest_guard_make(&guard, &c->guard);
}

int attest_confine_make(const struct attest_policy *policy,
			const struct attest_image_hdr *image,
			const struct attest_confine_options *options,
			struct attest_confine *ret, char *reterr_text,
			size_t size)
{
	const bool in_container = options->in_container || options->is_strict;
	int r = 0;

	memset(ret, 0, sizeof(*ret));
	ret->landlock_fd = -1;
	ret->cgroup = ATTEST_CGROUP_NONE;
	ret->landlock_state.abi = attest_landlock_probe();
	/* Also in a container: the kernel never counts the host's uid 0. */
	ret->rlimit_state.is_root = geteuid() == 0;
	attest_rlimits_plan(policy, &ret->rlimits);
	make_guard(ret, policy, options);
	if (!options->without_landlock)
		r = make_landlock(ret, policy, image, options, reterr_text,
				  size);
	if (r == 0 && in_container)
		r = make_container(ret, policy, image, options, reterr_text,
				   size);
	return r ?: make_cgroup(ret, policy, options, reterr_text, size);
}

void attest_confine_done(struct attest_confine *confine)
{
	attest_closep(&confine->landlock_fd);
	confine->landlock_fd = -1;
	attest_landlock_plan_free(&confine->plan);
	attest_container_free(&confine->container);
	attest_cgroup_done(&confine->cgroup);
}

void attest_confine_layers(
    const struct attest_confine *confine,
    struct attest_layer_state ret_layers[ATTEST_CONFINE_LAYERS])
{
	ret_layers[0] = (struct attest_layer_state){ &attest_landlock_layer,
						     &confine->landlock_state };
	ret_layers[1] = (struct attest_layer_state){ &attest_rlimit_layer,
						     &confine->rlimit_state };
	ret_layers[2] =
	    (struct attest_layer_state){ &attest_namespace_layer,
					 &confine->namespace_state };
}

void attest_confine_fill(const struct attest_confine *confine,
			 struct attest_spawn_options *options)
{
	int abi = confine->landlock_state.abi;

	assert(options->n_filters < ATTEST_SPAWN_FILTERS_MAX);
	memmove(options->filters + 1, options->filters,
		options->n_filters * sizeof(options->filters[0]));
	options->filters[0] =
	    (struct attest_spawn_filter){ .program = &confine->guard.program };
	options->n_filters++;
	options->landlock_fd = confine->landlock_fd;
	options->landlock_plan = confine->plan;
	options->landlock_abi = abi;
	options->landlock_flags = attest_landlock_log_flags(abi);
	options->rlimits = &confine->rlimits;
	options->container = confine->container;
	options->own_tree = true;
}

int attest_confine_enter(const struct attest_confine *confine,
			 const struct attest_child *child)
{
	if (!confine->cgroup.path)
		return 0;
	return attest_cgroup_enter(&confine->cgroup, child->pid);
}
