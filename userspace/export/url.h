/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The grammar of --export URL, in one place. Pure.
 *
 *     SCHEME "://" [HOST [":" PORT] *("," HOST [":" PORT])] [PATH] ["?" ARGS]
 *     SCHEME ":" ["?" ARGS]
 *     ARGS = NAME "=" VALUE *("&" NAME "=" VALUE)
 *
 * PATH and VALUE are percent-decoded. User names and passwords before HOST
 * are refused: what is secret comes from files or the environment.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/policy.h"

#define ATTEST_URL_MAX 4096
#define ATTEST_URL_ARGS_MAX 32

struct attest_url_arg {
	char *name;
	char *value;
};

struct attest_url {
	char *scheme;
	char *authority; /* "host:port,host:port" as it stands, or "" */
	char *host;	 /* of the first, brackets taken off; "" if none */
	uint16_t port;	 /* of the first; 0 if not given */
	char *path;	 /* "" or from the slash on */
	struct attest_url_arg args[ATTEST_URL_ARGS_MAX];
	size_t n_args;
};

/**
 * Parses text.
 *
 * @ret_url:     filled on success, free with attest_url_done().
 * @reterr_diag: filled on failure only; never holds an argument's value.
 *
 * Return: 0; -EINVAL; -E2BIG past a limit; -ENOMEM.
 */
int attest_url_parse(const char *text, struct attest_url *ret_url,
		     struct attest_diag *reterr_diag);
void attest_url_done(struct attest_url *url);
#define _cleanup_url_ _cleanup_(attest_url_done)

/** The argument's value, or NULL. */
const char *attest_url_arg(const struct attest_url *url, const char *name);

/** "64M", "1G", "512": bytes. -EINVAL, with the argument's name in diag. */
int attest_url_bytes(const struct attest_url *url, const char *name,
		     uint64_t fallback, uint64_t *ret_bytes,
		     struct attest_diag *reterr_diag);
/** "100ms", "5s", "10m", "12h", "7d": nanoseconds. */
int attest_url_duration(const struct attest_url *url, const char *name,
			uint64_t fallback_ns, uint64_t *ret_ns,
			struct attest_diag *reterr_diag);
int attest_url_number(const struct attest_url *url, const char *name,
		      uint64_t fallback, uint64_t max, uint64_t *ret_value,
		      struct attest_diag *reterr_diag);

struct attest_lazy_symbol;

/** attest_lazy_load(), with the message. 0 or -ENOENT. */
int attest_export_need(const char *soname,
		       const struct attest_lazy_symbol *symbols, size_t n,
		       struct attest_diag *reterr_diag);

/** Fills diag's text and returns error. */
int attest_export_fail(struct attest_diag *diag, int error, const char *format,
		       ...) __attribute__((format(printf, 3, 4)));
