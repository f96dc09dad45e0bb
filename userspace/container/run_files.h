/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The files of a run, and finding the runtime. For run.c.
 */
#pragma once

#include "container/runtime.h"

/**
 * Writes profile, hook or bundle into dir, as the runtime wants them.
 * options->profile must be complete. 0 or -errno with diag.
 */
int attest_run_files_write(const struct attest_runtime_options *options,
			   const char *dir, struct attest_diag *reterr_diag);

/** An executable's absolute path, searched in PATH; free(). -ENOENT. */
int attest_find_program(const char *name, char **ret_path);
