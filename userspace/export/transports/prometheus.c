// SPDX-License-Identifier: Apache-2.0
/**
 * prometheus://ADDRESS:PORT/metrics, by libmicrohttpd.
 *
 * Pages are made at ticks by the thread that writes records; the server's
 * thread hands out the last one. So nothing is counted under a lock.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "export/courier.h"
#include "export/group.h"
#include "export/transports/lazy_microhttpd.h"
#include "export/transports/metrics.h"

ATTEST_MICROHTTPD_NAMES(ATTEST_LAZY_DEFINE)

static const struct attest_lazy_symbol symbols[] = { ATTEST_MICROHTTPD_NAMES(
    ATTEST_LAZY_SYMBOL) };

#define PORT 9464

struct prometheus {
	struct attest_export_sink base;
	struct attest_metrics metrics;
	struct attest_export_group *group;
	struct MHD_Daemon *daemon;
	char *path;
	pthread_mutex_t lock; /* page */
	struct attest_str page;
	struct attest_str next;
	uint64_t rendered_ns;
};

static enum MHD_Result reply(struct MHD_Connection *connection,
			     unsigned int status, const char *data, size_t len)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
	    len, (void *)data, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result r;

	if (!response)
		return MHD_NO;
	(void)MHD_add_response_header(response, "Content-Type",
				      "text/plain; version=0.0.4");
	r = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return r;
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection,
				  const char *url, const char *method,
				  const char *version, const char *upload,
				  size_t *upload_size, void **state)
{
	struct prometheus *p = data;
	enum MHD_Result r;

	if (strcmp(method, "GET") != 0)
		return reply(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "", 0);
	if (strcmp(url, p->path) != 0)
		return reply(connection, MHD_HTTP_NOT_FOUND, "not found\n", 10);
	(void)pthread_mutex_lock(&p->lock);
	r = reply(connection, MHD_HTTP_OK, p->page.data ? p->page.data : "",
		  p->page.len);
	(void)pthread_mutex_unlock(&p->lock);
	return r;
}

static int prometheus_write(struct attest_sink *sink,
			    const struct attest_record *rec)
{
	struct prometheus *p = (struct prometheus *)sink;

	return attest_metrics_count(&p->metrics, rec);
}

static int prometheus_tick(struct attest_sink *sink, uint64_t now_ns)
{
	struct prometheus *p = (struct prometheus *)sink;
	struct attest_str old;

	/* Nobody scrapes more often. */
	if (p->rendered_ns && now_ns - p->rendered_ns < 500000000)
		return 0;
	p->rendered_ns = now_ns;
	attest_str_clear(&p->next);
	attest_metrics_render(&p->metrics, p->group, &p->next);
	if (p->next.error)
		return p->next.error;
	(void)pthread_mutex_lock(&p->lock);
	old = p->page;
	p->page = p->next;
	p->next = old;
	(void)pthread_mutex_unlock(&p->lock);
	return 0;
}

static void prometheus_status(struct attest_export_sink *sink,
			      struct attest_export_status *ret_status)
{
	struct prometheus *p = (struct prometheus *)sink;

	memset(ret_status, 0, sizeof(*ret_status));
	ret_status->written = p->metrics.total;
	ret_status->sent = p->metrics.total;
	memcpy(ret_status->name, p->base.name, sizeof(p->base.name));
}

static void prometheus_close(struct attest_sink *sink, int deadline_ms)
{
	struct prometheus *p = (struct prometheus *)sink;

	if (p->base.last)
		prometheus_status(&p->base, p->base.last);
	attest_export_group_remove(&p->base);
	if (p->daemon)
		MHD_stop_daemon(p->daemon);
	attest_metrics_done(&p->metrics);
	attest_str_done(&p->page);
	attest_str_done(&p->next);
	(void)pthread_mutex_destroy(&p->lock);
	free(p->path);
	free(p);
}

static const struct attest_sink_ops sink_ops = {
	.name = "prometheus",
	.write = prometheus_write,
	.tick = prometheus_tick,
	.close = prometheus_close,
};

/* Addresses only: a name could turn out to be another interface's. */
static struct MHD_Daemon *listen_on(struct prometheus *p,
				    const struct attest_url *url)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	const struct sockaddr *address = (struct sockaddr *)&v4;
	const char *host = url->host[0] ? url->host : "127.0.0.1";
	uint16_t port = url->port ? url->port : PORT;
	unsigned int flags = MHD_USE_INTERNAL_POLLING_THREAD;

	v4.sin_port = v6.sin6_port = htons(port);
	if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1) {
		address = (struct sockaddr *)&v6;
		flags |= MHD_USE_IPv6;
	} else if (inet_pton(AF_INET, host, &v4.sin_addr) != 1) {
		errno = EINVAL;
		return NULL;
	}
	return MHD_start_daemon(
	    flags, port, NULL, NULL, on_request, p, MHD_OPTION_SOCK_ADDR,
	    address, MHD_OPTION_CONNECTION_LIMIT, 16U,
	    MHD_OPTION_CONNECTION_TIMEOUT, 5U, MHD_OPTION_END);
}

static int open_prometheus(const struct attest_transport_args *args,
			   struct attest_export_sink **ret,
			   struct attest_diag *reterr_diag)
{
	struct prometheus *p;
	int r;

	r = attest_export_need(ATTEST_MICROHTTPD_SONAME, symbols,
			       ARRAY_SIZE(symbols), reterr_diag);
	if (r < 0)
		return r;
	p = calloc(1, sizeof(*p));
	if (!p)
		return attest_export_fail(reterr_diag, -ENOMEM,
					  "out of memory");
	p->base.sink.ops = &sink_ops;
	p->base.status = prometheus_status;
	p->group = args->options->group;
	(void)pthread_mutex_init(&p->lock, NULL);
	p->path = strdup(args->url->path[0] ? args->url->path : "/metrics");
	(void)prometheus_tick(&p->base.sink, attest_monotonic_ns());
	errno = 0;
	p->daemon = p->path ? listen_on(p, args->url) : NULL;
	if (!p->daemon) {
		r = errno ? -errno : -EADDRINUSE;

		prometheus_close(&p->base.sink, 0);
		return attest_export_fail(reterr_diag, r,
					  "cannot listen on '%.64s' (an "
					  "address and a port): %s",
					  args->url->authority,
					  strerrordesc_np(-r));
	}
	*ret = &p->base;
	return 0;
}

const struct attest_transport attest_transport_prometheus = {
	.scheme = "prometheus",
	.summary = "a page of counters to scrape, on loopback unless told "
		   "otherwise",
	.example = "prometheus://127.0.0.1:9464/metrics",
	.format = "json",
	.arguments = " ",
	.sink_ops = &sink_ops,
	.open_sink = open_prometheus,
};
