// SPDX-License-Identifier: Apache-2.0
/**
 * Splunk's HTTP Event Collector, with indexer acknowledgement: a batch is
 * done when Splunk says so on the batch's channel, else it is sent again.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "export/transports/http.h"

#define ACK_NS 30000000000ULL

static int encode(struct attest_http *h, struct attest_str *s,
		  const struct attest_record *rec)
{
	/* Events follow each other without anything between. */
	return h->format->write(s, rec, &h->options);
}

/* 1: acknowledged; 0: not yet. */
static int ask(struct attest_http *h, const char *url, json_int_t id)
{
	char body[64], key[32];
	json_t *root, *acks;
	long status;
	int r;

	(void)snprintf(body, sizeof(body), "{\"acks\":[%lld]}", (long long)id);
	(void)snprintf(key, sizeof(key), "%lld", (long long)id);
	status = attest_http_request_plain(h, url, body, strlen(body));
	if (status < 0)
		return (int)status;
	if (status != 200)
		return attest_courier_fail(&h->base, -EREMOTEIO,
					   "HTTP %ld for an acknowledgement",
					   status);
	root = json_loadb(h->response.data ? h->response.data : "",
			  h->response.len, 0, NULL);
	acks = json_object_get(root, "acks");
	r = json_is_true(json_object_get(acks, key));
	json_decref(root);
	return r;
}

static int await_ack(struct attest_http *h, json_int_t id)
{
	uint64_t until = attest_monotonic_ns() + ACK_NS;
	const char *event = strstr(h->url, "/services/collector");
	_cleanup_free_ char *url = NULL;
	unsigned int pause_ms = 10;

	if (asprintf(&url, "%.*s/services/collector/ack?channel=%s",
		     event ? (int)(event - h->url) : (int)strlen(h->url),
		     h->url, h->channel) < 0) {
		url = NULL;
		return -ENOMEM;
	}
	while (attest_monotonic_ns() < until &&
	       !attest_courier_is_late(&h->base)) {
		int r = ask(h, url, id);

		if (r != 0)
			return r < 0 ? r : 0;
		(void)usleep(pause_ms * 1000);
		if (pause_ms < 1000)
			pause_ms *= 2;
	}
	return attest_courier_fail(&h->base, -ETIMEDOUT,
				   "not acknowledged in time");
}

static int accept_batch(struct attest_http *h, struct attest_batch *batch)
{
	json_t *root = json_loadb(h->response.data ? h->response.data : "",
				  h->response.len, 0, NULL);
	json_t *id = json_object_get(root, "ackId");
	int r = 0;

	/* Without acknowledgement in the token's settings there is no id. */
	if (h->has_ack && json_is_integer(id))
		r = await_ack(h, json_integer_value(id));
	json_decref(root);
	if (r >= 0)
		attest_batch_deliver(batch, ATTEST_DELIVERY_DONE);
	return r;
}

const struct attest_http_flavour attest_http_splunk = {
	.default_path = "/services/collector/event",
	.default_port = 8088,
	.authorization = "Splunk ",
	.media_type = "application/json",
	.has_ack = true,
	.encode = encode,
	.accept = accept_batch,
};
