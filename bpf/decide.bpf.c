// SPDX-License-Identifier: GPL-2.0-only
/**
 * Decides on a path that the cache could not answer, and records refusals.
 *
 * On doubt it refuses: a path that is too long, too deep, not below the
 * task's root, or that kept moving under eight walks, is unresolvable.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/decide.h"
#include "lib/walk.h"

#define ATTEST_ATTEMPTS 8

#define PATH_MASK (ATTEST_PATH_MAX - 1)

/* Records come in two sizes: the ring wants a constant. */
#define SMALL_PATH 256
#define SMALL_DATA (SMALL_PATH + ATTEST_ARG_MAX)
#define BIG_DATA (2 * ATTEST_PATH_MAX + ATTEST_ARG_MAX)

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

/* Remembers the directory of the path that was just resolved. */
__noinline int attest_dir_remember(__u32 slot)
{
	const struct attest_image_state *s;
	const struct attest_image_rule *rule;
	const struct attest_image_hdr *hdr;
	struct attest_tables tables = {};
	struct attest_scratch *sc = attest_scratch_get();
	struct attest_seqs_now now = {};
	struct attest_dir d = {};
	struct attest_dir *entry;
	struct dentry *dentry, *root;
	struct mount *m, *root_mount;

	tables.image = attest_image_of(slot);
	if (!sc || !tables.image)
		return 0;
	hdr = attest_image_header(tables.image);
	if (!hdr || !attest_seqs_read(&now))
		return 0;
	dentry = (struct dentry *)sc->dentry;
	m = (struct mount *)sc->mount;
	root = (struct dentry *)sc->root_dentry;
	root_mount = (struct mount *)sc->root_mount;
	if (dentry == BPF_CORE_READ(m, mnt.mnt_root) ||
	    root != BPF_CORE_READ(root_mount, mnt.mnt_root))
		return 0;
	tables.states_off = hdr->states_off;
	s = attest_image_state_at(&tables, sc->parent_state);
	if (!s)
		return 0;
	d.inode = (__u64)BPF_CORE_READ(dentry, d_parent, d_inode);
	d.mount = (__u64)&m->mnt;
	d.root = (__u64)&root_mount->mnt;
	d.rename_seq = now.rename;
	d.mount_seq = now.mount;
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

/* What is wrong with the question, or NONE. Leaves the rule in the event. */
__noinline int attest_path_judge(__u32 slot, __u32 access, __u32 flags)
{
	struct attest_scratch *sc = attest_scratch_get();
	const struct attest_image_hdr *hdr;
	struct attest_seqs_now before = {}, after = {};
	__u32 state, rule = 0, allowed = 0;
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

	state = dir_recall(sc, hdr->version, &before);
	if (state != ATTEST_STATE_BAD && !attest_name_resolve(slot, state) &&
	    rule_of(slot, sc->state, &rule, &allowed) && !(access & ~allowed) &&
	    !(has_extensions && attest_extension_is_forbidden(slot)) &&
	    attest_seqs_read(&after) && before.rename == after.rename &&
	    before.mount == after.mount) {
		attest_stat(ATTEST_STAT_CACHE_HIT);
		return ATTEST_VIOLATION_NONE;
	}

	attest_stat(ATTEST_STAT_CACHE_MISS);
	sc->event.rule = 0;
	if (attest_path_resolve(slot))
		return ATTEST_VIOLATION_UNRESOLVABLE_PATH;
	if (sc->is_good && sc->end == ATTEST_WALK_INTERNAL) {
		/* Pipes, memfds: no path governs them, but what may be
		 * executed there is what may be executed by default.
		 */
		if (!(access & ATTEST_ACCESS_EXECUTE))
			return ATTEST_VIOLATION_NONE;
		if (rule_of(slot, 0, &rule, &allowed) &&
		    (allowed & ATTEST_ACCESS_EXECUTE))
			return ATTEST_VIOLATION_NONE;
		return ATTEST_VIOLATION_FORBIDDEN_PATH;
	}
	if (!sc->is_good || sc->end != ATTEST_WALK_ROOT)
		return ATTEST_VIOLATION_UNRESOLVABLE_PATH;
	state = sc->state;
	if (!rule_of(slot, state, &rule, &allowed))
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

/* The user address of the path that the system call was given, or NULL. */
static __always_inline const void *path_argument(int *nr)
{
	struct pt_regs *regs;

	regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	if (!regs)
		return NULL;
	*nr = (int)regs->orig_ax;
	switch (*nr) {
	case 2:		/* open */
	case 59:	/* execve */
	case 76:	/* truncate */
	case 80:	/* chdir */
	case 82 ... 88: /* rename mkdir rmdir creat link unlink symlink */
	case 90:	/* chmod */
	case 92:	/* chown */
	case 133:	/* mknod */
		return (const void *)regs->di;
	case 257 ... 260: /* openat mkdirat mknodat fchownat */
	case 263 ... 266: /* unlinkat renameat linkat symlinkat */
	case 268:	  /* fchmodat */
	case 316:	  /* renameat2 */
	case 322:	  /* execveat */
	case 437:	  /* openat2 */
	case 452:	  /* fchmodat2 */
		return (const void *)regs->si;
	}
	return NULL;
}

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

	attest_count(slot, sc->event.rule);
	attest_number(&sc->event.hdr);
	if (sc->dentry2 || sc->event.path_len >= SMALL_PATH)
		r = send_big(sc, slot);
	else
		r = send_small(sc);
	attest_stat(r ? ATTEST_STAT_RING_FULL : ATTEST_STAT_RECORDS);
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
	sc->event.hdr.flags = how & 0x7fff;
	if (sc->end == ATTEST_WALK_UNREACHABLE)
		sc->event.hdr.flags |= ATTEST_EVF_PATH_UNREACHABLE;
	sc->event.hdr.verdict = sc->attempt >> 8;
	sc->event.hdr.violation = sc->attempt & 0xff;
	sc->event.access = access;
	sc->event.inode = BPF_CORE_READ(dentry, d_inode, i_ino);
	sc->event.dev = BPF_CORE_READ(dentry, d_inode, i_sb, s_dev);
	sc->event.limit = 0;
	sc->event.value = 0;
	sc->event.path_len = sc->path_len;
	sc->event.path2_len = 0;
	sc->event.arg_len = 0;
	arg = path_argument(&nr);
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

__noinline int attest_decide_slow(__u32 slot, __u32 generation, __u32 access,
				  __u32 how)
{
	struct attest_scratch *sc = attest_scratch_get();
	const struct attest_image_hdr *hdr;
	__u32 verdict = ATTEST_VERDICT_DENY;
	int violation;
	void *image;

	violation = attest_path_judge(slot, access, how & 0x7fff);
	if (violation == ATTEST_VIOLATION_NONE)
		return 0;
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
