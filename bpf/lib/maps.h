/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * The maps that the programs and userspace share.
 */
#pragma once

#include <attest/event.h>
#include <attest/image.h>
#include <attest/subject.h>

#define ATTEST_DIRS 8192 /* a power of two */

extern struct attest_settings attest_settings;

struct attest_image_pages {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_INNER_MAP);
	__uint(max_entries, 1);
	/* Sizes, not types: clang leaves a forward declaration of a struct that
	 * is only reached through the outer map, and libbpf cannot link that.
	 */
	__uint(key_size, sizeof(__u32));
	__uint(value_size, ATTEST_PAGE_BYTES);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, ATTEST_SLOTS_MAX);
	__type(key, __u32);
	__array(values, struct attest_image_pages);
} attest_images SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct attest_subject);
} attest_subjects SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct attest_cgroup_subject);
} attest_cgroups SEC(".maps") __weak;

/* Thread groups that an unconfined task moved to another cgroup. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u32);
} attest_moves SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} attest_events SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, ATTEST_RULES_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct attest_count_key);
	__type(value, __u64);
} attest_counts SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, ATTEST_STAT_END);
	__type(key, __u32);
	__type(value, __u64);
} attest_stats SEC(".maps") __weak;

/* Records begun on this CPU; see attest_event_hdr.seq. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} attest_seqs SEC(".maps") __weak;

static __always_inline void attest_stat(__u32 which)
{
	__u64 *n = bpf_map_lookup_elem(&attest_stats, &which);

	if (n)
		__sync_fetch_and_add(n, 1);
}
