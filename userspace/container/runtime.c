// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "container/runtime.h"

static const char *const runtime_names[] = {
	[ATTEST_RUNTIME_PODMAN] = "podman",
	[ATTEST_RUNTIME_DOCKER] = "docker",
	[ATTEST_RUNTIME_CRUN] = "crun",
	[ATTEST_RUNTIME_RUNC] = "runc",
};
_Static_assert(ARRAY_SIZE(runtime_names) == ATTEST_RUNTIME_END, "runtimes");

const char *attest_runtime_name(enum attest_runtime runtime)
{
	if ((unsigned int)runtime >= ATTEST_RUNTIME_END)
		return "unknown";
	return runtime_names[runtime];
}

int attest_runtime_parse(const char *name, enum attest_runtime *ret_runtime)
{
	for (size_t i = 0; i < ARRAY_SIZE(runtime_names); i++) {
		if (strcmp(name, runtime_names[i]) == 0) {
			*ret_runtime = (enum attest_runtime)i;
			return 0;
		}
	}
	return -ENOENT;
}

bool attest_runtime_is_low_level(enum attest_runtime runtime)
{
	return runtime == ATTEST_RUNTIME_CRUN || runtime == ATTEST_RUNTIME_RUNC;
}

void attest_container_options_apply(struct attest_runtime_options *options,
				    const struct attest_policy *policy)
{
	const struct attest_process_limits *limits = &policy->limits;

	if (!options->policy_name)
		options->policy_name = policy->name;
	if (policy->has_network)
		options->network =
		    policy->net_default == ATTEST_NETWORK_ENABLED ||
		    policy->n_net_rules > 0;
	if (!options->memory_bytes)
		options->memory_bytes = limits->memory_bytes;
	if (!options->pids)
		options->pids = limits->processes;
	if (!options->open_files)
		options->open_files = limits->open_files;
}

bool attest_container_name_is_valid(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789_.-";
	size_t n = strlen(name);

	return n >= 1 && n <= ATTEST_CONTAINER_NAME_MAX && name[0] != '.' &&
	       name[0] != '-' && strspn(name, allowed) == n;
}

/* --mount is a line of CSV: these would end the field or the record. */
static bool is_mountable(const char *path)
{
	return path[0] == '/' && !strpbrk(path, ",\"\n\r");
}

static const char *problem_of_strings(const struct attest_runtime_options *o)
{
	if (!o->image || !o->image[0])
		return "no image is named";
	if (o->image[0] == '-')
		return "an image cannot start with '-'";
	if (o->name && !attest_container_name_is_valid(o->name))
		return "a name is 1 to 255 of A-Z a-z 0-9 _ . -";
	if (o->policy_name && !attest_container_name_is_valid(o->policy_name))
		return "a policy's name is 1 to 255 of A-Z a-z 0-9 _ . -";
	if (o->workspace && !is_mountable(o->workspace))
		return "the workspace must be an absolute path without ',' "
		       "and '\"'";
	if (o->workspace_target && !is_mountable(o->workspace_target))
		return "the workspace's target must be an absolute path "
		       "without ',' and '\"'";
	for (const char *const *e = o->env; e && *e; e++) {
		if ((*e)[0] == '=' || !strchr(*e, '='))
			return "an environment variable is KEY=VALUE";
	}
	return NULL;
}

static const char *problem_of_runtime(const struct attest_runtime_options *o)
{
	if (attest_runtime_is_low_level(o->runtime)) {
		if (o->image[0] != '/')
			return "crun and runc take the absolute path of a "
			       "root filesystem";
		if (!o->command || !o->command[0])
			return "crun and runc need a command";
		return NULL;
	}
	if (o->docker_runtime && o->runtime != ATTEST_RUNTIME_DOCKER)
		return "only docker takes another runtime";
	if (o->hook_path && o->runtime == ATTEST_RUNTIME_DOCKER &&
	    !o->docker_runtime)
		return "docker runs no hooks: register a wrapper runtime";
	if (o->hook_path && o->hook_path[0] != '/')
		return "a hook's path must be absolute";
	return NULL;
}

int attest_container_options_check(const struct attest_runtime_options *options,
				   const char **reterr_problem)
{
	const char *problem = problem_of_strings(options);

	if (!problem)
		problem = problem_of_runtime(options);
	if (!problem)
		return 0;
	*reterr_problem = problem;
	return -EINVAL;
}
