// SPDX-License-Identifier: Apache-2.0
/**
 * Collects records and counts them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "event/json.h"
#include "report/internal.h"

/* Past so many different paths or rules the rest is counted as one. */
#define KEYS_MAX 4096
#define OTHER_KEY "(other)"

int attest_report_new(struct attest_report **ret)
{
	_cleanup_(attest_report_free) struct attest_report *report = NULL;
	bool ok = true;

	report = calloc(1, sizeof(*report));
	if (!report)
		return -ENOMEM;
	for (size_t i = 0; i < ATTEST_KIND_END; i++) {
		report->lists[i].records = json_array();
		ok = ok && report->lists[i].records;
	}
	report->by_type = json_object();
	report->by_action = json_object();
	report->by_layer = json_object();
	report->by_rule = json_object();
	report->by_path = json_object();
	if (!ok || !report->by_type || !report->by_action ||
	    !report->by_layer || !report->by_rule || !report->by_path)
		return -ENOMEM;
	*ret = TAKE_PTR(report);
	return 0;
}

void attest_report_free(struct attest_report **report)
{
	struct attest_report *r = *report;

	*report = NULL;
	if (!r)
		return;
	for (size_t i = 0; i < ATTEST_KIND_END; i++)
		json_decref(r->lists[i].records);
	json_decref(r->by_type);
	json_decref(r->by_action);
	json_decref(r->by_layer);
	json_decref(r->by_rule);
	json_decref(r->by_path);
	json_decref(r->policy);
	json_decref(r->whole);
	free(r->host);
	free(r);
}

int attest_report_count(json_t *counts, const char *key, uint64_t n)
{
	json_t *old = json_object_get(counts, key);

	if (!old && json_object_size(counts) >= KEYS_MAX) {
		key = OTHER_KEY;
		old = json_object_get(counts, key);
	}
	if (old)
		return json_integer_set(old, json_integer_value(old) +
						 (json_int_t)n);
	return json_object_set_new(counts, key, json_integer((json_int_t)n));
}

static int count_key(json_t *counts, const json_t *record, const char *key,
		     uint64_t n)
{
	const char *text = json_string_value(json_object_get(record, key));

	return text ? attest_report_count(counts, text, n) : 0;
}

static int count_record(struct attest_report *report, const json_t *record,
			uint64_t n)
{
	const json_t *rule = json_object_get(record, "rule");
	int r;

	r = count_key(report->by_type, record, "violation", n);
	r = r ?: count_key(report->by_action, record, "action", n);
	r = r ?: count_key(report->by_layer, record, "layer", n);
	r = r ?: count_key(report->by_path, record, "path", n);
	if (rule)
		r = r ?: count_key(report->by_rule, rule, "path", n);
	return r ? -ENOMEM : 0;
}

static int note_origin(struct attest_report *report, const json_t *record)
{
	const char *host = json_string_value(json_object_get(record, "host"));
	json_t *policy = json_object_get(record, "policy");

	if (!report->host && host) {
		report->host = strdup(host);
		if (!report->host)
			return -ENOMEM;
	}
	if (!report->policy && json_is_object(policy))
		report->policy = json_incref(policy);
	return 0;
}

static int kind_of(const json_t *record)
{
	const char *kind = json_string_value(json_object_get(record, "kind"));

	for (int i = 0; kind && i < ATTEST_KIND_END; i++)
		if (strcmp(kind, attest_kind_name(i)) == 0)
			return i;
	return -EINVAL;
}

/* The steps are few enough to be repeated for each record. */
static int add_record(struct attest_report *report, json_t *record)
{
	struct attest_report_list *list;
	json_int_t n = json_integer_value(json_object_get(record, "count"));
	int kind = kind_of(record);
	int r;

	if (kind < 0)
		return kind;
	list = &report->lists[kind];
	n = n > 0 ? n : 1;
	list->count += (uint64_t)n;
	if (kind == ATTEST_KIND_GAP) {
		const json_t *gap = json_object_get(record, "gap");
		const json_t *lost =
		    json_object_get(gap ? gap : record, "lost");

		report->lost += (uint64_t)json_integer_value(lost);
	}
	r = note_origin(report, record);
	r = r ?: count_record(report, record, (uint64_t)n);
	if (r < 0)
		return r;
	if (json_array_size(list->records) >= ATTEST_REPORT_RECORDS_MAX) {
		list->omitted++;
		return 0;
	}
	return json_array_append(list->records, record) ? -ENOMEM : 0;
}

int attest_report_add(struct attest_report *report,
		      const struct attest_record *rec)
{
	_cleanup_str_ struct attest_str line = { 0 };
	struct attest_diag diag;
	int r;

	r = attest_record_json(&line, rec);
	if (r < 0)
		return r;
	return attest_report_add_json(report, line.data, line.len, &diag);
}

static int fail(struct attest_diag *diag, int line, int column,
		const char *text)
{
	memset(diag, 0, sizeof(*diag));
	diag->line = line;
	diag->column = column;
	(void)snprintf(diag->text, sizeof(diag->text), "%s", text);
	return -EINVAL;
}

int attest_report_add_json(struct attest_report *report, const char *text,
			   size_t len, struct attest_diag *reterr_diag)
{
	_json_ json_t *root = NULL;
	json_error_t where;
	int r;

	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &where);
	if (!root)
		return fail(reterr_diag, where.line, where.column, where.text);
	if (!json_is_object(root))
		return fail(reterr_diag, 1, 1, "a record is a JSON object");
	if (json_is_object(json_object_get(root, "seccomp")) &&
	    json_is_string(json_object_get(root, "generated_at"))) {
		json_decref(report->whole);
		report->whole = TAKE_PTR(root);
		return 0;
	}
	r = add_record(report, root);
	if (r == -EINVAL)
		return fail(reterr_diag, 1, 1,
			    "not a record of attest-bpf: 'kind' is missing or "
			    "unknown");
	return r;
}

static bool is_blank(const char *p, size_t n)
{
	return strspn(p, " \t\r\n") >= n;
}

static int add_lines(struct attest_report *report, FILE *f,
		     struct attest_diag *reterr_diag)
{
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	ssize_t n;

	for (int number = 1; (n = getline(&line, &size, f)) >= 0; number++) {
		int r;

		if (is_blank(line, (size_t)n))
			continue;
		r = attest_report_add_json(report, line, (size_t)n,
					   reterr_diag);
		if (r < 0) {
			reterr_diag->line = number;
			return r;
		}
	}
	return ferror(f) ? -EIO : 0;
}

/* A report of ours is the one document that spans lines. */
static bool spans_lines(FILE *f)
{
	int c = getc(f);
	int next;

	if (c != '{') {
		(void)ungetc(c, f);
		return false;
	}
	next = getc(f);
	rewind(f);
	return next == '\n';
}

int attest_report_add_file(struct attest_report *report, const char *path,
			   struct attest_diag *reterr_diag)
{
	_cleanup_fclose_ FILE *f = NULL;
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	bool is_stdin = strcmp(path, "-") == 0;
	int r;

	memset(reterr_diag, 0, sizeof(*reterr_diag));
	f = is_stdin ? fdopen(dup(STDIN_FILENO), "re") : fopen(path, "re");
	if (!f) {
		r = -errno;
		(void)fail(reterr_diag, 0, 0, strerror(-r));
	} else if (!is_stdin && spans_lines(f)) {
		r = attest_read_fd(fileno(f), ATTEST_REPORT_FILE_MAX, &text,
				   &len);
		if (r == 0)
			r = attest_report_add_json(report, text, len,
						   reterr_diag);
	} else {
		r = add_lines(report, f, reterr_diag);
	}
	if (r < 0)
		(void)snprintf(reterr_diag->file, sizeof(reterr_diag->file),
			       "%s", path);
	return r;
}
