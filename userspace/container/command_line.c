// SPDX-License-Identifier: Apache-2.0
/**
 * The runtimes' command lines.
 *
 * Source: SPEC.md, "Container Runtime Support"; podman-run(1), docker run's
 * reference, crun(1), runc(8).
 */
#include <inttypes.h>
#include <string.h>

#include "container/runtime.h"

#define MILLIS 1000

static void add_runtime(const struct attest_runtime_options *o,
			struct attest_argv *argv)
{
	attest_argv_add(argv, o->runtime_path
				  ? o->runtime_path
				  : attest_runtime_name(o->runtime));
	attest_argv_add_all(argv, o->global_args);
}

static void add_confinement(const struct attest_runtime_options *o,
			    const char *dir, struct attest_argv *argv)
{
	bool is_docker = o->runtime == ATTEST_RUNTIME_DOCKER;

	if (o->profile) {
		attest_argv_add(argv, "--security-opt");
		attest_argv_addf(argv, "seccomp=%s/%s", dir,
				 ATTEST_RUN_PROFILE);
	}
	attest_argv_add(argv, "--security-opt");
	attest_argv_add(argv, is_docker ? "no-new-privileges:true"
					: "no-new-privileges");
	attest_argv_add(argv, "--cap-drop");
	attest_argv_add(argv, "ALL");
	attest_argv_add(argv, "--read-only");
	/* Podman's --read-only leaves /run and /var/tmp writable with exec. */
	if (!is_docker)
		attest_argv_add(argv, "--read-only-tmpfs=false");
	attest_argv_add(argv, "--tmpfs");
	attest_argv_add(argv, ATTEST_CONTAINER_TMPFS);
	if (!o->network) {
		attest_argv_add(argv, "--network");
		attest_argv_add(argv, "none");
	}
}

static void add_limits(const struct attest_runtime_options *o,
		       struct attest_argv *argv)
{
	if (o->memory_bytes) {
		attest_argv_add(argv, "--memory");
		attest_argv_addf(argv, "%" PRIu64 "b", o->memory_bytes);
	}
	if (o->pids) {
		attest_argv_add(argv, "--pids-limit");
		attest_argv_addf(argv, "%" PRIu64, o->pids);
	}
	if (o->open_files) {
		attest_argv_add(argv, "--ulimit");
		attest_argv_addf(argv, "nofile=%" PRIu64 ":%" PRIu64,
				 o->open_files, o->open_files);
	}
	if (o->cpu_millis) {
		attest_argv_add(argv, "--cpus");
		attest_argv_addf(argv, "%" PRIu64 ".%03" PRIu64,
				 o->cpu_millis / MILLIS,
				 o->cpu_millis % MILLIS);
	}
}

static void add_pair(struct attest_argv *argv, const char *option,
		     const char *key, const char *value)
{
	if (!value)
		return;
	attest_argv_add(argv, option);
	attest_argv_addf(argv, "%s=%s", key, value);
}

/* Docker's labels are not in the OCI document, so no hook sees them. */
static void add_annotations(const struct attest_runtime_options *o,
			    struct attest_argv *argv)
{
	const char *option = "--annotation";

	if (o->runtime == ATTEST_RUNTIME_DOCKER && !o->docker_annotations)
		option = "--label";
	add_pair(argv, option, ATTEST_ANNOTATION_POLICY, o->policy_name);
	if (!o->policy_name)
		return;
	add_pair(argv, option, ATTEST_ANNOTATION_NAME, o->name);
	add_pair(argv, option, ATTEST_ANNOTATION_IMAGE, o->image);
}

static void add_surroundings(const struct attest_runtime_options *o,
			     struct attest_argv *argv)
{
	for (const char *const *e = o->env; e && *e; e++) {
		attest_argv_add(argv, "--env");
		attest_argv_add(argv, *e);
	}
	if (o->workspace) {
		attest_argv_add(argv, "--mount");
		attest_argv_addf(
		    argv, "type=bind,src=%s,dst=%s%s", o->workspace,
		    o->workspace_target ? o->workspace_target : "/workspace",
		    o->workspace_read_only ? ",readonly" : "");
	}
	if (o->user) {
		attest_argv_add(argv, "--user");
		attest_argv_add(argv, o->user);
	}
	if (o->workdir) {
		attest_argv_add(argv, "--workdir");
		attest_argv_add(argv, o->workdir);
	}
	if (o->docker_runtime) {
		attest_argv_add(argv, "--runtime");
		attest_argv_add(argv, o->docker_runtime);
	}
}

static void add_image_run(const struct attest_runtime_options *o,
			  const char *dir, struct attest_argv *argv)
{
	static const char *const pulls[] = { "missing", "never", "always" };

	/* podman reads --hooks-dir before the subcommand only. */
	if (o->hook_path && o->runtime == ATTEST_RUNTIME_PODMAN) {
		attest_argv_add(argv, "--hooks-dir");
		attest_argv_addf(argv, "%s/%s", dir, ATTEST_RUN_HOOKS);
	}
	attest_argv_add(argv, "run");
	attest_argv_add(argv, "--rm");
	attest_argv_add(argv, "--name");
	attest_argv_add(argv, o->name);
	attest_argv_addf(argv, "--pull=%s", pulls[o->pull]);
	if (o->interactive)
		attest_argv_add(argv, "--interactive");
	if (o->tty)
		attest_argv_add(argv, "--tty");
	add_confinement(o, dir, argv);
	add_limits(o, argv);
	add_annotations(o, argv);
	add_surroundings(o, argv);
	attest_argv_add_all(argv, o->extra_args);
	attest_argv_add(argv, o->image);
	attest_argv_add_all(argv, o->command);
}

static void add_bundle_run(const struct attest_runtime_options *o,
			   const char *dir, struct attest_argv *argv)
{
	attest_argv_add(argv, "--log");
	attest_argv_addf(argv, "%s/%s", dir, ATTEST_RUN_LOG);
	attest_argv_add(argv, "run");
	attest_argv_add(argv, "--bundle");
	attest_argv_add(argv, dir);
	attest_argv_add_all(argv, o->extra_args);
	attest_argv_add(argv, o->name);
}

int attest_container_argv(const struct attest_runtime_options *options,
			  const char *dir, struct attest_argv *ret_argv)
{
	add_runtime(options, ret_argv);
	if (attest_runtime_is_low_level(options->runtime))
		add_bundle_run(options, dir, ret_argv);
	else
		add_image_run(options, dir, ret_argv);
	return ret_argv->error;
}

int attest_container_remove_argv(const struct attest_runtime_options *options,
				 struct attest_argv *ret_argv)
{
	add_runtime(options, ret_argv);
	switch (options->runtime) {
	case ATTEST_RUNTIME_PODMAN:
		attest_argv_add(ret_argv, "rm");
		attest_argv_add(ret_argv, "--force");
		attest_argv_add(ret_argv, "--time=0");
		break;
	case ATTEST_RUNTIME_DOCKER:
		attest_argv_add(ret_argv, "rm");
		attest_argv_add(ret_argv, "--force");
		break;
	default:
		attest_argv_add(ret_argv, "delete");
		attest_argv_add(ret_argv, "--force");
		break;
	}
	attest_argv_add(ret_argv, options->name);
	return ret_argv->error;
}
