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
	case ATTEST_ITEM_NET_DEFAULT:
		break;
	case ATTEST_ITEM_NET_RULE:
		if (!policy->net_rules[index].is_host)
			break;
		return say(ATTEST_COVER_NONE, reason, size,
			   "host names are not resolved: write addresses");
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
