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
	case ATTEST_ITEM_FS_MAX_FILE_SIZE:
	case ATTEST_ITEM_FS_MAX_DISK_USAGE:
	case ATTEST_ITEM_FS_MAX_FILES:
		return say(ATTEST_COVER_NONE, reason, size,
			   "sizes and counts are not tracked");
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
