// SPDX-License-Identifier: Apache-2.0
#include "event/syscall.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

const char *attest_syscall_name(int number)
{
	return number >= 0 && number < ATTEST_SYSCALLS
		   ? attest_syscalls[number].name
		   : NULL;
}

int attest_syscall_number(const char *name)
{
	for (int i = 0; i < ATTEST_SYSCALLS; i++)
		if (attest_syscalls[i].name &&
		    strcmp(attest_syscalls[i].name, name) == 0)
			return i;

	return -1;
}

void attest_syscall_put(struct attest_str *out, int number,
			const uint64_t args[6],
			const struct attest_syscall_source *source)
{
	const char *name = attest_syscall_name(number);

	if (name)
		attest_str_puts(out, name);
	else
		attest_str_printf(out, "syscall_%d", number);
	attest_str_putc(out, '(');
	attest_syscall_put_args(out, number, args, source);
	attest_str_putc(out, ')');
}

/* In the kernel's way: -4095 .. -1 are errors. */
static bool is_error(int64_t result)
{
	return result < 0 && result >= -4095;
}

void attest_syscall_summary_add(struct attest_syscall_summary *summary,
				int number, uint64_t duration_ns,
				int64_t result)
{
	if (number < 0 || number >= ATTEST_SYSCALLS)
		return;
	summary->of[number].calls++;
	summary->of[number].errors += is_error(result);
	summary->of[number].ns += duration_ns;
}

struct line {
	int number;
	uint64_t calls, errors, ns;
};

static int by_time(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns < y->ns ? 1 : -1;
	if (x->calls != y->calls)
		return x->calls < y->calls ? 1 : -1;

	return x->number - y->number;
}

static void put_line(struct attest_str *out, const struct line *line,
		     uint64_t total_ns, const char *name)
{
	attest_str_printf(out, "%6.2f %11.6f %11" PRIu64 " %9" PRIu64,
			  total_ns ? 100.0 * (double)line->ns / total_ns : 0.0,
			  (double)line->ns / 1e9,
			  line->calls ? line->ns / line->calls / 1000 : 0,
			  line->calls);
	if (line->errors)
		attest_str_printf(out, " %9" PRIu64, line->errors);
	else
		attest_str_printf(out, " %9s", "");
	attest_str_printf(out, " %s\n", name);
}

void attest_syscall_summary_put(struct attest_str *out,
				const struct attest_syscall_summary *summary)
{
	static const char rule[] = "------ ----------- ----------- --------- "
				   "--------- ----------------\n";
	struct line lines[ATTEST_SYSCALLS], total = { 0 };
	size_t n = 0;

	for (int i = 0; i < ATTEST_SYSCALLS; i++) {
		if (!summary->of[i].calls)
			continue;
		lines[n++] =
		    (struct line){ i, summary->of[i].calls,
				   summary->of[i].errors, summary->of[i].ns };
		total.calls += summary->of[i].calls;
		total.errors += summary->of[i].errors;
		total.ns += summary->of[i].ns;
	}
	qsort(lines, n, sizeof(*lines), by_time);
	attest_str_printf(out, "%6s %11s %11s %9s %9s %s\n%s", "% time",
			  "seconds", "usecs/call", "calls", "errors", "syscall",
			  rule);
	for (size_t i = 0; i < n; i++)
		put_line(out, &lines[i], total.ns,
			 attest_syscall_name(lines[i].number) ?: "unknown");
	attest_str_puts(out, rule);
	put_line(out, &total, total.ns, "total");
}
