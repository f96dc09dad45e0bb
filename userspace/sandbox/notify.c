// SPDX-License-Identifier: Apache-2.0
#include "sandbox/notify.h"

#include <errno.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/notify_kill.h"

/* Answered in one go, before the caller gets to its other work. */
#define BATCH_MAX 256

struct attest_notify {
	int fd;
	struct attest_notify_options o;
	struct attest_seccomp_filter filter; /* what the policy says */
	struct attest_seccomp_here here;
	struct attest_scmp_where where;
	uint64_t seq;
	struct attest_doomed doomed;
	/* A newer kernel's structures may be longer than ours. */
	struct seccomp_notif *request;
	struct seccomp_notif_resp *response;
	struct seccomp_notif_sizes sizes;
};

static int get_sizes(struct attest_notify *n)
{
	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &n->sizes) < 0)
		return -errno;
	if (n->sizes.seccomp_notif < sizeof(*n->request))
		n->sizes.seccomp_notif = sizeof(*n->request);
	if (n->sizes.seccomp_notif_resp < sizeof(*n->response))
		n->sizes.seccomp_notif_resp = sizeof(*n->response);
	n->request = malloc(n->sizes.seccomp_notif);
	n->response = malloc(n->sizes.seccomp_notif_resp);

	return n->request && n->response ? 0 : -ENOMEM;
}

int attest_notify_new(int fd, const struct attest_notify_options *options,
		      struct attest_notify **ret, struct attest_diag *diag)
{
	struct attest_seccomp_options seccomp = { 0 };
	struct attest_notify *n;
	int r;

	n = calloc(1, sizeof(*n));
	if (!n)
		return -ENOMEM;
	n->fd = -1;
	n->o = *options;
	if (options->seccomp)
		seccomp = *options->seccomp;
	seccomp.notify = false;
	if (!seccomp.where)
		attest_seccomp_here(&n->here);
	n->where = seccomp.where ? *seccomp.where : n->here.where;
	r = get_sizes(n);
	if (r == 0)
		r = attest_seccomp_filter_get(options->profile, &seccomp,
					      &n->filter, NULL, diag);
	if (r < 0) {
		attest_notify_free(&n);
		return r;
	}
	n->fd = fd;
	*ret = n;

	return 0;
}

void attest_notify_free(struct attest_notify **notify)
{
	struct attest_notify *n = TAKE_PTR(*notify);

	if (!n)
		return;
	attest_closep(&n->fd);
	attest_doomed_done(&n->doomed);
	attest_seccomp_filter_done(&n->filter);
	free(n->request);
	free(n->response);
	free(n);
}

int attest_notify_fd(const struct attest_notify *notify)
{
	return notify->fd;
}

int attest_notify_timeout_ms(const struct attest_notify *notify)
{
	return attest_doomed_timeout_ms(&notify->doomed);
}

static void fill_verdict(struct attest_event_hdr *hdr,
			 enum attest_scmp_action action)
{
	switch (action) {
	case ATTEST_SCMP_ERRNO:
		hdr->verdict = ATTEST_VERDICT_DENY;
		hdr->violation = ATTEST_VIOLATION_SYSCALL_DENIED;
		break;
	case ATTEST_SCMP_LOG:
		hdr->verdict = ATTEST_VERDICT_TRACE;
		hdr->violation = ATTEST_VIOLATION_SYSCALL_TRACED;
		break;
	default:
		hdr->verdict = ATTEST_VERDICT_KILL;
		hdr->violation = ATTEST_VIOLATION_SYSCALL_KILLED;
		break;
	}
}

static void record(struct attest_notify *n, const struct seccomp_data *call,
		   const struct attest_waiting *task, uint32_t ret)
{
	enum attest_scmp_action action = attest_seccomp_action(ret);
	struct attest_syscall_event ev = { 0 };
	uint64_t args[6];
	struct timespec t;
	char *name;

	memcpy(args, call->args, sizeof(args));
	(void)clock_gettime(CLOCK_BOOTTIME, &t);
	ev.hdr.abi = ATTEST_EVENT_ABI;
	ev.hdr.kind = ATTEST_EVENT_SYSCALL;
	ev.hdr.size = sizeof(ev);
	ev.hdr.seq = ++n->seq;
	ev.hdr.boottime_ns = (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
	ev.hdr.cpu = UINT32_MAX;
	ev.hdr.tgid = task->tgid;
	ev.hdr.tid = task->tid;
	ev.hdr.ppid = task->ppid;
	ev.hdr.uid = task->uid;
	ev.hdr.slot = n->o.slot;
	ev.hdr.generation = n->o.generation;
	ev.hdr.hook = ATTEST_HOOK_NOTIFY;
	ev.hdr.syscall = call->nr;
	memcpy(ev.hdr.comm, task->comm, sizeof(ev.hdr.comm));
	fill_verdict(&ev.hdr, action);
	memcpy(ev.args, call->args, sizeof(ev.args));
	ev.ip = call->instruction_pointer;
	ev.seccomp_action = ret;
	if (ev.hdr.verdict == ATTEST_VERDICT_KILL)
		ev.signal = SIGSYS;
	name = seccomp_syscall_resolve_num_arch(call->arch, call->nr);
	n->o.record(n->o.data, &ev,
		    attest_seccomp_find_rule(n->o.profile, &n->where,
					     name ?: "", args, action));
	free(name);
}

/* Fills the answer, and for kill and trap sends the signal before it. */
static void answer(struct attest_notify *n, const struct seccomp_data *call,
		   const struct attest_waiting *task, uint32_t ret)
{
	struct seccomp_notif_resp *resp = n->response;

	switch (attest_seccomp_action(ret)) {
	case ATTEST_SCMP_ALLOW:
	case ATTEST_SCMP_LOG:
		resp->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		break;
	case ATTEST_SCMP_ERRNO:
		resp->error = -(int)(ret & SECCOMP_RET_DATA);
		break;
	case ATTEST_SCMP_TRAP:
		attest_doomed_trap(&n->doomed, task, call,
				   ret & SECCOMP_RET_DATA);
		resp->error = -ENOSYS;
		break;
	default:
		attest_doomed_kill(&n->doomed, task);
		resp->error = -ENOSYS;
		break;
	}
}

static int dispatch_one(struct attest_notify *n)
{
	const struct seccomp_data *call = &n->request->data;
	struct attest_waiting task;
	uint32_t ret;

	memset(n->request, 0, n->sizes.seccomp_notif);
	if (ioctl(n->fd, SECCOMP_IOCTL_NOTIF_RECV, n->request) < 0)
		/* ENOENT: the task was killed before we looked. */
		return errno == ENOENT || errno == EINTR ? 0 : -errno;
	memset(n->response, 0, n->sizes.seccomp_notif_resp);
	n->response->id = n->request->id;
	ret = attest_seccomp_eval(&n->filter.prog, call);
	if (attest_waiting_read((pid_t)n->request->pid, &task) < 0)
		/* Killed meanwhile: the call is a record all the same. */
		task =
		    (struct attest_waiting){ .tid = (pid_t)n->request->pid,
					     .tgid = (pid_t)n->request->pid };
	if (attest_seccomp_action(ret) != ATTEST_SCMP_ALLOW)
		record(n, call, &task, ret);
	/* The number may have been given to another task since. */
	if (ioctl(n->fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &n->request->id) < 0)
		return 1;
	answer(n, call, &task, ret);
	if (ioctl(n->fd, SECCOMP_IOCTL_NOTIF_SEND, n->response) < 0 &&
	    errno != ENOENT)
		return -errno;

	return 1;
}

int attest_notify_dispatch(struct attest_notify *notify)
{
	struct pollfd p = { .fd = notify->fd, .events = POLLIN };
	int count = 0;
	int r;

	attest_doomed_check(&notify->doomed);
	for (int i = 0; i < BATCH_MAX; i++) {
		if (poll(&p, 1, 0) <= 0)
			break;
		if (!(p.revents & POLLIN))
			return count ? count : -ESRCH;
		r = dispatch_one(notify);
		if (r < 0)
			return r;
		count += r;
	}

	return count;
}
