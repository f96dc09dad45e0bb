// SPDX-License-Identifier: Apache-2.0
/**
 * RFC 5424 with structured data.
 *
 * In a parameter '"', '\' and ']' are escaped. The RFC has no escape for
 * controls, and a newline ends a message under LF framing: controls become
 * "#ooo" in octal, as rsyslog writes them, and the exact bytes of such a path
 * follow as path_base64.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "export/formats/flat.h"
#include "export/formats/severity.h"
#include "export/formats/syslog.h"

/* 32473 is IANA's enterprise number for documentation and examples. */
#define SD_ID "attest@32473"

static const struct attest_flat_row parameters[] = {
	FLAT("id", id),
	FLAT("seq", seq),
	FLAT("count", folded),
	FLAT("time", time), /* the header has six decimals only */
	FLAT("kind", kind),
	FLAT("violation", violation),
	FLAT("action", action),
	FLAT("layer", layer),
	FLAT("hook", hook),
	FLAT("pid", pid),
	FLAT("ppid", ppid),
	FLAT("uid", uid),
	FLAT("comm", comm),
	FLAT("exe", exe),
	FLAT("cgroup", cgroup),
	FLAT("container", container_id),
	FLAT("container_name", container_name),
	FLAT("syscall", syscall),
	FLAT("args", args_text),
	FLAT("path", path),
	FLAT("path_base64", path_exact),
	FLAT("path2", path2),
	FLAT("access", access),
	FLAT("address", address),
	FLAT("port", port),
	FLAT("protocol", protocol),
	FLAT("name", address_name),
	FLAT("policy", policy_name),
	FLAT("digest", policy_digest),
	FLAT("rule", rule_index),
	FLAT("rule_path", rule_text),
	FLAT("lost", gap_lost),
	FLAT("reason", gap_reason),
};

static char *octal(char *p, unsigned char c)
{
	*p++ = '#';
	*p++ = (char)('0' + (c >> 6));
	*p++ = (char)('0' + (c >> 3 & 7));
	*p++ = (char)('0' + (c & 7));
	return p;
}

static char *escape_parameter(char *p, unsigned char c)
{
	if (c < 0x20 || c == 0x7f)
		return octal(p, c);
	if (c == '"' || c == '\\' || c == ']')
		*p++ = '\\';
	*p++ = (char)c;
	return p;
}

static char *escape_message(char *p, unsigned char c)
{
	if (c < 0x20 || c == 0x7f)
		return octal(p, c);
	*p++ = (char)c;
	return p;
}

int attest_syslog_severity(const struct attest_record *rec)
{
	/* Informational, notice, warning, error, critical. */
	static const int levels[ATTEST_SEVERITY_END] = { 6, 5, 4, 3, 2 };

	return levels[attest_severity_of(rec)];
}

/* HOSTNAME: 1 to 255 printable ASCII characters, or the nil value. */
static void put_host(struct attest_str *s, const char *host)
{
	size_t len = host ? strlen(host) : 0;

	for (size_t i = 0; i < len; i++)
		if (host[i] <= ' ' || host[i] > '~')
			len = 0;
	if (len == 0 || len > 255)
		attest_str_putc(s, '-');
	else
		attest_str_append(s, host, len);
}

void attest_syslog_header(struct attest_str *s, const struct attest_record *rec,
			  int facility)
{
	struct attest_value v;

	attest_str_printf(s, "<%d>1 ",
			  facility * 8 + attest_syslog_severity(rec));
	(void)attest_get_time(rec, &v);
	attest_str_append(s, v.data, v.len - 4); /* to microseconds */
	attest_str_puts(s, "Z ");
	put_host(s, rec->host);
	attest_str_printf(s, " attest-bpf %ld ", (long)getpid());
	(void)attest_get_title(rec, &v);
	attest_str_append(s, v.data, v.len);
}

void attest_syslog_local_header(struct attest_str *s,
				const struct attest_record *rec, int facility)
{
	time_t seconds = (time_t)(rec->time_ns / 1000000000);
	char text[32] = "Jan  1 00:00:00";
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		(void)strftime(text, sizeof(text), "%b %e %H:%M:%S", &tm);
	attest_str_printf(s, "<%d>%s attest-bpf[%ld]: ",
			  facility * 8 + attest_syslog_severity(rec), text,
			  (long)getpid());
}

static int write_rfc5424(struct attest_str *s, const struct attest_record *rec,
			 const struct attest_format_options *options)
{
	struct attest_value v;

	attest_syslog_header(s, rec, options->facility);
	attest_str_puts(s, " [" SD_ID);
	attest_flat_rows(s, parameters, ARRAY_SIZE(parameters), rec, " ", "=\"",
			 "\"", escape_parameter);
	attest_str_puts(s, "] ");
	(void)attest_get_message(rec, &v);
	attest_flat_value(s, &v, escape_message);
	return s->error;
}

const struct attest_format attest_format_rfc5424 = {
	.name = "rfc5424",
	.summary = "RFC 5424 syslog with structured data",
	.media_type = "text/plain; charset=utf-8",
	.write = write_rfc5424,
};
