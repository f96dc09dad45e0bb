// SPDX-License-Identifier: Apache-2.0
/**
 * Containers that we start, and where their runtimes find our hook.
 */
#include <errno.h>
#include <string.h>

#include "container/hooks_dir.h"
#include "container/wrapper.h"
#include "lib/error.h"
#include "lib/sandbox.h"

static int parse_pull(const char *text, enum attest_pull *ret,
		      struct attest_error *error)
{
	if (!text || strcmp(text, "missing") == 0)
		*ret = ATTEST_PULL_MISSING;
	else if (strcmp(text, "never") == 0)
		*ret = ATTEST_PULL_NEVER;
	else if (strcmp(text, "always") == 0)
		*ret = ATTEST_PULL_ALWAYS;
	else
		return attest_error_set(error, -EINVAL, NULL,
					"'pull' is missing, never or always");
	return 0;
}

static int take_options(const struct attest_container *c,
			struct attest_runtime_options *o,
			struct attest_error *error)
{
	*o = (struct attest_runtime_options){
		.image = c->image,
		.command = c->command,
		.name = c->name,
		.user = c->user,
		.workdir = c->workdir,
		.env = c->env,
		.workspace = c->workspace,
		.global_args = c->runtime_args,
		.interactive = c->interactive,
		.tty = c->tty,
		.cpu_millis = c->cpu_millis,
		.hook_path = c->hook,
		.docker_runtime = c->docker_runtime,
	};
	if (attest_runtime_parse(c->runtime ? c->runtime : "podman",
				 &o->runtime) < 0)
		return attest_error_set(error, -EINVAL,
					"the runtimes are podman, docker, crun "
					"and runc",
					"unknown container runtime '%s'",
					c->runtime);
	return parse_pull(c->pull, &o->pull, error);
}

static const char *known(const char *text)
{
	return text && text[0] ? text : NULL;
}

int attest_sandbox_run_container(struct attest_sandbox *sandbox,
				 const struct attest_container *container,
				 struct attest_sandbox_result *ret_result,
				 struct attest_error *reterr_error)
{
	struct attest_engine_options engine =
	    attest_sandbox_engine_options(sandbox);
	const struct attest_container_error *failure =
	    &sandbox->container.error;
	struct attest_runtime_options options;
	int r;

	if (container->size != sizeof(*container) || !container->image)
		return attest_error_set(reterr_error, -EINVAL, NULL,
					"no image is named");
	if (!sandbox->policy)
		return attest_error_set(reterr_error, -EINVAL, NULL,
					"a container needs a policy");
	r = take_options(container, &options, reterr_error);
	if (r < 0)
		return r;
	r = attest_sandbox_start(sandbox, "container", strdup(container->image),
				 reterr_error);
	if (r < 0)
		return r;
	r = attest_engine_container(&engine, &options, &sandbox->container,
				    &sandbox->result);
	r = attest_sandbox_finish(sandbox, r, true, ret_result, reterr_error);
	if (r < 0)
		return r;
	if (failure->failure) {
		ret_result->failure = failure->message;
		ret_result->solution = failure->solution;
		ret_result->detail = known(failure->detail);
	}
	ret_result->added_calls = known(sandbox->container.added_calls);
	return 0;
}

static int take_place(const struct attest_hook_place *place,
		      struct attest_hooks_options *ret,
		      struct attest_error *error)
{
	if (place->size != sizeof(*place))
		return attest_error_set(error, -EINVAL, NULL,
					"options of another version");
	*ret = (struct attest_hooks_options){
		.dir = place->dir,
		.hook_path = place->path,
		.hook_args = place->args,
	};
	return 0;
}

int attest_container_install_hooks(const struct attest_hook_place *place,
				   struct attest_error *reterr_error)
{
	struct attest_hooks_options options;
	struct attest_diag diag = { 0 };
	int r;

	r = take_place(place, &options, reterr_error);
	if (r < 0)
		return r;
	r = attest_container_hooks_install(&options, &diag);
	return r < 0 ? attest_error_from_diag(reterr_error, r, &diag) : 0;
}

int attest_container_uninstall_hooks(const struct attest_hook_place *place,
				     struct attest_error *reterr_error)
{
	struct attest_hooks_options options;
	struct attest_diag diag = { 0 };
	int r;

	r = take_place(place, &options, reterr_error);
	if (r < 0)
		return r;
	r = attest_container_hooks_uninstall(&options, &diag);
	return r < 0 ? attest_error_from_diag(reterr_error, r, &diag) : 0;
}

int attest_container_wrap_runtime(const char *runtime, const char *const *args,
				  const struct attest_hook_place *place,
				  const char *policy,
				  struct attest_error *reterr_error)
{
	const struct attest_wrapper_options options = {
		.runtime = runtime,
		.hook_path = place->path,
		.hook_args = place->args,
		.default_policy = policy,
	};
	struct attest_diag diag = { 0 };
	int r;

	r = attest_wrapper_exec(&options, args, &diag);
	return attest_error_from_diag(reterr_error, r, &diag);
}
