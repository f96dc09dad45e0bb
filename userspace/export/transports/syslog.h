/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What all syslog transports share. Internal to export/.
 */
#pragma once

#include "export/courier.h"
#include "export/transport.h"

enum attest_syslog_framing {
	ATTEST_SYSLOG_DATAGRAM, /* RFC 5426 */
	ATTEST_SYSLOG_LOCAL,	/* /dev/log */
	ATTEST_SYSLOG_OCTETS,	/* RFC 6587 octet counting, RFC 5425 */
	ATTEST_SYSLOG_LF,	/* RFC 6587 non-transparent */
};

struct attest_syslog {
	const struct attest_format *format;
	struct attest_format_options options;
	enum attest_syslog_framing framing;
	struct attest_str message;
};

/** Reads facility= and framing=, and checks the format. */
int attest_syslog_init(struct attest_syslog *syslog,
		       const struct attest_transport_args *args,
		       enum attest_syslog_framing framing,
		       struct attest_diag *reterr_diag);
/** One framed message. A header stands before formats other than rfc5424. */
int attest_syslog_encode(struct attest_syslog *syslog, struct attest_str *s,
			 const struct attest_record *rec);
