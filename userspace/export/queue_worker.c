// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "export/queue_worker.h"

#define BACKOFF_FIRST_MS 100
#define BACKOFF_LAST_MS 30000
#define IDLE_MS 1000
#define SYNC_NS 1000000000ULL
/* Of the last seconds, for a receiver that does not answer. */
#define GRACE_NS 1000000000ULL
/* Without news a settled window is done with. */
#define SETTLE_NS 2000000000ULL

static void to_timespec(uint64_t ns, struct timespec *t)
{
	t->tv_sec = (time_t)(ns / 1000000000);
	t->tv_nsec = (long)(ns % 1000000000);
}

/* Waits for a wake-up or so long; if deaf, only for stop. */
static void wait_ms(struct attest_queue_worker *w, uint32_t ms, bool deaf)
{
	uint64_t until = attest_monotonic_ns() + ms * 1000000ULL;
	struct timespec t;
	int r = 0;

	to_timespec(until, &t);
	(void)pthread_mutex_lock(&w->lock);
	while (!w->stop && r == 0) {
		r = pthread_cond_timedwait(&w->wake, &w->lock, &t);
		if (!deaf)
			break;
	}
	(void)pthread_mutex_unlock(&w->lock);
}

static bool is_stopped(struct attest_queue_worker *w)
{
	bool stop;

	(void)pthread_mutex_lock(&w->lock);
	stop = w->stop;
	(void)pthread_mutex_unlock(&w->lock);
	return stop;
}

/* Half to all of the time, so that senders do not come back in step. */
static uint32_t jitter(uint32_t ms)
{
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = (uint32_t)attest_monotonic_ns();
	return ms / 2 + random % (ms / 2 + 1);
}

static void back_off(struct attest_queue_worker *w)
{
	struct attest_courier *c = w->source.courier;
	uint32_t ms = c->retry_after_ms;

	w->backoff_ms = w->backoff_ms ? w->backoff_ms * 2 : BACKOFF_FIRST_MS;
	if (w->backoff_ms > BACKOFF_LAST_MS)
		w->backoff_ms = BACKOFF_LAST_MS;
	if (ms == 0)
		ms = jitter(w->backoff_ms);
	if (ms > BACKOFF_LAST_MS)
		ms = BACKOFF_LAST_MS;
	c->retry_after_ms = 0;
	if (is_stopped(w) && !attest_courier_is_late(c)) {
		/* The last seconds: try on, but do not spin. */
		(void)usleep(BACKOFF_FIRST_MS * 1000);
		return;
	}
	wait_ms(w, ms, true);
}

static void count_deliveries(struct attest_queue_worker *w, int error)
{
	struct attest_export_status *s = &w->status;
	struct timespec now;
	uint64_t now_ns;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	now_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	(void)pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < w->batch.n; i++) {
		struct attest_batch_item *item = &w->batch.items[i];

		if (item->delivery == ATTEST_DELIVERY_REJECTED)
			s->rejected++;
		if (item->delivery != ATTEST_DELIVERY_DONE)
			continue;
		w->sent_records++;
		s->sent++;
		s->bytes += item->len;
		s->last_sent_ns = now_ns;
		if (now_ns > item->time_ns)
			s->latency_sum_ns += now_ns - item->time_ns;
	}
	s->retries += error < 0;
	s->dropped = w->source.lost;
	if (w->source.courier->error[0])
		memcpy(s->last_error, w->source.courier->error,
		       sizeof(s->last_error));
	(void)pthread_mutex_unlock(&w->lock);
}

/* A refusal for good stays to be read; a trouble that is over goes. */
static void forget_error(struct attest_queue_worker *w)
{
	(void)pthread_mutex_lock(&w->lock);
	if (w->status.rejected == 0)
		w->status.last_error[0] = '\0';
	(void)pthread_mutex_unlock(&w->lock);
}

/* What was sent window_bytes ago has been read. */
static uint64_t window_start(struct attest_queue_worker *w, uint64_t next)
{
	size_t limit = w->source.courier->ops->window_bytes;
	size_t drop = 0;

	if (!limit)
		return next;
	while (drop + 1 < w->window_n &&
	       w->sent_bytes - w->window[drop + 1].bytes > limit)
		drop++;
	if (drop > 0)
		forget_error(w);
	w->window_n -= drop;
	memmove(w->window, w->window + drop, w->window_n * sizeof(*w->window));
	return w->window_n ? w->window[0].seq : next;
}

static void enter_window(struct attest_queue_worker *w, uint64_t seq,
			 size_t bytes, uint64_t records)
{
	/* Full: two neighbours become one. */
	if (w->window_n == ATTEST_WINDOW_BATCHES) {
		for (size_t i = 0; i < ATTEST_WINDOW_BATCHES / 2; i++)
			w->window[i] = w->window[2 * i];
		w->window_n /= 2;
	}
	w->window[w->window_n].seq = seq;
	w->window[w->window_n].records = records;
	w->window[w->window_n++].bytes = w->sent_bytes;
	w->sent_bytes += bytes;
}

static void rewind_window(struct attest_queue_worker *w)
{
	if (w->window_n == 0)
		return;
	/* What may not have arrived does not count as sent. */
	(void)pthread_mutex_lock(&w->lock);
	w->status.sent -= w->sent_records - w->window[0].records;
	(void)pthread_mutex_unlock(&w->lock);
	w->sent_records = w->window[0].records;
	w->source.expected = w->window[0].seq;
	attest_spool_seek(w->source.spool, w->source.expected);
	attest_batch_clear(&w->batch);
	w->window_n = 0;
}

/* Sooner than asked for, unless it would lose what is left. */
static uint64_t give_up_ns(const struct attest_queue_worker *w)
{
	uint64_t soon = attest_monotonic_ns() + GRACE_NS;

	return w->is_durable && soon < w->deadline_ns ? soon : w->deadline_ns;
}

static void set_deadline(struct attest_queue_worker *w, uint64_t deadline_ns)
{
	__atomic_store_n(&w->source.courier->deadline_ns, deadline_ns,
			 __ATOMIC_RELEASE);
}

/* The last seconds depend on what the receiver does. */
static void review_deadline(struct attest_queue_worker *w, bool answers)
{
	if (!is_stopped(w))
		return;
	if (answers)
		set_deadline(w, w->deadline_ns);
	else if (w->source.courier->deadline_ns == w->deadline_ns)
		set_deadline(w, give_up_ns(w));
}

static void send_batch(struct attest_queue_worker *w)
{
	struct attest_courier *c = w->source.courier;
	uint64_t first = w->batch.items[0].seq;
	size_t bytes = w->batch.bytes.len;
	uint64_t records = w->sent_records;
	size_t n = w->batch.n;
	int r;

	c->error[0] = '\0';
	attest_batch_deliver(&w->batch, ATTEST_DELIVERY_RETRY);
	r = c->ops->send(c, &w->batch);
	count_deliveries(w, r);
	attest_batch_compact(&w->batch);
	review_deadline(w, w->batch.n < n);
	if (w->batch.n > 0) {
		/* Some got through: the receiver is there, do not wait long. */
		if (w->batch.n < n)
			w->backoff_ms = 0;
		rewind_window(w);
		back_off(w);
		return;
	}
	w->backoff_ms = 0;
	if (c->ops->window_bytes)
		enter_window(w, first, bytes, records);
	else if (r >= 0)
		forget_error(w);
	(void)attest_spool_commit(w->source.spool,
				  window_start(w, w->source.expected));
}

static void idle(struct attest_queue_worker *w)
{
	struct attest_courier *c = w->source.courier;
	uint64_t now = attest_monotonic_ns();

	if (!w->idle_since_ns)
		w->idle_since_ns = now;
	if (w->window_n && now - w->idle_since_ns >= SETTLE_NS) {
		int r = c->ops->settle(c);

		if (r > 0) {
			w->window_n = 0;
			forget_error(w);
			(void)attest_spool_commit(w->source.spool,
						  w->source.expected);
		} else if (r < 0) {
			count_deliveries(w, r);
			rewind_window(w);
		}
		w->idle_since_ns = now;
		return;
	}
	wait_ms(w, IDLE_MS, false);
}

static void sync_if_due(struct attest_queue_worker *w)
{
	uint64_t now = attest_monotonic_ns();

	if (now - w->synced_ns < SYNC_NS)
		return;
	w->synced_ns = now;
	(void)attest_spool_sync(w->source.spool);
}

static void finish(struct attest_queue_worker *w)
{
	struct attest_courier *c = w->source.courier;
	bool confirmed = c->ops->close(c);

	w->source.courier = NULL;
	/* Else the window is sent again by the next process. */
	if (w->window_n && confirmed && w->batch.n == 0)
		(void)attest_spool_commit(w->source.spool, w->source.expected);
	attest_batch_done(&w->batch);
}

static void *run(void *data)
{
	struct attest_queue_worker *w = data;

	for (;;) {
		bool stop = is_stopped(w);

		if (stop && attest_courier_is_late(w->source.courier))
			break;
		if (w->batch.n == 0) {
			attest_batch_clear(&w->batch);
			(void)attest_batch_fill(&w->batch, &w->source);
		}
		sync_if_due(w);
		if (w->batch.n > 0) {
			w->idle_since_ns = 0;
			send_batch(w);
		} else if (stop) {
			break;
		} else {
			idle(w);
		}
	}
	finish(w);
	return NULL;
}

int attest_queue_worker_start(struct attest_queue_worker *w)
{
	pthread_condattr_t attributes;
	sigset_t all, old;
	int r;

	if (gethostname(w->host, sizeof(w->host) - 1) == 0)
		w->source.host = w->host;
	attest_spool_range(w->source.spool, &w->source.expected,
			   &w->source.found);
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&w->wake, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	/* Signals are for the thread that writes. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	r = -pthread_create(&w->thread, NULL, run, w);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	return r;
}

void attest_queue_worker_wake(struct attest_queue_worker *w)
{
	(void)pthread_mutex_lock(&w->lock);
	(void)pthread_cond_signal(&w->wake);
	(void)pthread_mutex_unlock(&w->lock);
}

void attest_queue_worker_stop(struct attest_queue_worker *w, int deadline_ms)
{
	bool answers;

	(void)pthread_mutex_lock(&w->lock);
	answers = w->status.sent > 0 && !w->status.last_error[0];
	w->deadline_ns =
	    attest_monotonic_ns() +
	    (uint64_t)(deadline_ms > 0 ? deadline_ms : 1) * 1000000;
	set_deadline(w, answers ? w->deadline_ns : give_up_ns(w));
	w->stop = true;
	(void)pthread_cond_signal(&w->wake);
	(void)pthread_mutex_unlock(&w->lock);
	(void)pthread_join(w->thread, NULL);
	(void)pthread_mutex_destroy(&w->lock);
	(void)pthread_cond_destroy(&w->wake);
}

void attest_queue_worker_status(struct attest_queue_worker *w,
				struct attest_export_status *ret_status)
{
	(void)pthread_mutex_lock(&w->lock);
	*ret_status = w->status;
	(void)pthread_mutex_unlock(&w->lock);
}
