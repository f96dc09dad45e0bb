// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "export/fold.h"
#include "sample_record.h"

struct count_sink {
	struct attest_sink sink;
	uint64_t records;
	uint64_t total;
	uint32_t first_pid;
	int closed;
};

static int count_write(struct attest_sink *sink,
		       const struct attest_record *rec)
{
	struct count_sink *c = (struct count_sink *)sink;

	c->records++;
	c->total += rec->count;
	if (c->records == 1)
		c->first_pid = rec->pid;
	return 0;
}

static int count_tick(struct attest_sink *sink, uint64_t now_ns)
{
	return 0;
}

static void count_close(struct attest_sink *sink, int deadline_ms)
{
	((struct count_sink *)sink)->closed++;
}

static const struct attest_sink_ops ops = { "count", count_write, count_tick,
					    count_close };

static void identical_records_become_one_with_a_count(void **state)
{
	struct count_sink end = { .sink.ops = &ops };
	struct attest_record rec = sample_file();
	struct attest_sink *fold;

	assert_int_equal(attest_fold_new(&end.sink, 20000000, &fold), 0);
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(rec.id, sizeof(rec.id), "r-%d", i);
		rec.seq = (uint64_t)i;
		rec.time_ns++;
		rec.pid = 1000 + (uint32_t)i; /* processes of one job */
		rec.ip += 4096;
		assert_int_equal(fold->ops->write(fold, &rec), 0);
	}
	rec.rule++;
	assert_int_equal(fold->ops->write(fold, &rec), 0);
	assert_int_equal(end.records, 0);
	(void)usleep(30000);
	assert_int_equal(fold->ops->tick(fold, 0), 0);
	assert_int_equal(end.records, 2);
	assert_int_equal(end.total, 1001);
	assert_int_equal(end.first_pid, 1000);
	assert_ptr_equal(attest_fold_next(fold), &end.sink);
	fold->ops->close(fold, 0);
	assert_int_equal(end.closed, 1);
}

static void counts_add_up_past_the_limit(void **state)
{
	struct count_sink end = { .sink.ops = &ops };
	struct attest_record rec = sample_file();
	struct attest_sink *fold;

	assert_int_equal(attest_fold_new(&end.sink, 1ULL << 60, &fold), 0);
	for (uint32_t i = 0; i < 10000; i++) {
		rec.rule = i;
		rec.count = 2;
		assert_int_equal(fold->ops->write(fold, &rec), 0);
	}
	assert_int_equal(end.records, 10000 - ATTEST_FOLD_MAX);
	fold->ops->close(fold, 0);
	assert_int_equal(end.total, 20000);
}

static void gaps_are_not_held(void **state)
{
	struct count_sink end = { .sink.ops = &ops };
	struct attest_record rec = sample_gap();
	struct attest_sink *fold;

	assert_int_equal(attest_fold_new(&end.sink, 1ULL << 60, &fold), 0);
	assert_int_equal(fold->ops->write(fold, &rec), 0);
	assert_int_equal(fold->ops->write(fold, &rec), 0);
	assert_int_equal(end.records, 2);
	fold->ops->close(fold, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(identical_records_become_one_with_a_count),
		cmocka_unit_test(counts_add_up_past_the_limit),
		cmocka_unit_test(gaps_are_not_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
