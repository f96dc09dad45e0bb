// SPDX-License-Identifier: Apache-2.0
#include <stdint.h>
#include <string.h>

#include "base/json.h"

/* The code point of a sequence of n bytes, or -1 if it is not well formed. */
static long code_point(const unsigned char *p, size_t n)
{
	static const unsigned char masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	static const long least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	long value = p[0] & masks[n];

	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return -1;
		value = value << 6 | (p[i] & 0x3f);
	}
	if (value < least[n] || value > 0x10ffff)
		return -1;
	if (value >= 0xd800 && value <= 0xdfff)
		return -1;
	return value;
}

/* Bytes of the UTF-8 sequence at p, or 0 if there is none. */
static size_t sequence_len(const unsigned char *p, size_t left)
{
	size_t n = 0;

	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		n = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		n = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		n = 4;
	if (n == 0 || n > left || code_point(p, n) < 0)
		return 0;
	return n;
}

static void put_ascii(struct attest_str *s, unsigned char c)
{
	static const char escapes[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (size_t i = 0; i + 1 < sizeof(escapes); i += 2) {
		if ((unsigned char)escapes[i] != c)
			continue;
		attest_str_putc(s, '\\');
		attest_str_putc(s, escapes[i + 1]);
		return;
	}
	if (c < 0x20 || c == 0x7f)
		attest_str_printf(s, "\\u%04x", c);
	else
		attest_str_putc(s, (char)c);
}

void attest_json_put(struct attest_str *s, const char *data, size_t len)
{
	const unsigned char *p = (const unsigned char *)data;

	attest_str_putc(s, '"');
	for (size_t i = 0; i < len;) {
		size_t n;

		if (p[i] < 0x80) {
			put_ascii(s, p[i++]);
			continue;
		}
		n = sequence_len(p + i, len - i);
		if (n == 0) {
			attest_str_puts(s, "\xef\xbf\xbd");
			i++;
			continue;
		}
		attest_str_append(s, data + i, n);
		i += n;
	}
	attest_str_putc(s, '"');
}

void attest_json_puts(struct attest_str *s, const char *text)
{
	if (text)
		attest_json_put(s, text, strlen(text));
	else
		attest_str_puts(s, "null");
}
