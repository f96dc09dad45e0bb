// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"

void attest_str_done(struct attest_str *s)
{
	free(s->data);
	memset(s, 0, sizeof(*s));
}

void attest_str_clear(struct attest_str *s)
{
	s->len = 0;
	s->error = 0;
	if (s->data)
		s->data[0] = '\0';
}

/* Room for n more bytes and the NUL. */
static bool grow(struct attest_str *s, size_t n)
{
	size_t want = s->len + n + 1;
	size_t size = s->size ? s->size : 64;
	char *p;

	if (s->error)
		return false;
	if (want <= s->size)
		return true;
	while (size < want)
		size *= 2;
	p = realloc(s->data, size);
	if (!p) {
		s->error = -ENOMEM;
		return false;
	}
	s->data = p;
	s->size = size;
	return true;
}

void attest_str_append(struct attest_str *s, const char *data, size_t len)
{
	if (!grow(s, len))
		return;
	if (len)
		memcpy(s->data + s->len, data, len);
	s->len += len;
	s->data[s->len] = '\0';
}

void attest_str_puts(struct attest_str *s, const char *text)
{
	attest_str_append(s, text, strlen(text));
}

void attest_str_putc(struct attest_str *s, char c)
{
	attest_str_append(s, &c, 1);
}

void attest_str_printf(struct attest_str *s, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0 || !grow(s, (size_t)n))
		return;
	va_start(args, format);
	(void)vsnprintf(s->data + s->len, (size_t)n + 1, format, args);
	va_end(args);
	s->len += (size_t)n;
}

char *attest_str_take(struct attest_str *s)
{
	char *data;

	if (!grow(s, 0))
		return NULL;
	data = TAKE_PTR(s->data);
	data[s->len] = '\0'; /* nothing may have been appended */
	s->len = 0;
	s->size = 0;
	return data;
}

bool attest_has_prefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool attest_has_suffix(const char *s, const char *suffix)
{
	size_t n = strlen(s);
	size_t m = strlen(suffix);

	return n >= m && strcmp(s + n - m, suffix) == 0;
}
