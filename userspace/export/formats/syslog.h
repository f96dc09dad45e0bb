/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Syslog headers, for the rfc5424 format and for the syslog transports.
 */
#pragma once

#include "export/format.h"

/** "<PRI>1 TIME HOST attest-bpf PROCID MSGID", RFC 5424 section 6.2. */
void attest_syslog_header(struct attest_str *s, const struct attest_record *rec,
			  int facility);
/** "<PRI>Mmm dd hh:mm:ss attest-bpf[PID]: ", what local daemons expect. */
void attest_syslog_local_header(struct attest_str *s,
				const struct attest_record *rec, int facility);
/** 0..7, RFC 5424 table 2. */
int attest_syslog_severity(const struct attest_record *rec);
