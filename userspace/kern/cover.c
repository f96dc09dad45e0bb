// SPDX-License-Identifier: Apache-2.0
/**
 * What the BPF layer enforces of a policy.
 */
#include <stdio.h>

#include "event/record.h"
#include "kern/kern.h"

static enum attest_cover say(enum attest_cover cover, char *reason, size_t size,
			     const char *text)
{
	(void)snprintf(reason, size, "%s", text);
	return cover;
}

/* bpf/README.md, Limits, has the operations. */
static enum attest_cover cover_limit(const struct attest_kern_state *s,
				     enum attest_item_kind kind, char *reason,
				     size_t size)
{
	bool is_count = kind == ATTEST_ITEM_FS_MAX_FILES;

	if (s->rung > ATTEST_RUNG_FMOD_RET)
		return say(ATTEST_COVER_NONE, reason, size,
			   s->reason ? s->reason : "not loaded");
	if (is_count ? s->lacks_counts : s->lacks_sizes)
		return say(ATTEST_COVER_NONE, reason, size,
			   "this kernel lets no program see what is written "
			   "or made: boot one of Linux 6.1 or newer built "
			   "without inlining across files");
	if (is_count)
		return say(ATTEST_COVER_FULL, reason, size,
			   "names are counted; files without one are not");
	return say(ATTEST_COVER_FULL, reason, size,
		   "threads that append to one file at the same moment can "
		   "pass it by a write each");
}

/* Where no hook works, programs of the subject's cgroup. */
static enum attest_cover cover_group(const struct attest_kern_state *s,
				     enum attest_subject_kind subject,
				     char *reason, size_t size)
{
	if (subject != ATTEST_SUBJECT_COMMAND)
		return say(ATTEST_COVER_PARTIAL, reason, size,
			   "programs of the cgroup see TCP and UDP: packet, "
			   "vsock and other sockets are not refused, nor "
			   "whoever leaves the cgroup as root");
	if (s->may_leave_group)
		return say(ATTEST_COVER_PARTIAL, reason, size,
			   "a command of root that may write below "
			   "/sys/fs/cgroup can leave its cgroup; give the "
			   "policy a filesystem section that refuses it, or "
			   "use isolation 'container'");
	return say(ATTEST_COVER_FULL, reason, size,
		   "by programs of the command's cgroup");
}

static enum attest_cover cover_network(const struct attest_kern_state *s,
				       const struct attest_policy *policy,
				       enum attest_subject_kind subject,
				       bool is_host, char *reason, size_t size)
{
	bool has_hooks = s->rung <= ATTEST_RUNG_FMOD_RET;

	if (policy->net_default == ATTEST_NETWORK_ENABLED)
		return ATTEST_COVER_FULL;
	if (subject == ATTEST_SUBJECT_PID && (is_host || !has_hooks))
		return say(ATTEST_COVER_NONE, reason, size,
			   is_host ? "names are learnt from the packets of a "
				     "cgroup: confine one (--cgroup)"
				   : "on this kernel destinations are refused "
				     "to a cgroup only (--cgroup)");
	if ((is_host || !has_hooks) && !s->has_group)
		return say(ATTEST_COVER_NONE, reason, size,
			   s->group_reason ?: s->reason ?: "not loaded");
	if (!has_hooks)
		return cover_group(s, subject, reason, size);
	if (is_host)
		return say(ATTEST_COVER_FULL, reason, size,
			   "for as long as an answer of a resolver holds");
	return ATTEST_COVER_FULL;
}

static enum attest_cover cover(const void *state,
			       const struct attest_policy *policy,
			       enum attest_subject_kind subject,
			       enum attest_item_kind kind, size_t index,
			       char *reason, size_t size)
{
	const struct attest_kern_state *s = state;

	switch (kind) {
	case ATTEST_ITEM_FS_DEFAULT:
	case ATTEST_ITEM_FS_RULE:
	case ATTEST_ITEM_FS_EXTENSIONS:
	case ATTEST_ITEM_FS_SYMLINKS:
		break;
	case ATTEST_ITEM_NET_DEFAULT:
	case ATTEST_ITEM_NET_RULE:
		return cover_network(s, policy, subject,
				     kind == ATTEST_ITEM_NET_RULE &&
					 policy->net_rules[index].is_host,
				     reason, size);
	case ATTEST_ITEM_FS_MAX_FILE_SIZE:
	case ATTEST_ITEM_FS_MAX_DISK_USAGE:
	case ATTEST_ITEM_FS_MAX_FILES:
		return cover_limit(s, kind, reason, size);
	default:
		return ATTEST_COVER_NONE; /* not this layer's business */
	}
	if (s->rung > ATTEST_RUNG_FMOD_RET)
		return say(ATTEST_COVER_NONE, reason, size,
			   s->reason ? s->reason : "not loaded");
	return ATTEST_COVER_FULL;
}

const struct attest_layer_ops attest_bpf_layer = {
	.layer = ATTEST_LAYER_BPF,
	.name = "bpf",
	.cover = cover,
};
