// SPDX-License-Identifier: Apache-2.0
#include <errno.h>

#include "export/formats/flat.h"
#include "export/formats/severity.h"

static char *put_text(char *p, const char *data, size_t len,
		      attest_escape escape)
{
	size_t i = 0;

	while (i < len) {
		size_t n = attest_utf8_len(data + i, len - i);

		if (n == 1)
			p = escape(p, (unsigned char)data[i]);
		else if (n == 0)
			p = attest_out_copy(p, "\xef\xbf\xbd", 3);
		else
			p = attest_out_copy(p, data + i, n);
		i += n ? n : 1;
	}
	return p;
}

/* Its padding may need an escape as any '='. */
static char *put_base64(char *p, const char *data, size_t len,
			attest_escape escape)
{
	char *end = attest_out_base64(p, data, len);
	size_t padding = 0;

	while (end > p && end[-1] == '=') {
		end--;
		padding++;
	}
	while (padding-- > 0)
		end = escape(end, '=');
	return end;
}

void attest_flat_value(struct attest_str *s, const struct attest_value *v,
		       attest_escape escape)
{
	size_t len = v->kind >= ATTEST_VALUE_PLAIN ? v->len : 0;
	char *p = attest_out_room(s, 4 * len + 32);

	if (!p)
		return;
	switch (v->kind) {
	case ATTEST_VALUE_UINT:
		p = attest_out_u64(p, v->u);
		break;
	case ATTEST_VALUE_INT:
		p = attest_out_i64(p, v->i);
		break;
	case ATTEST_VALUE_BOOL:
		p = attest_out_copy(p, v->u ? "true" : "false", v->u ? 4 : 5);
		break;
	case ATTEST_VALUE_BASE64:
		p = put_base64(p, v->data, v->len, escape);
		break;
	default:
		p = put_text(p, v->data, v->len, escape);
		break;
	}
	attest_out_end(s, p);
}

void attest_flat_rows(struct attest_str *s, const struct attest_flat_row *rows,
		      size_t n_rows, const struct attest_record *rec,
		      const char *before, const char *between,
		      const char *after, attest_escape escape)
{
	struct attest_value v;

	for (size_t i = 0; i < n_rows; i++) {
		if (!rows[i].get(rec, &v))
			continue;
		attest_str_puts(s, before);
		attest_str_puts(s, rows[i].key);
		attest_str_puts(s, between);
		attest_flat_value(s, &v, escape);
		attest_str_puts(s, after);
	}
}

bool attest_get_path_exact(const struct attest_record *rec,
			   struct attest_value *v)
{
	bool control = false;

	if (attest_get_path_base64(rec, v))
		return true;
	for (size_t i = 0; i < rec->path.len; i++)
		control |= (unsigned char)rec->path.data[i] < 0x20 ||
			   rec->path.data[i] == 0x7f;
	v->kind = ATTEST_VALUE_BASE64;
	v->data = rec->path.data;
	v->len = rec->path.len;
	return control;
}

bool attest_get_severity_cef(const struct attest_record *rec,
			     struct attest_value *v)
{
	static const uint8_t levels[ATTEST_SEVERITY_END] = { 1, 3, 5, 8, 10 };

	return attest_value_uint(v, levels[attest_severity_of(rec)]);
}
