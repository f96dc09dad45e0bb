/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Secrets that a URL names but never holds. Internal to export/.
 */
#pragma once

#include "export/url.h"

/**
 * Reads NAME_file= or NAME_env=, up to the first end of line.
 *
 * @ret: free(); NULL if the URL has neither.
 */
int attest_url_secret(const struct attest_url *url, const char *name,
		      char **ret, struct attest_diag *reterr_diag);
