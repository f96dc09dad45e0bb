// SPDX-License-Identifier: Apache-2.0
/**
 * Measured by removing one call at a time from a trace of `echo Hello`, with
 * SCMP_ACT_KILL_PROCESS and 60 to 100 runs per set: crun 1.8.1, runc 1.1.5;
 * static busybox (glibc 2.36) and dynamic glibc 2.41. "sporadic": most runs
 * pass without it, some die.
 */
#include "base/cleanup.h"
#include "container/runtime_calls.h"

#define CRUN ATTEST_CALL_CRUN
#define RUNC ATTEST_CALL_RUNC
#define START ATTEST_CALL_START
#define EARLY ATTEST_CALL_EARLY

const struct attest_runtime_call attest_runtime_calls[] = {
	/* Both: the last step, and its report through a pipe. */
	{ "execve", CRUN | RUNC, "starts the container's program" },
	{ "write", CRUN | RUNC, "reports a failed exec to the runtime" },
	{ "close", CRUN | RUNC, "closes the synchronisation descriptors" },
	{ "exit_group", CRUN | RUNC | START, "ends, also after a failed exec" },
	{ "prctl", CRUN | RUNC, "crun, runc: last settings before exec" },

	/* runc: opens exec.fifo, looks for leaked descriptors, execs. */
	{ "openat", RUNC, "exec.fifo and /proc/self/fd" },
	{ "getdents64", RUNC, "lists /proc/self/fd to close what leaked" },
	{ "fstatfs", RUNC, "checks that /proc/self/fd is procfs" },
	{ "getpid", RUNC, "the Go runtime's preemption signal" },
	{ "epoll_ctl", RUNC, "the Go runtime's poller takes up exec.fifo" },

	/* runc: the Go scheduler, on any thread, at any time; sporadic. */
	{ "futex", RUNC, "Go scheduler: sleep and wake; sporadic" },
	{ "rt_sigreturn", RUNC, "Go: end of a preemption signal; sporadic" },
	{ "tgkill", RUNC, "Go: sends the preemption signal; sporadic" },
	{ "nanosleep", RUNC, "Go: the monitor thread's pause; sporadic" },
	{ "sched_yield", RUNC, "Go: contended run queues; sporadic" },
	{ "epoll_pwait", RUNC, "Go: the monitor thread's poll; sporadic" },
	{ "madvise", RUNC, "Go: returns unused memory; sporadic" },
	{ "mmap", RUNC | START, "Go heap; loader" },
	{ "munmap", RUNC | START, "Go heap; loader" },
	{ "rt_sigprocmask", RUNC, "Go: around exec and new threads" },
	{ "sigaltstack", RUNC, "Go: a thread's signal stack" },

	/* The C library before main() and at exit. */
	{ "arch_prctl", START, "thread pointer (x86_64)" },
	{ "brk", START, "heap" },
	{ "mprotect", START, "relocations are made read-only" },
	{ "set_tid_address", START, "thread descriptor" },
	{ "set_robust_list", START, "thread descriptor" },
	{ "rseq", START, "restartable sequences, since glibc 2.35" },
	{ "prlimit64", START, "stack size" },
	{ "readlink", START, "static glibc: its own path" },
	{ "readlinkat", START, "the same, on arm64" },
	{ "getrandom", START, "heap hardening" },
	{ "getuid", START, "busybox: may it keep its privileges" },
	{ "access", START, "ld.so: /etc/ld.so.preload" },
	{ "faccessat", START, "the same, on arm64" },
	{ "openat", START, "ld.so: libraries" },
	{ "fstat", START, "ld.so, stdio" },
	{ "newfstatat", START, "the same, since glibc 2.33" },
	{ "pread64", START, "ld.so: program headers" },
	{ "read", START, "ld.so: file headers" },
	{ "close", START, "ld.so: files" },
	{ "write", START, "what the program says" },
	{ "exit", START, "musl, last thread" },
	{ "ioctl", START, "musl stdio: is it a terminal" },
	{ "writev", START, "musl stdio" },

	/* Filter before the drop of privileges: no no-new-privileges. */
	{ "capset", CRUN | RUNC | EARLY, "drops capabilities" },
	{ "capget", RUNC | EARLY, "reads capabilities" },
	{ "rt_sigaction", CRUN | EARLY, "restores signal handlers" },
	{ "rt_sigprocmask", CRUN | EARLY, "restores the signal mask" },
	{ "setresgid", CRUN | EARLY, "the container's group" },
	{ "setresuid", CRUN | EARLY, "the container's user" },
	{ "setgid", RUNC | EARLY, "the container's group" },
	{ "setuid", RUNC | EARLY, "the container's user" },
	{ "setgroups", RUNC | EARLY, "the container's groups" },
	{ "chdir", RUNC | EARLY, "the working directory" },
	{ "getcwd", RUNC | EARLY, "checks that it is inside the container" },
	{ "faccessat2", RUNC | EARLY, "finds the program in PATH" },
	{ "fcntl", RUNC | EARLY, "descriptor flags" },
	{ "fstat", RUNC | EARLY, "standard streams' owner" },
	{ "newfstatat", RUNC | EARLY, "finds the program in PATH" },
	{ "getppid", RUNC | EARLY, "did the parent die meanwhile" },
	{ "read", RUNC | EARLY, "the synchronisation pipe" },
	{ "rseq", RUNC | EARLY, "with a call above it in the profile" },
};
const size_t attest_n_runtime_calls = ARRAY_SIZE(attest_runtime_calls);

unsigned int attest_runtime_calls_mask(enum attest_runtime runtime,
				       bool no_new_privs)
{
	unsigned int mask = START | (no_new_privs ? 0 : EARLY);

	if (runtime != ATTEST_RUNTIME_RUNC)
		mask |= CRUN;
	if (runtime != ATTEST_RUNTIME_CRUN)
		mask |= RUNC;
	return mask;
}

bool attest_runtime_call_is_needed(const struct attest_runtime_call *call,
				   unsigned int mask)
{
	if ((call->who & EARLY) && !(mask & EARLY))
		return false;
	return call->who & mask & ~EARLY;
}
