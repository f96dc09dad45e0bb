/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The guest's first process: prepares the machine, runs one thing, powers off.
 *
 * What to run comes from /etc/attest-row, one `key=value` a line, which
 * scripts/vm/boot adds to the initramfs of each boot. Results go to the second
 * serial port only, so that kernel messages on the first cannot corrupt them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define ROW_FILE "/etc/attest-row"
#define ROW_LIST_MAX 64

/** What this boot is about; all strings are owned by the row. */
struct row {
	char *name;
	char *mode;  /* test | bench | shell */
	char *lsm;   /* as on the kernel command line */
	char *flags; /* comma separated, see kernels.tsv */
	char *scale; /* how many times slower than -icount the guest may be */
	char *tests[ROW_LIST_MAX]; /* globs: the executables of this row */
	size_t n_tests;
	char *only[ROW_LIST_MAX]; /* EXE or EXE/CASE the caller asked for */
	size_t n_only;
	char *args[ROW_LIST_MAX + 1]; /* bench: program and arguments */
	size_t n_args;
};

struct counts {
	unsigned int n_passed;
	unsigned int n_failed;
	unsigned int n_skipped;
};

/** Reads ROW_FILE. Return: 0 or a negative errno. */
int row_read(const char *path, struct row *ret_row);

/** Seconds, scaled by the row's speed. */
unsigned int row_seconds(const struct row *row, unsigned int seconds);

/** Mounts what a Linux system has, and brings up the loopback device. */
void machine_set_up(void);

/** Opens the result port. Return: 0 or a negative errno. */
int report_open(void);

/** Writes one line to the result port, and to the console. */
void report_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** Writes raw bytes of a file to the third serial port. */
int report_file(const char *path);

/** Waits until all ports are drained. */
void report_close(void);

/** Starts to follow the kernel's log. */
void kmsg_open(void);

/**
 * Looks through what the kernel has logged since the last call.
 *
 * Return: the first line that tells of a kernel fault, or NULL. Valid until
 * the next call.
 */
const char *kmsg_fault(void);

/** Runs every test executable of the row. */
void run_tests(const struct row *row, struct counts *counts);

/**
 * Removes what the last test left in bpffs and in the cgroup tree.
 *
 * @ret_left: names what was there, for people.
 *
 * Return: true if there was something.
 */
bool clean_up(char *ret_left, size_t size);

/** Runs one program with output in a file. Return: its wait status. */
int run_bench(const struct row *row);

/** Gives the console to a shell until it exits. */
void run_shell(void);
