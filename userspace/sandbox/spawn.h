/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Starts a command in its confinement, in two steps so that there is no
 * moment in which it runs with less:
 *
 *   attest_spawn_start()  the child is set up and waits right before the last
 *                         steps, seccomp and exec. The caller may now make it
 *                         a BPF subject through child.pidfd.
 *   attest_spawn_go()     the child goes on; returns when the program runs.
 *
 * The command dies with the caller's thread. All that it started does too if
 * it has a container or options.own_tree.
 */
#pragma once

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sandbox/rlimit.h"

struct attest_container;
struct attest_landlock_plan;
struct signalfd_siginfo;

/* Most seccomp filters of one command: ours to guard, and the policy's. */
#define ATTEST_SPAWN_FILTERS_MAX 4

/** A step of the start, for messages. */
enum attest_spawn_step {
	ATTEST_STEP_NONE,
	ATTEST_STEP_FORK,
	ATTEST_STEP_PARENT_DEATH,
	ATTEST_STEP_SIGNALS,
	ATTEST_STEP_SESSION,
	ATTEST_STEP_STDIO,
	ATTEST_STEP_NAMESPACES,
	ATTEST_STEP_ID_MAP,
	ATTEST_STEP_LOOPBACK,
	ATTEST_STEP_HOST_NAME,
	ATTEST_STEP_FORBID_NAMESPACES,
	ATTEST_STEP_ROOT,  /* the mounts of a container */
	ATTEST_STEP_COVER, /* a mount over a forbidden path */
	ATTEST_STEP_PIVOT,
	ATTEST_STEP_INIT,
	ATTEST_STEP_CAPABILITIES,
	ATTEST_STEP_CHDIR,
	ATTEST_STEP_RLIMIT,
	ATTEST_STEP_NO_NEW_PRIVS,
	ATTEST_STEP_FDS,
	ATTEST_STEP_LANDLOCK,
	ATTEST_STEP_FIND, /* the program along PATH */
	ATTEST_STEP_WAIT, /* for go() */
	ATTEST_STEP_SECCOMP,
	ATTEST_STEP_EXEC,
	ATTEST_STEP_END,
};

/** Which step failed, and how. */
struct attest_spawn_error {
	enum attest_spawn_step step;
	int error;	 /* negative errno */
	char path[4096]; /* what it was about; "" if nothing. For EXEC and
			  * FIND the program, as found */
};

struct attest_spawn_filter {
	const struct sock_fprog *program; /* borrowed until go() returns */
	uint32_t flags; /* SECCOMP_FILTER_FLAG_*; one may have NEW_LISTENER */
};

struct attest_spawn_options {
	const char *const *argv; /* NULL-terminated; argv[0] along PATH */
	const char *const *envp;
	const char *cwd; /* NULL: stay */

	int landlock_fd; /* -1: none; stays open in the caller */
	/* What landlock_fd was made of. Its grants for the command itself, and
	 * for what a container has of its own, are added in the child; NULL:
	 * they are missing there.
	 */
	const struct attest_landlock_plan *landlock_plan;
	int landlock_abi;
	uint32_t landlock_flags;
	/* Installed in this order; the last one installed is asked first. */
	struct attest_spawn_filter filters[ATTEST_SPAWN_FILTERS_MAX];
	size_t n_filters;

	const struct attest_rlimits *rlimits;	  /* or NULL */
	const struct attest_container *container; /* NULL: level `process` */

	/* Without a container: all that the command leaves behind ends with
	 * it and with the caller. A container does that anyway.
	 */
	bool own_tree;
	int stdio[3];	  /* descriptors to become 0, 1, 2; -1: keep */
	bool new_session; /* setsid(): no terminal to talk to */
};

/** Options of a command that is not confined at all yet. */
struct attest_spawn_options attest_spawn_defaults(const char *const *argv,
						  const char *const *envp);

struct attest_child {
	pid_t pid; /* of the command, as the caller sees it */
	int pidfd; /* of the command: for signals and to make it a subject */
	int notify_fd; /* seccomp listener, or -1; set by go() */
	/* What is waited for: the command, its reaper, or the init of its
	 * container.
	 */
	pid_t leader;	  /* 0: none, or collected */
	int leader_pidfd; /* -1: pidfd */
	int channel;
	int life; /* the reaper ends all when this is closed; or -1 */
	struct attest_spawn_shared *shared;
};

#define ATTEST_CHILD_NONE                                                      \
	((struct attest_child){ .pidfd = -1,                                   \
				.notify_fd = -1,                               \
				.leader_pidfd = -1,                            \
				.channel = -1,                                 \
				.life = -1 })

/** The descriptor that polls readable when the command has ended. */
int attest_spawn_end_fd(const struct attest_child *child);

/**
 * Forks and sets up; on success the child waits.
 *
 * Return: 0; a negative errno with reterr_error filled. Nothing is left.
 */
int attest_spawn_start(const struct attest_spawn_options *options,
		       struct attest_child *ret_child,
		       struct attest_spawn_error *reterr_error);

/**
 * Lets the child install its filters and execute the program.
 *
 * If a filter has a listener, child->notify_fd is set as soon as it exists;
 * the program may already wait for an answer then, even in its execve(2), and
 * in that case a failing execve(2) shows only in attest_spawn_reap().
 *
 * Return: 0, or a negative errno: the child is gone then. Exit status for a
 * command that could not run: attest_spawn_exit_code().
 */
int attest_spawn_go(struct attest_child *child,
		    struct attest_spawn_error *reterr_error);

/**
 * Collects the end of the command, without waiting for it.
 *
 * @ret_status: as a shell has it: the exit status, or 128 + signal.
 * @ret_signal: the signal that ended it, or 0; may be NULL.
 *
 * Return: 1 ended, 0 not yet, or a negative errno.
 */
int attest_spawn_reap(struct attest_child *child, int *ret_status,
		      int *ret_signal);

/** As attest_spawn_reap(), waiting for the end. Return: 0 or -errno. */
int attest_spawn_wait(struct attest_child *child, int *ret_status,
		      int *ret_signal);

/** Sends a signal to the command. 0 or -errno; -ESRCH if it has ended. */
int attest_spawn_signal(const struct attest_child *child, int signal);

/** Ends the command and, with a container or own_tree, all that it started:
 * for a wall-time limit. attest_spawn_reap() tells when it is done.
 */
void attest_spawn_kill(struct attest_child *child);

/**
 * Passes on a signal that the caller received. What a terminal sends to a
 * whole process group has reached the command already and is not sent twice.
 *
 * Return: 0 also if there was nothing to do, or -errno.
 */
int attest_spawn_forward(const struct attest_child *child,
			 const struct signalfd_siginfo *info);

/** Ends the command if it still runs and frees what the child holds. */
void attest_spawn_done(struct attest_child *child);

/** 127 not found, 126 cannot be executed, 1 anything else. */
int attest_spawn_exit_code(const struct attest_spawn_error *error);

/** "cannot NAME 'path': reason; remedy", into buffer, which is returned. */
const char *attest_spawn_error_text(const struct attest_spawn_error *error,
				    char *buffer, size_t size);

/** What a step does: "install the seccomp filter", ... */
const char *attest_spawn_step_name(enum attest_spawn_step step);
