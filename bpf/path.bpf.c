// SPDX-License-Identifier: GPL-2.0-only
/**
 * From an object to its path and the automaton's state for it. A path that is
 * too long, too deep, not below the task's root, or that kept moving under
 * eight walks, is not resolved, and what asked refuses.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/decide.h"
#include "lib/walk.h"

#define ATTEST_ATTEMPTS 8

#define PATH_MASK (ATTEST_PATH_MAX - 1)

struct attest_settings attest_settings = { .wake_bytes = 64 << 10 };

const volatile __u64 attest_rename_lock = 0;
const volatile __u64 attest_mount_lock = 0;

struct feed_ctx {
	struct attest_scratch *sc;
	struct attest_tables tables;
};

static long feed_byte(__u32 i, struct feed_ctx *ctx)
{
	struct attest_scratch *sc = ctx->sc;
	__u64 at = sc->first + i;
	__u8 byte;

	at &= PATH_MASK;
	ATTEST_OPAQUE(at);
	at &= PATH_MASK;
	byte = sc->path[at];
	if (sc->is_lower && byte >= 'A' && byte <= 'Z')
		byte |= 0x20;
	sc->state = attest_match_byte(&ctx->tables, sc->state, byte);
	return sc->state == ATTEST_STATE_BAD;
}

/* Appends '/' and a name to the path, and feeds both. */
static __always_inline long feed_name(struct feed_ctx *ctx, __u64 name,
				      __u32 len)
{
	struct attest_scratch *sc = ctx->sc;
	__u64 at = sc->path_len;
	__u64 n = len;

	if (len > ATTEST_NAME_MAX ||
	    sc->path_len + 1 + len >= ATTEST_PATH_MAX || at > PATH_MASK - 1)
		return -1;
	at &= PATH_MASK;
	ATTEST_OPAQUE(at);
	at &= PATH_MASK;
	ATTEST_OPAQUE(n);
	n &= 0xff;
	sc->path[at] = '/';
	if (bpf_probe_read_kernel(&sc->path[at] + 1, n, (const void *)name))
		return -1;
	sc->first = at;
	sc->name_len = n;
	sc->path_len += 1 + n;
	bpf_loop(n + 1, feed_byte, ctx, 0);
	return sc->state == ATTEST_STATE_BAD ? -1 : 0;
}

static long feed_step(__u32 i, struct feed_ctx *ctx)
{
	struct attest_scratch *sc = ctx->sc;
	__u64 k = sc->n - 1 - i;

	k &= ATTEST_DEPTH_MAX - 1;
	ATTEST_OPAQUE(k);
	k &= ATTEST_DEPTH_MAX - 1;
	sc->parent_state = sc->state;
	if (feed_name(ctx, 0xffULL << 56 | sc->components[k] >> 8,
		      sc->components[k] & 0xff)) {
		sc->end = ATTEST_WALK_FAULT;
		return 1;
	}
	return 0;
}

/* One walk and feed. Stops when the path was seen whole and still: either no
 * rename or mount was under way anywhere, or two walks saw the same.
 */
static long attempt(__u32 i, struct feed_ctx *ctx)
{
	struct attest_walk_ctx walk = { .sc = ctx->sc };
	struct attest_seqs_now before = {}, after = {};
	struct attest_scratch *sc = ctx->sc;
	bool is_known = attest_seqs_read(&before);

	attest_walk(&walk);
	if (i > 0 && sc->hash == sc->last_hash) {
		sc->is_good = 1;
		return 1;
	}
	sc->last_hash = sc->hash;
	sc->path_len = 0;
	sc->name_len = 0;
	sc->state = sc->pad0;
	sc->parent_state = sc->pad0;
	if (sc->end == ATTEST_WALK_ROOT && sc->n > 0)
		bpf_loop(sc->n, feed_step, ctx, 0);
	if (is_known && attest_seqs_read(&after) &&
	    before.rename == after.rename && before.mount == after.mount) {
		sc->is_good = 1;
		sc->is_stable = 1;
		return 1;
	}
	attest_stat(ATTEST_STAT_RETRY);
	return 0;
}

/* The path of the question and its state. */
__noinline int attest_path_resolve(__u32 slot)
{
	const struct attest_image_hdr *hdr;
	struct feed_ctx ctx = {};

	ctx.sc = attest_scratch_get();
	ctx.tables.image = attest_image_of(slot);
	if (!ctx.sc || !ctx.tables.image)
		return -1;
	hdr = attest_image_header(ctx.tables.image);
	if (!hdr)
		return -1;
	ctx.tables.states_off = hdr->states_off;
	ctx.tables.cells_off = hdr->cells_off;
	ctx.sc->pad0 = hdr->fs_start;
	ctx.sc->is_lower = 0;
	ctx.sc->is_good = 0;
	ctx.sc->is_stable = 0;
	bpf_loop(ATTEST_ATTEMPTS, attempt, &ctx, 0);
	return 0;
}

/* Only from the state of the directory, when the cache has it. */
__noinline int attest_name_resolve(__u32 slot, __u32 state)
{
	const struct attest_image_hdr *hdr;
	struct feed_ctx ctx = {};
	struct dentry *d;
	struct qstr name;

	ctx.sc = attest_scratch_get();
	ctx.tables.image = attest_image_of(slot);
	if (!ctx.sc || !ctx.tables.image)
		return -1;
	hdr = attest_image_header(ctx.tables.image);
	if (!hdr)
		return -1;
	ctx.tables.states_off = hdr->states_off;
	ctx.tables.cells_off = hdr->cells_off;
	d = (struct dentry *)ctx.sc->dentry;
	if (bpf_core_read(&name, sizeof(name), &d->d_name))
		return -1;
	ctx.sc->path_len = 0;
	ctx.sc->is_lower = 0;
	ctx.sc->state = state;
	return feed_name(&ctx, (__u64)name.name, name.len) ? -1 : 0;
}

/* Does the last name, which data has, end in a forbidden extension? */
__noinline int attest_extension_is_forbidden(__u32 slot)
{
	const struct attest_image_hdr *hdr;
	const struct attest_image_state *state;
	struct feed_ctx ctx = {};

	ctx.sc = attest_scratch_get();
	ctx.tables.image = attest_image_of(slot);
	if (!ctx.sc || !ctx.tables.image)
		return 1;
	hdr = attest_image_header(ctx.tables.image);
	if (!hdr)
		return 1;
	ctx.tables.states_off = hdr->states_off;
	ctx.tables.cells_off = hdr->cells_off;
	if (!ctx.sc->name_len)
		return 0;
	ctx.sc->is_lower = 1;
	ctx.sc->state = hdr->ext_start;
	ctx.sc->first++; /* without the '/' */
	bpf_loop(ctx.sc->name_len, feed_byte, &ctx, 0);
	ctx.sc->first--;
	state = attest_image_state_at(&ctx.tables, ctx.sc->state);
	return !state || state->rule != 0;
}

char LICENSE[] SEC("license") = "GPL";
