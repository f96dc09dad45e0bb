/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The way from a hook to the process that runs the container: an abstract
 * socket with a random name, of which no file is left when we are killed.
 * Both ends accept root only.
 */
#pragma once

#include <stddef.h>

#include "container/hook.h"

#define ATTEST_HOOK_NAME_MAX 64

struct attest_hook_server {
	int fd;
	char name[ATTEST_HOOK_NAME_MAX];
};

int attest_hook_server_open(struct attest_hook_server *server);

/**
 * Takes one waiting hook.
 *
 * @ret_fd:     where its answer goes; the caller closes it.
 * @ret_target: of the container it speaks for; the caller closes its pidfd.
 *
 * Return: 0; -EAGAIN nobody waits; -EPERM not root; -errno. Then the
 *         connection is closed, which the hook takes for a refusal.
 */
int attest_hook_server_take(const struct attest_hook_server *server,
			    int *ret_fd, struct attest_hook_target *ret_target);

/** Answers: error NULL lets the container start. */
void attest_hook_server_answer(int fd, const char *error);

/**
 * The hook's side: passes the state on and waits for the answer.
 *
 * @ret_error: set on failure: why the container is not to start.
 *
 * Return: 0; -EPERM refused; -errno.
 */
int attest_hook_server_ask(const char *name, int state_fd, char *ret_error,
			   size_t size);
