// SPDX-License-Identifier: Apache-2.0
/**
 * bench_ring [EVENTS [DIR]]: events as they lie in the ring, through the
 * engine (checked, counted, decoded, enriched) and a file sink into a file of
 * DIR; per format. The kernel's part of the ring is not in it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "engine/procs.h"
#include "engine/session.h"
#include "event/decode.h"
#include "export/export.h"
#include "policy/policy.h"

#define PATH "/etc/shadow"
#define TICK_EVENTS 4096

static double cpu_seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct ring_record {
	struct attest_file_event event;
	char path[sizeof(PATH)];
};

static struct ring_record make_event(void)
{
	struct ring_record r = {
		.event.hdr = { .abi = ATTEST_EVENT_ABI,
			       .kind = ATTEST_EVENT_FILE,
			       .size = sizeof(struct attest_file_event) +
				       sizeof(PATH),
			       .boottime_ns = 1000000000,
			       .cgroup_id = 1,
			       .tgid = (uint32_t)getpid(),
			       .tid = (uint32_t)getpid(),
			       .ppid = (uint32_t)getppid(),
			       .uid = 1000,
			       .verdict = ATTEST_VERDICT_DENY,
			       .violation = ATTEST_VIOLATION_FORBIDDEN_PATH,
			       .hook = ATTEST_HOOK_FILE_OPEN,
			       .syscall = 257,
			       .comm = "cat" },
		.event.inode = 1234,
		.event.rule = 1,
		.event.access = ATTEST_ACCESS_READ,
		.event.path_len = sizeof(PATH),
		.path = PATH,
	};

	return r;
}

static void run(const char *format, const char *dir, long n,
		const struct attest_policy *policy)
{
	struct attest_engine_result result = { 0 };
	struct attest_export_status status = { 0 };
	struct attest_diag diag = { 0 };
	struct attest_sink *sink;
	struct attest_engine_options options = { .policy = policy,
						 .sinks = &sink,
						 .n_sinks = 1 };
	struct attest_session s = { .options = &options,
				    .result = &result,
				    .host = "ci-7",
				    .id_prefix = "9f94ab81-10e51b6-b2bd7caf" };
	struct ring_record r = make_event();
	struct attest_gap gap;
	char url[256];
	double start;

	(void)snprintf(url, sizeof(url),
		       "file://%s/out?format=%s&max_size=64M&keep=1", dir,
		       format);
	s.sequence = attest_sequence_new();
	s.procs = attest_procs_new();
	s.policy.name = policy->name;
	s.policy.digest = "sha256:0123456789abcdef0123456789abcdef0123456789"
			  "abcdef0123456789abcdef";
	if (!s.sequence || !s.procs ||
	    attest_export_open(url, NULL, &sink, &diag) < 0) {
		(void)fprintf(stderr, "bench_ring: %s\n", diag.text);
		exit(1);
	}
	start = cpu_seconds();
	for (long i = 1; i <= n; i++) {
		r.event.hdr.seq = (uint64_t)i;
		r.event.hdr.boottime_ns += 1000;
		if (!attest_event_is_valid(&r, sizeof(r)) ||
		    attest_sequence_take(s.sequence, 0, (uint64_t)i, &gap))
			exit(1);
		attest_session_take(&s, &r, false);
		if (i % TICK_EVENTS == 0)
			(void)sink->ops->tick(sink, (uint64_t)i);
	}
	(void)sink->ops->tick(sink, UINT64_MAX);
	start = cpu_seconds() - start;
	(void)attest_export_get_status(sink, &status);
	if (status.sent != (uint64_t)n)
		exit(1);
	(void)printf("| ring to file, %s | %.0f | %.0f | %.0f |\n", format,
		     (double)n / start, start / (double)n * 1e9,
		     (double)status.bytes / (double)n);
	sink->ops->close(sink, 0);
	attest_sequence_free(&s.sequence);
	attest_procs_free(&s.procs);
}

int main(int argc, char **argv)
{
	static const char text[] =
	    "version: 1\nname: bench\nfilesystem:\n"
	    "  default: read-only\n  rules:\n"
	    "    - { path: /etc/*, access: forbidden }\n";
	long n = argc > 1 ? atol(argv[1]) : 500000;
	const char *dir = argc > 2 ? argv[2] : "/dev/shm";
	struct attest_policy *policy = NULL;
	struct attest_diag diag = { 0 };
	struct rusage usage;

	if (attest_policy_load(NULL, text, &policy, &diag) < 0) {
		(void)fprintf(stderr, "bench_ring: %s\n", diag.text);
		return 1;
	}
	(void)printf("| ring to file | records/s/core | CPU ns/record | "
		     "bytes/record |\n| --- | ---: | ---: | ---: |\n");
	run("json", dir, n, policy);
	run("ocsf", dir, n, policy);
	attest_policy_free(&policy);
	(void)getrusage(RUSAGE_SELF, &usage);
	(void)printf("\npeak memory %ld KiB\n", usage.ru_maxrss);
	return 0;
}
