// SPDX-License-Identifier: GPL-2.0-only
/**
 * Who is confined: from the first task on through fork, threads and io_uring
 * workers, and by cgroup. Without memory for it a fork is refused.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/decide.h"

#define CLONE_THREAD 0x00010000
#define ATTEST_ENOMEM 12
#define PROGRAM_PATH 512 /* a power of two */

/* The inode number of our own mount namespace. */
const volatile __u32 attest_mount_ns = 0;

struct attest_scan attest_scan = {};

/* The nearest confined cgroup of the current task, or NULL. */
static __always_inline struct attest_cgroup_subject *find_cgroup(void)
{
	struct attest_cgroup_subject *found = NULL;

	for (int level = 0; level < ATTEST_CGROUP_LEVELS; level++) {
		__u64 id = bpf_get_current_ancestor_cgroup_id(level);
		struct attest_cgroup_subject *c;

		if (!id)
			break;
		c = bpf_map_lookup_elem(&attest_cgroups, &id);
		if (c)
			found = c;
	}
	return found;
}

static __always_inline void
take_cgroup(struct attest_subject *s, const struct attest_cgroup_subject *found)
{
	s->generation = found->generation;
	s->flags =
	    (found->flags & ~ATTEST_SUBJECT_AT_EXEC) | ATTEST_SUBJECT_CGROUP;
	s->slot = found->slot;
}

__noinline int attest_subject_resolve(__u32 epoch)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct attest_cgroup_subject *found;
	struct attest_subject *s;
	__u32 tgid = task->tgid;
	bool is_confined;

	s = bpf_task_storage_get(&attest_subjects, task, NULL,
				 BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!s)
		return 0;
	if (s->flags & ATTEST_SUBJECT_DIRECT) {
		s->epoch = epoch;
		return 0;
	}
	found = find_cgroup();
	/* A confined task stays confined wherever it goes, unless somebody
	 * who is not confined moved it.
	 */
	if ((s->flags & ATTEST_SUBJECT_CGROUP) && s->slot < ATTEST_SLOTS_MAX &&
	    !bpf_map_lookup_elem(&attest_moves, &tgid)) {
		s->epoch = epoch;
		return 0;
	}
	is_confined =
	    (s->flags & ATTEST_SUBJECT_CGROUP) && s->slot < ATTEST_SLOTS_MAX;
	if (found && (found->flags & ATTEST_SUBJECT_AT_EXEC) && !is_confined) {
		s->flags = ATTEST_SUBJECT_AT_EXEC;
		s->slot = ATTEST_SLOT_NONE;
	} else if (found) {
		take_cgroup(s, found);
	} else {
		s->flags = 0;
		s->slot = ATTEST_SLOT_NONE;
	}
	s->epoch = epoch;
	return 0;
}

/* The runtime executes itself anew before it enters the container's mount
 * namespace; what it executes there is the container's program.
 */
__noinline int attest_subject_begin(__u32 mount_ns)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct attest_cgroup_subject *found;
	struct attest_subject *s;

	if (!attest_settings.n_cgroups || mount_ns == attest_mount_ns)
		return 0;
	s = attest_subject_current();
	if (s)
		return 0;
	s = bpf_task_storage_get(&attest_subjects, task, NULL, 0);
	if (!s || !(s->flags & ATTEST_SUBJECT_AT_EXEC))
		return 0;
	found = find_cgroup();
	if (found)
		take_cgroup(s, found);
	return 0;
}

/* 0, or -1 when there is no memory for the child's share. */
static __always_inline int inherit(struct task_struct *child)
{
	struct attest_subject *s = attest_subject_current();
	struct attest_subject *c;

	if (!s)
		return 0;
	c = bpf_task_storage_get(&attest_subjects, child, NULL,
				 BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!c)
		return -1;
	*c = *s;
	c->flags &= ~ATTEST_SUBJECT_PENDING;
	return 0;
}

SEC("lsm/task_alloc")
int BPF_PROG(attest_task_alloc, struct task_struct *task,
	     unsigned long clone_flags, int ret)
{
	if (ret)
		return ret;
	if (inherit(task))
		return -ATTEST_ENOMEM;
	return 0;
}

static __always_inline void emit_process(struct attest_subject *s, __u32 hook,
					 __u32 child_tgid, int exit_code)
{
	struct attest_process_event ev = {};

	attest_hdr_fill(&ev.hdr, s, ATTEST_EVENT_PROCESS, hook);
	ev.hdr.size = sizeof(ev);
	ev.child_tgid = child_tgid;
	ev.exit_code = exit_code;
	attest_emit(&ev, sizeof(ev));
}

SEC("tp_btf/task_newtask")
int BPF_PROG(attest_newtask, struct task_struct *task,
	     unsigned long clone_flags)
{
	struct attest_subject *s = attest_subject_current();
	struct attest_subject *c;
	__u32 tgid = task->tgid;

	if (!s)
		return 0;
	/* A parent that was marked in the middle of its fork: the scan cannot
	 * see the child yet.
	 */
	c = bpf_task_storage_get(&attest_subjects, task, NULL, 0);
	if ((!c || c->slot != s->slot || c->generation != s->generation) &&
	    inherit(task))
		attest_stat(ATTEST_STAT_NO_SCRATCH);
	if (clone_flags & CLONE_THREAD)
		return 0;
	/* Nobody moved this one yet, whoever had its number before. */
	if (attest_settings.n_cgroups)
		bpf_map_delete_elem(&attest_moves, &tgid);
	emit_process(s, ATTEST_HOOK_PROCESS_FORK, task->tgid, 0);
	return 0;
}

int attest_path_resolve(__u32 slot);

/* Puts the path of the program into the scratch memory. Its length, or 0. */
static __always_inline __u64 program_path(struct attest_scratch *sc,
					  struct attest_subject *s,
					  struct file *file,
					  struct fs_struct *fs)
{
	__u64 len;

	sc->dentry = (__u64)file->f_path.dentry;
	sc->mount = attest_mount_of(file->f_path.mnt);
	sc->root_dentry = (__u64)fs->root.dentry;
	sc->root_mount = attest_mount_of(fs->root.mnt);
	sc->dentry2 = 0;
	sc->path_len = 0;
	attest_path_resolve(s->slot);
	len = sc->path_len;
	/* Programs with longer paths are looked up by pid. */
	return len < PROGRAM_PATH ? len : 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(attest_exec, struct task_struct *task, int old_pid,
	     struct linux_binprm *bprm)
{
	struct attest_subject *s = attest_subject_current();
	struct fs_struct *fs = task->fs;
	struct record {
		struct attest_process_event head;
		char data[PROGRAM_PATH];
	} * rec;
	struct attest_process_event ev = {};
	struct attest_scratch *sc;
	__u64 len;

	if (!s || !fs)
		return 0;
	sc = attest_scratch_get();
	if (!sc)
		return 0;
	len = program_path(sc, s, bprm->file, fs);
	ATTEST_OPAQUE(len);
	len &= PROGRAM_PATH - 1;
	attest_hdr_fill(&ev.hdr, s, ATTEST_EVENT_PROCESS,
			ATTEST_HOOK_PROCESS_EXEC);
	ev.hdr.size = sizeof(ev) + len;
	ev.path_len = len;
	attest_number(&ev.hdr);
	rec = bpf_ringbuf_reserve(&attest_events, sizeof(*rec), 0);
	if (!rec) {
		attest_stat(ATTEST_STAT_RING_FULL);
		return 0;
	}
	rec->head = ev;
	bpf_probe_read_kernel(rec->data, len, sc->path);
	bpf_ringbuf_submit(rec, attest_ring_flags());
	attest_stat(ATTEST_STAT_RECORDS);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(attest_exit, struct task_struct *task)
{
	struct attest_subject *s = attest_subject_current();

	if (!s)
		return 0;
	if (s->flags & ATTEST_SUBJECT_PENDING) {
		s->flags &= ~ATTEST_SUBJECT_PENDING;
		attest_pending_settle(s->slot, 1);
	}
	if (task->pid == task->tgid)
		emit_process(s, ATTEST_HOOK_PROCESS_EXIT, 0, task->exit_code);
	return 0;
}

/* Somebody moves a thread group to another cgroup. */
SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(attest_cgroup_attach, struct cgroup *dst, const char *path,
	     struct task_struct *task, bool threadgroup)
{
	__u32 tgid = task->tgid;
	__u32 one = 1;

	if (!attest_settings.n_cgroups)
		return 0;
	if (attest_subject_current())
		bpf_map_delete_elem(&attest_moves, &tgid);
	else
		bpf_map_update_elem(&attest_moves, &tgid, &one, BPF_ANY);
	__sync_fetch_and_add(&attest_settings.cgroup_epoch, 1);
	return 0;
}

/* What waits to be reaped does nothing any more. */
static __always_inline void count_alive(struct task_struct *task)
{
	if (!task->exit_state)
		attest_scan.n_alive++;
}

/* Marks a running pid tree, one generation of children per run: userspace
 * runs it until nothing changes.
 */
SEC("iter/task")
int attest_scan_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct attest_subject *s, *p;

	if (!task)
		return 0;
	s = bpf_task_storage_get(&attest_subjects, task, NULL, 0);
	if (attest_scan.release) {
		if (s && s->slot == attest_scan.slot) {
			bpf_task_storage_delete(&attest_subjects, task);
			attest_scan.n_changed++;
		}
		return 0;
	}
	if (s && s->slot == attest_scan.slot &&
	    s->generation == attest_scan.generation) {
		count_alive(task);
		return 0;
	}
	if (!attest_scan.tgid)
		return 0;
	if ((__u32)task->tgid != attest_scan.tgid) {
		struct task_struct *parent = task->real_parent;

		if (!parent)
			return 0;
		p = bpf_task_storage_get(&attest_subjects, parent, NULL, 0);
		if (!p || p->slot != attest_scan.slot ||
		    p->generation != attest_scan.generation)
			return 0;
	}
	s = bpf_task_storage_get(&attest_subjects, task, NULL,
				 BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!s)
		return 0;
	s->generation = attest_scan.generation;
	s->flags = attest_scan.flags | ATTEST_SUBJECT_DIRECT;
	s->slot = attest_scan.slot;
	attest_scan.n_changed++;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
