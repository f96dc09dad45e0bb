// SPDX-License-Identifier: Apache-2.0
/**
 * The transports of this build.
 */
#include "export/transport.h"

static const struct attest_transport *const transports[] = {
	&attest_transport_stdout,
	&attest_transport_file,
	&attest_transport_syslog_udp,
	&attest_transport_syslog_tcp,
	&attest_transport_syslog_tls,
	&attest_transport_unix,
#ifdef ATTEST_HAVE_CURL
	&attest_transport_splunk_https,
	&attest_transport_splunk_http,
	&attest_transport_elastic_https,
	&attest_transport_elastic_http,
	&attest_transport_opensearch_https,
	&attest_transport_otlp_https,
	&attest_transport_otlp_http,
	&attest_transport_https,
	&attest_transport_http,
#endif
#ifdef ATTEST_HAVE_KAFKA
	&attest_transport_kafka,
	&attest_transport_kafka_tls,
#endif
#ifdef ATTEST_HAVE_SYSTEMD
	&attest_transport_journald,
#endif
#ifdef ATTEST_HAVE_MICROHTTPD
	&attest_transport_prometheus,
#endif
	NULL,
};

const struct attest_transport *const *attest_transport_all(void)
{
	return transports;
}
