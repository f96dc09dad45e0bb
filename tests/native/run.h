/* SPDX-License-Identifier: Apache-2.0 */
/** What the native tests share: run a shell script in some confinement. */
#pragma once

#include <stdbool.h>

#include "sandbox/spawn.h"

/** Runs `sh -c script` and asserts that it started. Return: exit status. */
int run_sh(struct attest_spawn_options *options, const char *script);

/** The same for any command. */
int run_command(struct attest_spawn_options *options, const char *const *argv);

/** What the last run_sh() wrote to standard output and error. */
extern char run_output[8192];

/** Asserts that script ends with status and wrote exactly output. */
void assert_sh(struct attest_spawn_options *options, const char *script,
	       int status, const char *output);

/** Asserts that this process has no child left and made no mount. */
void assert_no_child(void);

/** A fresh directory below /var/tmp, removed at the end of the program. */
const char *scratch(void);
