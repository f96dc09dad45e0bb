// SPDX-License-Identifier: Apache-2.0
/**
 * Elastic Common Schema 9.
 */
#include "base/cleanup.h"
#include "event/table.h"
#include "export/format.h"
#include "export/formats/severity.h"

static bool json(struct attest_value *v, const char *text)
{
	v->kind = ATTEST_VALUE_JSON;
	v->data = text;
	v->len = strlen(text);
	return true;
}

static bool get_kind(const struct attest_record *rec, struct attest_value *v)
{
	if (rec->kind == ATTEST_KIND_GAP)
		return json(v, "\"pipeline_error\"");
	return json(v, rec->violation == ATTEST_VIOLATION_NONE ? "\"event\""
							       : "\"alert\"");
}

static bool get_category(const struct attest_record *rec,
			 struct attest_value *v)
{
	static const char *const names[ATTEST_KIND_END] = {
		[ATTEST_KIND_FILESYSTEM] = "[\"intrusion_detection\",\"file\"]",
		[ATTEST_KIND_SECCOMP] = "[\"intrusion_detection\",\"process\"]",
		[ATTEST_KIND_NETWORK] = "[\"intrusion_detection\",\"network\"]",
		[ATTEST_KIND_PROCESS] = "[\"intrusion_detection\",\"process\"]",
		[ATTEST_KIND_RESOURCE] = "[\"intrusion_detection\",\"file\"]",
	};
	const char *text =
	    rec->kind < ATTEST_KIND_END ? names[rec->kind] : NULL;

	return text && json(v, text);
}

static bool get_type(const struct attest_record *rec, struct attest_value *v)
{
	if (rec->kind == ATTEST_KIND_GAP)
		return json(v, "[\"info\"]");
	return json(v, rec->verdict == ATTEST_VERDICT_DENY ||
			       rec->verdict == ATTEST_VERDICT_KILL
			   ? "[\"denied\"]"
			   : "[\"allowed\"]");
}

static bool get_outcome(const struct attest_record *rec, struct attest_value *v)
{
	if (rec->kind == ATTEST_KIND_GAP)
		return json(v, "\"unknown\"");
	return json(v, rec->verdict == ATTEST_VERDICT_DENY ||
			       rec->verdict == ATTEST_VERDICT_KILL
			   ? "\"failure\""
			   : "\"success\"");
}

static bool get_severity(const struct attest_record *rec,
			 struct attest_value *v)
{
	static const uint8_t levels[ATTEST_SEVERITY_END] = { 0, 21, 47, 73,
							     99 };

	return attest_value_uint(v, levels[attest_severity_of(rec)]);
}

static const struct attest_row rows[] = {
	ROW("@timestamp", time),
	ROW_OBJECT("ecs"),
	ROW_CONST("version", "\"9.5.0-dev\""),
	ROW_CLOSE,
	ROW("message", message),
	ROW_OBJECT("event"),
	ROW("id", id),
	ROW_GET("kind", get_kind),
	ROW_GET("category", get_category),
	ROW_GET("type", get_type),
	ROW_GET("outcome", get_outcome),
	ROW_GET("severity", get_severity),
	ROW("action", hook),
	ROW("code", title),
	ROW("sequence", seq),
	ROW("reason", gap_reason),
	ROW_CONST("module", "\"attest_bpf\""),
	ROW_CONST("dataset", "\"attest_bpf.violation\""),
	ROW_CONST("provider", "\"attest-bpf\""),
	ROW_CLOSE,
	ROW_OBJECT("observer"),
	ROW_CONST("vendor", "\"attest-bpf\""),
	ROW_CONST("product", "\"attest-bpf\""),
	ROW_CONST("version", "\"" ATTEST_VERSION "\""),
	ROW_CONST("type", "\"sandbox\""),
	ROW_CLOSE,
	ROW_OBJECT("host"),
	ROW("name", host),
	ROW("hostname", host),
	ROW_CLOSE,
	ROW_OBJECT("process"),
	ROW("pid", pid),
	ROW("name", comm),
	ROW("executable", exe),
	ROW_OBJECT("thread"),
	ROW("id", tid),
	ROW_CLOSE,
	ROW_OBJECT("parent"),
	ROW("pid", ppid),
	ROW_CLOSE,
	ROW_OBJECT("user"),
	ROW_QUOTED("id", uid),
	ROW_CLOSE,
	ROW_CLOSE,
	ROW_OBJECT("user"),
	ROW_QUOTED("id", uid),
	ROW_CLOSE,
	ROW_OBJECT("file"),
	ROW("path", path),
	ROW("name", path_name),
	ROW("directory", path_dir),
	ROW("extension", path_ext),
	ROW("target_path", path2),
	ROW_QUOTED("inode", inode),
	ROW("device", device),
	ROW_CLOSE,
	ROW_OBJECT("destination"),
	ROW("address", address),
	ROW("ip", address),
	ROW("port", port),
	ROW("domain", address_name),
	ROW_CLOSE,
	ROW_OBJECT("network"),
	ROW("type", address_type),
	ROW("transport", protocol),
	ROW_QUOTED("iana_number", protocol_number),
	ROW_CLOSE,
	ROW_OBJECT("container"),
	ROW("id", container_id),
	ROW("name", container_name),
	ROW("runtime", container_runtime),
	ROW_OBJECT("image"),
	ROW("name", container_image),
	ROW_CLOSE,
	ROW_CLOSE,
	ROW_OBJECT("rule"),
	ROW_QUOTED("id", rule_index),
	ROW("name", rule_text),
	ROW("ruleset", policy_name),
	ROW("version", policy_digest),
	ROW_CLOSE,
	ROW_OBJECT("error"),
	ROW("code", error),
	ROW_CLOSE,
	ROW_OBJECT("labels"), /* what ECS has no field for */
	ROW("violation", violation),
	ROW("action", action),
	ROW("layer", layer),
	ROW("access", access),
	ROW("syscall", syscall),
	ROW("args", args_text),
	ROW("instruction", ip_text),
	ROW("cgroup", cgroup),
	ROW("path_base64", path_base64),
	ROW_QUOTED("count", folded),
	ROW_QUOTED("signal", signal),
	ROW_QUOTED("limit", limit),
	ROW_QUOTED("value", value),
	ROW_QUOTED("gap_lost", gap_lost),
	ROW_QUOTED("gap_first", gap_first),
	ROW_QUOTED("gap_last", gap_last),
	ROW_QUOTED("gap_cpu", gap_cpu),
	ROW_CLOSE,
};

static int write_ecs(struct attest_str *s, const struct attest_record *rec,
		     const struct attest_format_options *options)
{
	return attest_table_json(s, rows, ARRAY_SIZE(rows), rec);
}

const struct attest_format attest_format_ecs = {
	.name = "ecs",
	.summary = "Elastic Common Schema 9",
	.media_type = "application/x-ndjson",
	.write = write_ecs,
};
