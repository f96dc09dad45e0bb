// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "event/json.h"
#include "export/format.h"

static int write_json(struct attest_str *s, const struct attest_record *rec,
		      const struct attest_format_options *options)
{
	return attest_record_json(s, rec);
}

const struct attest_format attest_format_json = {
	.name = "json",
	.summary = "native JSON, one object per line",
	.media_type = "application/x-ndjson",
	.write = write_json,
};

static const struct attest_format *const formats[] = {
	&attest_format_json,
	&attest_format_text,
	&attest_format_ecs,
	&attest_format_ocsf,
	&attest_format_cef,
	&attest_format_leef,
	&attest_format_rfc5424,
	&attest_format_otlp_json,
	&attest_format_otlp_proto,
	&attest_format_hec,
	NULL,
};

const struct attest_format *const *attest_format_all(void)
{
	return formats;
}

const struct attest_format *attest_format_find(const char *name)
{
	for (size_t i = 0; formats[i]; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}
