// SPDX-License-Identifier: Apache-2.0
/**
 * An OTLP LogRecord in protobuf's JSON mapping: 64-bit integers are strings.
 */
#include "export/format.h"
#include "export/formats/otlp.h"

static void put_string(struct attest_str *s, const struct attest_value *v)
{
	char *p = attest_out_room(s, ATTEST_JSON_GROWTH * v->len + 4);

	if (!p)
		return;
	if (v->kind == ATTEST_VALUE_BASE64)
		p = attest_out_base64(p, v->data, v->len);
	else
		p = attest_out_json(p, v->data, v->len);
	attest_out_end(s, p);
}

static void put_any(struct attest_str *s, const struct attest_value *v)
{
	switch (v->kind) {
	case ATTEST_VALUE_UINT:
		attest_str_printf(s, "{\"intValue\":\"%llu\"}",
				  (unsigned long long)v->u);
		break;
	case ATTEST_VALUE_INT:
		attest_str_printf(s, "{\"intValue\":\"%lld\"}",
				  (long long)v->i);
		break;
	default:
		attest_str_puts(s, "{\"stringValue\":\"");
		put_string(s, v);
		attest_str_puts(s, "\"}");
	}
}

static int write_otlp_json(struct attest_str *s,
			   const struct attest_record *rec,
			   const struct attest_format_options *options)
{
	const char *comma = "";
	struct attest_value v;

	attest_str_printf(
	    s,
	    "{\"timeUnixNano\":\"%llu\","
	    "\"observedTimeUnixNano\":\"%llu\","
	    "\"severityNumber\":%u,"
	    "\"severityText\":\"%s\",\"body\":",
	    (unsigned long long)rec->time_ns, (unsigned long long)rec->time_ns,
	    attest_otlp_severity(rec), attest_verdict_name(rec->verdict));
	(void)attest_get_message(rec, &v);
	put_any(s, &v);
	attest_str_puts(s, ",\"attributes\":[");
	for (size_t i = 0; i < attest_otlp_n_attributes; i++) {
		if (!attest_otlp_attributes[i].get(rec, &v))
			continue;
		attest_str_puts(s, comma);
		attest_str_puts(s, "{\"key\":\"");
		attest_str_puts(s, attest_otlp_attributes[i].key);
		attest_str_puts(s, "\",\"value\":");
		put_any(s, &v);
		attest_str_putc(s, '}');
		comma = ",";
	}
	attest_str_puts(s, "]}");
	return s->error;
}

const struct attest_format attest_format_otlp_json = {
	.name = "otlp-json",
	.summary = "OpenTelemetry LogRecord, JSON",
	.media_type = "application/json",
	.write = write_otlp_json,
};
