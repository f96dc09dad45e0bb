// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/str.h"
#include "export/export.h"
#include "export/format.h"
#include "sample_record.h"

struct dir {
	char path[64];
};

static int make_dir(void **state)
{
	struct dir *d = calloc(1, sizeof(*d));

	strcpy(d->path, "/tmp/attest-export-XXXXXX");
	*state = d;
	return mkdtemp(d->path) ? 0 : -1;
}

static int remove_dir(void **state)
{
	_cleanup_str_ struct attest_str s = { 0 };
	struct dir *d = *state;

	attest_str_printf(&s, "rm -rf '%s'", d->path);
	free(d);
	return system(s.data);
}

static struct attest_sink *open_url(const char *format, ...)
{
	struct attest_sink *sink = NULL;
	struct attest_diag diag = { 0 };
	char buffer[256];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(buffer, sizeof(buffer), format, args);
	va_end(args);
	if (attest_export_open(buffer, NULL, &sink, &diag) < 0)
		fail_msg("%s: %s", buffer, diag.text);
	return sink;
}

static char *read_named(const char *dir, const char *name)
{
	char path[128];
	char *data = NULL;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (attest_read_file(path, 1 << 24, &data, NULL) < 0)
		return NULL;
	return data;
}

static size_t count_lines(const char *data)
{
	size_t n = 0;

	for (; data && *data; data++)
		n += *data == '\n';
	return n;
}

static void bad_urls_say_what_is_wrong(void **state)
{
	static const struct {
		const char *url;
		const char *text;
	} cases[] = {
		{ "nothing", "no scheme" },
		{ "gopher://x", "unknown transport 'gopher'; this build has "
				"stdout file" },
		{ "file://relative", "file:// takes an absolute path" },
		{ "syslog+tcp://?spool=none", "syslog+tcp needs a host" },
		{ "syslog+udp://h?framing=cobs", "'framing='" },
		{ "syslog+tcp://h?framing=cobs", "'framing=' is octet or lf" },
		{ "syslog+tcp://h?facility=x", "unknown facility 'x'" },
		{ "syslog+tcp://h?format=otlp-protobuf",
		  "syslog cannot carry the format 'otlp-protobuf'" },
		{ "syslog+tcp://h?spool=/proc/x", "cannot open the spool" },
		{ "syslog+tcp://h?spool=none&spool_max=1K", "at least 1M" },
		{ "syslog+tcp://h?spool=none&sync=yes", "'sync=' is none" },
		{ "syslog+tls://h?ca=/no/such", "ca= '/no/such'" },
		{ "unix://dev/log", "absolute path of a socket" },
		{ "file:///x?format=yaml", "unknown format 'yaml'; there are "
					   "json text ecs ocsf cef" },
		{ "file:///x?colour=1", "unknown argument 'colour='; known are "
					"format max_size max_age keep" },
		{ "file:///x?max_size=big",
		  "'max_size=' is a number of bytes" },
		{ "file:///x?max_age=5", "'max_age=' is a number and ms" },
		{ "file:///x?keep=1001", "'keep=' is a number up to 1000" },
		{ "file:///x?keep=1&keep=2", "'keep=' is given twice" },
		{ "file:///x?keep", "each argument is NAME=VALUE" },
		{ "file:///%zz", "bad % escape in the path" },
		{ "file:///a%00b", "bad % escape in the path" },
		{ "file:///%4", "bad % escape in the path" },
		{ "file://u:hunter2@h/x", "no user or password in the URL" },
		{ "file://h:99999/x", "a port is 1..65535" },
		{ "file:///x\033[31m", "write %1B" },
		{ "file://[::1/x", "'[' without ']'" },
		{ "file:///no/such/dir/x", "No such file or directory" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct attest_sink *sink = (void *)0x1;
		struct attest_diag diag = { 0 };

		assert_true(
		    attest_export_open(cases[i].url, NULL, &sink, &diag) < 0);
		assert_ptr_equal(sink, (void *)0x1);
		if (!strstr(diag.text, cases[i].text))
			fail_msg("%s: %s", cases[i].url, diag.text);
		assert_null(strstr(diag.text, "hunter2"));
	}
}

static void file_has_a_line_per_record(void **state)
{
	struct dir *d = *state;
	struct attest_sink *sink =
	    open_url("file://%s/a%%20b?format=json", d->path);
	struct attest_record rec = sample_file();
	struct attest_export_status status;
	char *data;

	for (int i = 0; i < 1000; i++)
		assert_int_equal(sink->ops->write(sink, &rec), 0);
	assert_int_equal(sink->ops->tick(sink, 1), 0);
	assert_true(attest_export_get_status(sink, &status));
	assert_int_equal(status.written, 1000);
	assert_int_equal(status.sent, 1000);
	sink->ops->close(sink, 0);
	data = read_named(d->path, "a b");
	assert_int_equal(count_lines(data), 1000);
	free(data);
}

static void file_rotates_by_size_and_keeps_so_many(void **state)
{
	struct dir *d = *state;
	struct attest_sink *sink =
	    open_url("file://%s/r?format=json&max_size=1K&keep=2", d->path);
	struct attest_record rec = sample_file();
	size_t lines = 0;

	for (int i = 0; i < 8; i++) {
		assert_int_equal(sink->ops->write(sink, &rec), 0);
		assert_int_equal(sink->ops->write(sink, &rec), 0);
		assert_int_equal(sink->ops->tick(sink, 1), 0);
	}
	sink->ops->close(sink, 0);
	assert_null(read_named(d->path, "r.3"));
	for (int i = 0; i < 3; i++) {
		char *data = read_named(d->path, i == 0	  ? "r"
						 : i == 1 ? "r.1"
							  : "r.2");

		assert_non_null(data);
		lines += count_lines(data);
		free(data);
	}
	/* Each tick filled a file: r is new, r.1 and r.2 have two each. */
	assert_int_equal(lines, 4);
}

static void moved_file_is_opened_again(void **state)
{
	struct dir *d = *state;
	struct attest_sink *sink = open_url("file://%s/m", d->path);
	struct attest_record rec = sample_file();
	char from[128], to[128];

	(void)snprintf(from, sizeof(from), "%s/m", d->path);
	(void)snprintf(to, sizeof(to), "%s/m.old", d->path);
	for (int i = 0; i < 3; i++) {
		char *data;

		assert_int_equal(sink->ops->write(sink, &rec), 0);
		assert_int_equal(sink->ops->tick(sink, 1), 0);
		assert_int_equal(rename(from, to), 0);
		/* Told so, then found out alone, then told again. */
		if (i == 1)
			assert_int_equal(sink->ops->tick(sink, 3000000000ULL),
					 0);
		else
			attest_export_reopen(sink);
		data = read_named(d->path, "m.old");
		assert_int_equal(count_lines(data), 1);
		free(data);
	}
	assert_int_equal(access(from, F_OK), 0);
	sink->ops->close(sink, 0);
}

/* A file size limit stands for a full disk. */
static void full_disk_ends_in_a_gap_record(void **state)
{
	struct dir *d = *state;
	struct rlimit limit = { 4096, RLIM_INFINITY };
	struct attest_sink *sink = open_url("file://%s/f", d->path);
	struct attest_record rec = sample_file();
	struct attest_export_status status;
	char *data;
	size_t lines;
	char text[32];

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (int i = 0; i < 20000; i++)
		(void)sink->ops->write(sink, &rec);
	assert_true(sink->ops->tick(sink, 1) < 0);
	limit.rlim_cur = RLIM_INFINITY;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(sink->ops->tick(sink, 2), 0);
	assert_true(attest_export_get_status(sink, &status));
	sink->ops->close(sink, 0);

	data = read_named(d->path, "f");
	lines = count_lines(data);
	assert_true(status.dropped > 0);
	assert_int_equal(lines, 20000 - status.dropped + 1);
	(void)snprintf(text, sizeof(text), "\"lost\":%llu,",
		       (unsigned long long)status.dropped);
	assert_non_null(strstr(data, text));
	free(data);
}

static void text_is_one_line_without_controls(void **state)
{
	const struct attest_format *text = attest_format_find("text");
	struct attest_format_options plain = { 0 };
	struct attest_record rec = sample_hostile();
	_cleanup_str_ struct attest_str s = { 0 };

	assert_int_equal(text->write(&s, &rec, &plain), 0);
	for (size_t i = 0; i < s.len; i++)
		assert_true((unsigned char)s.data[i] >= 0x20);
	assert_non_null(strstr(s.data, "/tmp/a\\x0ab|c=d"));
	assert_non_null(strstr(s.data, "x3"));
	attest_str_clear(&s);
	rec = sample_file();
	assert_int_equal(text->write(&s, &rec, &plain), 0);
	assert_string_equal(s.data,
			    "2026-11-24T03:15:00.123456789Z denied "
			    "ForbiddenPath read /etc/shadow by cat[4242] "
			    "(openat) rule 1 '/etc/*' [bpf]");
}

static void colour_is_only_where_asked_for(void **state)
{
	struct attest_format_options colour = { .colour = true };
	struct attest_record rec = sample_file();
	_cleanup_str_ struct attest_str s = { 0 };

	assert_int_equal(attest_format_text.write(&s, &rec, &colour), 0);
	assert_non_null(strstr(s.data, "\033[31mdenied\033[0m"));
}

static void list_explains_each_with_an_example(void **state)
{
	_cleanup_free_ char *data = NULL;
	size_t len;
	FILE *file = open_memstream(&data, &len);

	attest_export_list(file);
	(void)fclose(file);
	for (size_t i = 0; attest_format_all()[i]; i++)
		assert_non_null(strstr(data, attest_format_all()[i]->name));
	assert_non_null(strstr(data, "--export 'file:///"));
}

int main(void)
{
#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, make_dir, remove_dir)
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_urls_say_what_is_wrong),
		IN_DIR(file_has_a_line_per_record),
		IN_DIR(file_rotates_by_size_and_keeps_so_many),
		IN_DIR(moved_file_is_opened_again),
		IN_DIR(full_disk_ends_in_a_gap_record),
		cmocka_unit_test(text_is_one_line_without_controls),
		cmocka_unit_test(colour_is_only_where_asked_for),
		cmocka_unit_test(list_explains_each_with_an_example),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
