// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "export/formats/syslog.h"
#include "export/transports/syslog.h"

/* RFC 5424 table 1; 16 to 23 are local0 to local7. */
static const char *const facilities[] = {
	"kern",	  "user",   "mail",   "daemon", "auth",	    "syslog",
	"lpr",	  "news",   "uucp",   "cron",	"authpriv", "ftp",
	"ntp",	  "audit",  "alert",  "clock",	"local0",   "local1",
	"local2", "local3", "local4", "local5", "local6",   "local7",
};

static int read_facility(const struct attest_url *url, int *ret,
			 struct attest_diag *diag)
{
	const char *name = attest_url_arg(url, "facility");

	*ret = 10; /* authpriv */
	for (size_t i = 0; name && i < ARRAY_SIZE(facilities); i++)
		if (strcmp(name, facilities[i]) == 0) {
			*ret = (int)i;
			return 0;
		}
	return !name ? 0
		     : attest_export_fail(diag, -EINVAL,
					  "unknown facility '%.16s': they "
					  "are kern, user, daemon, auth, "
					  "authpriv, audit, ..., local7",
					  name);
}

int attest_syslog_init(struct attest_syslog *syslog,
		       const struct attest_transport_args *args,
		       enum attest_syslog_framing framing,
		       struct attest_diag *reterr_diag)
{
	const char *name = attest_url_arg(args->url, "framing");

	syslog->format = args->format;
	syslog->options = args->format_options;
	syslog->framing = framing;
	if (args->format->binary)
		return attest_export_fail(reterr_diag, -EINVAL,
					  "syslog cannot carry the format '%s'",
					  args->format->name);
	if (name && strcmp(name, "lf") == 0)
		syslog->framing = ATTEST_SYSLOG_LF;
	else if (name && strcmp(name, "octet") != 0)
		return attest_export_fail(reterr_diag, -EINVAL,
					  "'framing=' is octet or lf");
	return read_facility(args->url, &syslog->options.facility, reterr_diag);
}

static int put_message(struct attest_syslog *syslog, struct attest_str *s,
		       const struct attest_record *rec)
{
	bool is_local = syslog->framing == ATTEST_SYSLOG_LOCAL;

	if (is_local) {
		attest_syslog_local_header(s, rec, syslog->options.facility);
	} else if (syslog->format != &attest_format_rfc5424) {
		attest_syslog_header(s, rec, syslog->options.facility);
		attest_str_puts(s, " - ");
	}
	return syslog->format->write(s, rec, &syslog->options);
}

int attest_syslog_encode(struct attest_syslog *syslog, struct attest_str *s,
			 const struct attest_record *rec)
{
	int r;

	if (syslog->framing != ATTEST_SYSLOG_OCTETS) {
		r = put_message(syslog, s, rec);
		if (syslog->framing == ATTEST_SYSLOG_LF)
			attest_str_putc(s, '\n');
		return r < 0 ? r : s->error;
	}
	attest_str_clear(&syslog->message);
	r = put_message(syslog, &syslog->message, rec);
	if (r < 0)
		return r;
	attest_str_printf(s, "%zu ", syslog->message.len);
	attest_str_append(s, syslog->message.data, syslog->message.len);
	return s->error;
}
