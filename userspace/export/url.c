// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/lazy.h"
#include "export/url.h"

int attest_export_fail(struct attest_diag *diag, int error, const char *format,
		       ...)
{
	va_list args;

	memset(diag, 0, sizeof(*diag));
	va_start(args, format);
	(void)vsnprintf(diag->text, sizeof(diag->text), format, args);
	va_end(args);
	return error;
}

int attest_export_need(const char *soname,
		       const struct attest_lazy_symbol *symbols, size_t n,
		       struct attest_diag *reterr_diag)
{
	const char *missing;

	if (attest_lazy_load(soname, symbols, n, &missing) < 0)
		return attest_export_fail(reterr_diag, -ENOENT,
					  "this needs %s, which is not "
					  "installed: %s",
					  soname, missing);
	return 0;
}

void attest_url_done(struct attest_url *url)
{
	free(url->scheme);
	free(url->authority);
	free(url->host);
	free(url->path);
	for (size_t i = 0; i < url->n_args; i++) {
		free(url->args[i].name);
		free(url->args[i].value);
	}
	memset(url, 0, sizeof(*url));
}

static int hex(char c)
{
	const char *digits = "0123456789abcdef";
	const char *p = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* -EINVAL for a bad escape and for %00. */
static int decode(const char *s, size_t len, char **ret)
{
	_cleanup_free_ char *out = malloc(len + 1);
	size_t n = 0;

	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < len; i++) {
		int high, low;

		out[n] = s[i];
		if (s[i] == '%') {
			high = i + 2 < len ? hex(s[i + 1]) : -1;
			low = high >= 0 ? hex(s[i + 2]) : -1;
			if (low < 0 || high * 16 + low == 0)
				return -EINVAL;
			out[n] = (char)(high * 16 + low);
			i += 2;
		}
		n++;
	}
	out[n] = '\0';
	*ret = TAKE_PTR(out);
	return 0;
}

static int parse_scheme(const char **p, struct attest_url *url,
			struct attest_diag *diag)
{
	size_t n = strspn(*p, "abcdefghijklmnopqrstuvwxyz0123456789+-.");

	if (n == 0 || (*p)[n] != ':')
		return attest_export_fail(diag, -EINVAL,
					  "no scheme: an export URL begins "
					  "like 'file:///path' or "
					  "'syslog+tls://host:6514'");
	url->scheme = strndup(*p, n);
	*p += n + 1;
	return url->scheme ? 0 : -ENOMEM;
}

static int parse_port(const char *s, struct attest_url *url,
		      struct attest_diag *diag)
{
	char *end;
	unsigned long port = strtoul(s, &end, 10);

	if (!isdigit((unsigned char)*s) || (*end && *end != ',') || port == 0 ||
	    port > 65535)
		return attest_export_fail(diag, -EINVAL,
					  "'%.64s': a port is 1..65535", s);
	url->port = (uint16_t)port;
	return 0;
}

/* Splits the first "host:port" of the authority. */
static int parse_host(struct attest_url *url, struct attest_diag *diag)
{
	const char *s = url->authority;
	size_t n = strcspn(s, ",");
	const char *end;

	if (s[0] == '[') {
		end = memchr(s, ']', n);
		if (!end)
			return attest_export_fail(
			    diag, -EINVAL, "'[' without ']' in '%.64s'", s);
		url->host = strndup(s + 1, (size_t)(end - s - 1));
		end++;
	} else {
		end = memchr(s, ':', n);
		end = end ? end : s + n;
		url->host = strndup(s, (size_t)(end - s));
	}
	if (!url->host)
		return -ENOMEM;
	if (*end == ':')
		return parse_port(end + 1, url, diag);
	if (*end && *end != ',')
		return attest_export_fail(diag, -EINVAL,
					  "a host is followed by ':PORT' in "
					  "'%.64s'",
					  s);
	return 0;
}

static int parse_authority(const char **p, struct attest_url *url,
			   struct attest_diag *diag)
{
	size_t n = 0;

	if ((*p)[0] == '/' && (*p)[1] == '/') {
		*p += 2;
		n = strcspn(*p, "/?");
	}
	if (memchr(*p, '@', n))
		return attest_export_fail(diag, -EINVAL,
					  "no user or password in the URL: use "
					  "token_file=, token_env=, "
					  "password_file= or password_env=");
	url->authority = strndup(*p, n);
	if (!url->authority)
		return -ENOMEM;
	*p += n;
	return parse_host(url, diag);
}

static int parse_arg(const char *s, size_t len, struct attest_url *url,
		     struct attest_diag *diag)
{
	const char *equal = memchr(s, '=', len);
	struct attest_url_arg *arg = &url->args[url->n_args];
	int r;

	if (!equal || equal == s)
		return attest_export_fail(diag, -EINVAL,
					  "after '?' each argument is "
					  "NAME=VALUE");
	if (url->n_args == ATTEST_URL_ARGS_MAX)
		return attest_export_fail(diag, -E2BIG,
					  "more than %d arguments",
					  ATTEST_URL_ARGS_MAX);
	arg->name = strndup(s, (size_t)(equal - s));
	if (!arg->name)
		return -ENOMEM;
	url->n_args++;
	for (size_t i = 0; i + 1 < url->n_args; i++)
		if (strcmp(url->args[i].name, arg->name) == 0)
			return attest_export_fail(diag, -EINVAL,
						  "'%.64s=' is given twice",
						  arg->name);
	r = decode(equal + 1, len - (size_t)(equal + 1 - s), &arg->value);
	if (r == -EINVAL)
		return attest_export_fail(diag, r, "bad %% escape in '%.64s='",
					  arg->name);
	return r;
}

static int parse_rest(const char *p, struct attest_url *url,
		      struct attest_diag *diag)
{
	size_t n = strcspn(p, "?");
	int r;

	r = decode(p, n, &url->path);
	if (r == -EINVAL)
		return attest_export_fail(diag, r, "bad %% escape in the path");
	if (r < 0)
		return r;
	p += n;
	while (*p) {
		p++; /* '?' or '&' */
		n = strcspn(p, "&");
		r = parse_arg(p, n, url, diag);
		if (r < 0)
			return r;
		p += n;
	}
	return 0;
}

int attest_url_parse(const char *text, struct attest_url *ret_url,
		     struct attest_diag *reterr_diag)
{
	_cleanup_url_ struct attest_url url = { 0 };
	int r;

	if (strlen(text) > ATTEST_URL_MAX)
		return attest_export_fail(reterr_diag, -E2BIG,
					  "a URL of more than %d bytes",
					  ATTEST_URL_MAX);
	/* It is shown to people, on terminals. */
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return attest_export_fail(
			    reterr_diag, -EINVAL,
			    "a control character in the URL: write "
			    "%%%02X",
			    (unsigned char)*c);
	r = parse_scheme(&text, &url, reterr_diag);
	if (r >= 0)
		r = parse_authority(&text, &url, reterr_diag);
	if (r >= 0)
		r = parse_rest(text, &url, reterr_diag);
	if (r == -ENOMEM)
		return attest_export_fail(reterr_diag, r, "out of memory");
	if (r < 0)
		return r;
	*ret_url = url;
	memset(&url, 0, sizeof(url));
	return 0;
}

const char *attest_url_arg(const struct attest_url *url, const char *name)
{
	for (size_t i = 0; i < url->n_args; i++)
		if (strcmp(url->args[i].name, name) == 0)
			return url->args[i].value;
	return NULL;
}
