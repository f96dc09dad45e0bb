// SPDX-License-Identifier: Apache-2.0
/**
 * kafka:// by librdkafka: an idempotent producer, keyed by host and cgroup so
 * that what one confined job did stays in order in one partition.
 *
 * A batch is done when the brokers have confirmed each of its records.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "export/secret.h"
#include "export/transport.h"
#include "export/courier.h"
#include "export/transports/lazy_kafka.h"

ATTEST_KAFKA_NAMES(ATTEST_LAZY_DEFINE)

static const struct attest_lazy_symbol symbols[] = { ATTEST_KAFKA_NAMES(
    ATTEST_LAZY_SYMBOL) };

#define DELIVERY_NS 30000000000ULL

struct kafka {
	struct attest_courier base;
	const struct attest_format *format;
	struct attest_format_options options;
	rd_kafka_t *producer;
	rd_kafka_topic_t *topic;
	/* Of the batch on its way. A report that comes late must not touch
	 * another batch, so each carries the number of its batch.
	 */
	struct attest_batch *batch;
	uint64_t number;
	size_t n_open;
	char trouble[160]; /* what librdkafka said of the brokers */
};

static int encode(struct attest_courier *courier, struct attest_str *s,
		  const struct attest_record *rec)
{
	struct kafka *k = (struct kafka *)courier;

	return k->format->write(s, rec, &k->options);
}

/* Index and batch number in the pointer that a message carries. */
static void *tag(const struct kafka *k, size_t i)
{
	return (void *)(uintptr_t)(k->number << 16 | i);
}

static void on_delivery(rd_kafka_t *producer, const rd_kafka_message_t *m,
			void *opaque)
{
	struct kafka *k = opaque;
	uintptr_t t = (uintptr_t)m->_private;
	size_t i = t & 0xffff;

	if (!k->batch || t >> 16 != (k->number & (UINTPTR_MAX >> 16)) ||
	    i >= k->batch->n)
		return;
	k->n_open--;
	if (!m->err) {
		k->batch->items[i].delivery = ATTEST_DELIVERY_DONE;
		return;
	}
	if (m->err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ||
	    m->err == RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE)
		k->batch->items[i].delivery = ATTEST_DELIVERY_REJECTED;
	/* Taken back by us: the reason is another one. */
	if (m->err != RD_KAFKA_RESP_ERR__PURGE_QUEUE)
		(void)attest_courier_fail(&k->base, 0, "%s",
					  rd_kafka_err2str(m->err));
}

/* From rd_kafka_poll(). */
static void on_error(rd_kafka_t *producer, int error, const char *reason,
		     void *opaque)
{
	struct kafka *k = opaque;

	if (error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || !k->trouble[0])
		(void)snprintf(k->trouble, sizeof(k->trouble), "%s", reason);
}

static rd_kafka_resp_err_t produce(struct kafka *k, size_t i)
{
	struct attest_batch_item *item = &k->batch->items[i];

	return rd_kafka_producev(
	    k->producer, RD_KAFKA_V_RKT(k->topic),
	    RD_KAFKA_V_PARTITION(RD_KAFKA_PARTITION_UA),
	    RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
	    RD_KAFKA_V_KEY(item->key, strlen(item->key)),
	    RD_KAFKA_V_VALUE(k->batch->bytes.data + item->offset, item->len),
	    RD_KAFKA_V_TIMESTAMP((int64_t)(item->time_ns / 1000000)),
	    RD_KAFKA_V_HEADER("id", item->id, strlen(item->id)),
	    RD_KAFKA_V_HEADER("content-type", k->format->media_type,
			      strlen(k->format->media_type)),
	    RD_KAFKA_V_HEADER("format", k->format->name,
			      strlen(k->format->name)),
	    RD_KAFKA_V_OPAQUE(tag(k, i)), RD_KAFKA_V_END);
}

static int send_batch(struct attest_courier *courier,
		      struct attest_batch *batch)
{
	struct kafka *k = (struct kafka *)courier;
	uint64_t until = attest_monotonic_ns() + DELIVERY_NS;
	size_t done = 0;

	k->batch = batch;
	k->number++;
	k->n_open = 0;
	k->trouble[0] = '\0';
	for (size_t i = 0; i < batch->n; i++) {
		rd_kafka_resp_err_t e = produce(k, i);

		if (e) {
			(void)attest_courier_fail(courier, 0, "%s",
						  rd_kafka_err2str(e));
			break;
		}
		k->n_open++;
	}
	while (k->n_open > 0 && attest_monotonic_ns() < until &&
	       !attest_courier_is_late(courier))
		(void)rd_kafka_poll(k->producer, 50);
	/* What is still queued would arrive a second time: take it back. */
	if (k->n_open > 0) {
		(void)rd_kafka_purge(k->producer, RD_KAFKA_PURGE_F_QUEUE);
		(void)rd_kafka_poll(k->producer, 0);
	}
	k->batch = NULL;
	for (size_t i = 0; i < batch->n; i++)
		done += batch->items[i].delivery != ATTEST_DELIVERY_RETRY;
	if (done == batch->n)
		return 0;
	if (!courier->error[0])
		(void)attest_courier_fail(
		    courier, 0, "%s",
		    k->trouble[0] ? k->trouble : "the brokers do not answer");
	return -EAGAIN;
}

static bool close_kafka(struct attest_courier *courier)
{
	struct kafka *k = (struct kafka *)courier;

	if (k->topic)
		rd_kafka_topic_destroy(k->topic);
	if (k->producer) {
		(void)rd_kafka_purge(k->producer,
				     RD_KAFKA_PURGE_F_QUEUE |
					 RD_KAFKA_PURGE_F_INFLIGHT);
		(void)rd_kafka_flush(k->producer, 100);
		rd_kafka_destroy(k->producer);
	}
	free(k);
	return true;
}

static const struct attest_courier_ops ops = {
	.max_records = 10000,
	.max_bytes = 8 << 20,
	.encode = encode,
	.send = send_batch,
	.close = close_kafka,
};

/* librdkafka would print on standard error. */
static void on_log(const rd_kafka_t *producer, int level, const char *facility,
		   const char *text)
{
}

static int set(rd_kafka_conf_t *conf, const char *name, const char *value,
	       struct attest_diag *diag)
{
	char error[160];

	if (!value || rd_kafka_conf_set(conf, name, value, error,
					sizeof(error)) == RD_KAFKA_CONF_OK)
		return 0;
	/* The text may repeat the value, and that may be a secret. */
	return attest_export_fail(diag, -EINVAL, "kafka: %s is not accepted",
				  name);
}

static int set_security(rd_kafka_conf_t *conf, const struct attest_url *url,
			struct attest_diag *diag)
{
	_cleanup_free_ char *password = NULL;
	const char *user = attest_url_arg(url, "user");
	bool tls = strcmp(url->scheme, "kafka+tls") == 0;
	const char *mechanism = attest_url_arg(url, "mechanism");
	int r = attest_url_secret(url, "password", &password, diag);

	if (r >= 0)
		r = set(conf, "security.protocol",
			user ? (tls ? "sasl_ssl" : "sasl_plaintext")
			     : (tls ? "ssl" : "plaintext"),
			diag);
	if (r >= 0 && tls)
		r = set(conf, "ssl.ca.location", attest_url_arg(url, "ca"),
			diag);
	if (r >= 0 && tls)
		r = set(conf, "ssl.certificate.location",
			attest_url_arg(url, "cert"), diag);
	if (r >= 0 && tls)
		r = set(conf, "ssl.key.location", attest_url_arg(url, "key"),
			diag);
	if (r >= 0 && user)
		r = set(conf, "sasl.mechanism",
			mechanism ? mechanism : "SCRAM-SHA-512", diag);
	if (r >= 0)
		r = set(conf, "sasl.username", user, diag);
	if (r >= 0)
		r = set(conf, "sasl.password", password, diag);
	return r;
}

static int configure(rd_kafka_conf_t *conf, const struct attest_url *url,
		     struct kafka *k, struct attest_diag *diag)
{
	const char *compression = attest_url_arg(url, "compression");
	int r = set(conf, "bootstrap.servers", url->authority, diag);

	if (r >= 0)
		r = set(conf, "enable.idempotence", "true", diag);
	if (r >= 0)
		r = set(conf, "compression.type",
			compression ? compression : "zstd", diag);
	if (r >= 0)
		r = set(conf, "linger.ms", "5", diag);
	if (r >= 0)
		r = set(conf, "message.timeout.ms", "25000", diag);
	if (r >= 0)
		r = set(conf, "client.id", "attest-bpf", diag);
	if (r >= 0)
		r = set_security(conf, url, diag);
	rd_kafka_conf_set_opaque(conf, k);
	rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
	rd_kafka_conf_set_error_cb(conf, on_error);
	rd_kafka_conf_set_log_cb(conf, on_log);
	return r;
}

static int start(struct kafka *k, const struct attest_url *url,
		 struct attest_diag *diag)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char error[160] = "";
	int r;

	if (!conf)
		return attest_export_fail(diag, -ENOMEM, "out of memory");
	r = configure(conf, url, k, diag);
	if (r >= 0) {
		k->producer =
		    rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error));
		if (!k->producer)
			r = attest_export_fail(diag, -EINVAL, "kafka: %.120s",
					       error);
	}
	if (r < 0) {
		rd_kafka_conf_destroy(conf);
		return r;
	}
	k->topic = rd_kafka_topic_new(k->producer, url->path + 1, NULL);
	return k->topic ? 0
			: attest_export_fail(diag, -EINVAL,
					     "kafka: bad topic '%.64s'",
					     url->path + 1);
}

static int open_kafka(const struct attest_transport_args *args,
		      struct attest_courier **ret,
		      struct attest_diag *reterr_diag)
{
	struct kafka *k;
	int r;

	if (args->url->path[0] != '/' || !args->url->path[1])
		return attest_export_fail(reterr_diag, -EINVAL,
					  "the path names the topic: "
					  "kafka://broker:9092/violations");
	r = attest_export_need(ATTEST_KAFKA_SONAME, symbols,
			       ARRAY_SIZE(symbols), reterr_diag);
	if (r < 0)
		return r;
	k = calloc(1, sizeof(*k));
	if (!k)
		return attest_export_fail(reterr_diag, -ENOMEM,
					  "out of memory");
	k->base.ops = &ops;
	k->format = args->format;
	k->options = args->format_options;
	r = start(k, args->url, reterr_diag);
	if (r < 0) {
		(void)close_kafka(&k->base);
		return r;
	}
	*ret = &k->base;
	return 0;
}

#define ARGUMENTS " user password_file password_env mechanism compression "

const struct attest_transport attest_transport_kafka = {
	.scheme = "kafka",
	.summary = "Kafka, idempotent, zstd; the path is the topic",
	.example = "kafka://broker1:9092,broker2:9092/violations?format=ocsf",
	.format = "json",
	.arguments = ARGUMENTS,
	.needs_host = true,
	.open_courier = open_kafka,
};

const struct attest_transport attest_transport_kafka_tls = {
	.scheme = "kafka+tls",
	.summary = "Kafka over TLS",
	.example = "kafka+tls://broker:9093/violations?ca=/etc/ssl/kafka.pem"
		   "&user=attest&password_file=/etc/attest/kafka",
	.format = "json",
	.arguments = ARGUMENTS "ca cert key ",
	.needs_host = true,
	.open_courier = open_kafka,
};
