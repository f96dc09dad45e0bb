// SPDX-License-Identifier: GPL-2.0-only
/**
 * Decides on an object whose hook names no mount: times, attributes, links.
 *
 * Such an object is asked about under the path that it has in each mount of
 * its file system that the task's mount namespace holds. One that allows is
 * enough: through that the task could do the same. An object that has no path
 * there is refused, unless the kernel alone can reach it (memfds).
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/compat.h"
#include "lib/names.h"
#include "lib/walk.h"

#define NAMES_MAX 16384		 /* mounts of one file system on the machine */
#define NAMES_TRIED 32		 /* and in the task's namespace */
#define MNT_NS_INTERNAL (-22ULL) /* ERR_PTR(-EINVAL) */
#define NR_IO_URING_ENTER 426
#define PF_IO_WORKER 0x10

int attest_path_judge(__u32 slot, __u32 access, __u32 flags);
int attest_file_record(__u32 slot, __u32 generation, __u32 access, __u32 how);

/* Stops at the next mount that the task's mount namespace holds. */
static long find_name(__u32 i, struct attest_walk_ctx *ctx)
{
	struct attest_scratch *sc = ctx->sc;
	struct dentry *dentry = (struct dentry *)sc->dentry;
	struct mount *m = (struct mount *)sc->names_at;
	__u64 ns;

	if (!m) {
		sc->names_end = 1;
		return 1;
	}
	sc->names_at = attest_mount_next(BPF_CORE_READ(dentry, d_sb), (__u64)m);
	ns = (__u64)BPF_CORE_READ(m, mnt_ns);
	if (ns == MNT_NS_INTERNAL)
		sc->names_internal = 1;
	if (ns != sc->names_ns)
		return 0;
	sc->mount = (__u64)m;
	return 1;
}

/* The name for the record is the first, best below the task's root. */
static __always_inline void keep_name(struct attest_scratch *sc)
{
	bool is_rooted = sc->end == ATTEST_WALK_ROOT;

	if (sc->names_first && !(is_rooted && !sc->names_rooted))
		return;
	sc->names_first = sc->mount;
	sc->names_rooted = is_rooted;
}

static __always_inline bool is_some_name_allowed(struct attest_scratch *sc,
						 __u32 slot, __u32 access,
						 __u32 flags)
{
	struct attest_walk_ctx ctx = { .sc = sc };

	for (int i = 0; i < NAMES_TRIED; i++) {
		bpf_loop(NAMES_MAX, find_name, &ctx, 0);
		if (sc->names_end)
			return false;
		if (attest_path_judge(slot, access, flags) ==
		    ATTEST_VIOLATION_NONE)
			return true;
		keep_name(sc);
	}
	return false;
}

/* The kernel acts for itself: a file system on top of another copies up. An
 * io_uring can have credentials of its own as well.
 */
static __always_inline bool is_kernel_acting(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);

	return task->cred != task->real_cred && !(task->flags & PF_IO_WORKER) &&
	       regs && regs->orig_ax != NR_IO_URING_ENTER;
}

/* NONE if one of the names allows it. */
__noinline int attest_names_judge(__u32 slot, __u32 access, __u32 flags)
{
	struct attest_scratch *sc = attest_scratch_get();
	struct dentry *dentry;
	int r;

	if (!sc)
		return ATTEST_VIOLATION_UNRESOLVABLE_PATH;
	dentry = (struct dentry *)sc->dentry;
	sc->names_at = attest_mount_next(BPF_CORE_READ(dentry, d_sb), 0);
	sc->names_first = 0;
	sc->names_end = 0;
	sc->names_rooted = 0;
	sc->names_internal = 0;
	if (is_some_name_allowed(sc, slot, access, flags))
		return ATTEST_VIOLATION_NONE;
	if (sc->names_internal && sc->names_end &&
	    (!sc->names_first || is_kernel_acting()))
		return ATTEST_VIOLATION_NONE;
	if (!sc->names_first) {
		sc->path_len = 0;
		sc->event.rule = 0;
		return ATTEST_VIOLATION_UNRESOLVABLE_PATH;
	}
	/* Again, for the record. */
	sc->mount = sc->names_first;
	r = attest_path_judge(slot, access, flags);
	return r ?: ATTEST_VIOLATION_UNRESOLVABLE_PATH;
}

/* What no rule allows: leaves the path and its rule for a record. */
#define ATTEST_ACCESS_NONE_HAS 0xffU

/* Records the object of the question as refused. 0 or -EACCES. */
__noinline int attest_names_refuse(__u32 slot, __u32 generation, __u32 access,
				   __u32 how_violation, __u32 flags)
{
	attest_names_judge(slot, ATTEST_ACCESS_NONE_HAS, ATTEST_EVF_DIRECTORY);
	return attest_refuse(slot, generation, access,
			     ATTEST_HOW(how_violation >> 16, flags),
			     how_violation & 0xff);
}

/* Does the rule that was found for the question hide its paths? */
__noinline int attest_rule_hides(__u32 slot)
{
	struct attest_scratch *sc = attest_scratch_get();
	const struct attest_image_rule *rule;
	const struct attest_image_hdr *hdr;
	void *image = attest_image_of(slot);

	if (!sc || !image)
		return 0;
	hdr = attest_image_header(image);
	if (!hdr)
		return 0;
	rule = attest_image_rule_at(image, hdr, sc->event.rule);
	return rule && rule->flags & ATTEST_RULE_HIDE;
}

/* The same, from the question on. */
__noinline int attest_names_hide(__u32 slot)
{
	struct attest_scratch *sc = attest_scratch_get();

	if (!sc)
		return 0;
	if (sc->mount)
		attest_path_judge(slot, ATTEST_ACCESS_NONE_HAS,
				  ATTEST_EVF_DIRECTORY);
	else
		attest_names_judge(slot, ATTEST_ACCESS_NONE_HAS,
				   ATTEST_EVF_DIRECTORY);
	return attest_rule_hides(slot);
}

/* Judges and records. 0 or -EACCES. */
__noinline int attest_names_decide(__u32 slot, __u32 generation, __u32 access,
				   __u32 how)
{
	struct attest_scratch *sc = attest_scratch_get();
	int violation;

	violation = attest_names_judge(slot, access, how & 0x3fff);
	if (violation == ATTEST_VIOLATION_NONE || !sc)
		return violation ? -ATTEST_EACCES : 0;
	return attest_refuse(slot, generation, access, how, violation);
}

/* Records what is in the scratch memory. 0 when the policy only watches. */
__noinline int attest_refuse(__u32 slot, __u32 generation, __u32 access,
			     __u32 how, __u32 violation)
{
	struct attest_scratch *sc = attest_scratch_get();
	const struct attest_image_hdr *hdr = NULL;
	__u32 verdict = ATTEST_VERDICT_DENY;
	void *image = attest_image_of(slot);

	if (image)
		hdr = attest_image_header(image);
	if (hdr && hdr->mode == ATTEST_MODE_AUDIT)
		verdict = ATTEST_VERDICT_AUDIT;
	if (!sc)
		return verdict == ATTEST_VERDICT_AUDIT ? 0 : -ATTEST_EACCES;
	sc->attempt = verdict << 8 | (violation & 0xff);
	attest_file_record(slot, generation, access, how);
	return verdict == ATTEST_VERDICT_AUDIT ? 0 : -ATTEST_EACCES;
}

char LICENSE[] SEC("license") = "GPL";
