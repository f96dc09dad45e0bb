/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How bad a record is, on one scale that every format maps to its own.
 */
#pragma once

#include "event/record.h"

enum attest_severity {
	ATTEST_SEVERITY_INFO,	  /* allowed and asked for: a trace */
	ATTEST_SEVERITY_LOW,	  /* audited */
	ATTEST_SEVERITY_MEDIUM,	  /* records are missing */
	ATTEST_SEVERITY_HIGH,	  /* denied */
	ATTEST_SEVERITY_CRITICAL, /* killed, or a try to get out */
	ATTEST_SEVERITY_END,
};

enum attest_severity attest_severity_of(const struct attest_record *rec);
