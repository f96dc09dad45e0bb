/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The environment of a command: --env and --env-file.
 */
#pragma once

#include "cli/command.h"

/** A NULL-terminated list that owns its strings. */
struct attest_environment {
	char **items;
	size_t n_items;
};

void attest_environment_done(struct attest_environment *environment);
#define _cleanup_environment_                                                  \
	__attribute__((__cleanup__(attest_environment_done)))

/**
 * Starts with the caller's variables: all of them, or with is_closed only
 * those that every program needs (PATH, HOME, TERM, the locale, ...). 0 or
 * -ENOMEM.
 */
int attest_environment_inherit(struct attest_environment *environment,
			       bool is_closed);

/**
 * Sets NAME=VALUE; NAME alone takes the caller's value, if it has one.
 *
 * Return: 0; -EINVAL no name; -E2BIG; -ENOMEM.
 */
int attest_environment_set(struct attest_environment *environment,
			   const char *text);

/**
 * Sets what a file has, one a line, as attest_environment_set() does. Empty
 * lines and lines that start with '#' are skipped.
 *
 * @ret_line: of the error, 0 if the file cannot be read.
 */
int attest_environment_read(struct attest_environment *environment,
			    const char *path, int *reterr_line);

/** All of it for a command; complains. ATTEST_EXIT_DONE or a status. */
int attest_environment_make(struct attest_environment *environment,
			    bool is_closed, const struct attest_list *variables,
			    const struct attest_list *files);
