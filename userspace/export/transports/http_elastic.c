// SPDX-License-Identifier: Apache-2.0
/**
 * Elasticsearch and OpenSearch: POST INDEX/_bulk.
 *
 * Each record is created under its own id: a retry that meets its first try
 * is told 409, and that is success. Items fail one by one: 429 and 5xx are
 * tried again, other refusals are final.
 */
#include <errno.h>
#include <jansson.h>

#include "event/out.h"
#include "export/transports/http.h"

static int encode(struct attest_http *h, struct attest_str *s,
		  const struct attest_record *rec)
{
	size_t len = strlen(rec->id);
	char *p;
	int r;

	attest_str_puts(s, "{\"create\":{\"_id\":\"");
	p = attest_out_room(s, ATTEST_JSON_GROWTH * len);
	if (!p)
		return -ENOMEM;
	attest_out_end(s, attest_out_json(p, rec->id, len));
	attest_str_puts(s, "\"}}\n");
	r = h->format->write(s, rec, &h->options);
	attest_str_putc(s, '\n');
	return r < 0 ? r : s->error;
}

static enum attest_delivery delivery_of(json_int_t status)
{
	if ((status >= 200 && status <= 299) || status == 409)
		return ATTEST_DELIVERY_DONE;
	if (status == 429 || status >= 500)
		return ATTEST_DELIVERY_RETRY;
	return ATTEST_DELIVERY_REJECTED;
}

static void note(struct attest_http *h, json_t *result, json_int_t status)
{
	json_t *error = json_object_get(result, "error");
	const char *reason =
	    json_string_value(json_object_get(error, "reason"));

	(void)attest_courier_fail(&h->base, 0, "_bulk item: %d %.100s",
				  (int)status, reason ? reason : "");
}

static int read_items(struct attest_http *h, json_t *items,
		      struct attest_batch *batch)
{
	int r = 0;

	if (json_array_size(items) != batch->n)
		return attest_courier_fail(
		    &h->base, -EBADMSG, "_bulk answered for %zu of %zu items",
		    json_array_size(items), batch->n);
	for (size_t i = 0; i < batch->n; i++) {
		json_t *result =
		    json_object_get(json_array_get(items, i), "create");
		json_int_t status =
		    json_integer_value(json_object_get(result, "status"));

		batch->items[i].delivery = delivery_of(status);
		if (batch->items[i].delivery != ATTEST_DELIVERY_DONE)
			note(h, result, status);
		if (batch->items[i].delivery == ATTEST_DELIVERY_RETRY)
			r = -EAGAIN;
	}
	return r;
}

static int accept_items(struct attest_http *h, struct attest_batch *batch)
{
	json_t *root = json_loadb(h->response.data ? h->response.data : "",
				  h->response.len, 0, NULL);
	int r = 0;

	if (!root)
		return attest_courier_fail(&h->base, -EBADMSG,
					   "the answer to _bulk is not JSON");
	if (json_is_false(json_object_get(root, "errors")))
		attest_batch_deliver(batch, ATTEST_DELIVERY_DONE);
	else
		r = read_items(h, json_object_get(root, "items"), batch);
	json_decref(root);
	return r;
}

const struct attest_http_flavour attest_http_elastic = {
	.default_path = "/attest-violations",
	.suffix = "/_bulk",
	.default_port = 9200,
	.authorization = "ApiKey ",
	.media_type = "application/x-ndjson",
	.encode = encode,
	.accept = accept_items,
};
