/* SPDX-License-Identifier: Apache-2.0 */
/**
 * System calls of x86_64 for people: names, classes, arguments as strace
 * writes them, totals.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define ATTEST_SYSCALLS 512 /* one past the highest number that is known */

struct attest_syscall {
	const char *name;    /* NULL: no such call */
	const char *args;    /* one letter each */
	const char *classes; /* one letter each */
};

extern const struct attest_syscall attest_syscalls[ATTEST_SYSCALLS];

/** The name, or NULL. */
const char *attest_syscall_name(int number);
/** The number, or -1. */
int attest_syscall_number(const char *name);

/**
 * Where what arguments point to is read from, for display only: the task may
 * change it at any time.
 */
struct attest_syscall_source {
	/* Reads up to len bytes at addr: how many, or negative. */
	long (*read)(void *data, uint64_t addr, void *buffer, size_t len);
	/* The name of a descriptor, or of the working directory for AT_FDCWD:
	 * its length, or negative.
	 */
	long (*fd_name)(void *data, int fd, char *buffer, size_t len);
	void *data;
};

/**
 * Appends the arguments: 3, "/etc/passwd", O_RDONLY|O_CLOEXEC.
 *
 * @source: NULL: pointers stay addresses, descriptors numbers.
 */
void attest_syscall_put_args(struct attest_str *out, int number,
			     const uint64_t args[6],
			     const struct attest_syscall_source *source);

/** Appends NAME(ARGUMENTS), for unknown calls "syscall_999(0x1, ...)". */
void attest_syscall_put(struct attest_str *out, int number,
			const uint64_t args[6],
			const struct attest_syscall_source *source);

/** A choice of system calls: a bit each. */
struct attest_syscall_set {
	uint64_t bits[ATTEST_SYSCALLS / 64];
};

/**
 * Reads a choice as strace's -e trace= has it: names, %file, %process,
 * %network, %signal, %ipc, %desc, %memory, %creds, %clock, all, none,
 * /REGEX, with commas; a leading '!' takes all others.
 *
 * Return: 0; -EINVAL with the offending word in ret_bad (size bytes).
 */
int attest_syscall_set_parse(const char *text, struct attest_syscall_set *ret,
			     char *ret_bad, size_t size);
bool attest_syscall_set_has(const struct attest_syscall_set *set, int number);

/** Totals by call. */
struct attest_syscall_summary {
	struct {
		uint64_t calls, errors, ns;
	} of[ATTEST_SYSCALLS];
};

void attest_syscall_summary_add(struct attest_syscall_summary *summary,
				int number, uint64_t duration_ns,
				int64_t result);
/** Appends a table like that of strace -c, the longest total first. */
void attest_syscall_summary_put(struct attest_str *out,
				const struct attest_syscall_summary *summary);
