// SPDX-License-Identifier: Apache-2.0
/**
 * What came of a sandbox: its report and its violations.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "lib/error.h"
#include "lib/sandbox.h"

static int take(struct attest_str *out, int r, char **ret_text, size_t *ret_len,
		struct attest_error *error)
{
	size_t len = out->len;
	char *text = r < 0 ? NULL : attest_str_take(out);

	if (!text)
		return attest_error_set(error, r < 0 ? r : -ENOMEM, NULL,
					"cannot make the report: %s",
					strerror(r < 0 ? -r : ENOMEM));
	*ret_text = text;
	if (ret_len)
		*ret_len = len;
	return 0;
}

int attest_sandbox_export_security_report(const struct attest_sandbox *sandbox,
					  const char *format, char **ret_text,
					  size_t *ret_len,
					  struct attest_error *reterr_error)
{
	_cleanup_str_ struct attest_str out = { 0 };
	int which = attest_report_format_find(format);
	int r;

	if (which < 0)
		return attest_error_set(reterr_error, which,
					ATTEST_FORMATS_HINT,
					"unknown report format '%s'", format);
	if (!sandbox->report)
		return attest_error_set(reterr_error, -ENODATA, NULL,
					"nothing was run yet");
	r = attest_report_render(sandbox->report, &sandbox->context,
				 (enum attest_report_format)which, &out);
	return take(&out, r, ret_text, ret_len, reterr_error);
}

int attest_sandbox_violations(const struct attest_sandbox *sandbox,
			      char **ret_json,
			      struct attest_error *reterr_error)
{
	_cleanup_str_ struct attest_str out = { 0 };
	int r;

	if (!sandbox->report)
		return attest_error_set(reterr_error, -ENODATA, NULL,
					"nothing was run yet");
	r = attest_report_violations(sandbox->report, &out);
	return take(&out, r, ret_json, NULL, reterr_error);
}
