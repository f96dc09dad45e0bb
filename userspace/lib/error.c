// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/error.h"

const char *attest_version(void)
{
	return ATTEST_VERSION;
}

unsigned int attest_api_version(void)
{
	return ATTEST_API_VERSION;
}

int attest_error_set(struct attest_error *error, int code, const char *hint,
		     const char *format, ...)
{
	va_list args;

	if (!error)
		return code;
	memset(error, 0, sizeof(*error));
	error->code = code;
	va_start(args, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	(void)snprintf(error->hint, sizeof(error->hint), "%s",
		       hint ? hint : "");
	return code;
}

int attest_error_from_diag(struct attest_error *error, int code,
			   const struct attest_diag *diag)
{
	(void)attest_error_set(error, code, NULL, "%s",
			       diag->text[0] ? diag->text : strerror(-code));
	if (!error)
		return code;
	(void)snprintf(error->file, sizeof(error->file), "%s", diag->file);
	error->line = diag->line;
	error->column = diag->column;
	return code;
}

const char *attest_error_format(const struct attest_error *error, char *buffer,
				size_t size)
{
	char place[320] = "";
	int n = 0;

	if (error->file[0])
		n = snprintf(place, sizeof(place), "%s:", error->file);
	if (error->line)
		n += snprintf(place + n, sizeof(place) - (size_t)n,
			      "%d:", error->line);
	if (error->line && error->column)
		(void)snprintf(place + n, sizeof(place) - (size_t)n,
			       "%d:", error->column);
	(void)snprintf(buffer, size, "%s%s%s", place, place[0] ? " " : "",
		       error->text);
	return buffer;
}
