// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <attest/attest.h>

#include "base/cleanup.h"
#include "lib/error.h"
#include "lib/exports.h"

int attest_export_help(char **ret_text)
{
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return -errno;
	attest_export_list(f);
	if (fclose(f) != 0)
		return -ENOMEM;
	*ret_text = TAKE_PTR(text);
	return 0;
}

int attest_export_replay_spool(const char *spool, const char *url,
			       int deadline_ms, attest_export_fn fn, void *data,
			       struct attest_error *reterr_error)
{
	struct attest_export_status status = { 0 };
	struct attest_diag diag = { 0 };
	int r;

	r = attest_export_replay(spool, url, deadline_ms, &status, &diag);
	if (status.name[0])
		attest_exports_tell(&status, true, fn, data);
	return r < 0 ? attest_error_from_diag(reterr_error, r, &diag) : 0;
}
