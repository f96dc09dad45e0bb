// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "container/child.h"
#include "container/guard.h"
#include "container/profile.h"
#include "container/profile_json.h"
#include "container/run.h"
#include "container/run_files.h"
#include "container/runtime_calls.h"

#define LOG_MAX (1U << 20)

/* One run: the caller's options, completed, and what belongs to them. */
struct run {
	struct attest_runtime_options options;
	char *runtime_path;
	char *profile;
	char dir[sizeof("/tmp/attest-bpf-0123456789abcdef")];
	bool has_dir;
	struct attest_argv argv;
	struct attest_argv remove_argv;
	struct attest_container_guard guard;
};

static void run_done(struct run *run)
{
	if (run->has_dir)
		attest_run_dir_remove(run->dir);
	attest_container_guard_dismiss(&run->guard);
	attest_argv_done(&run->argv);
	attest_argv_done(&run->remove_argv);
	free(run->profile);
	free(run->runtime_path);
}

void attest_container_result_done(struct attest_container_result *result)
{
	free(result->added_calls);
	memset(result, 0, sizeof(*result));
}

static int make_name(const struct attest_runtime_options *options,
		     char name[ATTEST_CONTAINER_NAME_MAX + 1])
{
	unsigned long long random;

	if (options->name) {
		(void)snprintf(name, ATTEST_CONTAINER_NAME_MAX + 1, "%s",
			       options->name);
		return 0;
	}
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return -errno;
	(void)snprintf(name, ATTEST_CONTAINER_NAME_MAX + 1, "attest-%016llx",
		       random);
	return 0;
}

static int find_runtime(struct run *run, struct attest_diag *diag)
{
	const char *name = attest_runtime_name(run->options.runtime);
	struct attest_container_error error;
	int r;

	if (run->options.runtime_path)
		return 0;
	r = attest_find_program(name, &run->runtime_path);
	if (r == -ENOENT) {
		attest_container_error_set(
		    &error, ATTEST_FAILURE_RUNTIME_MISSING, NULL, 0);
		return attest_profile_fail(diag, r, "%s: '%s'. Solution: %s",
					   error.message, name, error.solution);
	}
	run->options.runtime_path = run->runtime_path;
	return r;
}

static int complete_profile(struct run *run, char **ret_added,
			    struct attest_diag *diag)
{
	unsigned int who =
	    attest_runtime_calls_mask(run->options.runtime, true);
	int r;

	if (!run->options.profile || run->options.profile_as_is)
		return 0;
	r = attest_container_profile_complete(run->options.profile, who,
					      &run->profile, ret_added, diag);
	if (r >= 0)
		run->options.profile = run->profile;
	return r;
}

/* The guard comes first: from then on a kill leaves nothing. */
static int make_dir(struct run *run, struct attest_diag *diag)
{
	bool is_docker = run->options.runtime == ATTEST_RUNTIME_DOCKER;
	unsigned long long random;
	int r;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return -errno;
	(void)snprintf(run->dir, sizeof(run->dir), "/tmp/attest-bpf-%016llx",
		       random);
	r = attest_container_guard_start(run->remove_argv.items, !is_docker,
					 run->dir, &run->guard);
	if (r < 0)
		return r;
	if (mkdir(run->dir, 0700) < 0)
		return attest_profile_fail(diag, -errno,
					   "cannot make a directory in /tmp");
	run->has_dir = true;
	return 0;
}

static int prepare(struct run *run, struct attest_container_result *result,
		   struct attest_diag *diag)
{
	const char *problem;
	int r;

	r = attest_container_options_check(&run->options, &problem);
	if (r < 0)
		return attest_profile_fail(diag, r, "%s", problem);
	r = find_runtime(run, diag);
	if (r < 0)
		return r;
	r = make_name(&run->options, result->name);
	if (r < 0)
		return r;
	run->options.name = result->name;
	r = complete_profile(run, &result->added_calls, diag);
	if (r < 0)
		return r;
	r = attest_container_remove_argv(&run->options, &run->remove_argv);
	if (r >= 0)
		r = make_dir(run, diag);
	if (r < 0)
		return r;
	r = attest_run_files_write(&run->options, run->dir, diag);
	if (r < 0)
		return r;
	return attest_container_argv(&run->options, run->dir, &run->argv);
}

static void explain(const struct run *run, struct attest_child_tail *tail,
		    struct attest_container_result *result)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_free_ char *log = NULL;
	const char *text = tail->data;
	size_t len = tail->len;

	if (attest_runtime_is_low_level(run->options.runtime)) {
		len = 0;
		if (asprintf(&path, "%s/%s", run->dir, ATTEST_RUN_LOG) < 0)
			path = NULL;
		if (path && attest_read_file(path, LOG_MAX, &log, &len) >= 0)
			text = log;
	}
	attest_container_diagnose(run->options.runtime, result->status, text,
				  len, &result->error);
}

static int execute(struct run *run, struct attest_container_result *result)
{
	struct attest_child_tail tail = { .len = 0 };
	bool keep_error = !attest_runtime_is_low_level(run->options.runtime);
	int r;

	r = attest_runtime_run(run->argv.items, run->guard.fd, keep_error,
			       run->options.watch, &tail, &result->status);
	if (r < 0)
		return r;
	explain(run, &tail, result);
	/* --rm did it, unless the runtime failed or was killed. */
	if (result->error.failure || result->status >= 125)
		(void)attest_run_quietly(run->remove_argv.items);
	return 0;
}

int attest_container_run(const struct attest_runtime_options *options,
			 struct attest_container_result *ret_result,
			 struct attest_diag *reterr_diag)
{
	struct attest_container_result result = { 0 };
	struct run run = { .options = *options, .guard.fd = -1 };
	int r;

	assert(options);
	assert(ret_result);
	assert(reterr_diag);

	memset(reterr_diag, 0, sizeof(*reterr_diag));
	r = prepare(&run, &result, reterr_diag);
	if (r >= 0)
		r = execute(&run, &result);
	run_done(&run);
	if (r < 0) {
		if (!reterr_diag->text[0])
			(void)attest_profile_fail(reterr_diag, 0,
						  "cannot run the container: "
						  "%s",
						  strerror(-r));
		attest_container_result_done(&result);
		return r;
	}
	*ret_result = result;
	return 0;
}
