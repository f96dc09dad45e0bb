// SPDX-License-Identifier: Apache-2.0
/**
 * IBM QRadar's Log Event Extended Format 2.0, tab between attributes.
 *
 * LEEF defines no escapes. Ours keep a value on its line and reversible: '\'
 * is "\\", tab "\t", newline "\n", return "\r", other controls "\xNN".
 */
#include "base/cleanup.h"
#include "export/format.h"
#include "export/formats/flat.h"

static const struct attest_flat_row attributes[] = {
	FLAT("devTime", time_ms),
	FLAT("sev", severity_cef),
	FLAT("cat", kind),
	FLAT("identHostName", host),
	FLAT("recordId", id),
	FLAT("sequence", seq),
	FLAT("count", count),
	FLAT("action", action),
	FLAT("layer", layer),
	FLAT("hook", hook),
	FLAT("usrName", uid),
	FLAT("pid", pid),
	FLAT("ppid", ppid),
	FLAT("process", comm),
	FLAT("exe", exe),
	FLAT("cgroup", cgroup),
	FLAT("containerId", container_id),
	FLAT("containerName", container_name),
	FLAT("syscall", syscall),
	FLAT("args", args_text),
	FLAT("resource", path),
	FLAT("path2", path2),
	FLAT("pathBase64", path_base64),
	FLAT("access", access),
	FLAT("dst", address),
	FLAT("dstPort", port),
	FLAT("dstName", address_name),
	FLAT("proto", protocol),
	FLAT("policy", policy_name),
	FLAT("policyDigest", policy_digest),
	FLAT("rule", rule_text),
	FLAT("ruleIndex", rule_index),
	FLAT("recordsLost", gap_lost),
	FLAT("gapReason", gap_reason),
	FLAT("msg", message),
};

static char *escape_header(char *p, unsigned char c)
{
	if (c == '|' || c == '\\')
		*p++ = '\\';
	*p++ = c < 0x20 || c == 0x7f ? ' ' : (char)c;
	return p;
}

static char *escape_value(char *p, unsigned char c)
{
	if (c >= 0x20 && c != 0x7f && c != '\\') {
		*p++ = (char)c;
		return p;
	}
	*p++ = '\\';
	switch (c) {
	case '\\':
		*p++ = '\\';
		break;
	case '\t':
		*p++ = 't';
		break;
	case '\n':
		*p++ = 'n';
		break;
	case '\r':
		*p++ = 'r';
		break;
	default:
		*p++ = 'x';
		*p++ = "0123456789abcdef"[c >> 4];
		*p++ = "0123456789abcdef"[c & 15];
	}
	return p;
}

static int write_leef(struct attest_str *s, const struct attest_record *rec,
		      const struct attest_format_options *options)
{
	struct attest_value v;

	attest_str_puts(s,
			"LEEF:2.0|attest-bpf|attest-bpf|" ATTEST_VERSION "|");
	(void)attest_get_title(rec, &v);
	attest_flat_value(s, &v, escape_header);
	attest_str_puts(s, "|x09|devTimeFormat=epoch");
	attest_flat_rows(s, attributes, ARRAY_SIZE(attributes), rec, "\t", "=",
			 "", escape_value);
	return s->error;
}

const struct attest_format attest_format_leef = {
	.name = "leef",
	.summary = "Log Event Extended Format 2.0 (QRadar)",
	.media_type = "text/plain; charset=utf-8",
	.write = write_leef,
};
