// SPDX-License-Identifier: Apache-2.0
/**
 * install-hooks, uninstall-hooks, runtime-wrapper: how runtimes that others
 * start come to call the hook.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "cli/container.h"

struct values {
	struct attest_common common;
	struct attest_list exports;
	const char *hooks_dir;
	const char *policies;
	const char *policy;
	bool best_effort;
};

#define HOOKS_DIR                                                              \
	ATTEST_OPTION(struct values, STRING, hooks_dir, "hooks-dir", 0, "DIR", \
		      "default: /etc/containers/oci/hooks.d")
#define HOOK_OPTIONS                                                           \
	ATTEST_OPTION(struct values, LIST, exports, "export", 'e', "URL",      \
		      "where the records go; may be repeated; default: "       \
		      "/var/log/attest-bpf/ID.jsonl"),                         \
	    ATTEST_OPTION(struct values, STRING, policies, "policies", 0,      \
			  "DIR", "default: /etc/attest-bpf/policies"),         \
	    ATTEST_OPTION(struct values, FLAG, best_effort, "best-effort", 0,  \
			  NULL,                                                \
			  "start containers although something of their "      \
			  "policy is not enforced")

static const struct attest_option install_options[] = { HOOKS_DIR,
							HOOK_OPTIONS };
static const struct attest_option uninstall_options[] = { HOOKS_DIR };
static const struct attest_option wrapper_options[] = {
	ATTEST_OPTION(struct values, STRING, policy, "policy", 'p', "NAME",
		      "of containers without the annotation; default: they are "
		      "let alone"),
	HOOK_OPTIONS
};

const char *attest_cli_own_path(char *buffer, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", buffer, size - 1);

	if (n < 0)
		return NULL;
	buffer[n] = '\0';
	return buffer;
}

/* The hook's own command line; free() it, not what is in it. */
static const char **hook_args(const struct values *v)
{
	const char **args = calloc(8 + 2 * v->exports.n_items, sizeof(*args));
	size_t n = 0;

	if (!args) {
		log_error("out of memory");
		return NULL;
	}
	args[n++] = "attest-bpf";
	args[n++] = "oci-hook";
	if (v->best_effort)
		args[n++] = "--best-effort";
	if (v->policies) {
		args[n++] = "--policies";
		args[n++] = v->policies;
	}
	for (size_t i = 0; i < v->exports.n_items; i++) {
		args[n++] = "--export";
		args[n++] = v->exports.items[i];
	}
	return args;
}

static int install(void *data, int argc, char **argv)
{
	const struct values *v = data;
	_cleanup_free_ const char **args = hook_args(v);
	char own[4096];
	const struct attest_hook_place place = {
		.size = sizeof(place),
		.dir = v->hooks_dir,
		.path = attest_cli_own_path(own, sizeof(own)),
		.args = args,
	};
	struct attest_error error = { 0 };

	if (!args)
		return ATTEST_EXIT_FAILED;
	if (attest_container_install_hooks(&place, &error) < 0)
		return attest_cli_fail(&error);
	log_info("containers with the annotation io.attest.policy=NAME are "
		 "confined by '%s/NAME.yaml'",
		 v->policies ? v->policies : "/etc/attest-bpf/policies");
	return ATTEST_EXIT_DONE;
}

static int uninstall(void *data, int argc, char **argv)
{
	const struct values *v = data;
	const struct attest_hook_place place = {
		.size = sizeof(place),
		.dir = v->hooks_dir,
	};
	struct attest_error error = { 0 };

	if (attest_container_uninstall_hooks(&place, &error) < 0)
		return attest_cli_fail(&error);
	return ATTEST_EXIT_DONE;
}

static int wrap(void *data, int argc, char **argv)
{
	const struct values *v = data;
	_cleanup_free_ const char **args = hook_args(v);
	char own[4096];
	const struct attest_hook_place place = {
		.size = sizeof(place),
		.path = attest_cli_own_path(own, sizeof(own)),
		.args = args,
	};
	struct attest_error error = { 0 };

	if (!args)
		return ATTEST_EXIT_FAILED;
	(void)attest_container_wrap_runtime(
	    argv[0], (const char *const *)argv + 1, &place, v->policy, &error);
	return attest_cli_fail(&error);
}

const struct attest_command attest_cmd_container_install = {
	.name = "container install-hooks",
	.args = "",
	.summary = "let podman and CRI-O confine annotated containers",
	.run = install,
	.options = install_options,
	.n_options = ARRAY_SIZE(install_options),
	.values_size = sizeof(struct values),
	.notes = "Examples:\n"
		 "  sudo attest-bpf container install-hooks\n"
		 "  sudo podman run --annotation io.attest.policy=ci IMAGE\n",
};

const struct attest_command attest_cmd_container_uninstall = {
	.name = "container uninstall-hooks",
	.args = "",
	.summary = "take that back",
	.run = uninstall,
	.options = uninstall_options,
	.n_options = ARRAY_SIZE(uninstall_options),
	.values_size = sizeof(struct values),
};

const struct attest_command attest_cmd_container_wrapper = {
	.name = "container runtime-wrapper",
	.args = "[--] RUNTIME [ARG]...",
	.summary = "be a runtime for Docker that calls the hook",
	.run = wrap,
	.options = wrapper_options,
	.n_options = ARRAY_SIZE(wrapper_options),
	.values_size = sizeof(struct values),
	.min_args = 1,
	.max_args = -1,
	.first_arg_ends = true,
	.notes = "For /etc/docker/daemon.json; see docs/containers.md.\n",
};
