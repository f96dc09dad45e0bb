// SPDX-License-Identifier: GPL-2.0-only
/**
 * The system calls of subjects that are to be traced, when they return. Loaded
 * only if that is asked for: it costs every system call of the machine.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "lib/argument.h"
#include "lib/emit.h"
#include "lib/subject.h"

#define EXIT 60
#define EXIT_GROUP 231

/* Set before loading. */
const volatile __u64 attest_calls_wanted[ATTEST_CALL_WORDS] = {};
/* 0: any; 1: no error; 2: an error; below 0: this one. */
const volatile __s32 attest_calls_result = 0;

struct attest_call {
	__u64 start_ns;
	struct attest_call_event event;
	char arg[ATTEST_ARG_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct attest_call);
} attest_calls SEC(".maps");

static __always_inline bool is_wanted(long nr)
{
	__u64 n = (__u64)nr;

	if (n >= ATTEST_CALL_WORDS * 64)
		return false;
	return attest_calls_wanted[n / 64] >> n % 64 & 1;
}

static __always_inline bool is_result_wanted(long ret)
{
	bool is_error = ret < 0 && ret >= -4095;

	if (attest_calls_result < 0)
		return ret == attest_calls_result;
	return !attest_calls_result || is_error == (attest_calls_result == 2);
}

static __always_inline void send(struct attest_call *call)
{
	struct record {
		struct attest_call_event head;
		char arg[ATTEST_ARG_MAX];
	} * rec;

	attest_number(&call->event.call.hdr);
	rec = bpf_ringbuf_reserve(&attest_events, sizeof(*rec), 0);
	if (!rec) {
		attest_stat(ATTEST_STAT_RING_FULL);
		return;
	}
	rec->head = call->event;
	__builtin_memcpy(rec->arg, call->arg, sizeof(rec->arg));
	bpf_ringbuf_submit(rec, attest_ring_flags());
	attest_stat(ATTEST_STAT_RECORDS);
}

static __always_inline void read_path(struct attest_call *call)
{
	const void *path;
	int nr = -1;
	long n;

	call->event.arg_len = 0;
	call->event.arg_index = 0;
	path = attest_path_argument(&nr);
	if (!path)
		return;
	n = bpf_probe_read_user_str(call->arg, sizeof(call->arg), path);
	if (n <= 0 || n > ATTEST_ARG_MAX)
		return;
	call->event.arg_len = n - 1;
	call->event.arg_index = (__u64)path == call->event.call.args[0] ? 1 : 2;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(attest_call_enter, struct pt_regs *regs, long nr)
{
	struct attest_subject *s;
	struct attest_call *call;
	struct attest_syscall_event *ev;

	if (!is_wanted(nr))
		return 0;
	s = attest_subject_current();
	if (!s || !(s->flags & ATTEST_SUBJECT_TRACE))
		return 0;
	call = bpf_task_storage_get(&attest_calls, bpf_get_current_task_btf(),
				    NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!call)
		return 0;
	ev = &call->event.call;
	attest_hdr_fill(&ev->hdr, s, ATTEST_EVENT_CALL, ATTEST_HOOK_SYS_ENTER);
	ev->hdr.verdict = ATTEST_VERDICT_TRACE;
	ev->hdr.syscall = (__s32)nr;
	ev->args[0] = regs->di;
	ev->args[1] = regs->si;
	ev->args[2] = regs->dx;
	ev->args[3] = regs->r10;
	ev->args[4] = regs->r8;
	ev->args[5] = regs->r9;
	ev->ip = regs->ip;
	ev->result = 0;
	ev->seccomp_action = 0;
	ev->signal = 0;
	read_path(call);
	ev->hdr.size = sizeof(call->event) + call->event.arg_len;
	call->event.duration_ns = 0;
	call->start_ns = bpf_ktime_get_ns();
	if ((nr == EXIT || nr == EXIT_GROUP) && !attest_calls_result) {
		call->start_ns = 0;
		send(call);
	}
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(attest_call_exit, struct pt_regs *regs, long ret)
{
	struct attest_call *call;

	if (!attest_subject_is_possible())
		return 0;
	call = bpf_task_storage_get(&attest_calls, bpf_get_current_task_btf(),
				    NULL, 0);
	if (!call || !call->start_ns)
		return 0;
	call->event.duration_ns = bpf_ktime_get_ns() - call->start_ns;
	call->start_ns = 0;
	if (!is_result_wanted(ret))
		return 0;
	call->event.call.hdr.hook = ATTEST_HOOK_SYS_EXIT;
	call->event.call.result = ret;
	send(call);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
