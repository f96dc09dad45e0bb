// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "event/out.h"

#define ONES 0x0101010101010101ULL
#define HIGHS 0x8080808080808080ULL

static const char digits2[] = "00010203040506070809"
			      "10111213141516171819"
			      "20212223242526272829"
			      "30313233343536373839"
			      "40414243444546474849"
			      "50515253545556575859"
			      "60616263646566676869"
			      "70717273747576777879"
			      "80818283848586878889"
			      "90919293949596979899";

char *attest_out_grow(struct attest_str *s, size_t n)
{
	size_t want = s->len + n + 1;
	size_t size = s->size ? s->size : 1024;
	char *p;

	if (s->error)
		return NULL;
	while (size < want)
		size *= 2;
	p = realloc(s->data, size);
	if (!p) {
		s->error = -ENOMEM;
		return NULL;
	}
	s->data = p;
	s->size = size;
	return s->data + s->len;
}

char *attest_out_u64(char *p, uint64_t value)
{
	char buffer[20];
	char *end = buffer + sizeof(buffer);
	char *d = end;

	while (value >= 100) {
		d -= 2;
		memcpy(d, digits2 + value % 100 * 2, 2);
		value /= 100;
	}
	if (value >= 10) {
		d -= 2;
		memcpy(d, digits2 + value * 2, 2);
	} else {
		*--d = (char)('0' + value);
	}
	return attest_out_copy(p, d, (size_t)(end - d));
}

char *attest_out_i64(char *p, int64_t value)
{
	if (value >= 0)
		return attest_out_u64(p, (uint64_t)value);
	*p++ = '-';
	return attest_out_u64(p, 0 - (uint64_t)value);
}

char *attest_out_digits(char *p, uint64_t value)
{
	int shift = value ? (63 - __builtin_clzll(value)) / 4 * 4 : 0;

	for (; shift >= 0; shift -= 4)
		*p++ = "0123456789abcdef"[value >> shift & 15];
	return p;
}

char *attest_out_hex(char *p, uint64_t value)
{
	*p++ = '0';
	*p++ = 'x';
	return attest_out_digits(p, value);
}

static char *two(char *p, unsigned int value)
{
	memcpy(p, digits2 + (size_t)value * 2, 2);
	return p + 2;
}

/*
 * Days since 1970-01-01 to a date: Howard Hinnant's civil_from_days(), years
 * begin in March so that the leap day is the last of its year.
 */
static char *date(char *p, uint32_t days)
{
	uint32_t z = days + 719468;
	uint32_t era = z / 146097;
	uint32_t doe = z - era * 146097;
	uint32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	uint32_t mp = (5 * doy + 2) / 153;
	uint32_t month = mp < 10 ? mp + 3 : mp - 9;
	uint32_t year = yoe + era * 400 + (month <= 2);

	p = two(p, year / 100 % 100);
	p = two(p, year % 100);
	*p++ = '-';
	p = two(p, month);
	*p++ = '-';
	return two(p, doy - (153 * mp + 2) / 5 + 1);
}

char *attest_out_time(char *p, uint64_t time_ns)
{
	uint64_t seconds = time_ns / 1000000000;
	uint32_t ns = (uint32_t)(time_ns % 1000000000);
	uint32_t day = (uint32_t)(seconds % 86400);

	p = date(p, (uint32_t)(seconds / 86400));
	*p++ = 'T';
	p = two(p, day / 3600);
	*p++ = ':';
	p = two(p, day / 60 % 60);
	*p++ = ':';
	p = two(p, day % 60);
	*p++ = '.';
	*p++ = (char)('0' + ns / 100000000);
	p = two(p, ns / 1000000 % 100);
	p = two(p, ns / 10000 % 100);
	p = two(p, ns / 100 % 100);
	p = two(p, ns % 100);
	*p++ = 'Z';
	return p;
}

char *attest_out_base64(char *p, const void *data, size_t len)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *s = data;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)s[i] << 16;

		if (i + 1 < len)
			v |= (uint32_t)s[i + 1] << 8;
		if (i + 2 < len)
			v |= s[i + 2];
		*p++ = set[v >> 18];
		*p++ = set[v >> 12 & 63];
		*p++ = i + 1 < len ? set[v >> 6 & 63] : '=';
		*p++ = i + 2 < len ? set[v & 63] : '=';
	}
	return p;
}

size_t attest_utf8_len(const char *data, size_t len)
{
	const unsigned char *s = (const unsigned char *)data;
	unsigned char low = 0x80;
	unsigned char high = 0xbf;
	size_t n;

	if (len == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (n > len)
		return 0;
	/* Table 3-7 of the Unicode standard: the second byte's bounds. */
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* Bytes from data on that stand for themselves in JSON, in whole words. */
static size_t plain_words(const char *data, size_t len)
{
	size_t i = 0;

	for (; i + 8 <= len; i += 8) {
		uint64_t x, quote, slash;

		memcpy(&x, data + i, 8);
		quote = x ^ ONES * '"';
		slash = x ^ ONES * '\\';
		/* A byte's high bit is set if it is below the subtrahend. */
		if ((x | (x - ONES * 0x20) | (quote - ONES) | (slash - ONES)) &
		    HIGHS)
			break;
	}
	return i;
}

bool attest_utf8_is_valid(const char *data, size_t len)
{
	size_t i = plain_words(data, len);

	while (i < len) {
		size_t n = attest_utf8_len(data + i, len - i);

		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

static char *escape(char *p, unsigned char c)
{
	static const char letters[0x20] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n',
		['\f'] = 'f', ['\r'] = 'r',
	};

	*p++ = '\\';
	if (c == '"' || c == '\\') {
		*p++ = (char)c;
	} else if (letters[c]) {
		*p++ = letters[c];
	} else {
		p = attest_out_copy(p, "u00", 3);
		*p++ = "0123456789abcdef"[c >> 4];
		*p++ = "0123456789abcdef"[c & 15];
	}
	return p;
}

char *attest_out_json(char *p, const char *data, size_t len)
{
	size_t i = plain_words(data, len);

	p = attest_out_copy(p, data, i);
	while (i < len) {
		unsigned char c = (unsigned char)data[i];
		size_t n;

		if (c < 0x20 || c == '"' || c == '\\') {
			p = escape(p, c);
			i++;
			continue;
		}
		if (c < 0x80) {
			*p++ = (char)c;
			i++;
			continue;
		}
		n = attest_utf8_len(data + i, len - i);
		if (n == 0) {
			p = attest_out_copy(p, "\xef\xbf\xbd", 3);
			i++;
			continue;
		}
		p = attest_out_copy(p, data + i, n);
		i += n;
	}
	return p;
}
