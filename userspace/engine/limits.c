// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "engine/limits.h"

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

static uint64_t to_ms(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_usec / 1000;
}

/* Of all descendants that were waited for. */
static uint64_t children_cpu_ms(void)
{
	struct rusage usage = { 0 };

	(void)getrusage(RUSAGE_CHILDREN, &usage);
	return to_ms(usage.ru_utime) + to_ms(usage.ru_stime);
}

void attest_limits_start(struct attest_limits *limits,
			 struct attest_session *session, const char *command,
			 pid_t pid)
{
	const char *slash = strrchr(command, '/');

	*limits = (struct attest_limits){
		.session = session,
		.command = slash ? slash + 1 : command,
		.pid = pid,
		.started_ms = now_ns(CLOCK_MONOTONIC) / 1000000,
		.cpu_ms = children_cpu_ms(),
	};
}

/* What a limit is counted in. */
static const char *unit_of(enum attest_process_limit limit)
{
	switch (limit) {
	case ATTEST_LIMIT_CPU:
	case ATTEST_LIMIT_WALL:
		return " seconds";
	case ATTEST_LIMIT_MEMORY:
	case ATTEST_LIMIT_FILE_SIZE:
		return " bytes";
	default:
		return "";
	}
}

static void hit(struct attest_limits *l, enum attest_process_limit limit,
		uint64_t value, uint64_t max, enum attest_verdict verdict,
		const char *what)
{
	struct attest_session *s = l->session;
	char context[256];
	struct attest_record rec = {
		.time_ns = now_ns(CLOCK_REALTIME),
		.host = s->host,
		.count = 1,
		.kind = ATTEST_KIND_RESOURCE,
		.violation = ATTEST_VIOLATION_RESOURCE_LIMIT,
		.verdict = verdict,
		.layer = ATTEST_LAYER_RLIMIT,
		.pid = (uint32_t)l->pid,
		.tid = (uint32_t)l->pid,
		.ppid = (uint32_t)getpid(),
		.uid = getuid(),
		.syscall = -1,
		.limit = max,
		.value = value,
		.policy = &s->policy,
		.context = context,
	};

	(void)snprintf(context, sizeof(context),
		       "%s: the limit %s of %" PRIu64 "%s was hit: %s",
		       l->command, attest_process_limit_name(limit), max,
		       unit_of(limit), what);
	(void)snprintf(rec.comm, sizeof(rec.comm), "%.*s", ATTEST_COMM_LEN - 1,
		       l->command);
	(void)snprintf(rec.id, sizeof(rec.id), "%s-limit-%d-%d", s->id_prefix,
		       (int)l->pid, (int)limit);
	attest_session_emit(s, &rec);
}

bool attest_limits_wall_is_over(struct attest_limits *limits)
{
	uint64_t max = limits->session->confine.rlimits.wall_seconds;
	uint64_t ms = now_ns(CLOCK_MONOTONIC) / 1000000 - limits->started_ms;

	if (!max || limits->is_over || ms <= max * 1000)
		return false;
	limits->is_over = true;
	log_error("the command ran longer than wall_seconds allows, killing "
		  "it");
	hit(limits, ATTEST_LIMIT_WALL, ms / 1000, max, ATTEST_VERDICT_KILL,
	    "killed, with all that it started");
	return true;
}

static void count(struct attest_limits *l, const char *name, uint64_t used,
		  uint64_t limit)
{
	struct attest_engine_result *result = l->session->result;

	if (!limit || result->n_counters == ARRAY_SIZE(result->counters))
		return;
	result->counters[result->n_counters++] =
	    (struct attest_report_counter){ name, used, limit };
}

/* CPU time and file size end a process by a signal of their own, which a
 * shell passes on as its status. Past the grace of the first the signal is
 * KILL, and then the time that was used tells.
 */
static void end_by_signal(struct attest_limits *l, int status, int signal,
			  uint64_t cpu_seconds)
{
	const struct attest_rlimits *rl = &l->session->confine.rlimits;
	uint64_t max = attest_rlimits_value(rl, ATTEST_LIMIT_CPU);
	enum attest_process_limit limit;

	if (!signal && status > 128)
		signal = status - 128;
	limit = attest_rlimits_hit(rl, signal);
	if (signal == SIGKILL && !l->is_over && max && cpu_seconds > max)
		limit = ATTEST_LIMIT_CPU;
	if (limit == ATTEST_LIMIT_CPU)
		hit(l, limit, cpu_seconds, max, ATTEST_VERDICT_KILL,
		    "a process was ended");
	else if (limit == ATTEST_LIMIT_FILE_SIZE)
		hit(l, limit, attest_rlimits_value(rl, limit),
		    attest_rlimits_value(rl, limit), ATTEST_VERDICT_KILL,
		    "a process that wrote past it was ended");
}

static void end_of_cgroup(struct attest_limits *l)
{
	const struct attest_cgroup *cg = &l->session->confine.cgroup;
	uint64_t memory = attest_cgroup_value(cg, "memory.max");
	uint64_t pids = attest_cgroup_value(cg, "pids.max");

	if (!cg->path)
		return;
	if (attest_cgroup_hits(cg, "memory.events", "oom_kill"))
		hit(l, ATTEST_LIMIT_MEMORY, memory, memory, ATTEST_VERDICT_KILL,
		    "the kernel ended the cgroup's processes");
	if (attest_cgroup_hits(cg, "pids.events", "max"))
		hit(l, ATTEST_LIMIT_PROCESSES, pids, pids, ATTEST_VERDICT_DENY,
		    "fork was refused");
	count(l, "memory", attest_cgroup_value(cg, "memory.peak"), memory);
	count(l, "processes", attest_cgroup_value(cg, "pids.peak"), pids);
}

void attest_limits_end(struct attest_limits *limits, int status, int signal)
{
	const struct attest_rlimits *rl = &limits->session->confine.rlimits;
	uint64_t cpu_seconds = (children_cpu_ms() - limits->cpu_ms) / 1000;
	uint64_t wall_ms =
	    now_ns(CLOCK_MONOTONIC) / 1000000 - limits->started_ms;

	end_by_signal(limits, status, signal, cpu_seconds);
	end_of_cgroup(limits);
	count(limits, "cpu_seconds", cpu_seconds,
	      attest_rlimits_value(rl, ATTEST_LIMIT_CPU));
	count(limits, "wall_seconds", wall_ms / 1000, rl->wall_seconds);
}
