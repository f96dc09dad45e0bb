// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "event/record.h"
#include "sandbox/rlimit.h"

/* After SIGXCPU at the soft limit a program has this long to end. */
#define CPU_GRACE_SECONDS 2

static const struct {
	const char *name;
	int resource; /* -1: none */
} kinds[] = {
	[ATTEST_LIMIT_OPEN_FILES] = { "open_files", RLIMIT_NOFILE },
	[ATTEST_LIMIT_PROCESSES] = { "processes", RLIMIT_NPROC },
	[ATTEST_LIMIT_MEMORY] = { "memory", RLIMIT_AS },
	[ATTEST_LIMIT_CPU] = { "cpu_seconds", RLIMIT_CPU },
	[ATTEST_LIMIT_WALL] = { "wall_seconds", -1 },
	[ATTEST_LIMIT_FILE_SIZE] = { "max_file_size", RLIMIT_FSIZE },
};
_Static_assert(ARRAY_SIZE(kinds) == ATTEST_LIMIT_END, "a row for each limit");

const char *attest_process_limit_name(enum attest_process_limit limit)
{
	return limit < ATTEST_LIMIT_END ? kinds[limit].name : "unknown";
}

static void add(struct attest_rlimits *limits, enum attest_process_limit kind,
		uint64_t value)
{
	struct attest_rlimit *limit = &limits->limits[limits->n_limits];

	if (!value)
		return;
	limit->resource = kinds[kind].resource;
	limit->value.rlim_cur = value;
	limit->value.rlim_max = value;
	if (kind == ATTEST_LIMIT_CPU)
		limit->value.rlim_max += CPU_GRACE_SECONDS;
	limits->n_limits++;
}

void attest_rlimits_plan(const struct attest_policy *policy,
			 struct attest_rlimits *ret)
{
	const struct attest_process_limits *want = &policy->limits;

	*ret = (struct attest_rlimits){ .wall_seconds = want->wall_seconds };
	add(ret, ATTEST_LIMIT_OPEN_FILES, want->open_files);
	add(ret, ATTEST_LIMIT_PROCESSES, want->processes);
	add(ret, ATTEST_LIMIT_MEMORY, want->memory_bytes);
	add(ret, ATTEST_LIMIT_CPU, want->cpu_seconds);
	if (policy->has_filesystem)
		add(ret, ATTEST_LIMIT_FILE_SIZE, policy->max_file_bytes);
	ret->limits[ret->n_limits++] =
	    (struct attest_rlimit){ .resource = RLIMIT_CORE };
}

int attest_rlimits_apply(const struct attest_rlimits *limits)
{
	for (size_t i = 0; i < limits->n_limits; i++) {
		const struct attest_rlimit *want = &limits->limits[i];
		struct rlimit now;

		if (getrlimit((__rlimit_resource_t)want->resource, &now) < 0)
			return -errno;
		/* RLIM_INFINITY is the largest value there is. */
		if (want->value.rlim_max < now.rlim_max)
			now.rlim_max = want->value.rlim_max;
		if (want->value.rlim_cur < now.rlim_cur)
			now.rlim_cur = want->value.rlim_cur;
		if (setrlimit((__rlimit_resource_t)want->resource, &now) < 0)
			return -errno;
	}
	return 0;
}

uint64_t attest_rlimits_value(const struct attest_rlimits *limits,
			      enum attest_process_limit limit)
{
	if (limit == ATTEST_LIMIT_WALL)
		return limits->wall_seconds;
	for (size_t i = 0; i < limits->n_limits; i++)
		if (limits->limits[i].resource == kinds[limit].resource)
			return limits->limits[i].value.rlim_cur;
	return 0;
}

enum attest_process_limit
attest_rlimits_hit(const struct attest_rlimits *limits, int signal)
{
	if (signal == SIGXCPU && attest_rlimits_value(limits, ATTEST_LIMIT_CPU))
		return ATTEST_LIMIT_CPU;
	if (signal == SIGXFSZ &&
	    attest_rlimits_value(limits, ATTEST_LIMIT_FILE_SIZE))
		return ATTEST_LIMIT_FILE_SIZE;
	return ATTEST_LIMIT_END;
}

static enum attest_cover cover_limit(const struct attest_rlimit_state *state,
				     size_t index, const char **reason)
{
	switch ((enum attest_process_limit)index) {
	case ATTEST_LIMIT_MEMORY:
		if (state->has_cgroup)
			return ATTEST_COVER_FULL;
		*reason = "address space per process; the sum of all processes "
			  "needs a cgroup of its own";
		return ATTEST_COVER_FULL;
	case ATTEST_LIMIT_PROCESSES:
		if (state->has_cgroup)
			return ATTEST_COVER_FULL;
		if (state->is_root) {
			*reason = "root's processes are not counted; run as a "
				  "user, or with isolation 'strict_container' "
				  "where a cgroup can be made";
			return ATTEST_COVER_PARTIAL;
		}
		*reason = "the user's other processes count as well";
		return ATTEST_COVER_FULL;
	default:
		return ATTEST_COVER_FULL;
	}
}

static enum attest_cover cover(const void *data,
			       const struct attest_policy *policy,
			       enum attest_subject_kind subject,
			       enum attest_item_kind kind, size_t index,
			       char *reason, size_t size)
{
	enum attest_cover cover = ATTEST_COVER_NONE;
	const char *why = "";

	(void)policy;
	if (kind != ATTEST_ITEM_PROCESS_LIMIT &&
	    kind != ATTEST_ITEM_FS_MAX_FILE_SIZE)
		return ATTEST_COVER_NONE;
	if (subject != ATTEST_SUBJECT_COMMAND)
		why = "only a command that is started can be limited";
	else if (kind == ATTEST_ITEM_FS_MAX_FILE_SIZE)
		cover = ATTEST_COVER_FULL;
	else
		cover = cover_limit(data, index, &why);
	(void)snprintf(reason, size, "%s", why);
	return cover;
}

const struct attest_layer_ops attest_rlimit_layer = {
	.layer = ATTEST_LAYER_RLIMIT,
	.name = "rlimit",
	.cover = cover,
};
