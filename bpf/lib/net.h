/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * The decision on a destination, for hooks and programs of cgroups alike.
 *
 * What it works on is memory of a task, a socket or a CPU, never the stack:
 * loop state there misleads verifiers before 6.7.
 */
#pragma once

#include <attest/network.h>

#include "lib/emit.h"
#include "lib/image.h"
#include "lib/subject.h"

#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_TYPE_MASK 0xf
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define NETLINK_ROUTE 0

struct attest_net_ask {
	struct attest_net_event event; /* the question is in it */
	__u64 hi;		       /* of the address, host byte order */
	__u64 lo;
	__u32 slot;
	__u32 generation;
	__u32 protocols; /* ATTEST_NET_* of the socket, one bit */
	__u32 net_off;
	__u32 wants; /* ATTEST_NET_RESOLVER: only resolvers */
	__u32 is_allowed;
	__u32 is_dest; /* the address is where something goes */
	__u32 pad0;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct attest_name_key);
	__type(value, __u64);
} attest_names SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct attest_dest_key);
	__type(value, __u64);
} attest_dests SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_STORAGE);
	__type(key, __u64);
	__type(value, struct attest_net_group);
} attest_net_groups SEC(".maps") __weak;

/* Of the cgroup that the running program is attached to. */
static __always_inline struct attest_net_group *attest_net_group_current(void)
{
	return bpf_get_local_storage(&attest_net_groups, 0);
}

/* Whose cgroup it is, and by which policy. NULL: nobody's. */
static __always_inline const struct attest_image_hdr *
attest_net_group_image(const struct attest_net_group *group,
		       struct attest_subject *ret)
{
	const struct attest_image_hdr *hdr = NULL;

	ret->slot = group->slot;
	ret->generation = group->generation;
	if (!ret->generation || !attest_subject_image(ret, &hdr))
		return NULL;
	return hdr;
}

static __always_inline const struct attest_image_net *
attest_image_net_at(void *image, __u64 off)
{
	__u32 index = off >> ATTEST_PAGE_SHIFT;
	const char *page;

	page = bpf_map_lookup_elem(image, &index);
	if (!page)
		return NULL;
	off &= ATTEST_PAGE_BYTES - 1;
	ATTEST_OPAQUE(off);
	off &= ATTEST_PAGE_BYTES - sizeof(struct attest_image_net);
	return (const void *)(page + off);
}

/* The socket's bit in ATTEST_NET_*, 0 for what no rule can allow. */
static __always_inline __u32 attest_net_protocol(__u32 type, __u32 protocol)
{
	if (type == SOCK_STREAM && (!protocol || protocol == IPPROTO_TCP))
		return ATTEST_NET_TCP;
	if (type == SOCK_DGRAM && (!protocol || protocol == IPPROTO_UDP))
		return ATTEST_NET_UDP;
	return 0;
}

static __always_inline bool attest_net_is_inet(__u32 family)
{
	return family == AF_INET || family == AF_INET6;
}

/* Are destinations to be judged, or counted? */
static __always_inline bool
attest_net_is_asked(const struct attest_image_hdr *hdr)
{
	return (hdr->flags & ATTEST_IMAGE_NET_DENY) ||
	       hdr->mode == ATTEST_MODE_AUDIT;
}

static __always_inline void attest_net_begin(struct attest_net_ask *n,
					     const struct attest_subject *s,
					     const struct attest_image_hdr *hdr)
{
	n->slot = s->slot;
	n->generation = s->generation;
	n->net_off = hdr->net_off;
	n->wants = 0;
	n->is_dest = 0;
	__builtin_memset(n->event.addr, 0, 16);
	n->event.port = 0;
	__builtin_memset(n->event.pad0, 0, 3);
}

static __always_inline void attest_net_socket(struct attest_net_ask *n,
					      __u32 family, __u32 type,
					      __u32 protocol)
{
	n->event.family = family;
	n->event.sock_type = type;
	n->event.protocol = protocol;
	n->protocols = attest_net_protocol(type & SOCK_TYPE_MASK, protocol);
}

static __always_inline void attest_net_put_v4(struct attest_net_ask *n,
					      __u32 addr)
{
	*(__u64 *)n->event.addr = 0;
	*(__u32 *)(n->event.addr + 8) = 0xffff0000; /* ::ffff:0:0 */
	*(__u32 *)(n->event.addr + 12) = addr;
}

/* Did a resolver give the address for the name, and does that still hold? */
static __always_inline bool attest_net_is_named(const struct attest_net_ask *n,
						__u32 host)
{
	struct attest_name_key key = {
		.slot = n->slot,
		.generation = n->generation,
		.host = host,
	};
	__u64 *until;

	__builtin_memcpy(key.addr, n->event.addr, 16);
	until = bpf_map_lookup_elem(&attest_names, &key);
	return until && bpf_ktime_get_boot_ns() < *until;
}

static __always_inline bool
attest_net_is_within(const struct attest_net_ask *n,
		     const struct attest_image_net *rule)
{
	__u32 prefix = rule->prefix_len;
	__u64 hi = 0, lo = 0;

	if (prefix > 128)
		return false;
	if (prefix)
		hi = prefix >= 64 ? ~0ULL : ~0ULL << ((64 - prefix) & 63);
	if (prefix > 64)
		lo = ~0ULL << ((128 - prefix) & 63);
	if ((n->hi ^ __builtin_bswap64(*(const __u64 *)rule->addr)) & hi)
		return false;
	return !((n->lo ^ __builtin_bswap64(*(const __u64 *)(rule->addr + 8))) &
		 lo);
}

struct attest_net_loop {
	struct attest_net_ask *n;
};

static long attest_net_try(__u32 i, void *ctx)
{
	struct attest_net_ask *n = ((struct attest_net_loop *)ctx)->n;
	const struct attest_image_net *rule;
	void *image = attest_image_of(n->slot);

	if (!image)
		return 1;
	rule = attest_image_net_at(image, (__u64)n->net_off + i * 32ULL);
	if (!rule)
		return 1;
	if ((rule->flags & n->wants) != n->wants ||
	    !(rule->protocols & n->protocols) ||
	    n->event.port < rule->port_min || n->event.port > rule->port_max)
		return 0;
	if (rule->flags & ATTEST_NET_HOST) {
		if (!attest_net_is_named(n, rule->host))
			return 0;
	} else if (!attest_net_is_within(n, rule)) {
		return 0;
	}
	n->is_allowed = 1;
	return 1;
}

/* Is the address and port of the question on the list? */
static __always_inline bool attest_net_is_listed(struct attest_net_ask *n,
						 __u32 n_rules)
{
	struct attest_net_loop loop = { n };

	n->is_allowed = 0;
	n->hi = __builtin_bswap64(*(__u64 *)n->event.addr);
	n->lo = __builtin_bswap64(*(__u64 *)(n->event.addr + 8));
	if (!n->protocols || !n_rules || n_rules > ATTEST_NET_ENTRIES_MAX)
		return false;
	bpf_loop(n_rules, attest_net_try, &loop, 0);
	return n->is_allowed;
}

static __always_inline void attest_net_count(const struct attest_net_ask *n,
					     bool is_listed)
{
	struct attest_dest_key key = {
		.slot = n->slot,
		.generation = n->generation,
		.port = n->event.port,
		.protocol =
		    n->protocols == ATTEST_NET_TCP ? IPPROTO_TCP : IPPROTO_UDP,
		.is_listed = is_listed,
	};
	__u64 one = 1;
	__u64 *count;

	__builtin_memcpy(key.addr, n->event.addr, 16);
	count = bpf_map_lookup_elem(&attest_dests, &key);
	if (count)
		__sync_fetch_and_add(count, 1);
	else if (bpf_map_update_elem(&attest_dests, &key, &one, BPF_NOEXIST))
		attest_stat(ATTEST_STAT_COUNT_LOST);
}

/* The head of a record of a packet, which no task is known to have sent. */
static __always_inline void
attest_net_packet_head(struct attest_event_hdr *hdr,
		       const struct attest_subject *s, __u32 kind)
{
	__builtin_memset(hdr, 0, sizeof(*hdr));
	hdr->abi = ATTEST_EVENT_ABI;
	hdr->kind = kind;
	hdr->boottime_ns = bpf_ktime_get_boot_ns();
	hdr->slot = s->slot;
	hdr->generation = s->generation;
	hdr->hook = ATTEST_HOOK_PACKET;
	hdr->syscall = -1;
}

/**
 * Records and counts what was decided. True: the operation is refused.
 *
 * @hook:      ATTEST_HOOK_PACKET: no task's.
 * @is_listed: what the rules say; nothing without the flag NET_DENY.
 */
static __always_inline bool
attest_net_answer(struct attest_net_ask *n, const struct attest_subject *s,
		  const struct attest_image_hdr *hdr, __u32 hook,
		  bool is_listed)
{
	bool is_audit = hdr->mode == ATTEST_MODE_AUDIT;

	if (!(hdr->flags & ATTEST_IMAGE_NET_DENY))
		is_listed = true;
	if (is_audit && n->is_dest && n->protocols)
		attest_net_count(n, is_listed);
	if (is_listed)
		return false;
	if (hook == ATTEST_HOOK_PACKET)
		attest_net_packet_head(&n->event.hdr, s, ATTEST_EVENT_NET);
	else
		attest_hdr_fill(&n->event.hdr, s, ATTEST_EVENT_NET, hook);
	n->event.hdr.size = sizeof(n->event);
	n->event.hdr.violation = ATTEST_VIOLATION_NETWORK_DENIED;
	n->event.hdr.verdict =
	    is_audit ? ATTEST_VERDICT_AUDIT : ATTEST_VERDICT_DENY;
	n->event.rule = 0;
	attest_emit(&n->event, sizeof(n->event));
	return !is_audit;
}
