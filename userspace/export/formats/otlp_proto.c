// SPDX-License-Identifier: Apache-2.0
/**
 * An OTLP LogRecord in protobuf.
 */
#include <errno.h>

#include "base/cleanup.h"
#include "export/format.h"
#include "export/formats/otlp.h"
#include "export/formats/proto.h"

/* Strings must be UTF-8: bytes that are not become U+FFFD. */
static char *plain(char *p, unsigned char c)
{
	*p++ = (char)c;
	return p;
}

/* AnyValue { string_value = 1, int_value = 3 } as the given field. */
static void put_any(struct attest_str *s, unsigned int field,
		    const struct attest_value *v, struct attest_str *scratch)
{
	char *p;

	attest_str_clear(scratch);
	if (v->kind == ATTEST_VALUE_UINT || v->kind == ATTEST_VALUE_INT) {
		p = attest_out_room(s, 4 * ATTEST_PROTO_VARINT);
		if (!p)
			return;
		p = attest_proto_len(p, field,
				     1 + attest_proto_varint_size(v->u));
		attest_out_end(s, attest_proto_uint(p, 3, v->u));
		return;
	}
	attest_flat_value(scratch, v, plain);
	p = attest_out_room(s, scratch->len + 4 * ATTEST_PROTO_VARINT);
	if (!p || scratch->error)
		return;
	p = attest_proto_len(p, field, attest_proto_field_size(scratch->len));
	p = attest_proto_len(p, 1, scratch->len);
	attest_out_end(s, attest_out_copy(p, scratch->data, scratch->len));
}

/* LogRecord.attributes = 6: KeyValue { key = 1, value = 2 } */
static void put_attribute(struct attest_str *s, const char *key,
			  const struct attest_value *v, struct attest_str *pair,
			  struct attest_str *scratch)
{
	char *p;

	attest_str_clear(pair);
	p = attest_out_room(pair, strlen(key) + 2 * ATTEST_PROTO_VARINT);
	if (!p)
		return;
	p = attest_proto_len(p, 1, strlen(key));
	attest_out_end(pair, attest_out_copy(p, key, strlen(key)));
	put_any(pair, 2, v, scratch);
	p = attest_out_room(s, pair->len + 2 * ATTEST_PROTO_VARINT);
	if (!p || pair->error)
		return;
	p = attest_proto_len(p, 6, pair->len);
	attest_out_end(s, attest_out_copy(p, pair->data, pair->len));
}

static int write_otlp_proto(struct attest_str *s,
			    const struct attest_record *rec,
			    const struct attest_format_options *options)
{
	_cleanup_str_ struct attest_str scratch = { 0 };
	_cleanup_str_ struct attest_str pair = { 0 };
	const char *text = attest_verdict_name(rec->verdict);
	struct attest_value v;
	char *p = attest_out_room(s, 64 + strlen(text));

	if (!p)
		return s->error;
	p = attest_proto_fixed64(p, 1, rec->time_ns);
	p = attest_proto_fixed64(p, 11, rec->time_ns); /* observed */
	p = attest_proto_uint(p, 2, attest_otlp_severity(rec));
	p = attest_proto_len(p, 3, strlen(text));
	attest_out_end(s, attest_out_copy(p, text, strlen(text)));
	(void)attest_get_message(rec, &v);
	put_any(s, 5, &v, &scratch);
	for (size_t i = 0; i < attest_otlp_n_attributes; i++)
		if (attest_otlp_attributes[i].get(rec, &v))
			put_attribute(s, attest_otlp_attributes[i].key, &v,
				      &pair, &scratch);
	if (scratch.error || pair.error)
		return -ENOMEM;
	return s->error;
}

const struct attest_format attest_format_otlp_proto = {
	.name = "otlp-protobuf",
	.summary = "OpenTelemetry LogRecord, protobuf",
	.media_type = "application/x-protobuf",
	.binary = true,
	.write = write_otlp_proto,
};
