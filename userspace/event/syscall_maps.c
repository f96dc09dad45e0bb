// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "event/syscall_proc.h"

static void put_place(struct attest_str *out, const char *line, size_t len,
		      int name_at, uint64_t offset)
{
	const char *name = line + name_at, *end = line + len;
	const char *slash = memrchr(name, '/', end - name);

	if (slash)
		name = slash + 1;
	if (name < end)
		attest_str_append(out, name, end - name);
	else
		attest_str_puts(out, "[anonymous]");
	attest_str_printf(out, "+0x%" PRIx64, offset);
}

int attest_syscall_find_ip(struct attest_str *out, const char *maps,
			   uint64_t ip)
{
	for (const char *line = maps; *line;) {
		size_t len = strcspn(line, "\n");
		uint64_t start, end, offset;
		int name_at = 0;

		/* start-end perms offset dev inode name */
		if (sscanf(line,
			   "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64
			   " %*s %*s%*1[ ]%n",
			   &start, &end, &offset, &name_at) >= 3 &&
		    name_at && (size_t)name_at <= len && ip >= start &&
		    ip < end) {
			name_at += strspn(line + name_at, " ");
			put_place(out, line, len, name_at, ip - start + offset);
			return out->error;
		}
		line += len + (line[len] == '\n');
	}

	return -ENOENT;
}
