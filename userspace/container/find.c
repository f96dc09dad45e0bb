// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "container/identify_system.h"
#include "container/run_files.h"

#define OUTPUT_MAX (1U << 20)

extern char **environ;

static int spawn(char *const *argv, int output, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	int r;

	r = posix_spawn_file_actions_init(&actions);
	if (r)
		return -r;
	r = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR,
					     0);
	if (!r)
		r = posix_spawn_file_actions_adddup2(&actions, output, 1);
	if (!r)
		r = posix_spawn_file_actions_addopen(&actions, 2, "/dev/null",
						     O_RDWR, 0);
	if (!r)
		r = posix_spawnp(ret_pid, argv[0], &actions, NULL, argv,
				 environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	return -r;
}

/* What a command prints; its exit status does not matter. */
static int capture(char *const *argv, char **ret_text, size_t *ret_len)
{
	_cleanup_close_ int output = -1;
	int pipes[2];
	pid_t pid;
	int r;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return -errno;
	output = pipes[0];
	r = spawn(argv, pipes[1], &pid);
	(void)close(pipes[1]);
	if (r < 0)
		return r;
	r = attest_read_fd(output, OUTPUT_MAX, ret_text, ret_len);
	if (r < 0)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return r;
}

static int ask(const struct attest_runtime_options *options,
	       enum attest_runtime runtime, const char *name,
	       struct attest_container_info *info)
{
	const struct attest_runtime_options none = { .runtime = runtime };
	_cleanup_argv_ struct attest_argv argv = { 0 };
	_cleanup_free_ char *path = NULL;
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r;

	if (!options)
		options = &none;
	if (!options->runtime_path) {
		r = attest_find_program(attest_runtime_name(runtime), &path);
		if (r < 0)
			return r;
	}
	attest_argv_add(&argv, path ? path : options->runtime_path);
	attest_argv_add_all(&argv, options->global_args);
	attest_argv_add(&argv, "inspect");
	attest_argv_add(&argv, "--type=container");
	attest_argv_add(&argv, name);
	if (argv.error)
		return argv.error;
	r = capture(argv.items, &text, &len);
	if (r < 0)
		return r;
	r = attest_container_parse_inspect(text, len, info);
	return r == -EINVAL ? -ENOENT : r;
}

/* State directories: full ids only. %s is the id. */
static const struct {
	const char *format;
	const char *runtime;
} states[] = {
	{ "/run/runc/%s/state.json", "runc" },
	{ "/run/crun/%s/status", "crun" },
	{ "/run/docker/runtime-runc/moby/%s/state.json", "docker" },
	{ "/run/containerd/runc/k8s.io/%s/state.json", "containerd" },
	{ "/run/containerd/runc/default/%s/state.json", "containerd" },
};

static int read_state(size_t i, const char *id,
		      struct attest_container_info *info)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (asprintf(&path, states[i].format, id) < 0) {
		path = NULL;
		return -ENOMEM;
	}
#pragma GCC diagnostic pop
	r = attest_read_file(path, OUTPUT_MAX, &text, &len);
	if (r < 0)
		return r;
	r = attest_container_parse_state(text, len, &info->pid);
	if (r < 0)
		return r;
	(void)snprintf(info->id, sizeof(info->id), "%s", id);
	info->runtime = states[i].runtime;
	return 0;
}

static int find(const struct attest_runtime_options *options, const char *name,
		struct attest_container_info *info)
{
	int best = -ENOENT;
	int r;

	for (int i = ATTEST_RUNTIME_PODMAN; i <= ATTEST_RUNTIME_DOCKER; i++) {
		if (options && (int)options->runtime != i)
			continue;
		r = ask(options, (enum attest_runtime)i, name, info);
		if (r >= 0)
			return 0;
		if (r == -ESRCH)
			best = r;
	}
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		if (read_state(i, name, info) >= 0)
			return 0;
	}
	return best;
}

int attest_container_find(const struct attest_runtime_options *options,
			  const char *name,
			  struct attest_container_info *ret_info)
{
	struct attest_container_info info = { .pid = 0 };
	struct attest_container_id id;
	int r;

	if (!attest_container_name_is_valid(name))
		return -EINVAL;
	r = find(options, name, &info);
	if (r < 0)
		return r;
	r = attest_container_of_pid(info.pid, &id, info.cgroup);
	if (r < 0 && r != -ENOENT)
		return r;
	if (info.cgroup[0] && strcmp(info.cgroup, "/") != 0)
		(void)attest_cgroup_v2_id(info.cgroup, &info.cgroup_id);
	*ret_info = info;
	return 0;
}
