// SPDX-License-Identifier: Apache-2.0
/**
 * What one can ask of an open sink, and the list for people.
 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "export/fold.h"
#include "export/queue.h"
#include "export/transport.h"

/* Every sink of export/ has ops that are listed with its transport:
 * a foreign sink must not be taken for one of ours.
 */
static struct attest_export_sink *ours(struct attest_sink *sink)
{
	const struct attest_transport *const *all = attest_transport_all();

	sink = attest_fold_next(sink);
	if (sink->ops == &attest_queue_sink_ops)
		return (struct attest_export_sink *)sink;
	for (size_t i = 0; all[i]; i++)
		if (all[i]->sink_ops && all[i]->sink_ops == sink->ops)
			return (struct attest_export_sink *)sink;
	return NULL;
}

void attest_export_reopen(struct attest_sink *sink)
{
	struct attest_export_sink *s = ours(sink);

	if (s && s->reopen)
		s->reopen(s);
}

bool attest_export_get_status(struct attest_sink *sink,
			      struct attest_export_status *ret_status)
{
	struct attest_export_sink *s = ours(sink);

	if (!s)
		return false;
	s->status(s, ret_status);
	memcpy(ret_status->name, s->name, sizeof(ret_status->name));
	return true;
}

void attest_export_close(struct attest_sink *sink, int deadline_ms,
			 struct attest_export_status *ret_status)
{
	struct attest_export_sink *s = ours(sink);

	memset(ret_status, 0, sizeof(*ret_status));
	if (s)
		s->last = ret_status;
	sink->ops->close(sink, deadline_ms);
}

int attest_export_format_status(const struct attest_export_status *status,
				char *buffer, size_t size)
{
	const struct {
		uint64_t n;
		const char *what;
	} more[] = {
		{ status->queued, "queued" },
		{ status->dropped, "lost (in gap records)" },
		{ status->rejected, "rejected" },
		{ status->retries, "retries" },
	};
	int n = snprintf(buffer, size, "%s: %llu of %llu records sent",
			 status->name, (unsigned long long)status->sent,
			 (unsigned long long)status->written);

	for (size_t i = 0; i < ARRAY_SIZE(more); i++)
		if (more[i].n && n > 0 && (size_t)n < size)
			n += snprintf(buffer + n, size - (size_t)n, ", %llu %s",
				      (unsigned long long)more[i].n,
				      more[i].what);
	if (status->last_error[0] && n > 0 && (size_t)n < size)
		n += snprintf(buffer + n, size - (size_t)n, "; last error: %s",
			      status->last_error);
	return n;
}

static void list_words(FILE *file, const char *words)
{
	const char *p = words;

	while (*p) {
		size_t n;

		p += strspn(p, " ");
		n = strcspn(p, " ");
		if (n > 0)
			(void)fprintf(file, " %.*s=", (int)n, p);
		p += n;
	}
}

void attest_export_list(FILE *file)
{
	const struct attest_transport *const *transports =
	    attest_transport_all();
	const struct attest_format *const *formats = attest_format_all();

	(void)fprintf(file, "Formats (format=NAME):\n");
	for (size_t i = 0; formats[i]; i++)
		(void)fprintf(file, "  %-14s %s\n", formats[i]->name,
			      formats[i]->summary);
	(void)fprintf(file, "\nTransports:\n");
	for (size_t i = 0; transports[i]; i++) {
		const struct attest_transport *t = transports[i];

		(void)fprintf(file, "\n  %s: %s\n", t->scheme, t->summary);
		(void)fprintf(file, "    --export '%s'\n", t->example);
		(void)fprintf(
		    file,
		    "    default format: %s; arguments: format=", t->format);
		list_words(file, t->arguments);
		if (t->open_courier)
			list_words(file, ATTEST_QUEUE_ARGUMENTS);
		(void)fprintf(file, "\n");
	}
	(void)fprintf(file,
		      "\nSecrets are read from files (token_file=, "
		      "password_file=, key=) or from\nenvironment variables "
		      "(token_env=, password_env=), never from the URL.\n");
}
