/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where a URL's spool lies. Touches the file system. Internal to export/.
 */
#pragma once

#include "export/spool.h"
#include "export/transport.h"

/**
 * Opens the spool of args->url: spool=DIR, spool=none (a directory that goes
 * with the process), or one below the spool root that no other process has.
 *
 * @ret_temporary: the directory to delete after closing, or NULL; free().
 */
int attest_spool_place(const struct attest_transport_args *args,
		       struct attest_spool **ret, char **ret_temporary,
		       struct attest_diag *reterr_diag);
/** Deletes what attest_spool_place() made, and frees the name. */
void attest_spool_place_remove(char **directory);
