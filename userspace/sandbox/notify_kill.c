// SPDX-License-Identifier: Apache-2.0
#include "sandbox/notify_kill.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"

#define STATUS_MAX 16384
#define NS_PER_MS 1000000ULL
/* A process with an unhandled SIGSYS is gone long before. */
#define GRACE_NS (100 * NS_PER_MS)
#define SIGSYS_BIT (1ULL << (SIGSYS - 1))

static uint64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);

	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The number after "\nKEY:\t", or 0. */
static uint64_t field(const char *status, const char *key, int base)
{
	const char *at = strstr(status, key);

	return at ? strtoull(at + strlen(key), NULL, base) : 0;
}

int attest_waiting_read(pid_t tid, struct attest_waiting *ret)
{
	_cleanup_free_ char *status = NULL;
	const char *name, *end;
	char path[64];
	size_t len;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", tid);
	if (attest_read_file(path, STATUS_MAX, &status, NULL) < 0)
		return -ESRCH;
	memset(ret, 0, sizeof(*ret));
	ret->tid = tid;
	ret->tgid = (pid_t)field(status, "\nTgid:\t", 10);
	ret->ppid = (pid_t)field(status, "\nPPid:\t", 10);
	ret->uid = (uint32_t)field(status, "\nUid:\t", 10);
	ret->blocked = field(status, "\nSigBlk:\t", 16);
	ret->ignored = field(status, "\nSigIgn:\t", 16);
	ret->caught = field(status, "\nSigCgt:\t", 16);
	name = strchr(status, '\t');
	end = name ? strchr(name, '\n') : NULL;
	len = end ? (size_t)(end - name - 1) : 0;
	if (len >= sizeof(ret->comm))
		len = sizeof(ret->comm) - 1;
	if (len)
		memcpy(ret->comm, name + 1, len);

	return ret->tgid ? 0 : -ESRCH;
}

static int open_process(const struct attest_waiting *task)
{
	return (int)syscall(SYS_pidfd_open, task->tgid, 0);
}

static void send_kill(int pidfd)
{
	(void)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
}

static void doom(struct attest_doomed *doomed, int pidfd)
{
	/* Too many at a time: no grace. */
	if (doomed->n == ATTEST_DOOMED_MAX) {
		send_kill(pidfd);
		(void)close(pidfd);
		return;
	}
	doomed->tasks[doomed->n].pidfd = pidfd;
	doomed->tasks[doomed->n++].deadline_ns = now_ns() + GRACE_NS;
}

void attest_doomed_kill(struct attest_doomed *doomed,
			const struct attest_waiting *task)
{
	uint64_t kept = task->blocked | task->ignored | task->caught;
	int pidfd = open_process(task);

	if (pidfd < 0)
		return;
	if (kept & SIGSYS_BIT ||
	    syscall(SYS_tgkill, task->tgid, task->tid, SIGSYS) < 0) {
		send_kill(pidfd);
		(void)close(pidfd);
		return;
	}
	/* Another thread may still install a handler. */
	doom(doomed, pidfd);
}

void attest_doomed_trap(struct attest_doomed *doomed,
			const struct attest_waiting *task,
			const struct seccomp_data *call, uint16_t reason)
{
	siginfo_t info = { 0 };

	/* The kernel would kill a process that cannot take the signal. */
	if ((task->blocked | task->ignored) & SIGSYS_BIT ||
	    !(task->caught & SIGSYS_BIT)) {
		attest_doomed_kill(doomed, task);
		return;
	}
	info.si_signo = SIGSYS;
	info.si_errno = reason;
	info.si_code = SI_QUEUE; /* SYS_SECCOMP is the kernel's alone */
	info.si_call_addr = (void *)(uintptr_t)call->instruction_pointer;
	info.si_syscall = call->nr;
	info.si_arch = call->arch;
	(void)syscall(SYS_rt_tgsigqueueinfo, task->tgid, task->tid, SIGSYS,
		      &info);
}

static bool is_gone(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

void attest_doomed_check(struct attest_doomed *doomed)
{
	uint64_t now = doomed->n ? now_ns() : 0;
	size_t kept = 0;

	for (size_t i = 0; i < doomed->n; i++) {
		int pidfd = doomed->tasks[i].pidfd;
		bool late = now >= doomed->tasks[i].deadline_ns;

		if (!is_gone(pidfd) && !late) {
			doomed->tasks[kept++] = doomed->tasks[i];
			continue;
		}
		if (late)
			send_kill(pidfd);
		(void)close(pidfd);
	}
	doomed->n = kept;
}

int attest_doomed_timeout_ms(const struct attest_doomed *doomed)
{
	uint64_t now;

	if (!doomed->n)
		return -1;
	now = now_ns();
	if (now >= doomed->tasks[0].deadline_ns)
		return 0;

	return (int)((doomed->tasks[0].deadline_ns - now) / NS_PER_MS) + 1;
}

void attest_doomed_done(struct attest_doomed *doomed)
{
	for (size_t i = 0; i < doomed->n; i++) {
		send_kill(doomed->tasks[i].pidfd);
		(void)close(doomed->tasks[i].pidfd);
	}
	doomed->n = 0;
}
