// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "lib/error.h"
#include "report/report.h"

static int render(struct attest_report *report,
		  const struct attest_report_context *context, int format,
		  char **ret_text, size_t *ret_len, struct attest_error *error)
{
	_cleanup_str_ struct attest_str out = { 0 };
	size_t len;
	int r;

	r = attest_report_render(report, context,
				 (enum attest_report_format)format, &out);
	if (r < 0)
		return attest_error_set(
		    error, r, NULL, "cannot make the report: %s", strerror(-r));
	len = out.len;
	*ret_text = attest_str_take(&out);
	if (ret_len)
		*ret_len = len;
	return 0;
}

int attest_report_convert(const char *const *paths, size_t n_paths,
			  const struct attest_policy *policy,
			  const char *const *artifacts, const char *format,
			  char **ret_text, size_t *ret_len,
			  struct attest_error *reterr_error)
{
	_cleanup_(attest_report_free) struct attest_report *report = NULL;
	const struct attest_report_context context = {
		.policy = policy,
		.artifact = artifacts,
	};
	int which = attest_report_format_find(format);
	int r;

	if (which < 0)
		return attest_error_set(
		    reterr_error, which,
		    "the formats are json, html, markdown and in-toto",
		    "unknown report format '%s'", format);
	r = attest_report_new(&report);
	if (r < 0)
		return attest_error_set(reterr_error, r, NULL, "%s",
					strerror(-r));
	for (size_t i = 0; i < n_paths; i++) {
		struct attest_diag diag;

		r = attest_report_add_file(report, paths[i], &diag);
		if (r < 0)
			return attest_error_from_diag(reterr_error, r, &diag);
	}
	return render(report, &context, which, ret_text, ret_len, reterr_error);
}
