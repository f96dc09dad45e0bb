/* SPDX-License-Identifier: Apache-2.0 */
/**
 * An OCI runtime that adds our hook to every container and then becomes the
 * real runtime: for Docker and containerd, which read no hook directory.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "policy/policy.h"

#define ATTEST_CONFIG_MAX (16U << 20) /* bytes of a config.json */

struct attest_wrapper_options {
	const char *runtime;	      /* "runc", or an absolute path */
	const char *hook_path;	      /* absolute */
	const char *const *hook_args; /* with argv[0]; NULL-terminated */
	/* For containers that carry no annotation; NULL: they get no hook. */
	const char *default_policy;
};

/** What a runtime's command line asks for. Borrows from args. */
struct attest_wrapper_call {
	const char *command; /* NULL: none, as in --version */
	bool creates;	     /* create, run or restore */
	const char *bundle;  /* NULL: the working directory */
};

/**
 * Reads the arguments of runc or crun.
 *
 * Return: 0; -EINVAL an unknown subcommand or option: it might create a
 *         container unnoticed.
 */
int attest_wrapper_parse(const char *const *args,
			 struct attest_wrapper_call *ret_call);

/**
 * Adds the hook, as the first of createRuntime, to an OCI document. Doing it
 * twice adds nothing. Pure.
 *
 * @ret_text: the new document, free(); NULL: nothing is to be changed.
 *
 * Return: 0; -EINVAL no such document; -E2BIG; -ENOMEM.
 */
int attest_wrapper_patch(const struct attest_wrapper_options *options,
			 const char *text, size_t len, char **ret_text,
			 struct attest_diag *reterr_diag);

/**
 * Adds the hook where a container is created, then executes the runtime.
 *
 * @args: the runtime's arguments without argv[0].
 *
 * Fails closed: a container whose document cannot be changed is not created.
 * Return: only on failure; -errno with diag.
 */
int attest_wrapper_exec(const struct attest_wrapper_options *options,
			const char *const *args,
			struct attest_diag *reterr_diag);
