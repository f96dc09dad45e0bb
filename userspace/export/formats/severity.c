// SPDX-License-Identifier: Apache-2.0
#include "export/formats/severity.h"

enum attest_severity attest_severity_of(const struct attest_record *rec)
{
	if (rec->kind == ATTEST_KIND_GAP)
		return ATTEST_SEVERITY_MEDIUM;
	switch (rec->verdict) {
	case ATTEST_VERDICT_KILL:
		return ATTEST_SEVERITY_CRITICAL;
	case ATTEST_VERDICT_DENY:
		if (rec->violation == ATTEST_VIOLATION_NAMESPACE_ESCAPE ||
		    rec->violation == ATTEST_VIOLATION_CGROUP_ESCAPE)
			return ATTEST_SEVERITY_CRITICAL;
		return ATTEST_SEVERITY_HIGH;
	case ATTEST_VERDICT_AUDIT:
		return ATTEST_SEVERITY_LOW;
	default:
		return ATTEST_SEVERITY_INFO;
	}
}
