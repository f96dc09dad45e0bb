// SPDX-License-Identifier: Apache-2.0
/**
 * ArcSight Common Event Format 0 (revision 27).
 *
 * Header: '|' and '\' are escaped, there are no newlines. Extension: '=' and
 * '\' are escaped, newlines are "\n" and "\r". Other controls become '?'; the
 * exact bytes of such a path follow as adPathBase64.
 */
#include "base/cleanup.h"
#include "export/format.h"
#include "export/formats/flat.h"

static const struct attest_flat_row extension[] = {
	FLAT("rt", time_ms),
	FLAT("dvchost", host),
	FLAT("externalId", id),
	FLAT("cnt", count),
	FLAT("cat", kind),
	FLAT("act", action),
	FLAT("sproc", exe),
	FLAT("spid", pid),
	FLAT("suid", uid),
	FLAT("filePath", path),
	FLAT("fname", path_name),
	FLAT("fileId", inode),
	FLAT("adPathBase64", path_exact),
	FLAT("oldFilePath", path2),
	FLAT("dst", address),
	FLAT("dpt", port),
	FLAT("dhost", address_name),
	FLAT("proto", protocol),
	FLAT("reason", gap_reason),
	FLAT("msg", message),
	FLAT("cs1", rule_text),
	FLAT("cs2", policy_name),
	FLAT("cs3", layer),
	FLAT("cs4", hook),
	FLAT("cs5", syscall),
	FLAT("cs6", container_id),
	FLAT("cn1", seq),
	FLAT("cn2", rule_index),
	FLAT("cn3", gap_lost),
	FLAT("adAccess", access),
	FLAT("adComm", comm),
	FLAT("adCgroup", cgroup),
	FLAT("adPolicyDigest", policy_digest),
	FLAT("adArgs", args_text),
	FLAT("adErrno", error),
};

/* A custom field's label stands only where the field does. */
static const struct {
	const char *text;
	attest_getter when;
} labels[] = {
	{ " cs1Label=rule", attest_get_rule_text },
	{ " cs2Label=policy", attest_get_policy_name },
	{ " cs3Label=layer", attest_get_layer },
	{ " cs4Label=hook", attest_get_hook },
	{ " cs5Label=syscall", attest_get_syscall },
	{ " cs6Label=container", attest_get_container_id },
	{ " cn1Label=sequence", attest_get_seq },
	{ " cn2Label=ruleIndex", attest_get_rule_index },
	{ " cn3Label=recordsLost", attest_get_gap_lost },
};

static char *escape_header(char *p, unsigned char c)
{
	if (c == '|' || c == '\\')
		*p++ = '\\';
	*p++ = c < 0x20 || c == 0x7f ? ' ' : (char)c;
	return p;
}

static char *escape_extension(char *p, unsigned char c)
{
	if (c == '=' || c == '\\')
		*p++ = '\\';
	if (c == '\n' || c == '\r') {
		*p++ = '\\';
		c = c == '\n' ? 'n' : 'r';
	}
	*p++ = c < 0x20 || c == 0x7f ? '?' : (char)c;
	return p;
}

static int write_cef(struct attest_str *s, const struct attest_record *rec,
		     const struct attest_format_options *options)
{
	struct attest_value v;

	attest_str_puts(s, "CEF:0|attest-bpf|attest-bpf|" ATTEST_VERSION "|");
	(void)attest_get_title(rec, &v);
	attest_flat_value(s, &v, escape_header);
	attest_str_putc(s, '|');
	(void)attest_get_message(rec, &v);
	attest_flat_value(s, &v, escape_header);
	attest_str_putc(s, '|');
	(void)attest_get_severity_cef(rec, &v);
	attest_flat_value(s, &v, escape_header);
	attest_str_puts(s, "|start=");
	(void)attest_get_time_ms(rec, &v);
	attest_flat_value(s, &v, escape_extension);
	attest_flat_rows(s, extension, ARRAY_SIZE(extension), rec, " ", "=", "",
			 escape_extension);
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++)
		if (labels[i].when(rec, &v))
			attest_str_puts(s, labels[i].text);
	return s->error;
}

const struct attest_format attest_format_cef = {
	.name = "cef",
	.summary = "Common Event Format 0 (ArcSight, Sentinel)",
	.media_type = "text/plain; charset=utf-8",
	.write = write_cef,
};
