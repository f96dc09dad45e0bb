// SPDX-License-Identifier: GPL-2.0-only
/**
 * What a subject has used of its limits, and the record when that would be
 * too much. Without memory for a decision it refuses.
 *
 * A file is charged up to the highest end it ever had under the subject,
 * holes included, for a mapping fills them without a question. So writing
 * anew what was truncated costs nothing, and truncating gives nothing back;
 * the end of the inode does.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/limit.h"

#define S_IFMT 0170000
#define S_IFREG 0100000

int attest_path_resolve(__u32 slot);
int attest_file_record(__u32 slot, __u32 generation, __u32 access, __u32 how);

__noinline int attest_limit_refuse(__u32 slot, __u32 generation, __u32 what,
				   __u32 violation, __u64 value)
{
	struct fs_struct *fs = bpf_get_current_task_btf()->fs;
	struct attest_limit_task *t = attest_limit_task();
	struct attest_scratch *sc = attest_scratch_get();
	const struct attest_image_hdr *hdr;
	__u32 verdict = ATTEST_VERDICT_DENY;
	void *image = attest_image_of(slot);

	if (!t || !sc || !fs || !image) {
		attest_stat(ATTEST_STAT_NO_SCRATCH);
		return 1;
	}
	hdr = attest_image_header(image);
	if (!hdr)
		return 1;
	if (hdr->mode == ATTEST_MODE_AUDIT)
		verdict = ATTEST_VERDICT_AUDIT;
	sc->limit = hdr->max_file_bytes;
	if (violation == ATTEST_VIOLATION_DISK_USAGE_LIMIT)
		sc->limit = hdr->max_disk_bytes;
	if (violation == ATTEST_VIOLATION_FILE_COUNT_LIMIT)
		sc->limit = hdr->max_files;
	sc->value = value;
	sc->dentry = t->dentry;
	sc->dentry2 = 0;
	sc->mount = attest_mount_of((struct vfsmount *)t->mount);
	sc->root_dentry = (__u64)fs->root.dentry;
	sc->root_mount = attest_mount_of(fs->root.mnt);
	sc->event.rule = 0;
	attest_path_resolve(slot);
	sc->attempt = verdict << 8 | (violation & 0xff);
	attest_file_record(slot, generation, ATTEST_ACCESS_WRITE, what);
	return verdict == ATTEST_VERDICT_DENY;
}

/* The file's charge, made if there is none; NULL: no room, or it is another
 * subject's.
 */
static __always_inline struct attest_charge *
charge_of(const struct attest_charge_key *key, __u64 size, __u32 slot,
	  __u32 generation)
{
	struct attest_charge fresh = {
		.base = size,
		.end = size,
		.slot = slot,
		.generation = generation,
	};
	struct attest_charge *c = bpf_map_lookup_elem(&attest_charges, key);

	/* Of a subject that is no more. */
	if (c && !attest_limit_usage(c->slot, c->generation)) {
		bpf_map_delete_elem(&attest_charges, key);
		c = NULL;
	}
	if (!c) {
		bpf_map_update_elem(&attest_charges, key, &fresh, BPF_NOEXIST);
		c = bpf_map_lookup_elem(&attest_charges, key);
	}
	if (!c || c->slot != slot || c->generation != generation)
		return NULL;
	return c;
}

/* Adds to the disk usage unless that would be too much. Returns what it would
 * have become, or 0.
 */
static __always_inline __u64 raise(struct attest_usage *u, __u64 n, __u64 limit,
				   bool is_audit)
{
	__u64 total = __sync_fetch_and_add(&u->disk_bytes, n) + n;

	if (!limit || total <= limit)
		return 0;
	if (!is_audit)
		__sync_fetch_and_add(&u->disk_bytes, -n);
	return total;
}

/* Raises a file's charge; total becomes 0, or what the disk usage would be. */
struct grow_ctx {
	struct attest_charge *c;
	struct attest_usage *u;
	__u64 end, limit, total;
	__u64 is_audit;
};

/* One try. 1: settled. */
static long grow_once(__u32 i, struct grow_ctx *g)
{
	__u64 old = *(volatile __u64 *)&g->c->end;

	g->total = 0;
	if (g->end <= old)
		return 1;
	g->total = raise(g->u, g->end - old, g->limit, g->is_audit);
	if (g->total && !g->is_audit)
		return 1;
	if (__sync_val_compare_and_swap(&g->c->end, old, g->end) == old)
		return 1;
	attest_limit_lower(&g->u->disk_bytes, g->end - old);
	g->total = END_UNKNOWN;
	return 0;
}

/* Charges the task's file up to `end`. Returns 0, or what the disk usage would
 * have become.
 */
static __always_inline __u64 grow(struct attest_limit_task *t, __u64 end,
				  const struct attest_image_hdr *hdr,
				  struct attest_usage *u, __u32 slot)
{
	struct attest_charge_key key = { .ino = t->ino, .dev = t->dev };
	struct grow_ctx g = {
		.u = u,
		.end = end,
		.limit = hdr->max_disk_bytes,
		.is_audit = hdr->mode == ATTEST_MODE_AUDIT,
	};
	__u64 size = t->size;

	g.c = charge_of(&key, size, slot, u->generation);
	if (!g.c)
		return end > size ? raise(u, end - size, g.limit, g.is_audit)
				  : 0;
	bpf_loop(ATTEST_CAS_TRIES, grow_once, &g, 0);
	return g.total;
}

/**
 * May the task's file reach as far as its `end`? 0, -EFBIG or -EDQUOT.
 */
__noinline int attest_limit_grow(__u32 slot, __u32 generation, __u32 hook)
{
	struct attest_limit_task *t = attest_limit_task();
	const struct attest_image_hdr *hdr;
	struct attest_usage *u;
	__u64 end, total;
	void *image = attest_image_of(slot);

	if (!image)
		return 0;
	hdr = attest_image_header(image);
	if (!hdr || !(hdr->max_file_bytes | hdr->max_disk_bytes))
		return 0;
	u = attest_limit_usage(slot, generation);
	if (!t || !u) {
		attest_stat(ATTEST_STAT_NO_SCRATCH);
		return hdr->mode == ATTEST_MODE_AUDIT ? 0 : -ATTEST_EDQUOT;
	}
	end = t->end;
	if (end <= t->size)
		return 0;
	if (hdr->max_file_bytes && end > hdr->max_file_bytes &&
	    attest_limit_refuse(slot, generation, hook << 16,
				ATTEST_VIOLATION_FILE_SIZE_LIMIT, end))
		return -ATTEST_EFBIG;
	if (end >= END_UNKNOWN)
		total = end;
	else
		total = grow(t, end, hdr, u, slot);
	if (total && hdr->max_disk_bytes &&
	    attest_limit_refuse(slot, generation, hook << 16,
				ATTEST_VIOLATION_DISK_USAGE_LIMIT, total))
		return -ATTEST_EDQUOT;
	if (end > u->largest_file && end < END_UNKNOWN)
		u->largest_file = end;
	return 0;
}

/* The end of an inode without a name: its bytes are free. */
SEC("lsm/inode_free_security")
int BPF_PROG(attest_size_free, struct inode *inode)
{
	struct attest_charge_key key = {};
	struct attest_charge *c;
	struct attest_usage *u;

	if ((inode->i_mode & S_IFMT) != S_IFREG || inode->i_nlink)
		return 0;
	key.ino = inode->i_ino;
	key.dev = inode->i_sb->s_dev;
	c = bpf_map_lookup_elem(&attest_charges, &key);
	if (!c)
		return 0;
	u = attest_limit_usage(c->slot, c->generation);
	if (u && c->end > c->base)
		attest_limit_lower(&u->disk_bytes, c->end - c->base);
	bpf_map_delete_elem(&attest_charges, &key);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
