// SPDX-License-Identifier: Apache-2.0
/**
 * bench_export [RECORDS]: records per second and core, format by format,
 * through a file sink to /dev/null; beside them the same JSON keys through
 * jansson's json_dumps and through printf, and the spool's append.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "../unit/sample_record.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "event/json.h"
#include "export/codec.h"
#include "export/export.h"
#include "export/format.h"
#include "export/spool.h"

static double cpu_seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void report(const char *name, double seconds, long n, double bytes)
{
	(void)printf("| %s | %.0f | %.0f | %.0f |\n", name, (double)n / seconds,
		     seconds / (double)n * 1e9, bytes / (double)n);
}

static void bench_sink(const char *format, long n)
{
	struct attest_record rec = sample_file();
	struct attest_export_status status = { 0 };
	struct attest_diag diag;
	struct attest_sink *sink;
	char url[64];
	double start;

	(void)snprintf(url, sizeof(url), "file:///dev/null?format=%s", format);
	if (attest_export_open(url, NULL, &sink, &diag) < 0)
		exit(1);
	start = cpu_seconds();
	for (long i = 0; i < n; i++) {
		rec.seq = (uint64_t)i;
		rec.time_ns += 1000;
		if (sink->ops->write(sink, &rec) < 0)
			exit(1);
	}
	(void)sink->ops->tick(sink, 1);
	(void)attest_export_get_status(sink, &status);
	report(format, cpu_seconds() - start, n, (double)status.bytes);
	sink->ops->close(sink, 0);
}

static void bench_spool(long n)
{
	static const struct attest_spool_options options = {
		.max_bytes = 16U << 20,
	};
	char dir[] = "/tmp/attest-bench-XXXXXX";
	_cleanup_str_ struct attest_str s = { 0 };
	struct attest_record rec = sample_file();
	struct attest_spool *spool;
	double start, bytes = 0;
	const char *data;
	uint64_t seq;
	size_t len;

	if (!mkdtemp(dir) || attest_spool_open(dir, &options, &spool) < 0)
		exit(1);
	start = cpu_seconds();
	for (long i = 0; i < n; i++) {
		attest_str_clear(&s);
		attest_codec_encode(&s, &rec);
		if (attest_spool_append(spool, s.data, s.len) < 0)
			exit(1);
		bytes += (double)s.len;
		if (i % 1000 != 999)
			continue;
		while (attest_spool_next(spool, &seq, &data, &len) == 1)
			;
		(void)attest_spool_commit(spool, seq + 1);
	}
	report("(spool, in and out)", cpu_seconds() - start, n, bytes);
	attest_spool_close(&spool);
	attest_str_clear(&s);
	attest_str_printf(&s, "rm -rf %s", dir);
	(void)!system(s.data);
}

static json_t *tree(const struct attest_record *r)
{
	return json_pack(
	    "{ss ss ss ss sI ss ss ss ss ss si si si si ss s{ss ss} s{si ss "
	    "si} ss ss ss ss s:n ss}",
	    "schema", "attest.violation/1", "time",
	    "2026-11-24T03:15:00.123456789Z", "host", r->host, "id", r->id,
	    "seq", (json_int_t)r->seq, "kind", "filesystem", "violation",
	    "ForbiddenPath", "action", "denied", "layer", "bpf", "hook",
	    "file_open", "pid", r->pid, "tid", r->tid, "ppid", r->ppid, "uid",
	    r->uid, "comm", r->comm, "policy", "name", r->policy->name,
	    "digest", r->policy->digest, "rule", "index", r->rule, "path",
	    r->rule_text, "priority", r->rule_priority, "exe", r->exe.data,
	    "cgroup", r->cgroup.data, "path", r->path.data, "attempted_access",
	    "read", "container", "context", r->context);
}

static void bench_jansson(long n)
{
	struct attest_record rec = sample_file();
	double start = cpu_seconds(), bytes = 0;

	for (long i = 0; i < n; i++) {
		json_t *root = tree(&rec);
		char *text = json_dumps(root, JSON_COMPACT);

		rec.seq++;
		bytes += (double)strlen(text) + 1;
		free(text);
		json_decref(root);
	}
	report("(jansson, json_dumps)", cpu_seconds() - start, n, bytes);
}

static void bench_printf(long n)
{
	struct attest_record r = sample_file();
	double start = cpu_seconds(), bytes = 0;
	char line[2048];

	for (long i = 0; i < n; i++) {
		time_t t = (time_t)(r.time_ns / 1000000000);
		char when[32];
		struct tm tm;

		(void)strftime(when, sizeof(when), "%FT%T", gmtime_r(&t, &tm));
		bytes += snprintf(
		    line, sizeof(line),
		    "{\"schema\":\"attest.violation/1\",\"time\":\"%s.%09uZ\","
		    "\"host\":\"%s\",\"id\":\"%s\",\"seq\":%llu,\"kind\":\"%s\""
		    ",\"violation\":\"%s\",\"action\":\"%s\",\"layer\":\"%s\","
		    "\"hook\":\"%s\",\"pid\":%u,\"tid\":%u,\"ppid\":%u,"
		    "\"uid\":%u,\"comm\":\"%s\",\"exe\":\"%s\",\"cgroup\":"
		    "\"%s\",\"container\":null,\"syscall\":\"%s\",\"path\":"
		    "\"%s\",\"attempted_access\":\"%s\",\"policy\":{\"name\":"
		    "\"%s\",\"digest\":\"%s\"},\"rule\":{\"index\":%u,\"path\":"
		    "\"%s\",\"priority\":%d},\"context\":\"%s\"}\n",
		    when, (unsigned int)(r.time_ns % 1000000000), r.host, r.id,
		    (unsigned long long)r.seq++, attest_kind_name(r.kind),
		    attest_violation_name(r.violation),
		    attest_verdict_name(r.verdict), attest_layer_name(r.layer),
		    attest_hook_name(r.hook), r.pid, r.tid, r.ppid, r.uid,
		    r.comm, r.exe.data, r.cgroup.data, r.syscall_name,
		    r.path.data, attest_access_name(r.access), r.policy->name,
		    r.policy->digest, r.rule, r.rule_text, r.rule_priority,
		    r.context);
	}
	report("(printf, no escapes)", cpu_seconds() - start, n, bytes);
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 500000;
	struct rusage usage;

	(void)printf("| format | records/s/core | CPU ns/record | "
		     "bytes/record |\n| --- | ---: | ---: | ---: |\n");
	for (size_t i = 0; attest_format_all()[i]; i++)
		if (!attest_format_all()[i]->binary)
			bench_sink(attest_format_all()[i]->name, n);
	bench_spool(n);
	bench_jansson(n / 10);
	bench_printf(n);
	(void)getrusage(RUSAGE_SELF, &usage);
	(void)printf("\npeak memory %ld KiB\n", usage.ru_maxrss);
	return 0;
}
