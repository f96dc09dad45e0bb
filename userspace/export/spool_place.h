/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where a URL's spool lies. Touches the file system. Internal to export/.
 */
#pragma once

#include "export/spool.h"
#include "export/transport.h"

/** Where a spool lies. */
struct attest_spool_where {
	char *directory;
	bool is_temporary;
};

/**
 * Opens the spool of args->url: spool=DIR, spool=none (a directory that goes
 * with the process), or one below the spool root that no other process has.
 *
 * A lasting spool gets the URL as its file "url", for replays.
 *
 * @ret_where: attest_spool_place_done() after closing the spool.
 */
int attest_spool_place(const struct attest_transport_args *args,
		       struct attest_spool **ret,
		       struct attest_spool_where *ret_where,
		       struct attest_diag *reterr_diag);
/** Deletes a temporary directory, and frees the name. */
void attest_spool_place_done(struct attest_spool_where *where);

/** The URL that the spool in dir was filled for; free(). 0 or -errno. */
int attest_spool_place_url(const char *dir, char **ret_url);
