/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Transports: what a URL's scheme stands for. Internal to export/.
 *
 * A local transport is a sink itself. A network transport is a courier: the
 * queue (queue.c) hands it batches from the spool in a thread of its own.
 */
#pragma once

#include "export/export.h"
#include "export/format.h"
#include "export/url.h"

/** What every sink of export/ is, first member of its struct. */
struct attest_export_sink {
	struct attest_sink sink;
	char name[192]; /* the URL without its arguments */
	void (*reopen)(struct attest_export_sink *sink); /* or NULL */
	void (*status)(struct attest_export_sink *sink,
		       struct attest_export_status *ret_status);
	struct attest_export_group *group; /* or NULL */
	struct attest_export_sink *next;   /* in the group */
};

/** What a transport's open function is told. All borrowed for the call. */
struct attest_transport_args {
	const struct attest_url *url;
	const struct attest_export_options *options;
	const struct attest_format *format;
	struct attest_format_options format_options;
};

struct attest_transport {
	const char *scheme;
	const char *summary;
	const char *example;
	const char *format;    /* the default */
	const char *arguments; /* names, each between spaces: " a b " */
	bool needs_host;
	const struct attest_sink_ops *sink_ops; /* of what open_sink makes */
	int (*open_sink)(const struct attest_transport_args *args,
			 struct attest_export_sink **ret,
			 struct attest_diag *reterr_diag);
};

/** All transports of this build, to the one without a scheme. */
const struct attest_transport *const *attest_transport_all(void);

extern const struct attest_transport attest_transport_stdout;
extern const struct attest_transport attest_transport_file;
