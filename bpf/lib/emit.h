/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * Records to the ring. A record can be lost, and is counted then; a verdict
 * never depends on it.
 */
#pragma once

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/maps.h"

static __always_inline void attest_hdr_fill(struct attest_event_hdr *hdr,
					    const struct attest_subject *s,
					    __u32 kind, __u32 hook)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	struct pt_regs *regs;

	hdr->abi = ATTEST_EVENT_ABI;
	hdr->kind = kind;
	hdr->boottime_ns = bpf_ktime_get_boot_ns();
	hdr->cgroup_id = bpf_get_current_cgroup_id();
	hdr->cpu = 0; /* with seq, when it is sent */
	hdr->seq = 0;
	hdr->tgid = pid_tgid >> 32;
	hdr->tid = (__u32)pid_tgid;
	hdr->ppid = task->real_parent->tgid;
	hdr->uid = (__u32)bpf_get_current_uid_gid();
	hdr->slot = s ? s->slot : ATTEST_SLOT_NONE;
	hdr->generation = s ? s->generation : 0;
	hdr->flags = 0;
	hdr->verdict = ATTEST_VERDICT_ALLOW;
	hdr->violation = ATTEST_VIOLATION_NONE;
	hdr->hook = hook;
	hdr->pad0 = 0;
	hdr->syscall = -1;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	if (regs)
		hdr->syscall = (__s32)regs->orig_ax;
	bpf_get_current_comm(hdr->comm, sizeof(hdr->comm));
}

static __always_inline __u64 attest_ring_flags(void)
{
	return bpf_ringbuf_query(&attest_events, BPF_RB_AVAIL_DATA) >
		       attest_settings.wake_bytes
		   ? BPF_RB_FORCE_WAKEUP
		   : BPF_RB_NO_WAKEUP;
}

/* Before the ring is asked for room: a number without a record is a loss that
 * shows.
 */
static __always_inline void attest_number(struct attest_event_hdr *hdr)
{
	__u32 zero = 0;
	__u64 *seq;

	seq = bpf_map_lookup_elem(&attest_seqs, &zero);
	hdr->cpu = bpf_get_smp_processor_id();
	hdr->seq = seq ? __sync_fetch_and_add(seq, 1) + 1 : 0;
}

/* A record without variable data. */
static __always_inline void attest_emit(void *event, __u32 size)
{
	attest_number(event);
	if (bpf_ringbuf_output(&attest_events, event, size,
			       attest_ring_flags()))
		attest_stat(ATTEST_STAT_RING_FULL);
	else
		attest_stat(ATTEST_STAT_RECORDS);
}

static __always_inline void attest_count(__u32 slot, __u32 rule)
{
	struct attest_count_key key = { .slot = slot, .rule = rule };
	__u64 one = 1;
	__u64 *n;

	n = bpf_map_lookup_elem(&attest_counts, &key);
	if (n)
		__sync_fetch_and_add(n, 1);
	else if (bpf_map_update_elem(&attest_counts, &key, &one, BPF_NOEXIST)) {
		/* Another CPU made it first, or there is no room. */
		n = bpf_map_lookup_elem(&attest_counts, &key);
		if (n)
			__sync_fetch_and_add(n, 1);
		else
			attest_stat(ATTEST_STAT_COUNT_LOST);
	}
}
