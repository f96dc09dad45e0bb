/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Messages for people, on standard error. Only engine and cli call these.
 */
#pragma once

enum attest_log_level {
	ATTEST_LOG_ERROR,
	ATTEST_LOG_WARNING,
	ATTEST_LOG_INFO,
	ATTEST_LOG_DEBUG,
};

/** Messages above level are dropped; ATTEST_LOG_INFO at start. */
void attest_log_set_level(enum attest_log_level level);

/** Writes "attest-bpf: TEXT" as one line with one write(2). */
void attest_log(enum attest_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define log_error(...) attest_log(ATTEST_LOG_ERROR, __VA_ARGS__)
#define log_warning(...) attest_log(ATTEST_LOG_WARNING, __VA_ARGS__)
#define log_info(...) attest_log(ATTEST_LOG_INFO, __VA_ARGS__)
#define log_debug(...) attest_log(ATTEST_LOG_DEBUG, __VA_ARGS__)
