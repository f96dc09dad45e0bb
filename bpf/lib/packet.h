/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * The headers of a packet, as far as a decision needs them.
 */
#pragma once

#include <bpf/bpf_helpers.h>

#include "lib/net.h"

#define ETH_IP 0x0800
#define ETH_IPV6 0x86dd
#define TCP_SYN 0x02
#define TCP_ACK 0x10

struct packet {
	__u8 from[16]; /* IPv4 in mapped form */
	__u8 to[16];
	__u16 from_port;
	__u16 to_port;
	__u8 protocol;
	__u8 tcp_flags;
	__u16 pad0;
	__u32 tcp_seq;
	__u32 payload; /* offset of what is behind the headers */
};

static __always_inline void put_v4(__u8 *addr, const __u8 *from)
{
	*(__u64 *)addr = 0;
	*(__u32 *)(addr + 8) = 0xffff0000;
	__builtin_memcpy(addr + 12, from, 4);
}

/* The network header; the offset of the next one, 0 if it is not for us. */
static __always_inline __u32 read_addresses(struct __sk_buff *skb,
					    struct packet *p)
{
	__u8 ip[40] = {};

	if (skb->protocol == __builtin_bswap16(ETH_IP)) {
		if (bpf_skb_load_bytes(skb, 0, ip, 20))
			return 0;
		/* The first piece has the ports; what is for a socket here is
		 * whole.
		 */
		if ((ip[6] & 0x1f) || ip[7])
			return 0;
		p->protocol = ip[9];
		put_v4(p->from, ip + 12);
		put_v4(p->to, ip + 16);
		return (ip[0] & 0xf) * 4;
	}
	if (skb->protocol != __builtin_bswap16(ETH_IPV6) ||
	    bpf_skb_load_bytes(skb, 0, ip, 40))
		return 0;
	p->protocol = ip[6];
	__builtin_memcpy(p->from, ip + 8, 16);
	__builtin_memcpy(p->to, ip + 24, 16);
	return 40;
}

static __always_inline bool read_packet(struct __sk_buff *skb, struct packet *p)
{
	__u32 at = read_addresses(skb, p);
	__be16 ports[2] = {};
	__u8 tcp[2] = {};
	__be32 seq = 0;

	if (!at || (p->protocol != IPPROTO_TCP && p->protocol != IPPROTO_UDP))
		return false;
	if (bpf_skb_load_bytes(skb, at, ports, sizeof(ports)))
		return false;
	p->from_port = __builtin_bswap16(ports[0]);
	p->to_port = __builtin_bswap16(ports[1]);
	p->payload = at + 8;
	p->tcp_flags = 0;
	if (p->protocol == IPPROTO_UDP)
		return true;
	if (bpf_skb_load_bytes(skb, at + 4, &seq, sizeof(seq)) ||
	    bpf_skb_load_bytes(skb, at + 12, tcp, sizeof(tcp)))
		return false;
	p->tcp_seq = __builtin_bswap32(seq);
	p->payload = at + (tcp[0] >> 4) * 4;
	p->tcp_flags = tcp[1];
	return true;
}

/* Does the segment begin the stream? Only there a message is known to begin:
 * who owns a name can write another name's answer into his own, and who asks
 * can make a segment begin with it.
 */
static __always_inline bool is_first_segment(struct __sk_buff *skb,
					     const struct packet *p)
{
	struct bpf_tcp_sock *tcp;
	struct bpf_sock *sk = skb->sk;

	if (sk)
		sk = bpf_sk_fullsock(sk);
	if (!sk)
		return false;
	tcp = bpf_tcp_sock(sk);
	return tcp && !tcp->bytes_received && tcp->rcv_nxt == p->tcp_seq;
}
