// SPDX-License-Identifier: GPL-2.0-only
/**
 * Records of what was refused. The ring can be full: that is counted, and no
 * verdict depends on it.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/argument.h"
#include "lib/decide.h"
#include "lib/walk.h"

#define PATH_MASK (ATTEST_PATH_MAX - 1)

/* Records come in two sizes: the ring wants a constant. */
#define SMALL_PATH 256
#define SMALL_DATA (SMALL_PATH + ATTEST_ARG_MAX)
#define BIG_DATA (2 * ATTEST_PATH_MAX + ATTEST_ARG_MAX)

int attest_path_resolve(__u32 slot);

/* Copies the record into the ring: head, path and argument. */
static __always_inline int send_small(struct attest_scratch *sc)
{
	struct small {
		struct attest_file_event head;
		char data[SMALL_DATA];
	} * rec;
	__u64 n = sc->event.path_len;
	__u64 m = sc->event.arg_len;

	rec = bpf_ringbuf_reserve(&attest_events, sizeof(*rec), 0);
	if (!rec)
		return -1;
	sc->event.hdr.size = sizeof(rec->head) + n + m;
	rec->head = sc->event;
	ATTEST_OPAQUE(n);
	n &= SMALL_PATH - 1;
	bpf_probe_read_kernel(rec->data, n, sc->path);
	ATTEST_OPAQUE(m);
	m &= ATTEST_ARG_MAX - 1;
	bpf_probe_read_kernel(rec->data + n, m, sc->arg);
	bpf_ringbuf_submit(rec, attest_ring_flags());
	return 0;
}

static __always_inline int send_big(struct attest_scratch *sc, __u32 slot)
{
	struct big {
		struct attest_file_event head;
		char data[BIG_DATA];
	} * rec;
	__u64 n = sc->event.path_len;
	__u64 m = sc->event.arg_len;
	__u64 k = 0;

	rec = bpf_ringbuf_reserve(&attest_events, sizeof(*rec), 0);
	if (!rec)
		return -1;
	ATTEST_OPAQUE(n);
	n &= PATH_MASK;
	bpf_probe_read_kernel(rec->data, n, sc->path);
	if (sc->dentry2) {
		sc->dentry = sc->dentry2;
		sc->mount = sc->mount2;
		if (!attest_path_resolve(slot) && sc->is_good)
			k = sc->path_len;
	}
	ATTEST_OPAQUE(k);
	k &= PATH_MASK;
	bpf_probe_read_kernel(rec->data + n, k, sc->path);
	ATTEST_OPAQUE(m);
	m &= ATTEST_ARG_MAX - 1;
	bpf_probe_read_kernel(rec->data + n + k, m, sc->arg);
	sc->event.path2_len = k;
	sc->event.hdr.size = sizeof(rec->head) + n + k + m;
	rec->head = sc->event;
	bpf_ringbuf_submit(rec, attest_ring_flags());
	return 0;
}

/* Sends the record of the scratch memory. */
static __always_inline void send(struct attest_scratch *sc, __u32 slot)
{
	int r;

	if (sc->event.hdr.verdict != ATTEST_VERDICT_TRACE)
		attest_count(slot, sc->event.rule);
	attest_number(&sc->event.hdr);
	if (sc->dentry2 || sc->event.path_len >= SMALL_PATH)
		r = send_big(sc, slot);
	else
		r = send_small(sc);
	attest_stat(r ? ATTEST_STAT_RING_FULL : ATTEST_STAT_RECORDS);
}

/* The same for a record that other programs filled in. */
__noinline int attest_file_send(__u32 slot)
{
	struct attest_scratch *sc = attest_scratch_get();

	if (sc)
		send(sc, slot);
	return 0;
}

/* Fills in the record of a refusal, and sends it unless it has to wait. */
__noinline int attest_file_record(__u32 slot, __u32 generation, __u32 access,
				  __u32 how)
{
	struct attest_scratch *sc = attest_scratch_get();
	struct attest_subject s = { .slot = slot, .generation = generation };
	struct dentry *dentry;
	const void *arg;
	int nr = -1;
	long n;

	if (!sc)
		return 0;
	dentry = (struct dentry *)sc->dentry;
	attest_hdr_fill(&sc->event.hdr, &s, ATTEST_EVENT_FILE, how >> 16);
	sc->event.hdr.flags = how & ATTEST_HOW_FLAGS;
	if (sc->end == ATTEST_WALK_UNREACHABLE)
		sc->event.hdr.flags |= ATTEST_EVF_PATH_UNREACHABLE;
	sc->event.hdr.verdict = sc->attempt >> 8;
	sc->event.hdr.violation = sc->attempt & 0xff;
	sc->event.access = access;
	sc->event.inode = BPF_CORE_READ(dentry, d_inode, i_ino);
	sc->event.dev = BPF_CORE_READ(dentry, d_inode, i_sb, s_dev);
	sc->event.limit = sc->limit;
	sc->event.value = sc->value;
	sc->limit = 0;
	sc->value = 0;
	sc->event.path_len = sc->path_len;
	sc->event.path2_len = 0;
	sc->event.arg_len = 0;
	arg = attest_path_argument(&nr);
	if (arg) {
		n = bpf_probe_read_user_str(sc->arg, sizeof(sc->arg), arg);
		if (n > 1)
			sc->event.arg_len = n - 1;
	}
	if (how & ATTEST_HOW_PENDING) {
		sc->is_pending = 1;
		sc->pending_dentry = sc->dentry;
		return 0;
	}
	send(sc, slot);
	return 0;
}

/* The record of a creation that open(2) asked about before it looked whether
 * the file exists: true if it does not, and so the answer was used.
 */
__noinline int attest_pending_settle(__u32 slot, __u32 is_true)
{
	struct attest_scratch *sc = attest_scratch_get();

	if (!sc || !sc->is_pending)
		return 0;
	sc->is_pending = 0;
	sc->pending_dentry = 0;
	if (is_true)
		send(sc, slot);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
