// SPDX-License-Identifier: Apache-2.0
/**
 * One line for people. Nothing in a record can move the cursor, change
 * colours or start a second line: what is not printable UTF-8 is escaped.
 */
#include <errno.h>
#include <stdio.h>

#include "event/field.h"
#include "event/out.h"
#include "export/format.h"

#define RESET "\033[0m"

static const char *colour_of(enum attest_verdict verdict)
{
	switch (verdict) {
	case ATTEST_VERDICT_DENY:
		return "\033[31m";
	case ATTEST_VERDICT_KILL:
		return "\033[1;31m";
	case ATTEST_VERDICT_AUDIT:
		return "\033[33m";
	default:
		return "\033[36m";
	}
}

/* U+0080 to U+009F are controls too, some terminals obey them. */
static bool is_control(const char *data, size_t n)
{
	unsigned char c = (unsigned char)data[0];

	if (n == 1)
		return c < 0x20 || c == 0x7f;
	return n == 2 && c == 0xc2 && (unsigned char)data[1] < 0xa0;
}

static void put_safe(struct attest_str *s, const char *data, size_t len)
{
	char *p = attest_out_room(s, 4 * len);
	size_t i = 0;

	if (!p)
		return;
	while (i < len) {
		size_t n = attest_utf8_len(data + i, len - i);

		if (n > 0 && !is_control(data + i, n)) {
			p = attest_out_copy(p, data + i, n);
			i += n;
			continue;
		}
		*p++ = '\\';
		*p++ = 'x';
		*p++ = "0123456789abcdef"[(unsigned char)data[i] >> 4];
		*p++ = "0123456789abcdef"[(unsigned char)data[i] & 15];
		i++;
	}
	attest_out_end(s, p);
}

static void put_value(struct attest_str *s, const struct attest_value *v)
{
	if (v->kind == ATTEST_VALUE_UINT)
		attest_str_printf(s, "%llu", (unsigned long long)v->u);
	else if (v->kind == ATTEST_VALUE_INT)
		attest_str_printf(s, "%lld", (long long)v->i);
	else if (v->kind >= ATTEST_VALUE_PLAIN)
		put_safe(s, v->data, v->len);
}

/* What stands between the parts, in order; a part that is absent is left out
 * with what stands around it.
 */
static const struct part {
	const char *before;
	attest_getter get;
	const char *after;
} parts[] = {
	{ " ", attest_get_title, "" },
	{ " x", attest_get_folded, "" },
	{ " ", attest_get_access, "" },
	{ " ", attest_get_path, "" },
	{ " -> ", attest_get_path2, "" },
	{ " ", attest_get_protocol, "" },
	{ " ", attest_get_address, "" },
	{ " port ", attest_get_port, "" },
	{ " (", attest_get_address_name, ")" },
	{ " ", attest_get_args_text, "" },
	{ " value ", attest_get_value, "" },
	{ " limit ", attest_get_limit, "" },
	{ " lost ", attest_get_gap_lost, "" },
	{ " of CPU ", attest_get_gap_cpu, "" },
	{ ": ", attest_get_gap_reason, "" },
	{ " by ", attest_get_comm, "" },
	{ "[", attest_get_pid, "]" },
	{ " in ", attest_get_container_name, "" },
	{ " (", attest_get_syscall, ")" },
	{ " rule ", attest_get_rule_index, "" },
	{ " '", attest_get_rule_text, "'" },
	{ " [", attest_get_layer, "]" },
};

static int write_text(struct attest_str *s, const struct attest_record *rec,
		      const struct attest_format_options *options)
{
	const char *action = rec->kind == ATTEST_KIND_GAP
				 ? "lost"
				 : attest_verdict_name(rec->verdict);
	struct attest_value v;

	(void)attest_get_time(rec, &v);
	attest_str_append(s, v.data, v.len);
	attest_str_putc(s, ' ');
	if (options->colour)
		attest_str_puts(s, colour_of(rec->verdict));
	attest_str_puts(s, action);
	if (options->colour)
		attest_str_puts(s, RESET);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!parts[i].get(rec, &v))
			continue;
		attest_str_puts(s, parts[i].before);
		put_value(s, &v);
		attest_str_puts(s, parts[i].after);
	}
	return s->error;
}

const struct attest_format attest_format_text = {
	.name = "text",
	.summary = "one line for people, coloured on a terminal",
	.media_type = "text/plain; charset=utf-8",
	.write = write_text,
};
