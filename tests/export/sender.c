// SPDX-License-Identifier: Apache-2.0
/**
 * sender URL FIRST COUNT [PAUSE_MS [WAIT_S [ACKED]]]: writes records with the
 * ids rec-FIRST .. rec-(FIRST + COUNT - 1) to a sink and prints its status.
 *
 * PAUSE_MS is waited for after every 100 records. The file ACKED holds two
 * numbers that outlive a kill -9: records begun, and records that the sink
 * said it keeps. Exit 0 if the receiver has all of them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../unit/sample_record.h"
#include "export/export.h"

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void make(struct attest_record *rec, unsigned long long i)
{
	switch (i % 10) {
	case 1:
		*rec = sample_net();
		break;
	case 2:
		*rec = sample_syscall();
		break;
	case 3:
		*rec = sample_hostile();
		break;
	case 4:
		*rec = sample_gap();
		break;
	default:
		*rec = sample_file();
	}
	(void)snprintf(rec->id, sizeof(rec->id), "rec-%llu", i);
	rec->seq = i;
	rec->time_ns = now_ns(CLOCK_REALTIME);
}

struct progress {
	volatile uint64_t begun, acked;
};

static struct progress *map_progress(const char *path)
{
	static struct progress nobody;
	int fd = path ? open(path, O_RDWR | O_CREAT, 0600) : -1;
	void *map;

	if (!path)
		return &nobody;
	if (fd < 0 || ftruncate(fd, sizeof(nobody)) < 0)
		exit(2);
	map = mmap(NULL, sizeof(nobody), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   0);
	if (map == MAP_FAILED)
		exit(2);
	(void)close(fd);
	return map;
}

static void write_records(struct attest_sink *sink, unsigned long long first,
			  unsigned long long count, int pause_ms,
			  struct progress *progress)
{
	for (unsigned long long i = first; i < first + count; i++) {
		struct attest_record rec;

		make(&rec, i);
		progress->begun++;
		if (sink->ops->write(sink, &rec) < 0)
			(void)fprintf(stderr, "record %llu not kept\n", i);
		else
			progress->acked++;
		if (i % 100 == 99) {
			(void)sink->ops->tick(sink, now_ns(CLOCK_MONOTONIC));
			(void)printf("%llu\n", i);
			(void)fflush(stdout);
			(void)usleep((useconds_t)pause_ms * 1000);
		}
	}
}

int main(int argc, char **argv)
{
	struct attest_export_status status = { 0 };
	struct attest_diag diag = { 0 };
	struct attest_sink *sink;
	unsigned long long first, count;
	uint64_t until;
	int pause_ms;
	char line[512];

	if (argc < 4)
		return 2;
	first = strtoull(argv[2], NULL, 10);
	count = strtoull(argv[3], NULL, 10);
	pause_ms = argc > 4 ? atoi(argv[4]) : 0;
	if (attest_export_open(argv[1], NULL, &sink, &diag) < 0) {
		(void)fprintf(stderr, "%s\n", diag.text);
		return 2;
	}
	write_records(sink, first, count, pause_ms,
		      map_progress(argc > 6 ? argv[6] : NULL));
	until = now_ns(CLOCK_MONOTONIC) +
		(argc > 5 ? strtoull(argv[5], NULL, 10) : 20) * 1000000000;
	do {
		(void)sink->ops->tick(sink, now_ns(CLOCK_MONOTONIC));
		(void)attest_export_get_status(sink, &status);
		(void)usleep(20000);
	} while (status.sent < count && now_ns(CLOCK_MONOTONIC) < until);
	(void)attest_export_format_status(&status, line, sizeof(line));
	(void)printf("%s\n", line);
	sink->ops->close(sink, 5000);
	return status.sent >= count ? 0 : 1;
}
