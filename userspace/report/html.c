// SPDX-License-Identifier: Apache-2.0
/**
 * The report as one HTML page: no script, nothing loaded from elsewhere.
 */
#include <string.h>

#include "base/cleanup.h"
#include "report/internal.h"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
    "'none'; style-src 'unsafe-inline'\">\n"
    "<title>Security report</title>\n<style>\n"
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;"
    "max-width:70rem;padding:0 1rem;color:#222}\n"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}\n"
    "td,th{border-bottom:1px solid #ddd;padding:.3rem .6rem;"
    "text-align:left;vertical-align:top;overflow-wrap:anywhere}\n"
    "th{background:#f5f5f5}.bad{color:#b00020}\n"
    "</style></head><body>\n<h1>Security report</h1>\n";

static void put(struct attest_str *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			attest_str_puts(out, "&amp;");
			break;
		case '<':
			attest_str_puts(out, "&lt;");
			break;
		case '>':
			attest_str_puts(out, "&gt;");
			break;
		case '"':
			attest_str_puts(out, "&quot;");
			break;
		default:
			attest_str_putc(out, *text);
		}
	}
}

/* One column of a table: a text, a number or a list of texts. */
struct column {
	const char *title;
	const char *key;
};

static void put_value(struct attest_str *out, const json_t *v)
{
	size_t i;
	json_t *item;

	if (json_is_string(v))
		put(out, json_string_value(v));
	else if (json_is_integer(v))
		attest_str_printf(out, "%lld",
				  (long long)json_integer_value(v));
	json_array_foreach (v, i, item) {
		attest_str_puts(out, i ? ", " : "");
		put_value(out, item);
	}
}

static void put_table(struct attest_str *out, const char *title,
		      const json_t *list, const struct column *columns,
		      size_t n)
{
	size_t i;
	json_t *row;

	if (json_array_size(list) == 0)
		return;
	attest_str_printf(out, "<h2>%s</h2>\n<table><tr>", title);
	for (size_t j = 0; j < n; j++)
		attest_str_printf(out, "<th>%s</th>", columns[j].title);
	attest_str_puts(out, "</tr>\n");
	json_array_foreach (list, i, row) {
		attest_str_puts(out, "<tr>");
		for (size_t j = 0; j < n; j++) {
			attest_str_puts(out, "<td>");
			put_value(out, json_object_get(row, columns[j].key));
			attest_str_puts(out, "</td>");
		}
		attest_str_puts(out, "</tr>\n");
	}
	attest_str_puts(out, "</table>\n");
}

static void put_facts(struct attest_str *out, const json_t *t)
{
	static const struct {
		const char *title, *first, *second;
	} facts[] = {
		{ "Subject", "subject", "name" },
		{ "Policy", "policy", "name" },
		{ "Policy digest", "policy", "digest" },
		{ "Mode", "policy", "mode" },
		{ "Security level", "security_level", NULL },
		{ "Network", "network_policy", NULL },
		{ "Host", "host", "name" },
		{ "Kernel", "host", "kernel" },
		{ "Generated", "generated_at", NULL },
	};

	attest_str_puts(out, "<table>\n");
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		const char *text =
		    attest_report_text(t, facts[i].first, facts[i].second);

		if (!text[0])
			continue;
		attest_str_printf(out, "<tr><th>%s</th><td>", facts[i].title);
		put(out, text);
		attest_str_puts(out, "</td></tr>\n");
	}
	attest_str_puts(out, "</table>\n");
}

static void put_violations(struct attest_str *out, const json_t *t)
{
	static const struct column columns[] = {
		{ "Time", "timestamp" },
		{ "Process", "comm" },
		{ "Pid", "pid" },
		{ "Type", "violation" },
		{ "What", "context" },
		{ "Path", "path" },
		{ "System call", "syscall" },
		{ "Layer", "layer" },
		{ "Action", "action" },
	};
	static const char *const kinds[] = { "filesystem", "seccomp", "network",
					     "process", "resource" };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		put_table(
		    out, kinds[i],
		    json_object_get(json_object_get(t, kinds[i]), "violations"),
		    columns, ARRAY_SIZE(columns));
}

int attest_report_html(const json_t *tree, struct attest_str *out)
{
	static const struct column coverage[] = { { "Statement", "item" },
						  { "Enforced by",
						    "enforced_by" },
						  { "In part by", "partly_by" },
						  { "Reason", "reason" } };
	static const struct column evidence[] = { { "Framework", "framework" },
						  { "Control", "control" },
						  { "Evidence", "evidence" } };
	static const struct column destinations[] = {
		{ "Name", "name" },   { "Address", "address" },
		{ "Port", "port" },   { "Protocol", "protocol" },
		{ "Times", "count" },
	};
	const json_t *compliance = json_object_get(tree, "compliance");
	const json_t *lost;

	attest_str_puts(out, head);
	put_facts(out, tree);
	lost = json_object_get(json_object_get(tree, "gaps"), "records_lost");
	if (json_integer_value(lost) > 0)
		attest_str_printf(out,
				  "<p class=\"bad\">%lld records were "
				  "lost.</p>\n",
				  (long long)json_integer_value(lost));
	put_violations(out, tree);
	put_table(out, "Destinations", json_object_get(tree, "destinations"),
		  destinations, ARRAY_SIZE(destinations));
	put_table(out, "Coverage",
		  json_object_get(json_object_get(tree, "coverage"), "items"),
		  coverage, ARRAY_SIZE(coverage));
	put_table(out, "Evidence", json_object_get(compliance, "controls"),
		  evidence, ARRAY_SIZE(evidence));
	attest_str_puts(out, "<p>");
	put(out, attest_report_text(compliance, "note", NULL));
	attest_str_puts(out, "</p>\n</body></html>\n");
	return out->error;
}
