// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <errno.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/str.h"
#include "export/codec.h"
#include "export/segment.h"
#include "export/spool.h"
#include "sample_record.h"

static const struct attest_spool_options small = {
	.max_bytes = 64 << 10,
	.segment_bytes = 4096,
};

static int make_dir(void **state)
{
	*state = strdup("/tmp/attest-spool-XXXXXX");
	return mkdtemp(*state) ? 0 : -1;
}

static int remove_dir(void **state)
{
	_cleanup_str_ struct attest_str s = { 0 };

	attest_str_printf(&s, "rm -rf '%s'", (char *)*state);
	free(*state);
	return system(s.data);
}

static struct attest_spool *open_dir(const char *dir)
{
	struct attest_spool *spool = NULL;

	assert_int_equal(attest_spool_open(dir, &small, &spool), 0);
	return spool;
}

static int append_number(struct attest_spool *spool, uint64_t n)
{
	char text[64];
	int len =
	    snprintf(text, sizeof(text), "%040llu", (unsigned long long)n);

	return attest_spool_append(spool, text, (size_t)len);
}

/* Reads all; each entry is its number. Returns how many, and the last. */
static size_t read_all(struct attest_spool *spool, uint64_t *ret_last)
{
	const char *data;
	uint64_t seq, last = 0;
	size_t len, n = 0;
	char text[41] = "";

	while (attest_spool_next(spool, &seq, &data, &len) == 1) {
		assert_int_equal(len, 40);
		memcpy(text, data, 40);
		assert_int_equal(strtoull(text, NULL, 10), seq);
		assert_true(seq > last);
		last = seq;
		n++;
	}
	if (ret_last)
		*ret_last = last;
	return n;
}

static void entries_come_back_in_order(void **state)
{
	struct attest_spool *spool = open_dir(*state);
	uint64_t last;

	for (uint64_t i = 1; i <= 100; i++)
		assert_int_equal(append_number(spool, i), 0);
	assert_int_equal(read_all(spool, &last), 100);
	assert_int_equal(last, 100);
	assert_int_equal(append_number(spool, 101), 0);
	assert_int_equal(read_all(spool, &last), 1);
	attest_spool_close(&spool);

	spool = open_dir(*state);
	assert_int_equal(read_all(spool, NULL), 101);
	assert_int_equal(attest_spool_commit(spool, 60), 0);
	attest_spool_seek(spool, 60);
	assert_int_equal(read_all(spool, NULL), 42);
	attest_spool_close(&spool);

	spool = open_dir(*state);
	assert_int_equal(read_all(spool, NULL), 42);
	assert_int_equal(attest_spool_commit(spool, 102), 0);
	attest_spool_close(&spool);

	spool = open_dir(*state);
	assert_int_equal(read_all(spool, NULL), 0);
	assert_int_equal(append_number(spool, 102), 0);
	assert_int_equal(read_all(spool, &last), 1);
	assert_int_equal(last, 102);
	attest_spool_close(&spool);
}

static void size_is_bounded_and_comes_back_with_commits(void **state)
{
	struct attest_spool *spool = open_dir(*state);
	uint64_t i = 1;

	while (append_number(spool, i) == 0)
		i++;
	assert_int_equal(append_number(spool, i), -ENOSPC);
	assert_true(attest_spool_bytes(spool) <= small.max_bytes);
	assert_true(i > 900);
	assert_int_equal(read_all(spool, NULL), i - 1);
	assert_int_equal(attest_spool_commit(spool, i), 0);
	assert_int_equal(append_number(spool, i), 0);
	attest_spool_close(&spool);
}

static void second_process_is_told_to_wait(void **state)
{
	struct attest_spool *spool = open_dir(*state);
	struct attest_spool *other = (void *)0x1;

	assert_int_equal(attest_spool_open(*state, &small, &other), -EBUSY);
	assert_ptr_equal(other, (void *)0x1);
	attest_spool_close(&spool);
}

static void write_segment(const char *dir, const char *data, size_t len)
{
	char path[128];
	_cleanup_close_ int fd = -1;

	(void)snprintf(path, sizeof(path), "%s/%020d.seg", dir, 1);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(attest_write_all(fd, data, len), 0);
	(void)snprintf(path, sizeof(path), "%s/cursor", dir);
	(void)unlink(path);
}

static char *ten_entries(size_t *ret_len)
{
	size_t size = attest_segment_size(40);
	char *data = calloc(10, size);

	for (unsigned int i = 0; i < 10; i++) {
		char text[64];

		(void)snprintf(text, sizeof(text), "%040u", i + 1);
		attest_segment_put(data + i * size, i + 1, text, 40);
	}
	*ret_len = 10 * size;
	return data;
}

static void drop_segments(const char *dir)
{
	_cleanup_str_ struct attest_str s = { 0 };

	attest_str_printf(&s, "rm -f '%s'/*.seg", dir);
	assert_int_equal(system(s.data), 0);
}

static void cut_at_any_byte_loses_only_the_torn_entry(void **state)
{
	size_t len, size = attest_segment_size(40);
	_cleanup_free_ char *data = ten_entries(&len);

	for (size_t cut = 0; cut <= len; cut++) {
		struct attest_spool *spool;

		drop_segments(*state);
		write_segment(*state, data, cut);
		spool = open_dir(*state);
		assert_int_equal(read_all(spool, NULL), cut / size);
		/* And writing goes on; the torn entry's number is missing. */
		assert_int_equal(
		    append_number(spool, (cut + size - 1) / size + 1), 0);
		assert_int_equal(read_all(spool, NULL), 1);
		attest_spool_close(&spool);
	}
}

static void a_flipped_byte_loses_only_its_entry(void **state)
{
	size_t len;
	_cleanup_free_ char *data = ten_entries(&len);

	for (size_t at = 0; at < len; at++) {
		struct attest_spool *spool;
		uint64_t last;

		data[at] ^= 0x41;
		drop_segments(*state);
		write_segment(*state, data, len);
		spool = open_dir(*state);
		assert_int_equal(read_all(spool, NULL), 9);
		assert_int_equal(append_number(spool, 11), 0);
		assert_int_equal(read_all(spool, &last), 1);
		assert_int_equal(last, 11);
		attest_spool_close(&spool);
		data[at] ^= 0x41;
	}
}

static void writer(const char *dir, int fd)
{
	struct attest_spool *spool;

	if (attest_spool_open(dir, &small, &spool) < 0)
		_exit(1);
	for (;;) {
		uint64_t first, next;

		attest_spool_range(spool, &first, &next);
		if (append_number(spool, next) < 0)
			_exit(2);
		if (write(fd, &next, sizeof(next)) != sizeof(next))
			_exit(3);
	}
}

/* What append() acknowledged is there after the process was killed. */
static void killed_writer_loses_nothing(void **state)
{
	uint64_t total = 0;

	for (int round = 0; round < 200; round++) {
		struct attest_spool *spool;
		uint64_t seq, acked = 0, last;
		int pipes[2];
		pid_t pid;

		assert_int_equal(pipe(pipes), 0);
		pid = fork();
		if (pid == 0)
			writer(*state, pipes[1]);
		(void)close(pipes[1]);
		for (int i = 0; i <= round % 50; i++)
			assert_int_equal(read(pipes[0], &seq, 8), 8);
		assert_int_equal(kill(pid, SIGKILL), 0);
		while (read(pipes[0], &seq, 8) == 8)
			acked = seq;
		(void)close(pipes[0]);
		assert_int_equal(waitpid(pid, NULL, 0), pid);

		spool = open_dir(*state);
		total += read_all(spool, &last);
		assert_true(last >= acked);
		assert_int_equal(total, last);
		assert_int_equal(attest_spool_commit(spool, last + 1), 0);
		attest_spool_close(&spool);
	}
}

static void checksum_is_castagnolis(void **state)
{
	assert_int_equal(attest_crc32c(0, "123456789", 9), 0xe3069283);
}

static void codec_gives_back_what_it_got(void **state)
{
	struct attest_record recs[] = { sample_file(), sample_net(),
					sample_syscall(), sample_gap(),
					sample_hostile() };

	for (size_t i = 0; i < ARRAY_SIZE(recs); i++) {
		_cleanup_str_ struct attest_str a = { 0 };
		_cleanup_str_ struct attest_str b = { 0 };
		struct attest_decoded d;

		attest_codec_encode(&a, &recs[i]);
		assert_int_equal(attest_codec_decode(a.data, a.len, &d), 0);
		attest_codec_encode(&b, &d.rec);
		assert_int_equal(a.len, b.len);
		assert_memory_equal(a.data, b.data, a.len);
		for (size_t cut = 0; cut < a.len; cut++)
			assert_true(attest_codec_decode(a.data, cut, &d) < 0);
	}
}

static void codec_refuses_a_text_that_ends_early(void **state)
{
	struct attest_record rec = sample_file();
	_cleanup_str_ struct attest_str s = { 0 };
	struct attest_decoded d;
	char *text;

	rec.host_name = "abcdefgh";
	attest_codec_encode(&s, &rec);
	text = memmem(s.data, s.len, rec.host_name, strlen(rec.host_name));
	assert_non_null(text);
	assert_int_equal(attest_codec_decode(s.data, s.len, &d), 0);
	text[3] = '\0';
	assert_int_equal(attest_codec_decode(s.data, s.len, &d), -EBADMSG);
}

int main(void)
{
#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, make_dir, remove_dir)
	static const struct CMUnitTest tests[] = {
		IN_DIR(entries_come_back_in_order),
		IN_DIR(size_is_bounded_and_comes_back_with_commits),
		IN_DIR(second_process_is_told_to_wait),
		IN_DIR(cut_at_any_byte_loses_only_the_torn_entry),
		IN_DIR(a_flipped_byte_loses_only_its_entry),
		IN_DIR(killed_writer_loses_nothing),
		cmocka_unit_test(checksum_is_castagnolis),
		cmocka_unit_test(codec_gives_back_what_it_got),
		cmocka_unit_test(codec_refuses_a_text_that_ends_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
