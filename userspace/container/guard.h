/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A small process that outlives us and removes the container when we are
 * killed, and the private directory of a run.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "container/runtime.h"

struct attest_container_guard {
	pid_t pid;
	int fd; /* the guard cleans up when its other end goes away */
};

/**
 * Starts the guard, in a session of its own.
 *
 * @remove_argv: removes the container.
 * @status_says: it exits with 0 only when there was one.
 * @dir:         removed at the end; need not exist yet.
 */
int attest_container_guard_start(char *const *remove_argv, bool status_says,
				 const char *dir,
				 struct attest_container_guard *ret_guard);

/**
 * Tells the guard which process is the runtime, and waits until it knows.
 * Called by that process before its execve(2); async-signal-safe.
 */
int attest_container_guard_adopt_self(int guard_fd);

/** Tells the guard what to kill first. */
void attest_container_guard_tell_cgroup(int guard_fd, const char *dir);

/**
 * Kills every process of a control group and of those below it.
 *
 * Return: 0; -ENOENT there is no such group, or the kernel is older than
 *         5.14; -errno.
 */
int attest_cgroup_kill(const char *dir);

/** Everything is cleaned up: ends the guard. */
void attest_container_guard_dismiss(struct attest_container_guard *guard);

/** Removes a run's directory and the files that are made in it. */
void attest_run_dir_remove(const char *dir);

/** Runs argv with its streams on /dev/null. Its exit status, or -errno. */
int attest_run_quietly(char *const *argv);
