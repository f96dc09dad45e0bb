/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What of a policy is enforced, by which layer, and why not.
 *
 * Every layer answers attest_layer_ops.cover for every item. `explain`,
 * `doctor`, the report and the refusal to start are derived from the answers.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/policy.h"

/** What a policy can ask for; one item each. */
enum attest_item_kind {
	ATTEST_ITEM_FS_DEFAULT,
	ATTEST_ITEM_FS_RULE, /* index: in policy->rules */
	ATTEST_ITEM_FS_EXTENSIONS,
	ATTEST_ITEM_FS_SYMLINKS,
	ATTEST_ITEM_FS_MAX_FILE_SIZE,
	ATTEST_ITEM_FS_MAX_DISK_USAGE,
	ATTEST_ITEM_FS_MAX_FILES,
	ATTEST_ITEM_SECCOMP,
	ATTEST_ITEM_NET_DEFAULT,
	ATTEST_ITEM_NET_RULE,	   /* index: in policy->net_rules */
	ATTEST_ITEM_PROCESS_LIMIT, /* index: enum attest_process_limit */
	ATTEST_ITEM_END,
};

enum attest_cover {
	ATTEST_COVER_NONE,
	ATTEST_COVER_PARTIAL, /* the reason says what is missing */
	ATTEST_COVER_FULL,
};

/** Who is to be confined: some layers only work on what we start. */
enum attest_subject_kind {
	ATTEST_SUBJECT_COMMAND,
	ATTEST_SUBJECT_PID,
	ATTEST_SUBJECT_CGROUP_TREE,
	ATTEST_SUBJECT_CONTAINER,
};

struct attest_item {
	enum attest_item_kind kind;
	size_t index;
	char *text; /* "/etc forbidden", "max_file_size 10485760", ... */
	/* Bit n: layer n of enum attest_layer enforces it fully / in part. */
	uint32_t full;
	uint32_t partial;
	char *reason; /* of the best layer that is not full, or NULL */
	char *note;   /* where a full layer differs, or NULL */
};

struct attest_coverage {
	struct attest_item *items;
	size_t n_items;
};

/**
 * One kernel mechanism.
 *
 * cover: pure given state, which the layer's own probe filled in. reason:
 * at most size bytes, set unless FULL: what is missing and the remedy. With
 * FULL it is "" or a note: where the layer differs from the policy's letter.
 */
struct attest_layer_ops {
	int layer; /* enum attest_layer */
	const char *name;
	enum attest_cover (*cover)(const void *state,
				   const struct attest_policy *policy,
				   enum attest_subject_kind subject,
				   enum attest_item_kind kind, size_t index,
				   char *reason, size_t size);
};

struct attest_layer_state {
	const struct attest_layer_ops *ops;
	const void *state;
};

/** Asks every layer about every item. 0 or -ENOMEM. */
int attest_coverage_make(const struct attest_policy *policy,
			 enum attest_subject_kind subject,
			 const struct attest_layer_state *layers,
			 size_t n_layers, struct attest_coverage **ret);
void attest_coverage_free(struct attest_coverage **coverage);

/** The first item that no layer enforces fully, or NULL. */
const struct attest_item *
attest_coverage_gap(const struct attest_coverage *coverage);
