// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include <zlib.h>

#include "base/cleanup.h"
#include "event/out.h"
#include "export/secret.h"
#include "export/transports/http.h"

ATTEST_CURL_NAMES(ATTEST_LAZY_DEFINE)

static const struct attest_lazy_symbol symbols[] = { ATTEST_CURL_NAMES(
    ATTEST_LAZY_SYMBOL) };

static size_t on_response(char *data, size_t size, size_t n, void *user)
{
	struct attest_http *h = user;

	/* What is longer is cut: whoever parses it will fail, and retry. */
	if (h->response.len + n <= ATTEST_HTTP_RESPONSE_MAX)
		attest_str_append(&h->response, data, n);
	return size * n;
}

static int on_progress(void *user, curl_off_t a, curl_off_t b, curl_off_t c,
		       curl_off_t d)
{
	return attest_courier_is_late(user);
}

long attest_http_request(struct attest_http *h, const char *url,
			 const char *body, size_t len)
{
	curl_off_t wait = 0;
	long status = 0;
	CURLcode code;

	attest_str_clear(&h->response);
	(void)curl_easy_setopt(h->curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(h->curl, CURLOPT_POSTFIELDSIZE_LARGE,
			       (curl_off_t)len);
	(void)curl_easy_setopt(h->curl, CURLOPT_POSTFIELDS, body);
	code = curl_easy_perform(h->curl);
	if (code != CURLE_OK)
		return attest_courier_fail(&h->base, -ECOMM, "%s",
					   curl_easy_strerror(code));
	(void)curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
	if (curl_easy_getinfo(h->curl, CURLINFO_RETRY_AFTER, &wait) ==
		CURLE_OK &&
	    wait > 0)
		h->base.retry_after_ms =
		    wait > 3600 ? 3600000 : (uint32_t)wait * 1000;
	return status;
}

long attest_http_request_plain(struct attest_http *h, const char *url,
			       const char *body, size_t len)
{
	long status;

	(void)curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, h->plain_headers);
	status = attest_http_request(h, url, body, len);
	(void)curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, h->headers);
	return status;
}

static int pack(const struct attest_str *body, struct attest_str *packed)
{
	z_stream z = { 0 };
	size_t bound;
	char *p;
	int r;

	/* 16 more window bits: gzip's header and trailer. */
	if (deflateInit2(&z, 1, Z_DEFLATED, MAX_WBITS + 16, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	bound = deflateBound(&z, body->len);
	attest_str_clear(packed);
	p = attest_out_room(packed, bound);
	if (!p) {
		(void)deflateEnd(&z);
		return -ENOMEM;
	}
	z.next_in = (unsigned char *)body->data;
	z.avail_in = (unsigned int)body->len;
	z.next_out = (unsigned char *)p;
	z.avail_out = (unsigned int)bound;
	r = deflate(&z, Z_FINISH);
	(void)deflateEnd(&z);
	if (r != Z_STREAM_END)
		return -EIO;
	attest_out_end(packed, p + z.total_out);
	return 0;
}

static int encode(struct attest_courier *courier, struct attest_str *s,
		  const struct attest_record *rec)
{
	struct attest_http *h = (struct attest_http *)courier;
	int r;

	if (h->flavour->encode)
		return h->flavour->encode(h, s, rec);
	r = h->format->write(s, rec, &h->options);
	attest_str_putc(s, '\n');
	return r < 0 ? r : s->error;
}

/* 400 and 413 and the like: this body will never be taken. 401 and 404 are
 * for people to put right, so they wait.
 */
static int refuse(struct attest_http *h, struct attest_batch *batch,
		  long status)
{
	(void)attest_courier_fail(&h->base, -EREMOTEIO, "HTTP %ld: %.120s",
				  status,
				  h->response.len ? h->response.data : "");
	for (char *p = h->base.error; *p; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
	if (status != 400 && status != 413 && status != 422)
		return -EREMOTEIO;
	/* One bad record must not take its neighbours along. */
	if (batch->n > 1)
		return -E2BIG;
	attest_batch_deliver(batch, ATTEST_DELIVERY_REJECTED);
	return 0;
}

static int send_part(struct attest_http *h, struct attest_batch *batch)
{
	const struct attest_str *out = &h->body;
	long status;
	int r;

	attest_str_clear(&h->body);
	if (h->flavour->wrap)
		(void)h->flavour->wrap(h, batch, &h->body);
	else
		for (size_t i = 0; i < batch->n; i++)
			attest_str_append(&h->body,
					  batch->bytes.data +
					      batch->items[i].offset,
					  batch->items[i].len);
	r = h->body.error;
	if (r >= 0 && h->gzip) {
		r = pack(&h->body, &h->packed);
		out = &h->packed;
	}
	if (r < 0)
		return r;
	status = attest_http_request(h, h->url, out->data, out->len);
	if (status < 0)
		return (int)status;
	if (status < 200 || status > 299)
		return refuse(h, batch, status);
	if (h->flavour->accept)
		return h->flavour->accept(h, batch);
	attest_batch_deliver(batch, ATTEST_DELIVERY_DONE);
	return 0;
}

/* A body that is refused as a whole is halved until the bad record is alone. */
static int send_range(struct attest_http *h, struct attest_batch *batch,
		      size_t first, size_t n)
{
	struct attest_batch part = { .bytes = batch->bytes,
				     .items = batch->items + first,
				     .n = n };
	int r = send_part(h, &part);

	if (r != -E2BIG)
		return r;
	r = send_range(h, batch, first, n / 2);
	return r < 0 ? r : send_range(h, batch, first + n / 2, n - n / 2);
}

static int send_batch(struct attest_courier *courier,
		      struct attest_batch *batch)
{
	return send_range((struct attest_http *)courier, batch, 0, batch->n);
}

static bool close_http(struct attest_courier *courier)
{
	struct attest_http *h = (struct attest_http *)courier;

	if (h->curl)
		curl_easy_cleanup(h->curl);
	curl_slist_free_all(h->headers);
	curl_slist_free_all(h->plain_headers);
	attest_str_done(&h->scratch);
	attest_str_done(&h->body);
	attest_str_done(&h->packed);
	attest_str_done(&h->response);
	free(h->index);
	free(h->url);
	free(h);
	return true;
}

static int add_header(struct curl_slist **headers, const char *name,
		      const char *prefix, const char *value)
{
	_cleanup_free_ char *line = NULL;
	struct curl_slist *list;

	if (asprintf(&line, "%s: %s%s", name, prefix, value) < 0) {
		line = NULL;
		return -ENOMEM;
	}
	list = curl_slist_append(*headers, line);
	if (!list)
		return -ENOMEM;
	*headers = list;
	return 0;
}

static int fill_headers(struct attest_http *h, struct curl_slist **headers,
			const char *token, bool gzip)
{
	const char *type = h->flavour->media_type ? h->flavour->media_type
						  : h->format->media_type;
	int r = add_header(headers, "Content-Type", "", type);

	if (r >= 0 && token)
		r = add_header(headers, "Authorization",
			       h->flavour->authorization, token);
	if (r >= 0 && gzip)
		r = add_header(headers, "Content-Encoding", "", "gzip");
	if (r >= 0 && h->has_ack)
		r = add_header(headers, "X-Splunk-Request-Channel", "",
			       h->channel);
	if (r >= 0) /* no round trip to ask whether a body is welcome */
		r = add_header(headers, "Expect", "", "");
	return r;
}

static int make_headers(struct attest_http *h, const struct attest_url *url,
			struct attest_diag *diag)
{
	_cleanup_free_ char *token = NULL;
	int r = attest_url_secret(url, "token", &token, diag);

	if (r < 0)
		return r;
	r = fill_headers(h, &h->headers, token, h->gzip);
	if (r >= 0)
		r = fill_headers(h, &h->plain_headers, token, false);
	if (token)
		explicit_bzero(token, strlen(token));
	return r < 0 ? attest_export_fail(diag, r, "out of memory") : 0;
}

static int set_options(struct attest_http *h, const struct attest_url *url)
{
	const char *ca = attest_url_arg(url, "ca");
	const char *cert = attest_url_arg(url, "cert");
	const char *key = attest_url_arg(url, "key");
	CURL *c = h->curl;

	(void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(c, CURLOPT_POST, 1L);
	(void)curl_easy_setopt(c, CURLOPT_USERAGENT,
			       "attest-bpf/" ATTEST_VERSION);
	(void)curl_easy_setopt(c, CURLOPT_HTTPHEADER, h->headers);
	(void)curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
	(void)curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, 30000L);
	(void)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_response);
	(void)curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
	(void)curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	(void)curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	(void)curl_easy_setopt(c, CURLOPT_XFERINFODATA, &h->base);
	(void)curl_easy_setopt(c, CURLOPT_SSLVERSION,
			       (long)CURL_SSLVERSION_TLSv1_2);
	if (ca && curl_easy_setopt(c, CURLOPT_CAINFO, ca) != CURLE_OK)
		return -ENOMEM;
	if (cert && curl_easy_setopt(c, CURLOPT_SSLCERT, cert) != CURLE_OK)
		return -ENOMEM;
	if (key && curl_easy_setopt(c, CURLOPT_SSLKEY, key) != CURLE_OK)
		return -ENOMEM;
	return 0;
}

/* "splunk+https" is "https"; path and port as the flavour has them. */
static int make_url(struct attest_http *h, const struct attest_url *url)
{
	const char *plus = strrchr(url->scheme, '+');
	const char *path = url->path[0] && strcmp(url->path, "/") != 0
			       ? url->path
			       : h->flavour->default_path;
	char port[8] = "";

	if (!url->port && h->flavour->default_port)
		(void)snprintf(port, sizeof(port), ":%u",
			       h->flavour->default_port);
	if (asprintf(&h->url, "%s://%s%s%s%s", plus ? plus + 1 : url->scheme,
		     url->authority, port, path,
		     h->flavour->suffix ? h->flavour->suffix : "") < 0) {
		h->url = NULL;
		return -ENOMEM;
	}
	return 0;
}

static const struct attest_courier_ops ops = {
	.max_records = 1000,
	.max_bytes = 1 << 20,
	.encode = encode,
	.send = send_batch,
	.close = close_http,
};

/* A random UUID: Splunk's acknowledgements are per channel. */
static void make_channel(char channel[37])
{
	unsigned char b[16] = { 0 };

	if (getrandom(b, sizeof(b), GRND_NONBLOCK) < 0)
		(void)snprintf((char *)b, sizeof(b), "%d", (int)getpid());
	(void)snprintf(channel, 37,
		       "%02x%02x%02x%02x-%02x%02x-4%01x%02x-8%01x%02x-"
		       "%02x%02x%02x%02x%02x%02x",
		       b[0], b[1], b[2], b[3], b[4], b[5], b[6] & 15, b[7],
		       b[8] & 15, b[9], b[10], b[11], b[12], b[13], b[14],
		       b[15]);
}

static int init(struct attest_http *h, const struct attest_url *url,
		struct attest_diag *diag)
{
	const char *gzip = attest_url_arg(url, "gzip");
	const char *index = attest_url_arg(url, "index");
	const char *ack = attest_url_arg(url, "ack");
	int r;

	h->gzip = !gzip || strcmp(gzip, "no") != 0;
	h->has_ack = h->flavour->has_ack && (!ack || strcmp(ack, "no") != 0);
	if (index) {
		h->index = strdup(index);
		if (!h->index)
			return attest_export_fail(diag, -ENOMEM,
						  "out of memory");
	}
	h->options.index = h->index;
	(void)gethostname(h->host, sizeof(h->host) - 1);
	make_channel(h->channel);
	r = make_headers(h, url, diag);
	if (r < 0)
		return r;
	h->curl = curl_easy_init();
	r = h->curl ? make_url(h, url) : -ENOMEM;
	if (r >= 0)
		r = set_options(h, url);
	return r < 0 ? attest_export_fail(diag, r, "out of memory") : 0;
}

int attest_http_open(const struct attest_transport_args *args,
		     const struct attest_http_flavour *flavour,
		     struct attest_courier **ret,
		     struct attest_diag *reterr_diag)
{
	struct attest_http *h;
	int r;

	r = attest_export_need(ATTEST_CURL_SONAME, symbols, ARRAY_SIZE(symbols),
			       reterr_diag);
	if (r < 0)
		return r;
	h = calloc(1, sizeof(*h));
	if (!h)
		return attest_export_fail(reterr_diag, -ENOMEM,
					  "out of memory");
	h->base.ops = &ops;
	h->flavour = flavour;
	h->format = args->format;
	h->options = args->format_options;
	r = init(h, args->url, reterr_diag);
	if (r < 0) {
		(void)close_http(&h->base);
		return r;
	}
	*ret = &h->base;
	return 0;
}
