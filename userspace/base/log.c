// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static enum attest_log_level max_level = ATTEST_LOG_INFO;

void attest_log_set_level(enum attest_log_level level)
{
	max_level = level;
}

void attest_log(enum attest_log_level level, const char *format, ...)
{
	static const char *const prefixes[] = { "", "warning: ", "",
						"debug: " };
	char line[2048];
	va_list args;
	size_t n;
	int r;

	if (level > max_level)
		return;

	n = (size_t)snprintf(line, sizeof(line), "attest-bpf: %s",
			     prefixes[level]);
	va_start(args, format);
	r = vsnprintf(line + n, sizeof(line) - n - 1, format, args);
	va_end(args);
	if (r < 0)
		return;
	n = strlen(line);
	line[n++] = '\n';
	/* A message that cannot be written has nowhere else to go. */
	(void)!write(STDERR_FILENO, line, n);
}
