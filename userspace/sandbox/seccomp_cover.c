// SPDX-License-Identifier: Apache-2.0
/**
 * Which items a filter carries: the profile itself, and a network that is
 * disabled if the filter refuses every socket that leaves the machine.
 */
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "event/record.h"
#include "sandbox/seccomp.h"
#include "sandbox/seccomp_cover.h"

static bool refuses(const struct sock_fprog *program, int nr, uint64_t arg)
{
	struct seccomp_data data = {
		.nr = nr,
#ifdef __x86_64__
		.arch = AUDIT_ARCH_X86_64,
#else
		.arch = AUDIT_ARCH_AARCH64,
#endif
		.args = { arg },
	};
	uint32_t action =
	    attest_seccomp_eval(program, &data) & SECCOMP_RET_ACTION_FULL;

	return action != SECCOMP_RET_ALLOW && action != SECCOMP_RET_LOG &&
	       action != SECCOMP_RET_TRACE;
}

/* io_uring makes sockets without socket(2). */
static bool refuses_network(const struct sock_fprog *program)
{
	static const int families[] = { AF_INET, AF_INET6, AF_PACKET,
					AF_VSOCK };

	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (!refuses(program, SYS_socket, (uint64_t)families[i]))
			return false;
	return refuses(program, SYS_io_uring_setup, 0);
}

static enum attest_cover cover(const void *state,
			       const struct attest_policy *policy,
			       enum attest_subject_kind subject,
			       enum attest_item_kind kind, size_t index,
			       char *reason, size_t size)
{
	const struct attest_seccomp_state *s = state;

	(void)index;
	if (kind != ATTEST_ITEM_SECCOMP && kind != ATTEST_ITEM_NET_DEFAULT)
		return ATTEST_COVER_NONE;
	if (kind == ATTEST_ITEM_NET_DEFAULT &&
	    policy->net_default != ATTEST_NETWORK_DISABLED)
		return ATTEST_COVER_FULL; /* nothing to enforce */
	if (subject != ATTEST_SUBJECT_COMMAND &&
	    !(subject == ATTEST_SUBJECT_CONTAINER && s->program)) {
		(void)snprintf(reason, size,
			       "a filter binds only what is started with it; "
			       "use `attest-bpf run` or `container run`");
		return ATTEST_COVER_NONE;
	}
	if (!s->program) {
		(void)snprintf(reason, size, "%s",
			       s->reason ? s->reason : "the policy has none");
		return ATTEST_COVER_NONE;
	}
	if (kind == ATTEST_ITEM_NET_DEFAULT && !refuses_network(s->program)) {
		(void)snprintf(reason, size,
			       "the profile allows network sockets");
		return ATTEST_COVER_NONE;
	}
	return ATTEST_COVER_FULL;
}

const struct attest_layer_ops attest_seccomp_layer = {
	.layer = ATTEST_LAYER_SECCOMP,
	.name = "seccomp",
	.cover = cover,
};
