// SPDX-License-Identifier: Apache-2.0
#include "base/cleanup.h"
#include "export/formats/otlp.h"
#include "export/formats/proto.h"
#include "export/formats/severity.h"

/* Names of OpenTelemetry's semantic conventions where there are some. */
const struct attest_flat_row attest_otlp_attributes[] = {
	FLAT("log.record.uid", id),
	FLAT("attest.seq", seq),
	FLAT("attest.count", folded),
	FLAT("attest.kind", kind),
	FLAT("attest.violation", violation),
	FLAT("attest.action", action),
	FLAT("attest.layer", layer),
	FLAT("attest.hook", hook),
	FLAT("process.pid", pid),
	FLAT("process.parent_pid", ppid),
	FLAT("thread.id", tid),
	FLAT("process.user.id", uid),
	FLAT("process.command", comm),
	FLAT("process.executable.path", exe),
	FLAT("process.linux.cgroup", cgroup),
	FLAT("container.id", container_id),
	FLAT("container.name", container_name),
	FLAT("container.image.name", container_image),
	FLAT("container.runtime", container_runtime),
	FLAT("attest.syscall", syscall),
	FLAT("attest.args", args_text),
	FLAT("attest.errno", error),
	FLAT("file.path", path),
	FLAT("attest.path_base64", path_base64),
	FLAT("attest.path2", path2),
	FLAT("attest.access", access),
	FLAT("destination.address", address),
	FLAT("destination.port", port),
	FLAT("destination.name", address_name),
	FLAT("network.transport", protocol),
	FLAT("attest.policy.name", policy_name),
	FLAT("attest.policy.digest", policy_digest),
	FLAT("attest.rule.index", rule_index),
	FLAT("attest.rule.path", rule_text),
	FLAT("attest.rule.priority", rule_priority),
	FLAT("attest.gap.lost", gap_lost),
	FLAT("attest.gap.first", gap_first),
	FLAT("attest.gap.last", gap_last),
	FLAT("attest.gap.reason", gap_reason),
};
const size_t attest_otlp_n_attributes = ARRAY_SIZE(attest_otlp_attributes);

uint32_t attest_otlp_severity(const struct attest_record *rec)
{
	/* INFO, INFO2, WARN, ERROR, FATAL. */
	static const uint8_t numbers[ATTEST_SEVERITY_END] = { 9, 10, 13, 17,
							      21 };

	return numbers[attest_severity_of(rec)];
}

static void put_json_text(struct attest_str *s, const char *text)
{
	size_t len = strlen(text);
	char *p = attest_out_room(s, ATTEST_JSON_GROWTH * len);

	if (p)
		attest_out_end(s, attest_out_json(p, text, len));
}

static int wrap_json(struct attest_str *s, const char *host,
		     const char *records, size_t len)
{
	attest_str_puts(s, "{\"resourceLogs\":[{\"resource\":{\"attributes\":["
			   "{\"key\":\"service.name\",\"value\":"
			   "{\"stringValue\":\"attest-bpf\"}},"
			   "{\"key\":\"host.name\",\"value\":"
			   "{\"stringValue\":\"");
	put_json_text(s, host);
	attest_str_puts(s, "\"}}]},\"scopeLogs\":[{\"scope\":{\"name\":"
			   "\"attest-bpf\",\"version\":\"" ATTEST_VERSION
			   "\"},\"logRecords\":[");
	attest_str_append(s, records, len);
	attest_str_puts(s, "]}]}]}");
	return s->error;
}

/* KeyValue { key = 1, value = 2: AnyValue { string_value = 1 } } */
static char *put_attribute(char *p, const char *key, const char *value)
{
	size_t any = attest_proto_field_size(strlen(value));
	size_t size =
	    attest_proto_field_size(strlen(key)) + attest_proto_field_size(any);

	p = attest_proto_len(p, 1, size); /* Resource.attributes */
	p = attest_proto_len(p, 1, strlen(key));
	p = attest_out_copy(p, key, strlen(key));
	p = attest_proto_len(p, 2, any);
	p = attest_proto_len(p, 1, strlen(value));
	return attest_out_copy(p, value, strlen(value));
}

static int wrap_protobuf(struct attest_str *s, const char *host,
			 const char *records, size_t len)
{
	static const char version[] = ATTEST_VERSION;
	static const char name[] = "attest-bpf";
	char resource[512];
	char scope[64];
	char *p = resource;
	size_t n_resource, n_scope, n_scope_logs, n_resource_logs;

	p = put_attribute(p, "service.name", name);
	if (strlen(host) < 256 && attest_utf8_is_valid(host, strlen(host)))
		p = put_attribute(p, "host.name", host);
	n_resource = (size_t)(p - resource);
	p = attest_proto_len(scope, 1, sizeof(name) - 1);
	p = attest_out_copy(p, name, sizeof(name) - 1);
	p = attest_proto_len(p, 2, sizeof(version) - 1);
	p = attest_out_copy(p, version, sizeof(version) - 1);
	n_scope = (size_t)(p - scope);
	n_scope_logs = attest_proto_field_size(n_scope) + len;
	n_resource_logs = attest_proto_field_size(n_resource) +
			  attest_proto_field_size(n_scope_logs);

	p = attest_out_room(s, n_resource_logs + 4 * ATTEST_PROTO_VARINT);
	if (!p)
		return s->error;
	p = attest_proto_len(p, 1, n_resource_logs);
	p = attest_proto_len(p, 1, n_resource);
	p = attest_out_copy(p, resource, n_resource);
	p = attest_proto_len(p, 2, n_scope_logs);
	p = attest_proto_len(p, 1, n_scope);
	p = attest_out_copy(p, scope, n_scope);
	p = attest_out_copy(p, records, len);
	attest_out_end(s, p);
	return 0;
}

int attest_otlp_wrap(struct attest_str *s, const char *host, bool protobuf,
		     const char *records, size_t len)
{
	return protobuf ? wrap_protobuf(s, host, records, len)
			: wrap_json(s, host, records, len);
}

void attest_otlp_frame(struct attest_str *s, const char *record, size_t len)
{
	char *p = attest_out_room(s, len + 2 * ATTEST_PROTO_VARINT);

	if (!p)
		return;
	p = attest_proto_len(p, 2, len);
	attest_out_end(s, attest_out_copy(p, record, len));
}
