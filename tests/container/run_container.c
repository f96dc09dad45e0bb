// SPDX-License-Identifier: Apache-2.0
/**
 * Runs one container by the library's own entry point, for the scripts here:
 * run_container RUNTIME PROFILE|- [KEY=VALUE]... IMAGE [COMMAND...]
 * KEY: global, extra, env (these may be repeated), workspace, policy, name,
 * as_is, docker_runtime, hook (a program) and hook_out (its argument). Exit
 * status: the container's, 100 on an error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "container/run.h"

#define LIST_MAX 32

static const char *global_args[LIST_MAX + 1];
static const char *extra_args[LIST_MAX + 1];
static const char *env[LIST_MAX + 1];
static const char *hook_args[] = { "hook", NULL, NULL };

static void append(const char **list, const char *item)
{
	for (size_t i = 0; i < LIST_MAX; i++) {
		if (!list[i]) {
			list[i] = item;
			return;
		}
	}
}

/* Is it KEY=VALUE of a known key? */
static int take(struct attest_runtime_options *o, char *word)
{
	char *value = strchr(word, '=');
	size_t n = value ? (size_t)(value - word) : 0;

	if (!value++)
		return 0;
#define IS(key) (n == strlen(key) && memcmp(word, key, n) == 0)
	if (IS("global"))
		append(global_args, value);
	else if (IS("extra"))
		append(extra_args, value);
	else if (IS("env"))
		append(env, value);
	else if (IS("workspace"))
		o->workspace = value;
	else if (IS("hook"))
		o->hook_path = value;
	else if (IS("hook_out"))
		hook_args[1] = value;
	else if (IS("docker_runtime"))
		o->docker_runtime = value;
	else if (IS("policy"))
		o->policy_name = value;
	else if (IS("name"))
		o->name = value;
	else if (IS("as_is"))
		o->profile_as_is = true;
	else
		return 0;
#undef IS
	return 1;
}

int main(int argc, char **argv)
{
	struct attest_runtime_options o = {
		.pull = ATTEST_PULL_NEVER,
		.interactive = true,
		.global_args = global_args,
		.extra_args = extra_args,
		.env = env,
		.hook_args = hook_args,
	};
	struct attest_container_result result;
	_cleanup_free_ char *profile = NULL;
	struct attest_diag diag;
	int i = 3;
	int r;

	if (argc < 4 || attest_runtime_parse(argv[1], &o.runtime) < 0)
		return 100;
	if (strcmp(argv[2], "-") != 0) {
		if (attest_read_file(argv[2], 1 << 20, &profile, NULL) < 0)
			return 100;
		o.profile = profile;
	}
	while (i < argc && take(&o, argv[i]))
		i++;
	if (i == argc)
		return 100;
	o.image = argv[i++];
	o.command = (const char *const *)argv + i;
	r = attest_container_run(&o, &result, &diag);
	if (r < 0) {
		(void)fprintf(stderr, "Error: %s\n", diag.text);
		return 100;
	}
	r = result.status;
	if (result.error.failure)
		(void)fprintf(stderr, "Error: %s\nSolution: %s\n",
			      result.error.message, result.error.solution);
	attest_container_result_done(&result);
	return r;
}
