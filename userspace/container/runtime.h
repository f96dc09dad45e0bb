/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a container is started with, and the runtime's command line for it.
 *
 * Pure: nothing here touches the system.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "container/argv.h"
#include "policy/policy.h"

/* Who asks for a container to be confined writes this annotation. */
#define ATTEST_ANNOTATION_POLICY "io.attest.policy"
/* What `container run` knows and a hook could not ask the runtime for. */
#define ATTEST_ANNOTATION_NAME "io.attest.name"
#define ATTEST_ANNOTATION_IMAGE "io.attest.image"

#define ATTEST_CONTAINER_TMPFS "/tmp:rw,noexec,nosuid,size=100m"
#define ATTEST_CONTAINER_NAME_MAX 255
#define ATTEST_CGROUP_DIR_MAX 4096 /* mount point and path */

enum attest_runtime {
	ATTEST_RUNTIME_PODMAN,
	ATTEST_RUNTIME_DOCKER,
	ATTEST_RUNTIME_CRUN,
	ATTEST_RUNTIME_RUNC,
	ATTEST_RUNTIME_END,
};

enum attest_pull {
	ATTEST_PULL_MISSING,
	ATTEST_PULL_NEVER,
	ATTEST_PULL_ALWAYS,
};

/** Work to be done while the runtime runs. */
struct attest_container_watch {
	int fds[2];	 /* fn is called when one is readable; -1: none */
	int interval_ms; /* and at least so often */
	void (*fn)(struct attest_container_watch *watch);
	/* The container's control group, once known: should we be killed, it
	 * is killed before anything else. A directory's path, or "".
	 */
	char cgroup[ATTEST_CGROUP_DIR_MAX];
};

/**
 * One container. Lists are NULL-terminated and may be NULL; every string is
 * borrowed. All zero but image and command is a sensible start.
 */
struct attest_runtime_options {
	enum attest_runtime runtime;
	const char *runtime_path; /* NULL: its name, found in PATH */
	/* For the runtime itself, before its subcommand: "--root", DIR... */
	const char *const *global_args;
	/* For the subcommand, after the ones made here. */
	const char *const *extra_args;

	/* podman, docker: a reference. crun, runc: a root filesystem's path. */
	const char *image;
	const char *const *command; /* podman, docker: NULL is the image's */
	const char *name;	    /* NULL: attest_container_run() makes one */
	const char *user;	    /* "UID[:GID]"; NULL: the image's, or 0:0 */
	const char *workdir;
	const char *const *env;	      /* "KEY=VALUE" */
	const char *workspace;	      /* absolute; NULL: none */
	const char *workspace_target; /* NULL: /workspace */
	bool workspace_read_only;
	bool network;	  /* false: none but loopback */
	bool interactive; /* pass standard input on */
	bool tty;
	enum attest_pull pull;

	uint64_t memory_bytes; /* 0: not limited, as the next ones */
	uint64_t pids;
	uint64_t open_files;
	uint64_t cpu_millis; /* 1000 is one CPU */

	const char *policy_name; /* NULL: no annotation */
	/* A seccomp profile as containers take it; NULL: the runtime's own. */
	const char *profile;
	bool profile_as_is; /* do not add what runtime and libc need */

	/*
	 * A createRuntime hook: absolute path and argv (argv[0] included).
	 * Docker has none: docker_runtime names a wrapper that adds it.
	 */
	const char *hook_path;
	const char *const *hook_args;
	const char *docker_runtime;
	/* docker: API 1.43 (Docker 24) or newer, which knows --annotation. */
	bool docker_annotations;

	struct attest_container_watch *watch; /* or NULL */
};

/** "podman", "docker", "crun", "runc"; "unknown" past the end. */
const char *attest_runtime_name(enum attest_runtime runtime);

/** 0; -ENOENT: there is no such runtime. */
int attest_runtime_parse(const char *name, enum attest_runtime *ret_runtime);

/** Does it run a bundle (crun, runc), not an image (podman, docker)? */
bool attest_runtime_is_low_level(enum attest_runtime runtime);

/**
 * Takes over what a policy says of a container as a whole: name, network,
 * limits. Borrows from policy. A network with an allow list stays on; the
 * list is for the layers that can filter.
 */
void attest_container_options_apply(struct attest_runtime_options *options,
				    const struct attest_policy *policy);

/** 1..255 of [A-Za-z0-9_.-], not starting with '.' or '-'. */
bool attest_container_name_is_valid(const char *name);

/**
 * Refuses what cannot be put on a command line as it is meant.
 *
 * @ret_problem: static text.
 * Return: 0; -EINVAL.
 */
int attest_container_options_check(const struct attest_runtime_options *options,
				   const char **reterr_problem);

/**
 * Writes the command line that runs the container in the foreground.
 *
 * @dir:      the private directory with profile.json, hooks/ and, for crun
 *            and runc, the bundle; absolute.
 * @ret_argv: attest_argv_done(), also on failure.
 *
 * Return: 0; -ENOMEM. options must have passed the check and have a name.
 */
int attest_container_argv(const struct attest_runtime_options *options,
			  const char *dir, struct attest_argv *ret_argv);

/** Writes the command line that removes it, running or not. */
int attest_container_remove_argv(const struct attest_runtime_options *options,
				 struct attest_argv *ret_argv);

/* Files below dir. */
#define ATTEST_RUN_PROFILE "profile.json"
#define ATTEST_RUN_HOOKS "hooks"
#define ATTEST_RUN_LOG "runtime.log"
#define ATTEST_RUN_CONFIG "config.json"
