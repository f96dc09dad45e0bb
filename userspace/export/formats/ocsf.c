// SPDX-License-Identifier: Apache-2.0
/**
 * OCSF 1.9.0-dev Detection Finding (2004), profiles container, host and
 * security_control. What was touched is in evidences: the file, the process,
 * the endpoint, the system call.
 */
#include "base/cleanup.h"
#include "event/table.h"
#include "export/format.h"
#include "export/formats/severity.h"

static bool get_severity_id(const struct attest_record *rec,
			    struct attest_value *v)
{
	return attest_value_uint(v, 1U + attest_severity_of(rec));
}

static bool get_severity(const struct attest_record *rec,
			 struct attest_value *v)
{
	static const char *const names[ATTEST_SEVERITY_END] = {
		"Informational", "Low", "Medium", "High", "Critical"
	};
	const char *name = names[attest_severity_of(rec)];

	return attest_value_plain(v, name, strlen(name));
}

/* How a verdict is called in the security_control profile. */
struct control {
	uint8_t action_id;
	uint8_t disposition_id;
	const char *action;
	const char *disposition;
};

static const struct control *control_of(const struct attest_record *rec)
{
	static const struct control refused = { 2, 2, "Denied", "Blocked" };
	static const struct control seen = { 3, 15, "Observed", "Detected" };
	static const struct control asked = { 1, 17, "Allowed", "Logged" };
	static const struct control lost = { 99, 27, "Other", "Error" };

	if (rec->kind == ATTEST_KIND_GAP)
		return &lost;
	if (rec->verdict == ATTEST_VERDICT_DENY ||
	    rec->verdict == ATTEST_VERDICT_KILL)
		return &refused;
	return rec->verdict == ATTEST_VERDICT_AUDIT ? &seen : &asked;
}

static bool get_action_id(const struct attest_record *rec,
			  struct attest_value *v)
{
	return attest_value_uint(v, control_of(rec)->action_id);
}

static bool get_action(const struct attest_record *rec, struct attest_value *v)
{
	const char *name = control_of(rec)->action;

	return attest_value_plain(v, name, strlen(name));
}

static bool get_disposition_id(const struct attest_record *rec,
			       struct attest_value *v)
{
	return attest_value_uint(v, control_of(rec)->disposition_id);
}

static bool get_disposition(const struct attest_record *rec,
			    struct attest_value *v)
{
	const char *name = control_of(rec)->disposition;

	return attest_value_plain(v, name, strlen(name));
}

static bool get_ip_version(const struct attest_record *rec,
			   struct attest_value *v)
{
	if (!attest_get_address_type(rec, v))
		return false;
	return attest_value_uint(v, v->data[3] == '4' ? 4 : 6);
}

static const struct attest_row rows[] = {
	ROW_CONST("class_uid", "2004"),
	ROW_CONST("class_name", "\"Detection Finding\""),
	ROW_CONST("category_uid", "2"),
	ROW_CONST("category_name", "\"Findings\""),
	ROW_CONST("activity_id", "1"),
	ROW_CONST("activity_name", "\"Create\""),
	ROW_CONST("type_uid", "200401"),
	ROW("time", time_ms),
	ROW_GET("severity_id", get_severity_id),
	ROW_GET("severity", get_severity),
	ROW_CONST("status_id", "1"),
	ROW_GET("action_id", get_action_id),
	ROW_GET("action", get_action),
	ROW_GET("disposition_id", get_disposition_id),
	ROW_GET("disposition", get_disposition),
	ROW_CONST_IF("is_alert", "true", violation),
	ROW("count", count),
	ROW("message", message),
	ROW_OBJECT("metadata"),
	ROW_CONST("version", "\"1.9.0-dev\""),
	ROW_CONST("profiles", "[\"container\",\"host\",\"security_control\"]"),
	ROW("uid", id),
	ROW("sequence", seq),
	ROW("original_time", time),
	ROW_CONST("log_name", "\"attest.violation\""),
	ROW_OBJECT("product"),
	ROW_CONST("name", "\"attest-bpf\""),
	ROW_CONST("vendor_name", "\"attest-bpf\""),
	ROW_CONST("version", "\"" ATTEST_VERSION "\""),
	ROW_CLOSE,
	ROW_CLOSE,
	ROW_OBJECT("finding_info"),
	ROW("uid", id),
	ROW("title", title),
	ROW("desc", message),
	ROW("created_time", time_ms),
	ROW_ARRAY("types"),
	ROW("", kind),
	ROW_CLOSE,
	ROW_OBJECT_IF("analytic", rule_index),
	ROW_CONST("type_id", "1"),
	ROW_CONST("type", "\"Rule\""),
	ROW_QUOTED("uid", rule_index),
	ROW("name", rule_text),
	ROW_CLOSE,
	ROW_CLOSE,
	ROW_OBJECT("device"),
	ROW_CONST("type_id", "0"),
	ROW("hostname", host),
	ROW_CLOSE,
	ROW_OBJECT_IF("policy", policy_name),
	ROW("name", policy_name),
	ROW("uid", policy_digest),
	ROW_CONST("is_applied", "true"),
	ROW_CLOSE,
	ROW_OBJECT_IF("actor", pid),
	ROW_OBJECT("process"),
	ROW("pid", pid),
	ROW("ptid", tid),
	ROW("name", comm),
	ROW("path", exe),
	ROW_OBJECT_IF("file", exe),
	ROW_CONST("type_id", "1"),
	ROW("name", exe_name),
	ROW("path", exe),
	ROW_CLOSE,
	ROW_OBJECT("parent_process"),
	ROW("pid", ppid),
	ROW_CLOSE,
	ROW_OBJECT("user"),
	ROW_QUOTED("uid", uid),
	ROW_CLOSE,
	ROW_OBJECT_IF("container", container_id),
	ROW("uid", container_id),
	ROW("name", container_name),
	ROW("runtime", container_runtime),
	ROW_OBJECT_IF("image", container_image),
	ROW("uid", container_image),
	ROW("name", container_image),
	ROW_CLOSE,
	ROW_CLOSE,
	ROW_CLOSE,
	ROW_CLOSE,
	ROW_ARRAY("evidences"),
	ROW_OBJECT_IF("", pid),
	ROW_OBJECT("process"),
	ROW("pid", pid),
	ROW("name", comm),
	ROW_CLOSE,
	ROW_OBJECT_IF("file", path),
	ROW_CONST("type_id", "0"),
	ROW("name", path_name),
	ROW("path", path),
	ROW("ext", path_ext),
	ROW_QUOTED("uid", inode),
	ROW("volume", device),
	ROW_CLOSE,
	ROW_OBJECT_IF("connection_info", address),
	ROW_CONST("direction_id", "2"),
	ROW("protocol_name", protocol),
	ROW("protocol_num", protocol_number),
	ROW_GET("protocol_ver_id", get_ip_version),
	ROW_CLOSE,
	ROW_OBJECT_IF("dst_endpoint", address),
	ROW("ip", address),
	ROW("port", port),
	ROW("hostname", address_name),
	ROW_CLOSE,
	ROW_OBJECT_IF("api", syscall),
	ROW("operation", syscall),
	ROW_CLOSE,
	ROW_OBJECT("data"),
	ROW("layer", layer),
	ROW("hook", hook),
	ROW("attempted_access", access),
	ROW("path2", path2),
	ROW("path_base64", path_base64),
	ROW("args", args),
	ROW("args_text", args_text),
	ROW("instruction", ip_text),
	ROW("errno", error),
	ROW("signal", signal),
	ROW("limit", limit),
	ROW("value", value),
	ROW("cgroup", cgroup),
	ROW_CLOSE,
	ROW_CLOSE,
	ROW_CLOSE,
	ROW_OBJECT_IF("unmapped", gap_lost),
	ROW("gap_lost", gap_lost),
	ROW("gap_first", gap_first),
	ROW("gap_last", gap_last),
	ROW("gap_cpu", gap_cpu),
	ROW("gap_reason", gap_reason),
	ROW_CLOSE,
};

static int write_ocsf(struct attest_str *s, const struct attest_record *rec,
		      const struct attest_format_options *options)
{
	return attest_table_json(s, rows, ARRAY_SIZE(rows), rec);
}

const struct attest_format attest_format_ocsf = {
	.name = "ocsf",
	.summary = "OCSF 1.9.0-dev Detection Finding",
	.media_type = "application/x-ndjson",
	.write = write_ocsf,
};
