/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * From an object to the task's root: the components of its path.
 *
 * All state is in the scratch memory, which callbacks reach through a pointer
 * on the caller's stack that they never write.
 */
#pragma once

#include "lib/cache.h"
#include "lib/scratch.h"

enum attest_walk_end {
	ATTEST_WALK_OPEN, /* the limit of steps came first */
	ATTEST_WALK_ROOT,
	ATTEST_WALK_INTERNAL,	 /* a mount of the kernel: pipes, memfds */
	ATTEST_WALK_UNREACHABLE, /* not below the task's root */
	ATTEST_WALK_FAULT,
};

struct attest_walk_ctx {
	struct attest_scratch *sc;
};

/* Where nothing is above. Pipes and memfds have no parent but themselves. */
static __always_inline __u32 attest_walk_top(struct mount *m)
{
	/* MNT_NS_INTERNAL is ERR_PTR(-EINVAL) */
	return (long)BPF_CORE_READ(m, mnt_ns) == -22 ? ATTEST_WALK_INTERNAL
						     : ATTEST_WALK_UNREACHABLE;
}

/* At the root of a mount: go on at its mount point. */
static __always_inline long attest_walk_up(struct attest_scratch *sc)
{
	struct mount *m = (struct mount *)sc->at_mount;
	struct mount *parent = BPF_CORE_READ(m, mnt_parent);

	if (!parent || parent == m) {
		sc->end = attest_walk_top(m);
		return 1;
	}
	if (++sc->crossed > ATTEST_MOUNTS_MAX)
		return 1;
	sc->at = (__u64)BPF_CORE_READ(m, mnt_mountpoint);
	sc->at_mount = (__u64)parent;
	sc->hash = attest_mix(sc->hash, sc->at_mount);
	return 0;
}

static long attest_walk_step(__u32 i, struct attest_walk_ctx *ctx)
{
	struct attest_scratch *sc = ctx->sc;
	struct dentry *d = (struct dentry *)sc->at;
	struct mount *m = (struct mount *)sc->at_mount;
	struct dentry *parent;
	struct qstr name;
	__u64 n = sc->n;
	__u32 seq;

	if (sc->at == sc->root_dentry && sc->at_mount == sc->root_mount) {
		sc->end = ATTEST_WALK_ROOT;
		return 1;
	}
	if (d == BPF_CORE_READ(m, mnt.mnt_root))
		return attest_walk_up(sc);
	if (bpf_core_read(&seq, sizeof(seq), &d->d_seq.seqcount.sequence) ||
	    bpf_core_read(&name, sizeof(name), &d->d_name) ||
	    bpf_core_read(&parent, sizeof(parent), &d->d_parent)) {
		sc->end = ATTEST_WALK_FAULT;
		return 1;
	}
	if (parent == d) {
		sc->end = attest_walk_top(m);
		return 1;
	}
	if (n >= ATTEST_DEPTH_MAX || name.len > ATTEST_NAME_MAX)
		return 1;
	asm volatile("" : "+r"(n));
	n &= ATTEST_DEPTH_MAX - 1;
	sc->components[n] = (__u64)name.name << 8 | (name.len & 0xff);
	sc->n = n + 1;
	sc->hash = attest_mix(sc->hash, sc->at);
	/* An odd count is a writer at work: it must not repeat. */
	sc->hash = attest_mix(sc->hash, (__u64)name.len << 32 | seq);
	if (seq & 1)
		sc->hash = attest_mix(sc->hash, bpf_ktime_get_ns());
	sc->at = (__u64)parent;
	return 0;
}

static __always_inline void attest_walk(struct attest_walk_ctx *ctx)
{
	struct attest_scratch *sc = ctx->sc;

	sc->at = sc->dentry;
	sc->at_mount = sc->mount;
	sc->n = 0;
	sc->crossed = 0;
	sc->hash = 1;
	sc->end = ATTEST_WALK_OPEN;
	bpf_loop(ATTEST_DEPTH_MAX + ATTEST_MOUNTS_MAX + 2, attest_walk_step,
		 ctx, 0);
}
