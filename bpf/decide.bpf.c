// SPDX-License-Identifier: GPL-2.0-only
/**
 * Decides on a path that the cache could not answer. On doubt it refuses.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/decide.h"
#include "lib/walk.h"

int attest_path_resolve(__u32 slot);
int attest_name_resolve(__u32 slot, __u32 state);
int attest_extension_is_forbidden(__u32 slot);
int attest_file_record(__u32 slot, __u32 generation, __u32 access, __u32 how);

/* The rule of a state and what it allows; false if the image is damaged. */
static __always_inline bool rule_of(__u32 slot, __u32 state, __u32 *ret_rule,
				    __u32 *ret_access)
{
	const struct attest_image_state *s;
	const struct attest_image_rule *rule;
	const struct attest_image_hdr *hdr;
	struct attest_tables tables = {};

	tables.image = attest_image_of(slot);
	if (!tables.image)
		return false;
	hdr = attest_image_header(tables.image);
	if (!hdr)
		return false;
	tables.states_off = hdr->states_off;
	s = attest_image_state_at(&tables, state);
	if (!s)
		return false;
	*ret_rule = s->rule;
	rule = attest_image_rule_at(tables.image, hdr, s->rule);
	if (!rule)
		return false;
	*ret_access = rule->access;
	return true;
}

/* A directory's path is only known to stay while its mount and the task's root
 * are what mount_lock watches over.
 */
static __always_inline bool can_be_cached(struct attest_scratch *sc)
{
	struct mount *root_mount = (struct mount *)sc->root_mount;
	struct mount *m = (struct mount *)sc->mount;

	return (void *)sc->dentry != BPF_CORE_READ(m, mnt.mnt_root) &&
	       (void *)sc->root_dentry ==
		   BPF_CORE_READ(root_mount, mnt.mnt_root);
}

/* Where the directory of the question is, and when. */
static __always_inline void fill_dir(struct attest_dir *d,
				     struct attest_scratch *sc,
				     const struct attest_seqs_now *now)
{
	struct dentry *dentry = (struct dentry *)sc->dentry;

	d->inode = (__u64)BPF_CORE_READ(dentry, d_parent, d_inode);
	d->mount = (__u64) & ((struct mount *)sc->mount)->mnt;
	d->root = (__u64) & ((struct mount *)sc->root_mount)->mnt;
	d->rename_seq = now->rename;
	d->mount_seq = now->mount;
}

/* Remembers the directory of the path that was just resolved. */
__noinline int attest_dir_remember(__u32 slot)
{
	struct attest_scratch *sc = attest_scratch_get();
	const struct attest_image_state *s;
	const struct attest_image_rule *rule;
	const struct attest_image_hdr *hdr;
	struct attest_tables tables = {};
	struct attest_seqs_now now = {};
	struct attest_dir d = {};
	struct attest_dir *entry;

	tables.image = attest_image_of(slot);
	if (!sc || !tables.image)
		return 0;
	hdr = attest_image_header(tables.image);
	if (!hdr || !attest_seqs_read(&now) || !can_be_cached(sc))
		return 0;
	tables.states_off = hdr->states_off;
	s = attest_image_state_at(&tables, sc->parent_state);
	if (!s)
		return 0;
	fill_dir(&d, sc, &now);
	d.version = hdr->version;
	d.state = sc->parent_state;
	d.uniform = s->uniform;
	if (d.uniform) {
		rule = attest_image_rule_at(tables.image, hdr, d.uniform - 1);
		if (!rule)
			return 0;
		d.access = rule->access;
	}
	d.check = attest_dir_check(&d);
	entry = attest_dir_at((const void *)d.inode);
	if (entry)
		*entry = d;
	return 0;
}

/* The cached state of the question's directory, or ATTEST_STATE_BAD. */
static __always_inline __u32 dir_recall(struct attest_scratch *sc,
					__u32 version,
					struct attest_seqs_now *now)
{
	struct dentry *dentry = (struct dentry *)sc->dentry;
	struct mount *root_mount = (struct mount *)sc->root_mount;
	struct mount *m = (struct mount *)sc->mount;
	struct attest_dir *entry;
	struct attest_dir d;
	__u64 inode;

	if (!attest_seqs_read(now) ||
	    dentry == BPF_CORE_READ(m, mnt.mnt_root) ||
	    (void *)sc->root_dentry != BPF_CORE_READ(root_mount, mnt.mnt_root))
		return ATTEST_STATE_BAD;
	inode = (__u64)BPF_CORE_READ(dentry, d_parent, d_inode);
	entry = attest_dir_at((const void *)inode);
	if (!entry)
		return ATTEST_STATE_BAD;
	d = *entry;
	if (d.inode != inode || d.mount != (__u64)&m->mnt ||
	    d.root != (__u64)&root_mount->mnt || d.version != version ||
	    d.rename_seq != now->rename || d.mount_seq != now->mount ||
	    d.check != attest_dir_check(&d))
		return ATTEST_STATE_BAD;
	return d.state;
}

/* Allowed by the cached state of the directory and the name alone. */
static __always_inline bool is_allowed_by_name(struct attest_scratch *sc,
					       __u32 slot, __u32 version,
					       __u32 access,
					       bool has_extensions)
{
	struct attest_seqs_now before = {}, after = {};
	__u32 rule = 0, allowed = 0;
	__u32 state;

	state = dir_recall(sc, version, &before);
	return state != ATTEST_STATE_BAD && !attest_name_resolve(slot, state) &&
	       rule_of(slot, sc->state, &rule, &allowed) &&
	       !(access & ~allowed) &&
	       !(has_extensions && attest_extension_is_forbidden(slot)) &&
	       attest_seqs_read(&after) && before.rename == after.rename &&
	       before.mount == after.mount;
}

/* Pipes, memfds: no path governs them, but what may be executed there is what
 * may be executed by default.
 */
static __always_inline int
judge_internal(void *image, const struct attest_image_hdr *hdr, __u32 access)
{
	const struct attest_image_rule *deflt;

	if (!(access & ATTEST_ACCESS_EXECUTE))
		return ATTEST_VIOLATION_NONE;
	deflt = attest_image_rule_at(image, hdr, 0);
	if (deflt && (deflt->access & ATTEST_ACCESS_EXECUTE))
		return ATTEST_VIOLATION_NONE;
	return ATTEST_VIOLATION_FORBIDDEN_PATH;
}

/* What is wrong with the question, or NONE. Leaves the rule in the event. */
__noinline int attest_path_judge(__u32 slot, __u32 access, __u32 flags)
{
	struct attest_scratch *sc = attest_scratch_get();
	const struct attest_image_hdr *hdr;
	__u32 rule = 0, allowed = 0;
	bool has_extensions;
	void *image;

	image = attest_image_of(slot);
	if (!sc || !image)
		return ATTEST_VIOLATION_UNRESOLVABLE_PATH;
	hdr = attest_image_header(image);
	if (!hdr)
		return ATTEST_VIOLATION_UNRESOLVABLE_PATH;
	has_extensions = (hdr->flags & ATTEST_IMAGE_HAS_EXTENSIONS) &&
			 (access & ~ATTEST_ACCESS_READ) &&
			 !(flags & ATTEST_EVF_DIRECTORY);
	if (is_allowed_by_name(sc, slot, hdr->version, access,
			       has_extensions)) {
		attest_stat(ATTEST_STAT_CACHE_HIT);
		return ATTEST_VIOLATION_NONE;
	}
	attest_stat(ATTEST_STAT_CACHE_MISS);
	sc->event.rule = 0;
	if (attest_path_resolve(slot))
		return ATTEST_VIOLATION_UNRESOLVABLE_PATH;
	if (sc->is_good && sc->end == ATTEST_WALK_INTERNAL)
		return judge_internal(image, hdr, access);
	if (!sc->is_good || sc->end != ATTEST_WALK_ROOT ||
	    !rule_of(slot, sc->state, &rule, &allowed))
		return ATTEST_VIOLATION_UNRESOLVABLE_PATH;
	sc->event.rule = rule;
	if (sc->is_stable && sc->n > 0)
		attest_dir_remember(slot);
	if (access & ~allowed)
		return ATTEST_VIOLATION_FORBIDDEN_PATH;
	if (has_extensions && attest_extension_is_forbidden(slot))
		return ATTEST_VIOLATION_FORBIDDEN_EXTENSION;
	return ATTEST_VIOLATION_NONE;
}

/* The record of an allowed open that was asked for. */
static __always_inline void trace_file(__u32 slot, __u32 generation,
				       __u32 access, __u32 how)
{
	struct attest_scratch *sc = attest_scratch_get();
	__u32 rule = 0, allowed = 0;

	if (!sc || attest_path_resolve(slot))
		return;
	if (sc->is_good)
		rule_of(slot, sc->state, &rule, &allowed);
	sc->event.rule = rule;
	sc->attempt = ATTEST_VERDICT_TRACE << 8 | ATTEST_VIOLATION_NONE;
	attest_file_record(slot, generation, access, how);
}

__noinline int attest_decide_slow(__u32 slot, __u32 generation, __u32 access,
				  __u32 how)
{
	struct attest_scratch *sc = attest_scratch_get();
	const struct attest_image_hdr *hdr;
	__u32 verdict = ATTEST_VERDICT_DENY;
	int violation;
	void *image;

	violation = attest_path_judge(slot, access, how & ATTEST_HOW_FLAGS);
	if (violation == ATTEST_VIOLATION_NONE) {
		if (how & ATTEST_HOW_TRACED)
			trace_file(slot, generation, access, how);
		return 0;
	}
	image = attest_image_of(slot);
	if (!sc || !image)
		return -ATTEST_EACCES;
	hdr = attest_image_header(image);
	if (hdr && hdr->mode == ATTEST_MODE_AUDIT)
		verdict = ATTEST_VERDICT_AUDIT;
	sc->attempt = verdict << 8 | (violation & 0xff);
	attest_file_record(slot, generation, access, how);
	return verdict == ATTEST_VERDICT_AUDIT ? 0 : -ATTEST_EACCES;
}

/* May the directory of the question, with all below it, take the second
 * name? Only if nothing below gains access by it.
 */
__noinline int attest_subtree_is_safe(__u32 slot)
{
	struct attest_scratch *sc = attest_scratch_get();
	const struct attest_image_hdr *hdr;
	const __u8 *from, *to;
	__u64 keep;
	void *image;
	__u8 all;

	image = attest_image_of(slot);
	if (!sc || !image)
		return 0;
	hdr = attest_image_header(image);
	if (!hdr || attest_path_resolve(slot) || !sc->is_good)
		return 0;
	from = attest_image_at8(image,
				(__u64)hdr->subtree_off + (sc->state & ~7U));
	if (!from)
		return 0;
	all = ATTEST_SUBTREE_ALL(from[sc->state & 7]);
	keep = sc->dentry;
	sc->dentry = sc->dentry2;
	if (attest_path_resolve(slot)) {
		sc->dentry = keep;
		return 0;
	}
	sc->dentry = keep;
	to = attest_image_at8(image,
			      (__u64)hdr->subtree_off + (sc->state & ~7U));
	if (!to || !sc->is_good)
		return 0;
	return !(ATTEST_SUBTREE_ANY(to[sc->state & 7]) & ~all);
}

char LICENSE[] SEC("license") = "GPL";
