// SPDX-License-Identifier: Apache-2.0
/**
 * Runs a command under a seccomp profile with a supervisor and writes every
 * record to descriptor 3, one line each:
 *   seccomp_watch PROFILE|FILE COMMAND [ARGUMENT...] 3>records
 * Ends as the command does.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "engine/describe.h"
#include "event/decode.h"
#include "policy/node.h"
#include "sandbox/notify.h"
#include "sandbox/spawn.h"

#define RECORDS_FD 3

struct watching {
	const struct attest_seccomp_profile *profile;
	struct attest_seccomp_here here;
	struct attest_described texts;
};

static void on_record(void *data, const struct attest_syscall_event *event,
		      size_t rule)
{
	struct watching *w = data;
	_cleanup_str_ struct attest_str line = { 0 };
	struct attest_record rec;

	attest_event_decode(event, 0, &rec);
	attest_describe(event, w->profile, &w->here, true, &w->texts, &rec);
	if (rec.rule != rule)
		abort();
	attest_str_printf(&line, "%s %s %s(%s) at %s: %s\n",
			  attest_verdict_name(rec.verdict), rec.comm,
			  rec.syscall_name, rec.args_text, rec.ip_text ?: "?",
			  rec.context ?: "");
	if (!line.error)
		(void)attest_write_all(RECORDS_FD, line.data, line.len);
}

static int load(const char *name, struct attest_seccomp_profile **ret)
{
	struct attest_diag diag = { 0 };
	struct attest_reader rd = { .diag = &diag };
	int r;

	r = strchr(name, '/') ? attest_seccomp_load_file(&rd, name, ret)
			      : attest_seccomp_find(&rd, name, ret);
	if (r < 0)
		(void)fprintf(stderr, "%s:%d: %s\n", diag.file, diag.line,
			      diag.text);
	attest_reader_done(&rd);

	return r;
}

static int supervise(struct watching *w, struct attest_child *child)
{
	struct attest_notify_options o = { .profile = w->profile,
					   .record = on_record,
					   .data = w };
	struct attest_notify *notify = NULL;
	struct attest_diag diag = { 0 };
	int status = 1, r;

	r = attest_notify_new(TAKE_FD(child->notify_fd), &o, &notify, &diag);
	while (r >= 0 && (r = attest_spawn_reap(child, &status, NULL)) == 0) {
		struct pollfd fds[] = {
			{ attest_spawn_end_fd(child), POLLIN, 0 },
			{ attest_notify_fd(notify), POLLIN, 0 },
		};

		(void)poll(fds, 2, attest_notify_timeout_ms(notify));
		r = attest_notify_dispatch(notify);
		if (r == -ESRCH)
			r = 0;
	}
	attest_notify_free(&notify);

	return r < 0 ? 1 : status;
}

int main(int argc, char **argv)
{
	struct attest_seccomp_options options = { .notify = true };
	_free_seccomp_ struct attest_seccomp_profile *profile = NULL;
	_cleanup_filter_ struct attest_seccomp_filter filter = { 0 };
	struct attest_child child = ATTEST_CHILD_NONE;
	struct attest_spawn_options spawn;
	struct attest_spawn_error error = { 0 };
	struct attest_diag diag = { 0 };
	struct watching w = { 0 };
	char text[512];
	int r;

	if (argc < 3 || load(argv[1], &profile) < 0)
		return 2;
	attest_seccomp_here(&w.here);
	w.profile = profile;
	r = attest_seccomp_filter_get(profile, &options, &filter, NULL, &diag);
	if (r < 0) {
		(void)fprintf(stderr, "%s\n", diag.text);
		return 2;
	}
	spawn = attest_spawn_defaults((const char *const *)argv + 2,
				      (const char *const *)environ);
	spawn.filters[0].program = &filter.prog;
	spawn.filters[0].flags = filter.flags;
	spawn.n_filters = 1;
	r = attest_spawn_start(&spawn, &child, &error);
	if (r == 0)
		r = attest_spawn_go(&child, &error);
	if (r < 0) {
		(void)fprintf(
		    stderr, "%s\n",
		    attest_spawn_error_text(&error, text, sizeof(text)));
		return attest_spawn_exit_code(&error);
	}
	r = supervise(&w, &child);
	attest_spawn_done(&child);
	attest_described_done(&w.texts);

	return r;
}
