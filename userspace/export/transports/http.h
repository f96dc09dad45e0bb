/* SPDX-License-Identifier: Apache-2.0 */
/**
 * HTTP receivers: one courier by libcurl, and what differs between them.
 * Internal to export/.
 */
#pragma once

#include "export/courier.h"
#include "export/transport.h"
#include "export/transports/lazy_curl.h"

struct attest_http;

/** What is special about one kind of receiver. */
struct attest_http_flavour {
	const char *default_path; /* of the URL, if it has none */
	const char *suffix;	  /* of every path, or NULL */
	uint16_t default_port;
	bool has_ack;		   /* Splunk's acknowledgements */
	const char *authorization; /* "Splunk ", "Bearer ", "ApiKey " */
	const char *media_type;	   /* NULL: the format's */
	/* Appends a record to the body; NULL: the record and a newline. */
	int (*encode)(struct attest_http *http, struct attest_str *s,
		      const struct attest_record *rec);
	/* Makes the body of the batch; NULL: its bytes as they are. */
	int (*wrap)(struct attest_http *http, const struct attest_batch *batch,
		    struct attest_str *body);
	/* After 2xx: sets deliveries; NULL: all are done. */
	int (*accept)(struct attest_http *http, struct attest_batch *batch);
};

struct attest_http {
	struct attest_courier base;
	const struct attest_http_flavour *flavour;
	const struct attest_format *format;
	struct attest_format_options options;
	char *index;
	char *url;
	CURL *curl;
	struct curl_slist *headers;
	struct curl_slist *plain_headers; /* without Content-Encoding */
	struct attest_str scratch;	  /* one record */
	struct attest_str body;
	struct attest_str packed;   /* body, gzipped */
	struct attest_str response; /* at most ATTEST_HTTP_RESPONSE_MAX */
	bool gzip;
	char channel[37]; /* Splunk: of this session */
	char host[256];
	bool has_ack;
};

#define ATTEST_HTTP_RESPONSE_MAX (4U << 20)
#define ATTEST_HTTP_ARGUMENTS " ca cert key token_file token_env gzip "

/** Opens a courier; the scheme's part before '+' chose the flavour. */
int attest_http_open(const struct attest_transport_args *args,
		     const struct attest_http_flavour *flavour,
		     struct attest_courier **ret,
		     struct attest_diag *reterr_diag);
/** One request. Return: the HTTP status, or -errno. The body is gzipped
 * already if http->gzip is set.
 */
long attest_http_request(struct attest_http *http, const char *url,
			 const char *body, size_t len);
/** As attest_http_request(), with a JSON body that is not gzipped. */
long attest_http_request_plain(struct attest_http *http, const char *url,
			       const char *body, size_t len);

extern const struct attest_http_flavour attest_http_splunk;
extern const struct attest_http_flavour attest_http_elastic;
extern const struct attest_http_flavour attest_http_otlp;
extern const struct attest_http_flavour attest_http_webhook;
