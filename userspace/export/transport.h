/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Transports: what a URL's scheme stands for. Internal to export/.
 *
 * A local transport is a sink itself. A network transport is a courier: the
 * queue (queue.c) hands it batches from the spool in a thread of its own.
 */
#pragma once

#include "export/export.h"
#include "export/format.h"
#include "export/url.h"

/** What every sink of export/ is, first member of its struct. */
struct attest_export_sink {
	struct attest_sink sink;
	char name[192]; /* the URL without its arguments */
	void (*reopen)(struct attest_export_sink *sink); /* or NULL */
	void (*status)(struct attest_export_sink *sink,
		       struct attest_export_status *ret_status);
	struct attest_export_group *group; /* or NULL */
	struct attest_export_sink *next;   /* in the group */
	struct attest_export_status *last; /* or NULL: filled by close */
};

struct attest_courier;

/** What a transport's open function is told. All borrowed for the call. */
struct attest_transport_args {
	const struct attest_url *url;
	const char *text; /* the URL as it was given */
	const struct attest_export_options *options;
	const struct attest_format *format;
	struct attest_format_options format_options;
};

struct attest_transport {
	const char *scheme;
	const char *summary;
	const char *example;
	const char *format;    /* the default */
	const char *arguments; /* names, each between spaces: " a b " */
	bool needs_host;
	const struct attest_sink_ops *sink_ops; /* of what open_sink makes */
	/* Exactly one of the two. */
	int (*open_sink)(const struct attest_transport_args *args,
			 struct attest_export_sink **ret,
			 struct attest_diag *reterr_diag);
	int (*open_courier)(const struct attest_transport_args *args,
			    struct attest_courier **ret,
			    struct attest_diag *reterr_diag);
};

/** All transports of this build, to the one without a scheme. */
const struct attest_transport *const *attest_transport_all(void);

extern const struct attest_transport attest_transport_stdout;
extern const struct attest_transport attest_transport_file;
extern const struct attest_transport attest_transport_syslog_udp;
extern const struct attest_transport attest_transport_syslog_tcp;
extern const struct attest_transport attest_transport_syslog_tls;
extern const struct attest_transport attest_transport_unix;
extern const struct attest_transport attest_transport_splunk_https;
extern const struct attest_transport attest_transport_splunk_http;
extern const struct attest_transport attest_transport_elastic_https;
extern const struct attest_transport attest_transport_elastic_http;
extern const struct attest_transport attest_transport_opensearch_https;
extern const struct attest_transport attest_transport_otlp_https;
extern const struct attest_transport attest_transport_otlp_http;
extern const struct attest_transport attest_transport_https;
extern const struct attest_transport attest_transport_http;
extern const struct attest_transport attest_transport_kafka;
extern const struct attest_transport attest_transport_journald;
extern const struct attest_transport attest_transport_prometheus;
extern const struct attest_transport attest_transport_kafka_tls;
