// SPDX-License-Identifier: GPL-2.0-only
/**
 * The TCP connections that a watched subject begins, whichever system call
 * does it. Attached while somebody watches: it sees every connection of the
 * machine change its state.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/emit.h"
#include "lib/subject.h"

#include "lib/net.h"

#define TCP_SYN_SENT 2

/* The kernel sets the destination before the state, in the task's context. */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(attest_tcp_state, const struct sock *sk, int old, int state)
{
	struct attest_net_event ev = {};
	struct attest_subject *s;
	__be32 v4;
	__be16 port;

	if (state != TCP_SYN_SENT)
		return 0;
	s = attest_subject_current();
	if (!s || !(s->flags & ATTEST_SUBJECT_TRACE_FILES))
		return 0;
	attest_hdr_fill(&ev.hdr, s, ATTEST_EVENT_NET,
			ATTEST_HOOK_SOCKET_CONNECT);
	ev.hdr.size = sizeof(ev);
	ev.hdr.verdict = ATTEST_VERDICT_TRACE;
	ev.family = sk->__sk_common.skc_family;
	port = sk->__sk_common.skc_dport;
	ev.port = __builtin_bswap16(port);
	ev.protocol = IPPROTO_TCP;
	ev.sock_type = SOCK_STREAM;
	if (ev.family == AF_INET) {
		v4 = sk->__sk_common.skc_daddr;
		ev.addr[10] = 0xff; /* ::ffff:0:0 */
		ev.addr[11] = 0xff;
		__builtin_memcpy(ev.addr + 12, &v4, sizeof(v4));
	} else {
		bpf_probe_read_kernel(ev.addr, sizeof(ev.addr),
				      &sk->__sk_common.skc_v6_daddr);
	}
	attest_emit(&ev, sizeof(ev));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
