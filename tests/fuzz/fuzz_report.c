// SPDX-License-Identifier: Apache-2.0
/**
 * Lines of any bytes are records or an error; whatever was taken renders.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "report/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(attest_report_free) struct attest_report *report = NULL;
	struct attest_diag diag;

	if (attest_report_new(&report) < 0)
		return 0;
	(void)attest_report_add_json(report, (const char *)data, size, &diag);
	for (int f = 0; f < ATTEST_REPORT_END; f++) {
		_cleanup_str_ struct attest_str out = { 0 };

		if (attest_report_render(
			report, NULL, (enum attest_report_format)f, &out) < 0)
			abort();
	}
	return 0;
}
