/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Ways out for records: `--export URL` becomes a sink.
 *
 * README.md beside this file has the URL grammar, the formats, the transports
 * and what each promises.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "event/sink.h"
#include "policy/policy.h"

/** What all sinks of one process share. Zero is a good default. */
struct attest_export_options {
	/* Where network sinks keep their spools, one directory per URL. NULL:
	 * /var/lib/attest-bpf/spool for root, else below XDG_STATE_HOME or
	 * ~/.local/state. A URL's spool= wins. Borrowed for the call.
	 */
	const char *spool_root;
	/* The sinks whose state prometheus:// shows; may be NULL. It must
	 * outlive the sink.
	 */
	struct attest_export_group *group;
	/* The spool itself, before root and URL; nothing in it is too old.
	 * Borrowed for the call; NULL: as the URL says.
	 */
	const char *spool_dir;
};

/** State of a sink, for status lines and /metrics. */
struct attest_export_status {
	char name[192];	   /* the URL without its arguments */
	uint64_t written;  /* records taken */
	uint64_t sent;	   /* records the receiver has, as far as it tells */
	uint64_t queued;   /* records that wait */
	uint64_t dropped;  /* records in gap records of this sink */
	uint64_t rejected; /* records the receiver will never take */
	uint64_t retries;
	uint64_t bytes;	       /* sent */
	uint64_t last_sent_ns; /* CLOCK_REALTIME, 0: never */
	/* Sum over sent records of the time from event to acceptance. */
	uint64_t latency_sum_ns;
	char last_error[160]; /* "" while all is well */
	char spool[192];      /* the spool's directory; "" for none */
	bool is_temporary;    /* what the spool holds ends with the sink */
};

/**
 * Opens the sink that url describes.
 *
 * A receiver that is down is no failure: its records wait in the spool.
 *
 * @ret:         set on success; its ops->close() frees it.
 * @reterr_diag: filled on failure only.
 *
 * Return: 0; -EINVAL for a bad URL, unknown scheme, format or argument;
 * -ENOTSUP for a transport this build lacks; or what opening a file or the
 * spool said. Never logs.
 */
int attest_export_open(const char *url,
		       const struct attest_export_options *options,
		       struct attest_sink **ret,
		       struct attest_diag *reterr_diag);

/**
 * Closes any sink, as its ops->close().
 *
 * @ret_status: what became of its records; all zero for a sink that is not
 *              attest_export_open()'s, or a fold before one.
 */
void attest_export_close(struct attest_sink *sink, int deadline_ms,
			 struct attest_export_status *ret_status);

/** Opens a file again after log rotation: call it on SIGHUP. Any sink. */
void attest_export_reopen(struct attest_sink *sink);

/** False if sink is not one of attest_export_open()'s. Its writer's thread. */
bool attest_export_get_status(struct attest_sink *sink,
			      struct attest_export_status *ret_status);

/** "syslog+tls://siem: 120 sent, 3 queued, ..."; snprintf()'s result. */
int attest_export_format_status(const struct attest_export_status *status,
				char *buffer, size_t size);

/**
 * Sends what lies in spool_dir to url. What has arrived leaves the spool.
 *
 * @url:        NULL: the one that the spool was filled for.
 * @ret_status: set unless url could not be opened.
 *
 * Return: 0; -ENOENT without such a spool, or without a url; -EBUSY while
 * another process has the spool; -ETIMEDOUT after deadline_ms, and then the
 * rest is kept; or as attest_export_open().
 */
int attest_export_replay(const char *spool_dir, const char *url,
			 int deadline_ms,
			 struct attest_export_status *ret_status,
			 struct attest_diag *reterr_diag);

/** Explains formats, transports and their arguments, with examples. */
void attest_export_list(FILE *file);

/** The sinks of one process, for prometheus://. One thread. */
struct attest_export_group *attest_export_group_new(void);
void attest_export_group_free(struct attest_export_group **group);
