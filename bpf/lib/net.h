/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * What one decision on a destination works on, in memory of its task; loop
 * state on the stack misleads verifiers before 6.7.
 */
#pragma once

#include "lib/maps.h"

#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define NETLINK_ROUTE 0

struct attest_net_scratch {
	struct attest_net_event event; /* the question is in it */
	__u64 hi;		       /* of the address, host byte order */
	__u64 lo;
	__u32 slot;
	__u32 protocols; /* ATTEST_NET_* of the socket, one bit */
	__u32 net_off;
	__u32 is_allowed;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct attest_net_scratch);
} attest_net_asks SEC(".maps") __weak;

static __always_inline struct attest_net_scratch *attest_net_scratch_get(void)
{
	return bpf_task_storage_get(&attest_net_asks,
				    bpf_get_current_task_btf(), NULL,
				    BPF_LOCAL_STORAGE_GET_F_CREATE);
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
