// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>

#include "event/out.h"
#include "export/codec.h"

/* A change of either list is a new version. */
#define VERSION 1
#define FIXED(X)                                                               \
	X(id)                                                                  \
	X(comm)                                                                \
	X(time_ns)                                                             \
	X(seq)                                                                 \
	X(count)                                                               \
	X(kind)                                                                \
	X(violation)                                                           \
	X(verdict)                                                             \
	X(layer)                                                               \
	X(hook)                                                                \
	X(pid)                                                                 \
	X(tid)                                                                 \
	X(ppid)                                                                \
	X(uid)                                                                 \
	X(syscall)                                                             \
	X(access)                                                              \
	X(create)                                                              \
	X(inode)                                                               \
	X(dev)                                                                 \
	X(has_args)                                                            \
	X(args)                                                                \
	X(ip)                                                                  \
	X(error)                                                               \
	X(signal)                                                              \
	X(has_addr)                                                            \
	X(addr)                                                                \
	X(family)                                                              \
	X(port)                                                                \
	X(protocol)                                                            \
	X(limit)                                                               \
	X(value)                                                               \
	X(gap_cpu)                                                             \
	X(gap_first)                                                           \
	X(gap_last)                                                            \
	X(gap_lost)                                                            \
	X(has_rule)                                                            \
	X(rule)                                                                \
	X(rule_priority)
#define TEXTS(X)                                                               \
	X(host)                                                                \
	X(container_id)                                                        \
	X(container_name)                                                      \
	X(container_image)                                                     \
	X(container_runtime)                                                   \
	X(syscall_name)                                                        \
	X(args_text)                                                           \
	X(ip_text)                                                             \
	X(host_name)                                                           \
	X(gap_reason)                                                          \
	X(rule_text)                                                           \
	X(context)

#define ABSENT UINT32_MAX

static void put_bytes(struct attest_str *s, const char *data, size_t len)
{
	uint32_t n = data ? (uint32_t)len : ABSENT;
	char *p = attest_out_room(s, sizeof(n) + len + 1);

	if (!p)
		return;
	p = attest_out_copy(p, (const char *)&n, sizeof(n));
	if (data) {
		p = attest_out_copy(p, data, len);
		*p++ = '\0';
	}
	attest_out_end(s, p);
}

static void put_text(struct attest_str *s, const char *text)
{
	put_bytes(s, text, text ? strlen(text) : 0);
}

void attest_codec_encode(struct attest_str *s, const struct attest_record *rec)
{
	char *p = attest_out_room(s, sizeof(*rec) + 1);

	if (!p)
		return;
	*p++ = VERSION;
#define X(m) p = attest_out_copy(p, (const char *)&rec->m, sizeof(rec->m));
	FIXED(X)
#undef X
	attest_out_end(s, p);
#define X(m) put_text(s, rec->m);
	TEXTS(X)
#undef X
	put_bytes(s, rec->exe.data, rec->exe.len);
	put_bytes(s, rec->cgroup.data, rec->cgroup.len);
	put_bytes(s, rec->path.data, rec->path.len);
	put_bytes(s, rec->path2.data, rec->path2.len);
	put_text(s, rec->policy ? rec->policy->name : NULL);
	put_text(s, rec->policy ? rec->policy->digest : NULL);
}

struct cursor {
	const char *p;
	size_t left;
	bool failed;
};

static void get(struct cursor *c, void *to, size_t n)
{
	if (c->failed || c->left < n) {
		c->failed = true;
		return;
	}
	memcpy(to, c->p, n);
	c->p += n;
	c->left -= n;
}

static void get_bytes(struct cursor *c, struct attest_bytes *b)
{
	uint32_t n = ABSENT;

	b->data = NULL;
	b->len = 0;
	get(c, &n, sizeof(n));
	if (n == ABSENT)
		return;
	if (c->left <= n || c->p[n] != '\0') {
		c->failed = true;
		return;
	}
	b->data = c->p;
	b->len = n;
	c->p += (size_t)n + 1;
	c->left -= (size_t)n + 1;
}

static void get_text(struct cursor *c, const char **text)
{
	struct attest_bytes b;

	get_bytes(c, &b);
	*text = b.data;
	if (b.data && memchr(b.data, 0, b.len))
		c->failed = true; /* we write none: it would end there */
}

/* A bool may hold nothing but 0 and 1. */
static void get_flag(struct cursor *c, void *to, size_t n)
{
	uint8_t value = 0;

	get(c, &value, n);
	if (value > 1)
		c->failed = true;
	else
		*(bool *)to = value != 0;
}

static bool is_sound(const struct attest_record *rec)
{
	return memchr(rec->id, 0, sizeof(rec->id)) &&
	       memchr(rec->comm, 0, sizeof(rec->comm)) &&
	       rec->kind < ATTEST_KIND_END &&
	       rec->violation < ATTEST_VIOLATION_END &&
	       rec->verdict < ATTEST_VERDICT_END &&
	       rec->layer < ATTEST_LAYER_END && rec->hook < ATTEST_HOOK_END;
}

int attest_codec_decode(const char *data, size_t len,
			struct attest_decoded *ret)
{
	struct cursor c = { data, len, false };
	struct attest_decoded d = { 0 };
	struct attest_record *rec = &d.rec;
	char version = 0;

	get(&c, &version, 1);
	if (c.failed)
		return -EBADMSG;
	if (version != VERSION)
		return -EPROTONOSUPPORT;
#define X(m)                                                                   \
	_Generic(rec->m, bool                                                  \
		 : get_flag, default                                           \
		 : get)(&c, &rec->m, sizeof(rec->m));
	FIXED(X)
#undef X
#define X(m) get_text(&c, &rec->m);
	TEXTS(X)
#undef X
	get_bytes(&c, &rec->exe);
	get_bytes(&c, &rec->cgroup);
	get_bytes(&c, &rec->path);
	get_bytes(&c, &rec->path2);
	get_text(&c, &d.policy.name);
	get_text(&c, &d.policy.digest);
	if (c.failed || c.left > 0 || !is_sound(rec) ||
	    (d.policy.digest && !d.policy.name))
		return -EBADMSG;
	*ret = d;
	ret->rec.policy = d.policy.name ? &ret->policy : NULL;
	return 0;
}
