// SPDX-License-Identifier: Apache-2.0
/**
 * journald: by libsystemd, a field per member, so that journalctl filters
 * by ATTEST_VIOLATION=ForbiddenPath and the like.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "event/field.h"
#include "event/out.h"
#include "export/courier.h"
#include "export/formats/syslog.h"
#include "export/transport.h"
#include "export/transports/lazy_systemd.h"

ATTEST_SYSTEMD_NAMES(ATTEST_LAZY_DEFINE)

static const struct attest_lazy_symbol symbols[] = { ATTEST_SYSTEMD_NAMES(
    ATTEST_LAZY_SYMBOL) };

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define FIELDS_MAX 64

struct journald {
	struct attest_courier base;
	const struct attest_format *format;
	struct attest_format_options options;
	struct attest_str line;
};

static const struct {
	const char *name;
	attest_getter get;
} fields[] = {
	{ "ATTEST_ID", attest_get_id },
	{ "ATTEST_TIME", attest_get_time },
	{ "ATTEST_KIND", attest_get_kind },
	{ "ATTEST_VIOLATION", attest_get_violation },
	{ "ATTEST_ACTION", attest_get_action },
	{ "ATTEST_LAYER", attest_get_layer },
	{ "ATTEST_HOOK", attest_get_hook },
	{ "ATTEST_PID", attest_get_pid },
	{ "ATTEST_UID", attest_get_uid },
	{ "ATTEST_COMM", attest_get_comm },
	{ "ATTEST_EXE", attest_get_exe },
	{ "ATTEST_CGROUP", attest_get_cgroup },
	{ "ATTEST_CONTAINER_ID", attest_get_container_id },
	{ "ATTEST_SYSCALL", attest_get_syscall },
	{ "ATTEST_PATH", attest_get_path }, /* the journal takes any bytes */
	{ "ATTEST_ACCESS", attest_get_access },
	{ "ATTEST_ADDRESS", attest_get_address },
	{ "ATTEST_PORT", attest_get_port },
	{ "ATTEST_POLICY", attest_get_policy_name },
	{ "ATTEST_RULE", attest_get_rule_text },
	{ "ATTEST_LOST", attest_get_gap_lost },
};

/* NAME=VALUE entries, each with its length before it. */
static void put_entry(struct attest_str *s, const char *name, const char *data,
		      size_t len)
{
	uint32_t n = (uint32_t)(strlen(name) + 1 + len);

	attest_str_append(s, (const char *)&n, sizeof(n));
	attest_str_puts(s, name);
	attest_str_putc(s, '=');
	attest_str_append(s, data, len);
}

static void put_field(struct attest_str *s, const char *name,
		      const struct attest_value *v)
{
	char number[24];
	char *end;

	if (v->kind == ATTEST_VALUE_UINT) {
		end = attest_out_u64(number, v->u);
		put_entry(s, name, number, (size_t)(end - number));
	} else if (v->kind >= ATTEST_VALUE_PLAIN) {
		put_entry(s, name, v->data, v->len);
	}
}

static int encode(struct attest_courier *courier, struct attest_str *s,
		  const struct attest_record *rec)
{
	struct journald *j = (struct journald *)courier;
	struct attest_value v;
	char priority;
	int r;

	attest_str_clear(&j->line);
	r = j->format->write(&j->line, rec, &j->options);
	if (r < 0)
		return r;
	priority = (char)('0' + attest_syslog_severity(rec));
	put_entry(s, "MESSAGE", j->line.data, j->line.len);
	put_entry(s, "PRIORITY", &priority, 1);
	put_entry(s, "SYSLOG_IDENTIFIER", "attest-bpf", 10);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (fields[i].get(rec, &v))
			put_field(s, fields[i].name, &v);
	return s->error;
}

/* sd_journal_sendv() succeeds without a journal: look for one first. */
static int find_journal(struct journald *j)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX,
				       .sun_path = JOURNAL_SOCKET };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return attest_courier_fail(&j->base, -errno,
					   JOURNAL_SOCKET ": %s",
					   strerrordesc_np(errno));
	return 0;
}

static int send_one(const char *data, size_t len)
{
	struct iovec iov[FIELDS_MAX];
	int n = 0;

	while (len > 0 && n < FIELDS_MAX) {
		uint32_t size;

		memcpy(&size, data, sizeof(size));
		iov[n].iov_base = (void *)(data + sizeof(size));
		iov[n++].iov_len = size;
		data += sizeof(size) + size;
		len -= sizeof(size) + size;
	}
	return sd_journal_sendv(iov, n);
}

static int send_batch(struct attest_courier *courier,
		      struct attest_batch *batch)
{
	struct journald *j = (struct journald *)courier;
	int r = find_journal(j);

	for (size_t i = 0; r >= 0 && i < batch->n; i++) {
		struct attest_batch_item *item = &batch->items[i];

		r = send_one(batch->bytes.data + item->offset, item->len);
		if (r < 0)
			return attest_courier_fail(courier, r, "journal: %s",
						   strerrordesc_np(-r));
		item->delivery = ATTEST_DELIVERY_DONE;
	}
	return r;
}

static bool close_journald(struct attest_courier *courier)
{
	struct journald *j = (struct journald *)courier;

	attest_str_done(&j->line);
	free(j);
	return true;
}

static const struct attest_courier_ops ops = {
	.max_records = 64,
	.max_bytes = 256 << 10,
	.encode = encode,
	.send = send_batch,
	.close = close_journald,
};

static int open_journald(const struct attest_transport_args *args,
			 struct attest_courier **ret,
			 struct attest_diag *reterr_diag)
{
	struct journald *j;
	int r;

	r = attest_export_need(ATTEST_SYSTEMD_SONAME, symbols,
			       ARRAY_SIZE(symbols), reterr_diag);
	if (r < 0)
		return r;
	j = calloc(1, sizeof(*j));
	if (!j)
		return attest_export_fail(reterr_diag, -ENOMEM,
					  "out of memory");
	j->base.ops = &ops;
	j->format = args->format;
	j->options = args->format_options;
	*ret = &j->base;
	return 0;
}

const struct attest_transport attest_transport_journald = {
	.scheme = "journald",
	.summary = "the systemd journal, a field per member",
	.example = "journald:?format=text",
	.format = "text",
	.arguments = " ",
	.open_courier = open_journald,
};
