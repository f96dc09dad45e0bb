// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "export/codec.h"
#include "export/courier.h"
#include "export/fold.h"

#define BUCKETS 8192

struct held {
	struct held *chain; /* same bucket */
	struct held *later; /* in order of arrival */
	uint64_t hash;
	uint64_t until_ns;
	uint64_t count;
	size_t key_len;
	size_t len;
	char bytes[]; /* the key, then the first record, both encoded */
};

struct fold {
	struct attest_sink sink;
	struct attest_sink *next;
	uint64_t window_ns;
	struct held *buckets[BUCKETS];
	struct held *oldest;
	struct held **newest;
	size_t n;
	struct attest_str scratch;
};

static uint64_t hash_of(const char *p, size_t len)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)p[i]) * 0x100000001b3ULL;
	return h;
}

static int emit(struct fold *f)
{
	struct held *held = f->oldest;
	struct held **p = &f->buckets[held->hash % BUCKETS];
	struct attest_decoded decoded;
	int r;

	while (*p != held)
		p = &(*p)->chain;
	*p = held->chain;
	f->oldest = held->later;
	if (!f->oldest)
		f->newest = &f->oldest;
	f->n--;
	r = attest_codec_decode(held->bytes + held->key_len, held->len,
				&decoded);
	if (r >= 0) {
		decoded.rec.count = held->count;
		r = f->next->ops->write(f->next, &decoded.rec);
	}
	free(held);
	return r;
}

/* Appends the key: who refused what to which program of which job. Not the
 * process, nor what differs from one of a job's processes to the next.
 */
static void put_key(struct attest_str *s, const struct attest_record *rec)
{
	struct attest_record key = *rec;

	memset(key.id, 0, sizeof(key.id));
	key.time_ns = 0;
	key.seq = 0;
	key.count = 0;
	key.pid = key.tid = key.ppid = 0;
	key.inode = 0;
	key.dev = 0;
	key.value = 0;
	/* Arguments and the instruction hold addresses. */
	key.has_args = false;
	memset(key.args, 0, sizeof(key.args));
	key.args_text = NULL;
	key.ip = 0;
	key.ip_text = NULL;
	key.context = NULL;
	attest_codec_encode(s, &key);
}

static int hold(struct fold *f, const struct attest_record *rec, size_t key_len,
		uint64_t hash)
{
	struct held *held;

	attest_codec_encode(&f->scratch, rec);
	if (f->scratch.error)
		return f->scratch.error;
	held = malloc(sizeof(*held) + f->scratch.len);
	if (!held)
		return -ENOMEM;
	memcpy(held->bytes, f->scratch.data, f->scratch.len);
	held->key_len = key_len;
	held->len = f->scratch.len - key_len;
	held->hash = hash;
	held->count = rec->count ? rec->count : 1;
	held->until_ns = attest_monotonic_ns() + f->window_ns;
	held->chain = f->buckets[hash % BUCKETS];
	f->buckets[hash % BUCKETS] = held;
	held->later = NULL;
	*f->newest = held;
	f->newest = &held->later;
	f->n++;
	return 0;
}

static int fold_write(struct attest_sink *sink, const struct attest_record *rec)
{
	struct fold *f = (struct fold *)sink;
	size_t key_len;
	uint64_t hash;
	int r = 0;

	if (rec->kind == ATTEST_KIND_GAP)
		return f->next->ops->write(f->next, rec);
	attest_str_clear(&f->scratch);
	put_key(&f->scratch, rec);
	if (f->scratch.error) /* no memory: unfolded, but not lost */
		return f->next->ops->write(f->next, rec);
	key_len = f->scratch.len;
	hash = hash_of(f->scratch.data, key_len);
	for (struct held *h = f->buckets[hash % BUCKETS]; h; h = h->chain) {
		if (h->hash != hash || h->key_len != key_len ||
		    memcmp(h->bytes, f->scratch.data, key_len) != 0)
			continue;
		h->count += rec->count ? rec->count : 1;
		return 0;
	}
	if (f->n >= ATTEST_FOLD_MAX)
		r = emit(f);
	if (hold(f, rec, key_len, hash) < 0)
		return f->next->ops->write(f->next, rec);
	return r;
}

static int emit_until(struct fold *f, uint64_t now_ns)
{
	int first = 0;

	while (f->oldest && f->oldest->until_ns <= now_ns) {
		int r = emit(f);

		if (r < 0 && first == 0)
			first = r;
	}
	return first;
}

static int fold_tick(struct attest_sink *sink, uint64_t now_ns)
{
	struct fold *f = (struct fold *)sink;
	int r = emit_until(f, attest_monotonic_ns());
	int s = f->next->ops->tick(f->next, now_ns);

	return r < 0 ? r : s;
}

static void fold_close(struct attest_sink *sink, int deadline_ms)
{
	struct fold *f = (struct fold *)sink;

	(void)emit_until(f, UINT64_MAX);
	f->next->ops->close(f->next, deadline_ms);
	attest_str_done(&f->scratch);
	free(f);
}

static const struct attest_sink_ops ops = {
	.name = "fold",
	.write = fold_write,
	.tick = fold_tick,
	.close = fold_close,
};

int attest_fold_new(struct attest_sink *next, uint64_t window_ns,
		    struct attest_sink **ret)
{
	struct fold *f = calloc(1, sizeof(*f));

	if (!f)
		return -ENOMEM;
	f->sink.ops = &ops;
	f->next = next;
	f->window_ns = window_ns;
	f->newest = &f->oldest;
	*ret = &f->sink;
	return 0;
}

struct attest_sink *attest_fold_next(struct attest_sink *sink)
{
	return sink->ops == &ops ? ((struct fold *)sink)->next : sink;
}
