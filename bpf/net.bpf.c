// SPDX-License-Identifier: GPL-2.0-only
/**
 * Destinations of sockets, under policies whose network is disabled but for
 * an allow list, or that count them. What is no TCP or UDP socket cannot be on
 * the list, and is refused; on doubt the answer is no.
 *
 * Addresses are read where the kernel has copied them to before it asked, and
 * from where the protocol takes them afterwards: the task cannot change them
 * in between.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/net.h"
#include "lib/scratch.h"

#define SOCKADDR_BYTES 24 /* sockaddr_in6 to the end of its address */

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct attest_net_ask);
} attest_net_asks SEC(".maps");

static __always_inline struct attest_net_ask *ask_of_task(void)
{
	return bpf_task_storage_get(&attest_net_asks,
				    bpf_get_current_task_btf(), NULL,
				    BPF_LOCAL_STORAGE_GET_F_CREATE);
}

/* The kernel's copy of an address. false: no internet address. */
static __always_inline bool take_address(struct attest_net_ask *n,
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
	if (is_send && family == AF_UNSPEC && n->event.family == AF_INET)
		family = AF_INET;
	n->event.port = __builtin_bswap16(sa.port);
	if (family == AF_INET)
		attest_net_put_v4(n, sa.v4);
	else if (family == AF_INET6)
		__builtin_memcpy(n->event.addr, sa.v6, 16);
	else
		return false;
	n->event.family = family;
	return true;
}

static __always_inline void take_v6(struct attest_net_ask *n,
				    const struct in6_addr *addr)
{
	bpf_probe_read_kernel(n->event.addr, 16, addr);
}

static __always_inline void take_local(struct attest_net_ask *n,
				       struct sock *sk)
{
	n->event.port = sk->__sk_common.skc_num;
	if (sk->__sk_common.skc_family == AF_INET)
		attest_net_put_v4(n, sk->__sk_common.skc_rcv_saddr);
	else
		take_v6(n, &sk->__sk_common.skc_v6_rcv_saddr);
}

static __always_inline void take_peer(struct attest_net_ask *n, struct sock *sk)
{
	__be16 port = sk->__sk_common.skc_dport;

	n->event.port = __builtin_bswap16(port);
	if (sk->__sk_common.skc_family == AF_INET)
		attest_net_put_v4(n, sk->__sk_common.skc_daddr);
	else
		take_v6(n, &sk->__sk_common.skc_v6_daddr);
}

/* What one hook makes of an address; true: the list has it. */
typedef bool judge_fn(struct attest_net_ask *n, struct sock *sk,
		      const void *address, __u32 n_rules);

static __always_inline bool may_connect(struct attest_net_ask *n,
					struct sock *sk, const void *address,
					__u32 n_rules)
{
	__u16 family = AF_UNSPEC;

	bpf_probe_read_kernel(&family, sizeof(family), address);
	if (family == AF_UNSPEC && attest_net_is_inet(n->event.family))
		return true; /* ends a connection */
	n->is_dest = take_address(n, address, false);
	return n->is_dest && attest_net_is_listed(n, n_rules);
}

/* A port of one's own is judged like a destination; port 0 is what clients
 * take.
 */
static __always_inline bool may_bind(struct attest_net_ask *n, struct sock *sk,
				     const void *address, __u32 n_rules)
{
	return take_address(n, address, true) && n->protocols &&
	       (!n->event.port || attest_net_is_listed(n, n_rules));
}

/* Without a bind before it the address is any, the port 0. */
static __always_inline bool may_listen(struct attest_net_ask *n,
				       struct sock *sk, const void *address,
				       __u32 n_rules)
{
	if (!attest_net_is_inet(n->event.family))
		return false;
	take_local(n, sk);
	return attest_net_is_listed(n, n_rules);
}

/* Without an address the socket's own peer counts: the socket may have come
 * from somebody else. One that was accepted has a listed address of its own.
 */
static __always_inline bool may_send(struct attest_net_ask *n, struct sock *sk,
				     const void *name, __u32 n_rules)
{
	__u16 family = AF_UNSPEC;

	if (!attest_net_is_inet(n->event.family))
		return false;
	if (name) {
		bpf_probe_read_kernel(&family, sizeof(family), name);
		/* udpv6_sendmsg() then looks at the peer. TCP that is connected
		 * takes no notice of a name.
		 */
		if (family != AF_UNSPEC || n->event.family == AF_INET) {
			n->is_dest = take_address(n, name, true);
			return n->is_dest && attest_net_is_listed(n, n_rules);
		}
	}
	take_peer(n, sk);
	if (!n->event.port) /* not connected: the protocol refuses */
		return n->protocols != 0;
	if (attest_net_is_listed(n, n_rules))
		return true;
	if (n->protocols != ATTEST_NET_TCP)
		return false;
	take_local(n, sk);
	if (attest_net_is_listed(n, n_rules))
		return true;
	take_peer(n, sk);
	return false;
}

/* The shape of all that is asked of a socket; true: refuse. */
static __always_inline bool refuses(struct socket *sock, const void *address,
				    __u32 hook, judge_fn *judge)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_subject *s = attest_subject_current();
	struct attest_net_ask *n;
	struct sock *sk = sock->sk;
	__u32 family;

	if (!s || !attest_subject_image(s, &hdr) || !hdr ||
	    !attest_net_is_asked(hdr))
		return false;
	n = ask_of_task();
	if (!n || !sk) {
		attest_stat(ATTEST_STAT_NO_SCRATCH);
		return hdr->mode != ATTEST_MODE_AUDIT;
	}
	family = sk->__sk_common.skc_family;
	if (family == AF_UNIX || family == AF_NETLINK)
		return false;
	attest_net_begin(n, s, hdr);
	attest_net_socket(n, family, sk->sk_type, sk->sk_protocol);
	return attest_net_answer(n, s, hdr, hook,
				 judge(n, sk, address, hdr->n_net));
}

/* A branch of its own: as arithmetic 7.3 cannot tell that it is -EPERM or 0. */
#define RETURN_REFUSED(call)                                                   \
	do {                                                                   \
		if (call) {                                                    \
			asm volatile("");                                      \
			return -ATTEST_EPERM;                                  \
		}                                                              \
		return 0;                                                      \
	} while (0)

static __always_inline bool refuses_family(int family, int type, int protocol)
{
	const struct attest_image_hdr *hdr = NULL;
	struct attest_subject *s = attest_subject_current();
	struct attest_net_ask *n;

	if (!s || !attest_subject_image(s, &hdr) || !hdr ||
	    !(hdr->flags & ATTEST_IMAGE_NET_DENY))
		return false;
	n = ask_of_task();
	if (!n) {
		attest_stat(ATTEST_STAT_NO_SCRATCH);
		return hdr->mode != ATTEST_MODE_AUDIT;
	}
	attest_net_begin(n, s, hdr);
	attest_net_socket(n, family, type, protocol);
	return attest_net_answer(n, s, hdr, ATTEST_HOOK_SOCKET_CREATE,
				 attest_net_is_inet(family) && hdr->n_net &&
				     n->protocols);
}

SEC("lsm/socket_create")
int BPF_PROG(attest_socket_create, int family, int type, int protocol, int kern,
	     int ret)
{
	if (ret)
		return ret;
	if (kern || family == AF_UNIX ||
	    (family == AF_NETLINK && protocol == NETLINK_ROUTE))
		return 0;
	RETURN_REFUSED(refuses_family(family, type, protocol));
}

SEC("lsm/socket_connect")
int BPF_PROG(attest_socket_connect, struct socket *sock, void *address,
	     int addrlen, int ret)
{
	if (ret)
		return ret;
	RETURN_REFUSED(
	    refuses(sock, address, ATTEST_HOOK_SOCKET_CONNECT, may_connect));
}

SEC("lsm/socket_bind")
int BPF_PROG(attest_socket_bind, struct socket *sock, void *address,
	     int addrlen, int ret)
{
	if (ret)
		return ret;
	RETURN_REFUSED(
	    refuses(sock, address, ATTEST_HOOK_SOCKET_BIND, may_bind));
}

SEC("lsm/socket_listen")
int BPF_PROG(attest_socket_listen, struct socket *sock, int backlog, int ret)
{
	if (ret)
		return ret;
	RETURN_REFUSED(
	    refuses(sock, NULL, ATTEST_HOOK_SOCKET_BIND, may_listen));
}

SEC("lsm/socket_sendmsg")
int BPF_PROG(attest_socket_sendmsg, struct socket *sock, struct msghdr *msg,
	     int size, int ret)
{
	if (ret)
		return ret;
	RETURN_REFUSED(
	    refuses(sock, msg->msg_name, ATTEST_HOOK_SOCKET_SENDMSG, may_send));
}

char LICENSE[] SEC("license") = "GPL";
