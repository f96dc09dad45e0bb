// SPDX-License-Identifier: GPL-2.0-only
/**
 * The network policy in programs of a cgroup, for kernels whose function hooks
 * do not work: they see sockets that were made in the cgroup, whoever uses
 * them, and no others. Where hooks enforce they are not loaded.
 *
 * The kernel holds the socket's lock around all but its creation, so the
 * question lies in the socket's own storage. Sockets that are no internet ones
 * are not seen here; a command's seccomp filter refuses those.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "lib/net.h"

#define ALLOW 1
#define REFUSE 0

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct attest_net_ask);
} attest_sk_asks SEC(".maps");

/* By which policy the subject of the cgroup is to be asked, or NULL. */
static __always_inline const struct attest_image_hdr *
group_image(struct attest_subject *ret)
{
	const struct attest_image_hdr *hdr;

	hdr = attest_net_group_image(attest_net_group_current(), ret);
	return hdr && attest_net_is_asked(hdr) ? hdr : NULL;
}

static __always_inline int without_memory(const struct attest_image_hdr *hdr)
{
	attest_stat(ATTEST_STAT_NO_SCRATCH);
	return hdr->mode == ATTEST_MODE_AUDIT ? ALLOW : REFUSE;
}

static __always_inline int decide(struct bpf_sock_addr *ctx, __u32 hook,
				  bool is_v6)
{
	const struct attest_image_hdr *hdr;
	struct attest_subject s = {};
	struct attest_net_ask *n;
	__u16 port = ctx->user_port;
	bool is_free;

	hdr = group_image(&s);
	if (!hdr)
		return ALLOW;
	n = bpf_sk_storage_get(&attest_sk_asks, ctx->sk, NULL,
			       BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!n)
		return without_memory(hdr);
	attest_net_begin(n, &s, hdr);
	attest_net_socket(n, ctx->family, ctx->type, ctx->protocol);
	n->event.port = __builtin_bswap16(port);
	if (is_v6) {
		*(__u32 *)n->event.addr = ctx->user_ip6[0];
		*(__u32 *)(n->event.addr + 4) = ctx->user_ip6[1];
		*(__u32 *)(n->event.addr + 8) = ctx->user_ip6[2];
		*(__u32 *)(n->event.addr + 12) = ctx->user_ip6[3];
	} else {
		attest_net_put_v4(n, ctx->user_ip4);
	}
	n->is_dest = hook != ATTEST_HOOK_SOCKET_BIND;
	/* Port 0 is what clients take. */
	is_free =
	    hook == ATTEST_HOOK_SOCKET_BIND && !n->event.port && n->protocols;
	return attest_net_answer(n, &s, hdr, hook,
				 is_free || attest_net_is_listed(n, hdr->n_net))
		   ? REFUSE
		   : ALLOW;
}

SEC("cgroup/sock_create")
int attest_cg_create(struct bpf_sock *ctx)
{
	const struct attest_image_hdr *hdr;
	struct attest_subject s = {};
	struct attest_net_ask *n;

	hdr = group_image(&s);
	if (!hdr || !(hdr->flags & ATTEST_IMAGE_NET_DENY))
		return ALLOW;
	n = bpf_sk_storage_get(&attest_sk_asks, ctx, NULL,
			       BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!n)
		return without_memory(hdr);
	attest_net_begin(n, &s, hdr);
	attest_net_socket(n, ctx->family, ctx->type, ctx->protocol);
	return attest_net_answer(n, &s, hdr, ATTEST_HOOK_SOCKET_CREATE,
				 hdr->n_net && n->protocols)
		   ? REFUSE
		   : ALLOW;
}

SEC("cgroup/connect4")
int attest_cg_connect4(struct bpf_sock_addr *ctx)
{
	return decide(ctx, ATTEST_HOOK_SOCKET_CONNECT, false);
}

SEC("cgroup/connect6")
int attest_cg_connect6(struct bpf_sock_addr *ctx)
{
	return decide(ctx, ATTEST_HOOK_SOCKET_CONNECT, true);
}

SEC("cgroup/sendmsg4")
int attest_cg_sendmsg4(struct bpf_sock_addr *ctx)
{
	return decide(ctx, ATTEST_HOOK_SOCKET_SENDMSG, false);
}

SEC("cgroup/sendmsg6")
int attest_cg_sendmsg6(struct bpf_sock_addr *ctx)
{
	return decide(ctx, ATTEST_HOOK_SOCKET_SENDMSG, true);
}

SEC("cgroup/bind4")
int attest_cg_bind4(struct bpf_sock_addr *ctx)
{
	return decide(ctx, ATTEST_HOOK_SOCKET_BIND, false);
}

SEC("cgroup/bind6")
int attest_cg_bind6(struct bpf_sock_addr *ctx)
{
	return decide(ctx, ATTEST_HOOK_SOCKET_BIND, true);
}

char LICENSE[] SEC("license") = "GPL";
