// SPDX-License-Identifier: GPL-2.0-only
/**
 * Packets of a subject's cgroup: what names of the policy mean and, where no
 * hook sees listen(2), who connects to it.
 *
 * An answer counts if it comes from a resolver, to a socket that asked that
 * question (by number, within 30 seconds) from the network namespace that the
 * subject started in. A subject that answers questions itself is stopped:
 * packets from port 53 do not leave its cgroup. All else passes.
 *
 * Packets of one CPU are seen one after the other; should one be seen inside
 * of another's turn, it opens nothing.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "lib/packet.h"

#define PASS 1
#define DROP 0
#define QUERY_NS 30000000000ULL
#define SECOND_NS 1000000000ULL

struct work {
	__u32 is_busy;
	__u32 state; /* of the automaton */
	__u32 host;
	__u32 pad0;
	__u64 sk;
	__u64 now;
	struct packet packet;
	struct attest_net_ask ask;
	struct attest_dns dns;
	struct attest_dns_event event;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct work);
} attest_work SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct attest_query_key);
	__type(value, __u64);
} attest_queries SEC(".maps");

struct loop {
	struct work *w;
};

/* Where hooks decide on listen(2) nobody gets so far. */
const volatile __u32 attest_judges_incoming = 0;

static __always_inline void ask_of(struct work *w,
				   const struct attest_subject *s,
				   const struct attest_image_hdr *hdr,
				   const __u8 *addr, __u32 port)
{
	struct attest_net_ask *n = &w->ask;
	bool is_tcp = w->packet.protocol == IPPROTO_TCP;

	attest_net_begin(n, s, hdr);
	attest_net_socket(n, addr[0] ? AF_INET6 : AF_INET,
			  is_tcp ? SOCK_STREAM : SOCK_DGRAM,
			  w->packet.protocol);
	__builtin_memcpy(n->event.addr, addr, 16);
	n->event.port = port;
}

static __always_inline bool is_resolver(struct work *w,
					const struct attest_subject *s,
					const struct attest_image_hdr *hdr,
					const __u8 *addr)
{
	__u32 n = hdr->n_net;

	ask_of(w, s, hdr, addr, ATTEST_DNS_PORT);
	w->ask.wants = ATTEST_NET_RESOLVER;
	if (n > ATTEST_RESOLVERS_MAX)
		n = ATTEST_RESOLVERS_MAX;
	return attest_net_is_listed(&w->ask, n);
}

/* The socket's network namespace. The verifier keeps programs from following
 * the pointer; as a number it can be read from.
 */
static __always_inline __u32 netns_of(struct __sk_buff *skb, struct work *w)
{
	struct bpf_sock *sk = skb->sk;
	struct sock *full;
	struct net *net;
	__u64 at;

	if (!sk)
		return 0;
	w->sk = (__u64)sk;
	ATTEST_OPAQUE(w);
	at = w->sk;
	full = (struct sock *)at;
	net = BPF_CORE_READ(full, __sk_common.skc_net.net);
	return BPF_CORE_READ(net, ns.inum);
}

static __always_inline bool query_key(struct __sk_buff *skb,
				      const struct packet *p,
				      struct attest_query_key *key)
{
	__be16 id = 0;

	key->cookie = bpf_get_socket_cookie(skb);
	key->protocol = p->protocol;
	if (p->protocol == IPPROTO_UDP &&
	    bpf_skb_load_bytes(skb, p->payload, &id, sizeof(id)))
		return false;
	key->id = id;
	return key->cookie != 0;
}

static __always_inline void note_query(struct __sk_buff *skb, struct work *w,
				       __u32 netns)
{
	struct attest_query_key key = {};
	__u64 until = w->now + QUERY_NS;

	if (netns_of(skb, w) != netns || !query_key(skb, &w->packet, &key))
		return;
	bpf_map_update_elem(&attest_queries, &key, &until, BPF_ANY);
}

static __always_inline bool was_asked(struct __sk_buff *skb, struct work *w)
{
	struct attest_query_key key = {};
	__u64 *until;

	if (!query_key(skb, &w->packet, &key))
		return false;
	until = bpf_map_lookup_elem(&attest_queries, &key);
	return until && w->now < *until;
}

/* The message, of UDP or of the first segment of TCP. */
static __always_inline bool read_message(struct __sk_buff *skb, struct work *w)
{
	__u32 at = w->packet.payload;
	__u64 len = skb->len;
	__be16 length = 0;

	if (w->packet.protocol == IPPROTO_TCP) {
		if (!is_first_segment(skb, &w->packet))
			return false;
		if (bpf_skb_load_bytes(skb, at, &length, sizeof(length)))
			return false;
		at += sizeof(length);
	}
	if (at >= len)
		return false;
	len -= at;
	if (length && len > __builtin_bswap16(length))
		len = __builtin_bswap16(length);
	if (!len)
		return false;
	if (len > ATTEST_DNS_BYTES_MAX)
		len = ATTEST_DNS_BYTES_MAX;
	/* Verifiers before 6.2 do not see that it is not 0. */
	len--;
	ATTEST_OPAQUE(len);
	len &= ATTEST_DNS_BYTES_MAX - 1;
	len++;
	if (bpf_skb_load_bytes(skb, at, w->dns.message, len))
		return false;
	w->dns.len = len;
	return true;
}

static long parse(__u32 i, void *ctx)
{
	return attest_dns_step(&((struct loop *)ctx)->w->dns);
}

static long match(__u32 i, void *ctx)
{
	struct work *w = ((struct loop *)ctx)->w;
	void *image = attest_image_of(w->ask.slot);
	const struct attest_image_hdr *hdr;
	struct attest_tables t;
	__u64 at = i;

	if (!image)
		return 1;
	hdr = attest_image_header(image);
	if (!hdr || i >= w->dns.name_len) {
		w->host = 0;
		return 1;
	}
	t.image = image;
	t.states_off = hdr->states_off;
	t.cells_off = hdr->cells_off;
	ATTEST_OPAQUE(at);
	at &= ATTEST_DNS_NAME_SIZE - 1;
	w->state = attest_match_byte(&t, w->state, w->dns.name[at]);
	return w->state == ATTEST_STATE_BAD;
}

/* The number of the policy's name that the question's is, 0 if none. */
static __always_inline __u32 find_host(struct work *w,
				       const struct attest_image_hdr *hdr)
{
	const struct attest_image_state *state;
	struct loop loop = { w };
	void *image = attest_image_of(w->ask.slot);
	struct attest_tables t = { image, hdr->states_off, hdr->cells_off };

	if (!image || !(hdr->flags & ATTEST_IMAGE_HAS_HOSTS) ||
	    w->dns.name_len > ATTEST_DNS_NAME_MAX)
		return 0;
	w->state = hdr->host_start;
	bpf_loop(w->dns.name_len, match, &loop, 0);
	if (w->state == ATTEST_STATE_BAD)
		return 0;
	state = attest_image_state_at(&t, w->state);
	return state ? state->rule : 0;
}

static long grant(__u32 i, void *ctx)
{
	struct work *w = ((struct loop *)ctx)->w;
	struct attest_name_key key = {
		.slot = w->ask.slot,
		.generation = w->ask.generation,
		.host = w->host,
	};
	__u64 until, at = i;
	__u32 ttl;

	ATTEST_OPAQUE(at);
	at &= ATTEST_DNS_ADDRS_MAX - 1;
	ttl = w->dns.ttls[at];
	if (ttl < ATTEST_DNS_TTL_MIN)
		ttl = ATTEST_DNS_TTL_MIN;
	if (ttl > ATTEST_DNS_TTL_MAX)
		ttl = ATTEST_DNS_TTL_MAX;
	__builtin_memcpy(key.addr, w->dns.addrs[at], 16);
	if (!attest_dns_is_routed(key.addr))
		return 0;
	until = w->now + ttl * SECOND_NS;
	bpf_map_update_elem(&attest_names, &key, &until, BPF_ANY);
	return 0;
}

/* For the names in records. */
static __always_inline void tell(struct work *w, const struct attest_subject *s)
{
	struct attest_dns_event *ev = &w->event;

	attest_net_packet_head(&ev->hdr, s, ATTEST_EVENT_DNS);
	ev->hdr.size = sizeof(*ev);
	ev->n_addrs = w->dns.n_addrs;
	ev->name_len = w->dns.name_len;
	__builtin_memcpy(ev->addrs, w->dns.addrs, sizeof(ev->addrs));
	__builtin_memcpy(ev->name, w->dns.name, sizeof(ev->name));
	attest_emit(ev, sizeof(*ev));
}

static __always_inline void take_answer(struct __sk_buff *skb, struct work *w,
					const struct attest_subject *s,
					const struct attest_image_hdr *hdr)
{
	struct loop loop = { w };

	if (!was_asked(skb, w) || !read_message(skb, w) ||
	    attest_dns_begin(&w->dns))
		return;
	bpf_loop(ATTEST_DNS_STEPS_MAX, parse, &loop, 0);
	if (!w->dns.name_len || !w->dns.n_addrs ||
	    w->dns.n_addrs > ATTEST_DNS_ADDRS_MAX)
		return;
	w->host = find_host(w, hdr);
	if (w->host)
		bpf_loop(w->dns.n_addrs, grant, &loop, 0);
	tell(w, s);
}

/* This CPU's memory with the packet in it. leave() gives it back. */
static __always_inline struct work *enter(const struct packet *p)
{
	__u32 zero = 0;
	struct work *w = bpf_map_lookup_elem(&attest_work, &zero);

	if (!w || __sync_lock_test_and_set(&w->is_busy, 1))
		return NULL;
	w->now = bpf_ktime_get_boot_ns();
	w->packet = *p;
	return w;
}

static __always_inline void leave(struct work *w)
{
	w->is_busy = 0;
}

/* A connection from outside, judged by the address that it comes to. */
static __always_inline int decide_incoming(const struct packet *p,
					   const struct attest_subject *s,
					   const struct attest_image_hdr *hdr)
{
	struct work *w = enter(p);
	bool is_refused;

	if (!w) /* it comes again */
		return hdr->mode == ATTEST_MODE_AUDIT ? PASS : DROP;
	ask_of(w, s, hdr, p->to, p->to_port);
	is_refused =
	    attest_net_answer(&w->ask, s, hdr, ATTEST_HOOK_PACKET,
			      attest_net_is_listed(&w->ask, hdr->n_net));
	leave(w);
	return is_refused ? DROP : PASS;
}

SEC("cgroup_skb/egress")
int attest_packet_out(struct __sk_buff *skb)
{
	struct attest_net_group *group = attest_net_group_current();
	const struct attest_image_hdr *hdr;
	struct attest_subject s = {};
	struct packet p = {};
	struct work *w;

	hdr = attest_net_group_image(group, &s);
	if (!hdr || !read_packet(skb, &p))
		return PASS;
	if (p.from_port == ATTEST_DNS_PORT &&
	    (hdr->flags & ATTEST_IMAGE_HAS_HOSTS) &&
	    hdr->mode != ATTEST_MODE_AUDIT)
		return DROP;
	if (p.to_port != ATTEST_DNS_PORT)
		return PASS;
	w = enter(&p);
	if (!w)
		return PASS;
	if (is_resolver(w, &s, hdr, p.to))
		note_query(skb, w, group->netns);
	leave(w);
	return PASS;
}

SEC("cgroup_skb/ingress")
int attest_packet_in(struct __sk_buff *skb)
{
	struct attest_net_group *group = attest_net_group_current();
	const struct attest_image_hdr *hdr;
	struct attest_subject s = {};
	struct packet p = {};
	bool is_judged;
	struct work *w;

	hdr = attest_net_group_image(group, &s);
	if (!hdr)
		return PASS;
	is_judged =
	    attest_judges_incoming && (hdr->flags & ATTEST_IMAGE_NET_DENY);
	/* Extension headers may hide a connection. */
	if (!read_packet(skb, &p))
		return is_judged && hdr->mode != ATTEST_MODE_AUDIT ? DROP
								   : PASS;
	if (is_judged && (p.tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
		return decide_incoming(&p, &s, hdr);
	if (p.from_port != ATTEST_DNS_PORT)
		return PASS;
	w = enter(&p);
	if (!w)
		return PASS;
	if (is_resolver(w, &s, hdr, p.from))
		take_answer(skb, w, &s, hdr);
	leave(w);
	return PASS;
}

char LICENSE[] SEC("license") = "GPL";
