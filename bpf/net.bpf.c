// SPDX-License-Identifier: GPL-2.0-only
/**
 * Destinations of sockets, under policies whose network is disabled but for
 * an allow list. What is no TCP or UDP socket cannot be on the list, and is
 * refused; on doubt the answer is no.
 *
 * Addresses are read where the kernel has copied them to before it asked, and
 * from where the protocol takes them afterwards: the task cannot change them
 * in between.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/emit.h"
#include "lib/scratch.h"
#include "lib/subject.h"

#include "lib/net.h"

#define RULES_MAX 4096
#define SOCKADDR_BYTES 24 /* sockaddr_in6 to the end of its address */

static long try_rule(__u32 i, void *ctx)
{
	struct attest_net_scratch *ns = attest_net_scratch_get();
	const struct attest_image_net *rule;
	__u64 hi = 0, lo = 0;
	__u32 prefix;
	void *image;

	if (!ns)
		return 1;
	image = attest_image_of(ns->slot);
	if (!image)
		return 1;
	rule = attest_image_net_at(image, (__u64)ns->net_off + i * 32ULL);
	if (!rule)
		return 1;
	if (!(rule->protocols & ns->protocols) ||
	    ns->event.port < rule->port_min || ns->event.port > rule->port_max)
		return 0;
	prefix = rule->prefix_len;
	if (prefix > 128)
		return 0;
	if (prefix)
		hi = prefix >= 64 ? ~0ULL : ~0ULL << ((64 - prefix) & 63);
	if (prefix > 64)
		lo = ~0ULL << ((128 - prefix) & 63);
	if ((ns->hi ^ __builtin_bswap64(*(const __u64 *)rule->addr)) & hi)
		return 0;
	if ((ns->lo ^ __builtin_bswap64(*(const __u64 *)(rule->addr + 8))) & lo)
		return 0;
	ns->is_allowed = 1;
	return 1;
}

/* Is the address and port of the scratch memory on the list? */
static __always_inline bool is_listed(struct attest_net_scratch *ns,
				      __u32 n_rules)
{
	ns->is_allowed = 0;
	ns->hi = __builtin_bswap64(*(__u64 *)ns->event.addr);
	ns->lo = __builtin_bswap64(*(__u64 *)(ns->event.addr + 8));
	if (!ns->protocols || !n_rules || n_rules > RULES_MAX)
		return false;
	bpf_loop(n_rules, try_rule, NULL, 0);
	return ns->is_allowed;
}

/* Records a refusal: true in mode enforce. */
static __always_inline bool refuse(struct attest_net_scratch *ns,
				   const struct attest_subject *s,
				   const struct attest_image_hdr *hdr,
				   __u32 hook)
{
	bool is_audit = hdr->mode == ATTEST_MODE_AUDIT;

	attest_hdr_fill(&ns->event.hdr, s, ATTEST_EVENT_NET, hook);
	ns->event.hdr.size = sizeof(ns->event);
	ns->event.hdr.violation = ATTEST_VIOLATION_NETWORK_DENIED;
	ns->event.hdr.verdict =
	    is_audit ? ATTEST_VERDICT_AUDIT : ATTEST_VERDICT_DENY;
	ns->event.rule = 0;
	attest_emit(&ns->event, sizeof(ns->event));
	return !is_audit;
}

/* The question the scratch memory starts with. NULL: nothing to ask. */
#define ASK(ret_s, ret_hdr)                                                    \
	({                                                                     \
		struct attest_net_scratch *ns_ = NULL;                         \
		(ret_s) = attest_subject_current();                            \
		if ((ret_s) && attest_subject_image(ret_s, &(ret_hdr)) &&      \
		    (ret_hdr) && ((ret_hdr)->flags & ATTEST_IMAGE_NET_DENY))   \
			ns_ = attest_net_scratch_get();                        \
		else                                                           \
			return 0;                                              \
		if (!ns_) {                                                    \
			attest_stat(ATTEST_STAT_NO_SCRATCH);                   \
			return -ATTEST_EPERM;                                  \
		}                                                              \
		ns_->slot = (ret_s)->slot;                                     \
		ns_->net_off = (ret_hdr)->net_off;                             \
		__builtin_memset(ns_->event.addr, 0, 16);                      \
		ns_->event.port = 0;                                           \
		__builtin_memset(ns_->event.pad0, 0, 3);                       \
		ns_;                                                           \
	})

static __always_inline void take_socket(struct attest_net_scratch *ns,
					struct sock *sk)
{
	__u32 protocol = sk->sk_protocol;
	__u32 type = sk->sk_type;

	ns->event.family = sk->__sk_common.skc_family;
	ns->event.sock_type = type;
	ns->event.protocol = protocol;
	ns->protocols = attest_net_protocol(type, protocol);
}

static __always_inline void put_v4(struct attest_net_scratch *ns, __u32 addr)
{
	*(__u64 *)ns->event.addr = 0;
	*(__u32 *)(ns->event.addr + 8) = 0xffff0000; /* ::ffff:0:0 */
	*(__u32 *)(ns->event.addr + 12) = addr;
}

/* The kernel's copy of an address. false: no internet address. */
static __always_inline bool take_address(struct attest_net_scratch *ns,
					 const void *address, bool is_send)
{
	struct {
		__u16 family;
		__be16 port;
		__be32 v4;
		__u8 v6[16];
	} sa = {};
	__u32 family;

	if (bpf_probe_read_kernel(&sa, SOCKADDR_BYTES, address))
		return false;
	family = sa.family;
	/* udp_sendmsg() takes it for AF_INET. */
	if (is_send && family == AF_UNSPEC && ns->event.family == AF_INET)
		family = AF_INET;
	ns->event.port = __builtin_bswap16(sa.port);
	if (family == AF_INET)
		put_v4(ns, sa.v4);
	else if (family == AF_INET6)
		__builtin_memcpy(ns->event.addr, sa.v6, 16);
	else
		return false;
	ns->event.family = family;
	return true;
}

static __always_inline void take_v6(struct attest_net_scratch *ns,
				    const struct in6_addr *addr)
{
	bpf_probe_read_kernel(ns->event.addr, 16, addr);
}

static __always_inline void take_local(struct attest_net_scratch *ns,
				       struct sock *sk)
{
	ns->event.port = sk->__sk_common.skc_num;
	if (sk->__sk_common.skc_family == AF_INET)
		put_v4(ns, sk->__sk_common.skc_rcv_saddr);
	else
		take_v6(ns, &sk->__sk_common.skc_v6_rcv_saddr);
}

static __always_inline void take_peer(struct attest_net_scratch *ns,
				      struct sock *sk)
{
	__be16 port = sk->__sk_common.skc_dport;

	ns->event.port = __builtin_bswap16(port);
	if (sk->__sk_common.skc_family == AF_INET)
		put_v4(ns, sk->__sk_common.skc_daddr);
	else
		take_v6(ns, &sk->__sk_common.skc_v6_daddr);
}

/* A branch of its own: as arithmetic 7.3 cannot tell that it is -EPERM or 0. */
#define REFUSE(ns, s, hdr, hook)                                               \
	do {                                                                   \
		if (refuse(ns, s, hdr, hook)) {                                \
			asm volatile("");                                      \
			return -ATTEST_EPERM;                                  \
		}                                                              \
		return 0;                                                      \
	} while (0)

static __always_inline bool is_inet(__u32 family)
{
	return family == AF_INET || family == AF_INET6;
}

SEC("lsm/socket_create")
int BPF_PROG(attest_socket_create, int family, int type, int protocol, int kern,
	     int ret)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_net_scratch *ns;
	struct attest_subject *s;

	if (ret)
		return ret;
	if (kern || family == AF_UNIX ||
	    (family == AF_NETLINK && protocol == NETLINK_ROUTE))
		return 0;
	ns = ASK(s, hdr);
	ns->event.family = family;
	ns->event.sock_type = type;
	ns->event.protocol = protocol;
	if (is_inet(family) && hdr->n_net &&
	    attest_net_protocol(type & 0xf, protocol))
		return 0;
	REFUSE(ns, s, hdr, ATTEST_HOOK_SOCKET_CREATE);
}

SEC("lsm/socket_connect")
int BPF_PROG(attest_socket_connect, struct socket *sock, void *address,
	     int addrlen, int ret)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_net_scratch *ns;
	struct attest_subject *s;
	struct sock *sk;
	__u16 family = AF_UNSPEC;

	if (ret)
		return ret;
	ns = ASK(s, hdr);
	sk = sock->sk;
	if (!sk)
		return -ATTEST_EPERM;
	take_socket(ns, sk);
	if (ns->event.family == AF_UNIX || ns->event.family == AF_NETLINK)
		return 0;
	bpf_probe_read_kernel(&family, sizeof(family), address);
	if (family == AF_UNSPEC && is_inet(ns->event.family))
		return 0; /* ends a connection */
	if (take_address(ns, address, false) && is_listed(ns, hdr->n_net))
		return 0;
	REFUSE(ns, s, hdr, ATTEST_HOOK_SOCKET_CONNECT);
}

/* A port of one's own is judged like a destination; port 0 is what clients
 * take.
 */
SEC("lsm/socket_bind")
int BPF_PROG(attest_socket_bind, struct socket *sock, void *address,
	     int addrlen, int ret)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_net_scratch *ns;
	struct attest_subject *s;
	struct sock *sk;

	if (ret)
		return ret;
	ns = ASK(s, hdr);
	sk = sock->sk;
	if (!sk)
		return -ATTEST_EPERM;
	take_socket(ns, sk);
	if (ns->event.family == AF_UNIX || ns->event.family == AF_NETLINK)
		return 0;
	if (take_address(ns, address, true) && ns->protocols &&
	    (!ns->event.port || is_listed(ns, hdr->n_net)))
		return 0;
	REFUSE(ns, s, hdr, ATTEST_HOOK_SOCKET_BIND);
}

/* Without a bind before it the address is any, the port 0. */
SEC("lsm/socket_listen")
int BPF_PROG(attest_socket_listen, struct socket *sock, int backlog, int ret)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_net_scratch *ns;
	struct attest_subject *s;
	struct sock *sk;

	if (ret)
		return ret;
	ns = ASK(s, hdr);
	sk = sock->sk;
	if (!sk)
		return -ATTEST_EPERM;
	take_socket(ns, sk);
	if (ns->event.family == AF_UNIX)
		return 0;
	if (is_inet(ns->event.family)) {
		take_local(ns, sk);
		if (is_listed(ns, hdr->n_net))
			return 0;
	}
	REFUSE(ns, s, hdr, ATTEST_HOOK_SOCKET_BIND);
}

/* Without an address the socket's own peer counts: the socket may have come
 * from somebody else. One that was accepted has a listed address of its own.
 */
static __always_inline bool may_send(struct attest_net_scratch *ns,
				     struct sock *sk, const void *name,
				     __u32 n_rules)
{
	__u16 family = AF_UNSPEC;

	if (!is_inet(ns->event.family))
		return false;
	if (name) {
		bpf_probe_read_kernel(&family, sizeof(family), name);
		/* udpv6_sendmsg() then looks at the peer. */
		if (family != AF_UNSPEC || ns->event.family == AF_INET) {
			if (take_address(ns, name, true))
				if (is_listed(ns, n_rules))
					return true;
			/* TCP that is connected takes no notice of it. */
			return false;
		}
	}
	take_peer(ns, sk);
	if (!ns->event.port) /* not connected: the protocol refuses */
		return ns->protocols != 0;
	if (is_listed(ns, n_rules))
		return true;
	if (ns->protocols != ATTEST_NET_TCP)
		return false;
	take_local(ns, sk);
	if (is_listed(ns, n_rules))
		return true;
	take_peer(ns, sk);
	return false;
}

SEC("lsm/socket_sendmsg")
int BPF_PROG(attest_socket_sendmsg, struct socket *sock, struct msghdr *msg,
	     int size, int ret)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_net_scratch *ns;
	struct attest_subject *s;
	struct sock *sk;

	if (ret)
		return ret;
	ns = ASK(s, hdr);
	sk = sock->sk;
	if (!sk)
		return -ATTEST_EPERM;
	take_socket(ns, sk);
	if (ns->event.family == AF_UNIX || ns->event.family == AF_NETLINK)
		return 0;
	if (may_send(ns, sk, msg->msg_name, hdr->n_net))
		return 0;
	REFUSE(ns, s, hdr, ATTEST_HOOK_SOCKET_SENDMSG);
}

char LICENSE[] SEC("license") = "GPL";
