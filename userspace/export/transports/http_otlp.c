// SPDX-License-Identifier: Apache-2.0
/**
 * OTLP over HTTP, JSON or protobuf.
 */
#include <errno.h>

#include "export/formats/otlp.h"
#include "export/transports/http.h"

static int encode(struct attest_http *h, struct attest_str *s,
		  const struct attest_record *rec)
{
	int r;

	if (!h->format->binary)
		return h->format->write(s, rec, &h->options);
	attest_str_clear(&h->scratch);
	r = h->format->write(&h->scratch, rec, &h->options);
	if (r < 0)
		return r;
	attest_otlp_frame(s, h->scratch.data, h->scratch.len);
	return s->error;
}

static int wrap(struct attest_http *h, const struct attest_batch *batch,
		struct attest_str *body)
{
	struct attest_str *s = &h->scratch;

	attest_str_clear(s);
	for (size_t i = 0; i < batch->n; i++) {
		if (i > 0 && !h->format->binary)
			attest_str_putc(s, ',');
		attest_str_append(s, batch->bytes.data + batch->items[i].offset,
				  batch->items[i].len);
	}
	if (s->error)
		return s->error;
	return attest_otlp_wrap(body, h->host, h->format->binary, s->data,
				s->len);
}

const struct attest_http_flavour attest_http_otlp = {
	.default_path = "/v1/logs",
	.default_port = 4318,
	.authorization = "Bearer ",
	.encode = encode,
	.wrap = wrap,
};
