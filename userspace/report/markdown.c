// SPDX-License-Identifier: Apache-2.0
/**
 * The report for people: Markdown here, HTML in html.c. Both read the tree.
 */
#include <string.h>

#include "report/internal.h"

/* Characters that would end a table cell or start markup. */
static void put(struct attest_str *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n') {
			attest_str_puts(out, " ");
			continue;
		}
		if (strchr("\\`*_{}[]<>|#", *text))
			attest_str_putc(out, '\\');
		attest_str_putc(out, *text);
	}
}

static void put_fact(struct attest_str *out, const char *name,
		     const char *value)
{
	if (!value[0])
		return;
	attest_str_printf(out, "| %s | ", name);
	put(out, value);
	attest_str_puts(out, " |\n");
}

static void put_facts(struct attest_str *out, const json_t *t)
{
	attest_str_puts(out, "| | |\n| --- | --- |\n");
	put_fact(out, "Subject", attest_report_text(t, "subject", "name"));
	put_fact(out, "Policy", attest_report_text(t, "policy", "name"));
	put_fact(out, "Policy digest",
		 attest_report_text(t, "policy", "digest"));
	put_fact(out, "Mode", attest_report_text(t, "policy", "mode"));
	put_fact(out, "Security level",
		 attest_report_text(t, "security_level", NULL));
	put_fact(out, "Network", attest_report_text(t, "network_policy", NULL));
	put_fact(out, "Host", attest_report_text(t, "host", "name"));
	put_fact(out, "Kernel", attest_report_text(t, "host", "kernel"));
	put_fact(out, "Generated", attest_report_text(t, "generated_at", NULL));
}

static void put_counts(struct attest_str *out, const json_t *t)
{
	json_t *counts;
	const char *key;
	json_t *value;

	counts = json_object_get(json_object_get(t, "totals"), "by_violation");
	attest_str_puts(out, "\n## Violations\n\n");
	if (json_object_size(counts) == 0) {
		attest_str_puts(out, "None.\n");
		return;
	}
	attest_str_puts(out, "| type | count |\n| --- | ---: |\n");
	json_object_foreach (counts, key, value) {
		attest_str_puts(out, "| ");
		put(out, key);
		attest_str_printf(out, " | %lld |\n",
				  (long long)json_integer_value(value));
	}
}

static void put_records(struct attest_str *out, const json_t *t,
			const char *kind)
{
	const json_t *list =
	    json_object_get(json_object_get(t, kind), "violations");
	size_t i;
	json_t *v;

	if (json_array_size(list) == 0)
		return;
	attest_str_printf(out, "\n### %s\n\n", kind);
	attest_str_puts(out, "| time | process | what | action |\n"
			     "| --- | --- | --- | --- |\n");
	json_array_foreach (list, i, v) {
		attest_str_puts(out, "| ");
		put(out, attest_report_text(v, "timestamp", NULL));
		attest_str_puts(out, " | ");
		put(out, attest_report_text(v, "comm", NULL));
		attest_str_printf(
		    out, " (%lld) | ",
		    (long long)json_integer_value(json_object_get(v, "pid")));
		put(out, attest_report_text(v, "context", NULL));
		attest_str_puts(out, " | ");
		put(out, attest_report_text(v, "action", NULL));
		attest_str_puts(out, " |\n");
	}
}

static void put_coverage(struct attest_str *out, const json_t *t)
{
	const json_t *items =
	    json_object_get(json_object_get(t, "coverage"), "items");
	size_t i;
	json_t *v;

	if (json_array_size(items) == 0)
		return;
	attest_str_puts(out, "\n## Coverage\n\n"
			     "| statement | enforced by | reason |\n"
			     "| --- | --- | --- |\n");
	json_array_foreach (items, i, v) {
		const json_t *layers = json_object_get(v, "enforced_by");
		size_t j;
		json_t *layer;

		attest_str_puts(out, "| ");
		put(out, attest_report_text(v, "item", NULL));
		attest_str_puts(out, " | ");
		if (json_array_size(layers) == 0)
			attest_str_puts(out, "**nothing**");
		json_array_foreach (layers, j, layer)
			attest_str_printf(out, "%s%s", j ? ", " : "",
					  json_string_value(layer));
		attest_str_puts(out, " | ");
		put(out, attest_report_text(v, "reason", NULL));
		attest_str_puts(out, " |\n");
	}
}

static void put_destinations(struct attest_str *out, const json_t *t)
{
	const json_t *list = json_object_get(t, "destinations");
	size_t i;
	json_t *v;

	if (json_array_size(list) == 0)
		return;
	attest_str_puts(out, "\n## Destinations\n\n"
			     "| name | address | port | protocol | times | "
			     "allowed |\n"
			     "| --- | --- | --- | --- | --- | --- |\n");
	json_array_foreach (list, i, v) {
		attest_str_puts(out, "| ");
		put(out, attest_report_text(v, "name", ""));
		attest_str_puts(out, " | ");
		put(out, attest_report_text(v, "address", NULL));
		attest_str_printf(
		    out, " | %lld | %s | %lld | %s |\n",
		    (long long)json_integer_value(json_object_get(v, "port")),
		    attest_report_text(v, "protocol", NULL),
		    (long long)json_integer_value(json_object_get(v, "count")),
		    json_is_true(json_object_get(v, "allowed")) ? "yes" : "no");
	}
}

static void put_compliance(struct attest_str *out, const json_t *t)
{
	const json_t *c = json_object_get(t, "compliance");
	const json_t *list = json_object_get(c, "controls");
	size_t i;
	json_t *v;

	if (json_array_size(list) == 0)
		return;
	attest_str_puts(out, "\n## Evidence\n\n");
	put(out, attest_report_text(c, "note", NULL));
	attest_str_puts(out, "\n\n| framework | control | evidence |\n"
			     "| --- | --- | --- |\n");
	json_array_foreach (list, i, v) {
		attest_str_puts(out, "| ");
		put(out, attest_report_text(v, "framework", NULL));
		attest_str_puts(out, " | ");
		put(out, attest_report_text(v, "control", NULL));
		attest_str_puts(out, " | ");
		put(out, attest_report_text(v, "evidence", NULL));
		attest_str_puts(out, " |\n");
	}
}

int attest_report_markdown(const json_t *tree, struct attest_str *out)
{
	const json_t *lost;

	attest_str_puts(out, "# Security report\n\n");
	put_facts(out, tree);
	put_counts(out, tree);
	put_records(out, tree, "filesystem");
	put_records(out, tree, "seccomp");
	put_records(out, tree, "network");
	put_records(out, tree, "process");
	put_records(out, tree, "resource");
	lost = json_object_get(json_object_get(tree, "gaps"), "records_lost");
	if (json_integer_value(lost) > 0)
		attest_str_printf(out, "\n**%lld records were lost.**\n",
				  (long long)json_integer_value(lost));
	put_destinations(out, tree);
	put_coverage(out, tree);
	put_compliance(out, tree);
	return out->error;
}
