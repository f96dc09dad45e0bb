/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What runs between fork and exec. Async-signal-safe, no allocation: the
 * caller may have threads that held a lock when it forked.
 */
#pragma once

#include <stdatomic.h>

#include "sandbox/spawn.h"

/**
 * Memory that parent and child share up to the exec. The child reports
 * through it because a seccomp filter may refuse every system call that could
 * carry a report.
 */
struct attest_spawn_shared {
	struct attest_spawn_error error;
	/* The listener in the child's table; LISTENER_* below if negative. */
	atomic_int listener;
	/* Who passes the listener on; the parent's child, 0 if there is none.
	 */
	atomic_int helper;
	/* How the command ended, from the init of its container. */
	atomic_int has_ended;
	int end_code;	/* CLD_* */
	int end_status; /* exit status or signal */
};

#define ATTEST_LISTENER_PENDING (-1)
#define ATTEST_LISTENER_FAILED (-2)

/** Notes a failure; returns -1. */
int attest_child_fail(struct attest_spawn_shared *shared,
		      enum attest_spawn_step step, int error, const char *path);

/* Bytes on the channel. */
#define ATTEST_CHANNEL_READY 'R' /* the command waits for go */
#define ATTEST_CHANNEL_GO 'G'
#define ATTEST_CHANNEL_MAP 'U'	  /* init can be looked at: map its ids */
#define ATTEST_CHANNEL_MAPPED 'M' /* ids are mapped: init may go on */
#define ATTEST_CHANNEL_PIDFD 'P'  /* carries the command's pidfd */
#define ATTEST_CHANNEL_LISTENER 'L'

/** Sends a byte with a descriptor. 0 or -errno. */
int attest_channel_send_fd(int channel, char byte, int fd);

/**
 * Receives a byte and perhaps a descriptor, close-on-exec.
 *
 * @flags:  of recvmsg(2).
 * @ret_fd: untouched if none came.
 *
 * Return: 1; 0 at the end of the channel; or -errno.
 */
int attest_channel_receive(int channel, int flags, char *ret_byte, int *ret_fd);

/** The pid behind a pidfd, as this process sees it. 0 or -errno. */
int attest_pidfd_pid(int pidfd, pid_t *ret_pid);

/**
 * Runs as init of a container: builds it, starts the command in it as
 * attest_child_run() and reaps until the command ends.
 */
_Noreturn void attest_init_run(const struct attest_spawn_options *options,
			       struct attest_spawn_shared *shared, int channel,
			       const char **script);

/**
 * Runs as the reaper of a command without a container: starts it as
 * attest_child_run() and ends all of its tree with it.
 *
 * @life: reads an end when the supervisor wants all to end, or is gone.
 */
_Noreturn void attest_reaper_run(const struct attest_spawn_options *options,
				 struct attest_spawn_shared *shared,
				 int channel, int life, const char **script);

/**
 * Sets up the calling process, waits for the parent and executes. The result
 * is in shared; the process ends with exit status 127 or 126 on failure.
 *
 * @script: argv for /bin/sh with an empty slot 1, for a program without an
 *          interpreter line.
 */
_Noreturn void attest_child_run(const struct attest_spawn_options *options,
				struct attest_spawn_shared *shared, int channel,
				const char **script);
