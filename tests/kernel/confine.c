// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine.h"
#include "kt.h"

#define CGROUP "/sys/fs/cgroup/confine"

struct sink {
	struct attest_sink base;
	struct confine_result *result;
};

static void keep(char *to, size_t size, struct attest_bytes bytes)
{
	size_t n = bytes.len < size - 1 ? bytes.len : size - 1;

	if (bytes.data)
		memcpy(to, bytes.data, n);
	to[bytes.data ? n : 0] = '\0';
}

static int take(struct attest_sink *sink, const struct attest_record *rec)
{
	struct confine_result *result = ((struct sink *)sink)->result;
	struct confine_record *r;

	/* The first ones are kept, all are counted. */
	if (result->n_records++ >= CONFINE_RECORDS_MAX)
		return 0;
	r = &result->records[result->n_records - 1];
	r->kind = rec->kind;
	r->violation = rec->violation;
	r->verdict = rec->verdict;
	r->layer = rec->layer;
	r->hook = rec->hook;
	r->pid = rec->pid;
	r->uid = rec->uid;
	r->access = rec->access;
	r->rule = rec->rule;
	r->syscall = rec->syscall;
	r->limit = rec->limit;
	r->value = rec->value;
	memcpy(r->addr, rec->addr, sizeof(r->addr));
	r->port = rec->port;
	r->family = rec->family;
	r->protocol = rec->protocol;
	keep(r->path, sizeof(r->path), rec->path);
	keep(r->path2, sizeof(r->path2), rec->path2);
	(void)snprintf(r->rule_text, sizeof(r->rule_text), "%s",
		       rec->rule_text ? rec->rule_text : "");
	return 0;
}

static const struct attest_sink_ops ops = { .name = "test", .write = take };

static void go(void *ctx)
{
	kt_check_int(write(*(int *)ctx, "g", 1), 1);
}

void *confine_shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	kt_check(p != MAP_FAILED);
	return p;
}

static pid_t start(void (*body)(void *), void *shared, const char *cgroup,
		   int *ret_fd)
{
	char text[32];
	int fds[2];
	pid_t pid;

	kt_expect_ok(pipe2(fds, O_CLOEXEC));
	pid = (pid_t)kt_expect_ok(fork());
	if (pid == 0) {
		char byte;

		(void)close(fds[1]);
		if (read(fds[0], &byte, 1) == 1)
			body(shared);
		_exit(0);
	}
	(void)close(fds[0]);
	if (cgroup) {
		int fd = (int)kt_expect_ok(open(cgroup, O_WRONLY | O_CLOEXEC));
		int n = snprintf(text, sizeof(text), "%d", pid);

		kt_check_int(write(fd, text, (size_t)n), n);
		(void)close(fd);
	}
	*ret_fd = fds[1];
	return pid;
}

static void attach(const char *policy_text,
		   const struct attest_engine_subject *subject,
		   bool is_enforced, int go_fd, struct confine_result *ret)
{
	struct sink sink = { .base.ops = &ops, .result = ret };
	struct attest_sink *sinks[] = { &sink.base };
	struct attest_engine_options options = {
		.sinks = sinks,
		.n_sinks = 1,
		.ready = go,
		.ctx = &go_fd,
		.duration_ms = subject->kind == ATTEST_SUBJECT_PID ? 0 : 500,
	};
	struct attest_engine_result result;
	struct attest_policy *policy = NULL;
	struct attest_diag diag = { 0 };

	if (attest_policy_load(NULL, policy_text, &policy, &diag) < 0)
		kt_fail("policy: %d:%d: %s", diag.line, diag.column, diag.text);
	options.policy = policy;
	ret->error =
	    attest_engine_attach(&options, subject, is_enforced, &result);
	ret->rung = result.rung;
	ret->n_lost = result.n_lost;
	ret->n_counters = result.n_counters;
	memcpy(ret->counters, result.counters, sizeof(ret->counters));
	(void)snprintf(ret->message, sizeof(ret->message), "%s", result.error);
	attest_engine_result_done(&result);
	attest_policy_free(&policy);
}

void confine_running(const char *policy, pid_t pid, int go_fd,
		     struct confine_result *ret)
{
	struct attest_engine_subject subject = {
		.kind = ATTEST_SUBJECT_PID,
		.pid = (uint32_t)pid,
	};

	memset(ret, 0, sizeof(*ret));
	ret->pid = pid;
	attach(policy, &subject, true, go_fd, ret);
}

/* An attach that failed must not have let the child go. */
static void finish(pid_t pid, int fd, const struct confine_result *ret)
{
	if (ret->error < 0)
		(void)kill(pid, SIGKILL);
	(void)close(fd);
	(void)waitpid(pid, NULL, 0);
}

void confine_pid(const char *policy, void (*body)(void *shared), void *shared,
		 bool is_enforced, struct confine_result *ret)
{
	struct attest_engine_subject subject = { .kind = ATTEST_SUBJECT_PID };
	int fd;

	memset(ret, 0, sizeof(*ret));
	ret->pid = start(body, shared, NULL, &fd);
	subject.pid = (uint32_t)ret->pid;
	attach(policy, &subject, is_enforced, fd, ret);
	finish(ret->pid, fd, ret);
}

void confine_cgroup(const char *policy, void (*body)(void *shared),
		    void *shared, struct confine_result *ret)
{
	struct attest_engine_subject subject = {
		.kind = ATTEST_SUBJECT_CGROUP_TREE,
		.cgroup = CGROUP,
	};
	int fd;

	memset(ret, 0, sizeof(*ret));
	(void)mkdir(CGROUP, 0755);
	(void)mkdir(CGROUP "/a", 0755);
	(void)mkdir(CGROUP "/a/b", 0755);
	ret->pid = start(body, shared, CGROUP "/a/b/cgroup.procs", &fd);
	attach(policy, &subject, true, fd, ret);
	finish(ret->pid, fd, ret);
	kt_wait_for(rmdir(CGROUP "/a/b") == 0, 5);
	kt_expect_ok(rmdir(CGROUP "/a"));
	kt_expect_ok(rmdir(CGROUP));
}

enum attest_rung confine_expected_rung(void)
{
	if (kt_has_flag("lockdown"))
		return ATTEST_RUNG_NONE;
	if (kt_has_flag("bpf"))
		return ATTEST_RUNG_LSM;
	return kt_has_flag("preempt-voluntary") ? ATTEST_RUNG_FMOD_RET
						: ATTEST_RUNG_TRACE;
}
