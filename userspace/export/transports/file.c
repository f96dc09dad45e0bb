// SPDX-License-Identifier: Apache-2.0
/**
 * file:// and stdout: lines go to a buffer, at each tick to the file.
 *
 * A write that fails is tried again at each tick; what arrives meanwhile is
 * kept up to PENDING_MAX, then counted and reported by a gap record. A line
 * is never torn by a retry: what was written of it is remembered.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "event/out.h"
#include "export/file_rotate.h"
#include "export/gap.h"
#include "export/group.h"
#include "export/transport.h"

#define FLUSH_BYTES (256U << 10)
#define PENDING_MAX (8U << 20)

struct file_sink {
	struct attest_export_sink base;
	const struct attest_format *format;
	struct attest_format_options format_options;
	struct attest_file file;
	struct attest_str pending;
	size_t done; /* bytes of pending that are written */
	uint64_t pending_records;
	struct attest_gap gap;
	struct attest_export_status status;
};

static int flush(struct file_sink *f)
{
	while (f->done < f->pending.len) {
		ssize_t n = write(f->file.fd, f->pending.data + f->done,
				  f->pending.len - f->done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			(void)snprintf(f->status.last_error,
				       sizeof(f->status.last_error), "%s",
				       strerrordesc_np(errno));
			return -errno;
		}
		f->done += (size_t)n;
		f->file.bytes += (uint64_t)n;
		f->status.bytes += (uint64_t)n;
	}
	attest_str_clear(&f->pending);
	f->done = 0;
	f->status.sent += f->pending_records;
	f->pending_records = 0;
	f->status.last_error[0] = '\0';
	return 0;
}

static int append(struct file_sink *f, const struct attest_record *rec)
{
	size_t before = f->pending.len;
	char *p;
	int r;

	r = f->format->write(&f->pending, rec, &f->format_options);
	p = r < 0 ? NULL : attest_out_room(&f->pending, 1);
	if (!p) {
		f->pending.len = before;
		f->pending.error = 0;
		return r < 0 ? r : -ENOMEM;
	}
	*p++ = '\n';
	attest_out_end(&f->pending, p);
	f->pending_records++;
	return 0;
}

/* Says what was lost, as soon as there is room to say it. */
static int append_gap(struct file_sink *f)
{
	struct attest_record rec;
	int r;

	if (!attest_gap_is_open(&f->gap))
		return 0;
	attest_gap_record(&f->gap, "output file cannot be written", &rec);
	r = append(f, &rec);
	if (r >= 0)
		attest_gap_clear(&f->gap);
	return r;
}

static int file_write(struct attest_sink *sink, const struct attest_record *rec)
{
	struct file_sink *f = (struct file_sink *)sink;
	int r = 0;

	f->status.written++;
	if (f->pending.len >= PENDING_MAX && flush(f) < 0)
		r = -ENOSPC;
	if (r >= 0)
		r = append_gap(f);
	if (r >= 0)
		r = append(f, rec);
	if (r < 0) {
		attest_gap_add(&f->gap, rec);
		f->status.dropped++;
		return r;
	}
	if (f->pending.len >= FLUSH_BYTES) {
		r = flush(f);
		if (r >= 0)
			r = attest_file_rotate_if_due(&f->file);
	}
	return r;
}

static int file_tick(struct attest_sink *sink, uint64_t now_ns)
{
	struct file_sink *f = (struct file_sink *)sink;
	int r;

	r = flush(f);
	if (r < 0)
		return r;
	r = append_gap(f);
	if (r >= 0)
		r = flush(f);
	if (r >= 0)
		r = attest_file_follow(&f->file, now_ns);
	if (r >= 0)
		r = attest_file_rotate_if_due(&f->file);
	return r;
}

static void file_status(struct attest_export_sink *sink,
			struct attest_export_status *ret_status)
{
	struct file_sink *f = (struct file_sink *)sink;

	*ret_status = f->status;
	ret_status->queued = f->pending_records;
	memcpy(ret_status->name, f->base.name, sizeof(f->base.name));
}

static void file_close(struct attest_sink *sink, int deadline_ms)
{
	struct file_sink *f = (struct file_sink *)sink;

	if (flush(f) >= 0 && append_gap(f) >= 0)
		(void)flush(f);
	if (f->base.last)
		file_status(&f->base, f->base.last);
	attest_export_group_remove(&f->base);
	attest_file_done(&f->file);
	attest_str_done(&f->pending);
	attest_gap_done(&f->gap);
	free(f);
}

static void file_reopen(struct attest_export_sink *sink)
{
	struct file_sink *f = (struct file_sink *)sink;

	(void)flush(f);
	(void)attest_file_reopen(&f->file);
}

static const struct attest_sink_ops ops = {
	.name = "file",
	.write = file_write,
	.tick = file_tick,
	.close = file_close,
};

static struct file_sink *file_new(const struct attest_transport_args *args)
{
	struct file_sink *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->base.sink.ops = &ops;
	f->base.reopen = file_reopen;
	f->base.status = file_status;
	f->format = args->format;
	f->format_options = args->format_options;
	f->file.fd = -1;
	return f;
}

static int open_stdout(const struct attest_transport_args *args,
		       struct attest_export_sink **ret,
		       struct attest_diag *reterr_diag)
{
	struct file_sink *f = file_new(args);

	if (!f)
		return attest_export_fail(reterr_diag, -ENOMEM,
					  "out of memory");
	f->file.fd = STDOUT_FILENO;
	f->file.is_borrowed = true;
	f->format_options.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	*ret = &f->base;
	return 0;
}

static int read_arguments(const struct attest_url *url, struct file_sink *f,
			  struct attest_diag *diag)
{
	uint64_t keep;
	int r;

	r = attest_url_bytes(url, "max_size", 0, &f->file.max_bytes, diag);
	if (r >= 0)
		r = attest_url_duration(url, "max_age", 0, &f->file.max_age_ns,
					diag);
	if (r >= 0)
		r = attest_url_number(url, "keep", 5, 1000, &keep, diag);
	if (r >= 0)
		f->file.keep = (unsigned int)keep;
	return r;
}

static int open_file(const struct attest_transport_args *args,
		     struct attest_export_sink **ret,
		     struct attest_diag *reterr_diag)
{
	struct file_sink *f;
	int r;

	if (args->url->authority[0] || args->url->path[0] != '/')
		return attest_export_fail(reterr_diag, -EINVAL,
					  "file:// takes an absolute path: "
					  "file:///var/log/violations.jsonl");
	f = file_new(args);
	if (!f)
		return attest_export_fail(reterr_diag, -ENOMEM,
					  "out of memory");
	r = read_arguments(args->url, f, reterr_diag);
	if (r >= 0) {
		r = attest_file_open(&f->file, args->url->path);
		if (r < 0)
			attest_export_fail(reterr_diag, r,
					   "cannot open '%.128s': %s",
					   args->url->path, strerror(-r));
	}
	if (r < 0) {
		file_close(&f->base.sink, 0);
		return r;
	}
	f->format_options.colour = isatty(f->file.fd) && !getenv("NO_COLOR");
	*ret = &f->base;
	return 0;
}

const struct attest_transport attest_transport_stdout = {
	.scheme = "stdout",
	.summary = "standard output",
	.example = "stdout:?format=text",
	.format = "json",
	.arguments = " ",
	.sink_ops = &ops,
	.open_sink = open_stdout,
};

const struct attest_transport attest_transport_file = {
	.scheme = "file",
	.summary = "a file, rotated by max_size= and max_age= (keep= old "
		   "ones), opened again on SIGHUP or when it was moved",
	.example = "file:///var/log/violations.jsonl?format=ocsf&max_size=100M",
	.format = "json",
	.arguments = " max_size max_age keep ",
	.sink_ops = &ops,
	.open_sink = open_file,
};
