// SPDX-License-Identifier: Apache-2.0
/**
 * The schemes of HTTP receivers; each with http: for loopback and gateways
 * that add TLS.
 */
#include <errno.h>
#include <string.h>

#include "export/transports/http.h"

const struct attest_http_flavour attest_http_webhook = {
	.default_path = "/",
	.authorization = "Bearer ",
};

#define OPEN(name, flavour, fits, want)                                        \
	static int open_##name(const struct attest_transport_args *args,       \
			       struct attest_courier **ret,                    \
			       struct attest_diag *reterr_diag)                \
	{                                                                      \
		if (!(fits))                                                   \
			return attest_export_fail(reterr_diag, -EINVAL,        \
						  "%s takes the format " want, \
						  args->url->scheme);          \
		return attest_http_open(args, &(flavour), ret, reterr_diag);   \
	}

#define IS(f) (args->format == &attest_format_##f)

OPEN(splunk, attest_http_splunk, IS(hec), "hec")
OPEN(elastic, attest_http_elastic, IS(ecs) || IS(json) || IS(ocsf),
     "ecs, ocsf or json")
OPEN(otlp, attest_http_otlp, IS(otlp_proto) || IS(otlp_json),
     "otlp-protobuf or otlp-json")
OPEN(webhook, attest_http_webhook, !args->format->binary,
     "of lines, such as json")

#define TRANSPORT(id, name, what, url, deflt, extra, open)                     \
	const struct attest_transport attest_transport_##id = {                \
		.scheme = (name),                                              \
		.summary = (what),                                             \
		.example = (url),                                              \
		.format = (deflt),                                             \
		.arguments = ATTEST_HTTP_ARGUMENTS extra,                      \
		.needs_host = true,                                            \
		.open_courier = (open),                                        \
	}

#define SPLUNK "Splunk HTTP Event Collector, with acknowledgement"
#define ELASTIC "Elasticsearch or OpenSearch _bulk; the path is the index"
#define OTLP "OpenTelemetry collectors, OTLP over HTTP"
#define WEBHOOK "any HTTP receiver: POST of lines, gzipped"

TRANSPORT(splunk_https, "splunk+https", SPLUNK,
	  "splunk+https://splunk:8088?token_file=/etc/attest/hec&index=sec",
	  "hec", "index ack ", open_splunk);
TRANSPORT(splunk_http, "splunk+http", SPLUNK ", without TLS",
	  "splunk+http://127.0.0.1:8088?token_env=HEC_TOKEN", "hec",
	  "index ack ", open_splunk);
TRANSPORT(elastic_https, "elastic+https", ELASTIC,
	  "elastic+https://es:9200/violations?token_file=/etc/attest/es", "ecs",
	  "", open_elastic);
TRANSPORT(elastic_http, "elastic+http", ELASTIC ", without TLS",
	  "elastic+http://127.0.0.1:9200/violations?format=ocsf", "ecs", "",
	  open_elastic);
TRANSPORT(opensearch_https, "opensearch+https", ELASTIC,
	  "opensearch+https://os:9200/violations?ca=/etc/ssl/os.pem", "ocsf",
	  "", open_elastic);
TRANSPORT(otlp_https, "otlp+https", OTLP,
	  "otlp+https://collector:4318?format=otlp-json", "otlp-protobuf", "",
	  open_otlp);
TRANSPORT(otlp_http, "otlp+http", OTLP ", without TLS",
	  "otlp+http://127.0.0.1:4318", "otlp-protobuf", "", open_otlp);
TRANSPORT(https, "https", WEBHOOK,
	  "https://hooks.example/attest?format=ocsf&token_env=HOOK_TOKEN",
	  "json", "", open_webhook);
TRANSPORT(http, "http", WEBHOOK ", without TLS",
	  "http://127.0.0.1:8080/violations", "json", "", open_webhook);
