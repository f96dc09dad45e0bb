// SPDX-License-Identifier: Apache-2.0
/**
 * From a URL to a sink: looks up scheme and format, checks arguments, opens.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "export/group.h"
#include "export/queue.h"
#include "export/transport.h"

static const struct attest_transport *find(const char *scheme)
{
	const struct attest_transport *const *all = attest_transport_all();

	for (size_t i = 0; all[i]; i++)
		if (strcmp(all[i]->scheme, scheme) == 0)
			return all[i];
	return NULL;
}

static int unknown_scheme(const char *scheme, struct attest_diag *diag)
{
	const struct attest_transport *const *all = attest_transport_all();
	char known[200] = "";
	size_t n = 0;

	for (size_t i = 0; all[i] && n < sizeof(known); i++)
		n += (size_t)snprintf(known + n, sizeof(known) - n, " %s",
				      all[i]->scheme);
	return attest_export_fail(diag, -EINVAL,
				  "unknown transport '%.32s'; this build "
				  "has%s",
				  scheme, known);
}

static bool is_listed(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = strstr(list, name); p; p = strstr(p + 1, name))
		if (p[-1] == ' ' && p[n] == ' ')
			return true;
	return false;
}

static int check_arguments(const struct attest_transport *transport,
			   const struct attest_url *url,
			   struct attest_diag *diag)
{
	const char *queue =
	    transport->open_courier ? ATTEST_QUEUE_ARGUMENTS : " ";

	for (size_t i = 0; i < url->n_args; i++) {
		const char *name = url->args[i].name;

		if (is_listed(transport->arguments, name) ||
		    is_listed(queue, name) || is_listed(" format ", name))
			continue;
		/* Each list ends in a space: one is enough between two. */
		return attest_export_fail(
		    diag, -EINVAL,
		    "%s: unknown argument '%.32s='; known "
		    "are format%.*s%s",
		    transport->scheme, name, (int)strlen(queue) - 1, queue,
		    transport->arguments);
	}
	if (transport->needs_host && !url->host[0])
		return attest_export_fail(
		    diag, -EINVAL, "%s needs a host, as in '%s'",
		    transport->scheme, transport->example);
	return 0;
}

static int choose_format(const struct attest_transport *transport,
			 const struct attest_url *url,
			 struct attest_transport_args *args,
			 struct attest_diag *diag)
{
	const struct attest_format *const *all = attest_format_all();
	const char *name = attest_url_arg(url, "format");
	char known[160] = "";
	size_t n = 0;

	args->format = attest_format_find(name ? name : transport->format);
	if (args->format)
		return 0;
	for (size_t i = 0; all[i] && n < sizeof(known); i++)
		n += (size_t)snprintf(known + n, sizeof(known) - n, " %s",
				      all[i]->name);
	return attest_export_fail(diag, -EINVAL,
				  "unknown format '%.32s'; there are%s",
				  name ? name : transport->format, known);
}

static int open_url(const struct attest_transport *transport,
		    const struct attest_transport_args *args,
		    struct attest_export_sink **ret,
		    struct attest_diag *reterr_diag)
{
	struct attest_courier *courier;
	int r;

	if (transport->open_sink)
		return transport->open_sink(args, ret, reterr_diag);
	r = transport->open_courier(args, &courier, reterr_diag);
	if (r < 0)
		return r;
	return attest_queue_open(args, courier, ret, reterr_diag);
}

int attest_export_open(const char *url,
		       const struct attest_export_options *options,
		       struct attest_sink **ret,
		       struct attest_diag *reterr_diag)
{
	static const struct attest_export_options defaults;
	_cleanup_url_ struct attest_url parsed = { 0 };
	struct attest_transport_args args = {
		.url = &parsed,
		.text = url,
		.options = options ? options : &defaults,
	};
	const struct attest_transport *transport;
	struct attest_export_sink *sink;
	int r;

	r = attest_url_parse(url, &parsed, reterr_diag);
	if (r < 0)
		return r;
	transport = find(parsed.scheme);
	if (!transport)
		return unknown_scheme(parsed.scheme, reterr_diag);
	r = check_arguments(transport, &parsed, reterr_diag);
	if (r >= 0)
		r = choose_format(transport, &parsed, &args, reterr_diag);
	if (r >= 0)
		r = open_url(transport, &args, &sink, reterr_diag);
	if (r < 0)
		return r;
	(void)snprintf(sink->name, sizeof(sink->name), "%.32s://%.64s%.80s",
		       parsed.scheme, parsed.authority, parsed.path);
	for (char *c = sink->name; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	attest_export_group_add(args.options->group, sink);
	*ret = &sink->sink;
	return 0;
}
