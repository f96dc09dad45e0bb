// SPDX-License-Identifier: Apache-2.0
/**
 * Splunk's HTTP Event Collector: the native record in its envelope.
 */
#include <stdio.h>
#include <string.h>

#include "event/field.h"
#include "event/json.h"
#include "event/out.h"
#include "export/format.h"

static void put_string(struct attest_str *s, const char *text)
{
	size_t len = strlen(text);
	char *p = attest_out_room(s, ATTEST_JSON_GROWTH * len + 2);

	if (!p)
		return;
	*p++ = '"';
	p = attest_out_json(p, text, len);
	*p++ = '"';
	attest_out_end(s, p);
}

static int write_hec(struct attest_str *s, const struct attest_record *rec,
		     const struct attest_format_options *options)
{
	int r;

	attest_str_printf(s, "{\"time\":%llu.%09llu",
			  (unsigned long long)(rec->time_ns / 1000000000),
			  (unsigned long long)(rec->time_ns % 1000000000));
	if (rec->host) {
		attest_str_puts(s, ",\"host\":");
		put_string(s, rec->host);
	}
	attest_str_puts(s, ",\"source\":\"attest-bpf\","
			   "\"sourcetype\":\"attest:violation\"");
	if (options->index) {
		attest_str_puts(s, ",\"index\":");
		put_string(s, options->index);
	}
	attest_str_puts(s, ",\"event\":");
	r = s->error ? s->error : attest_record_json(s, rec);
	if (r < 0)
		return r;
	attest_str_putc(s, '}');
	return s->error;
}

const struct attest_format attest_format_hec = {
	.name = "hec",
	.summary = "Splunk HTTP Event Collector event",
	.media_type = "application/json",
	.write = write_hec,
};
