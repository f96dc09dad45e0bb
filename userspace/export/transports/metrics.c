// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "event/out.h"
#include "export/group.h"
#include "export/transports/metrics.h"

#define SLOTS (ATTEST_METRICS_MAX * 2)

struct attest_metric {
	char policy[64];
	uint32_t rule;
	uint8_t has_rule;
	uint8_t violation;
	uint8_t verdict;
	uint8_t layer;
	uint64_t count; /* 0: free */
};

static size_t hash(const struct attest_metric *m)
{
	const unsigned char *p = (const unsigned char *)m;
	uint64_t h = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < offsetof(struct attest_metric, count); i++)
		h = (h ^ p[i]) * 0x100000001b3ULL;
	return h % SLOTS;
}

/* The slot of these labels, or a free one. The table is at most half full. */
static struct attest_metric *find(struct attest_metrics *metrics,
				  const struct attest_metric *key)
{
	size_t i = hash(key);

	while (metrics->all[i].count &&
	       memcmp(&metrics->all[i], key,
		      offsetof(struct attest_metric, count)) != 0)
		i = (i + 1) % SLOTS;
	return &metrics->all[i];
}

int attest_metrics_count(struct attest_metrics *metrics,
			 const struct attest_record *rec)
{
	uint64_t count = rec->count ? rec->count : 1;
	struct attest_metric key;
	struct attest_metric *m;

	metrics->total += count;
	if (rec->kind == ATTEST_KIND_GAP) {
		metrics->gaps++;
		metrics->lost += rec->gap_lost;
		return 0;
	}
	if (!metrics->all) {
		metrics->all = calloc(SLOTS, sizeof(*metrics->all));
		if (!metrics->all)
			return -ENOMEM;
	}
	memset(&key, 0, sizeof(key));
	if (rec->policy && rec->policy->name)
		strncpy(key.policy, rec->policy->name, sizeof(key.policy) - 1);
	key.has_rule = rec->has_rule;
	key.rule = rec->has_rule ? rec->rule : 0;
	key.violation = (uint8_t)rec->violation;
	key.verdict = (uint8_t)rec->verdict;
	key.layer = (uint8_t)rec->layer;
	m = find(metrics, &key);
	if (!m->count) {
		if (metrics->n == ATTEST_METRICS_MAX) {
			metrics->other += count;
			return 0;
		}
		*m = key;
		metrics->n++;
	}
	m->count += count;
	return 0;
}

/* A label's value: '\', '"' and newlines are escaped. */
static void put_label(struct attest_str *s, const char *name, const char *value)
{
	attest_str_puts(s, name);
	attest_str_puts(s, "=\"");
	for (const char *p = value; *p;) {
		size_t n = attest_utf8_len(p, strlen(p));

		if (*p == '\n')
			attest_str_puts(s, "\\n");
		else if (n == 0)
			attest_str_puts(s, "\xef\xbf\xbd");
		else {
			if (*p == '\\' || *p == '"')
				attest_str_putc(s, '\\');
			attest_str_append(s, p, n);
		}
		p += n ? n : 1;
	}
	attest_str_putc(s, '"');
}

static void put_metric(struct attest_str *s, const struct attest_metric *m)
{
	attest_str_puts(s, "attest_violations_total{");
	put_label(s, "policy", m->policy);
	if (m->has_rule)
		attest_str_printf(s, ",rule=\"%u\"", m->rule);
	else
		attest_str_puts(s, ",rule=\"\"");
	attest_str_printf(s, ",type=\"%s\",action=\"%s\",layer=\"%s\"} %llu\n",
			  attest_violation_name(m->violation),
			  attest_verdict_name(m->verdict),
			  attest_layer_name(m->layer),
			  (unsigned long long)m->count);
}

struct family {
	const char *name;
	const char *type;
	const char *help;
	size_t offset; /* in the status */
	struct attest_str *s;
};

static void put_sink(const struct attest_export_status *status, void *data)
{
	const struct family *f = data;
	uint64_t value;

	memcpy(&value, (const char *)status + f->offset, sizeof(value));
	attest_str_puts(f->s, f->name);
	attest_str_putc(f->s, '{');
	put_label(f->s, "sink", status->name);
	/* Nanoseconds are seconds in Prometheus. */
	if (f->offset == offsetof(struct attest_export_status, latency_sum_ns))
		attest_str_printf(f->s, "} %.9f\n", (double)value / 1e9);
	else
		attest_str_printf(f->s, "} %llu\n", (unsigned long long)value);
}

#define FAMILY(n, t, h, member)                                                \
	{                                                                      \
		.name = (n), .type = (t), .help = (h),                         \
		.offset = offsetof(struct attest_export_status, member)        \
	}

static void put_sinks(struct attest_str *s, struct attest_export_group *group)
{
	static const struct family families[] = {
		FAMILY("attest_export_written_total", "counter",
		       "Records given to a sink.", written),
		FAMILY("attest_export_sent_total", "counter",
		       "Records the receiver has.", sent),
		FAMILY("attest_export_queue_records", "gauge",
		       "Records that wait in the spool.", queued),
		FAMILY("attest_export_lost_total", "counter",
		       "Records lost and reported in gap records.", dropped),
		FAMILY("attest_export_rejected_total", "counter",
		       "Records the receiver refused.", rejected),
		FAMILY("attest_export_retries_total", "counter",
		       "Batches sent again.", retries),
		FAMILY("attest_export_sent_bytes_total", "counter",
		       "Bytes sent.", bytes),
		FAMILY("attest_export_latency_seconds_total", "counter",
		       "Time from event to acceptance, all records summed.",
		       latency_sum_ns),
	};

	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		struct family f = families[i];

		f.s = s;
		attest_str_printf(s, "# HELP %s %s\n# TYPE %s %s\n", f.name,
				  f.help, f.name, f.type);
		attest_export_group_each(group, put_sink, &f);
	}
}

void attest_metrics_render(const struct attest_metrics *metrics,
			   struct attest_export_group *group,
			   struct attest_str *s)
{
	attest_str_puts(s, "# HELP attest_violations_total Records by policy, "
			   "rule, type, action and layer.\n"
			   "# TYPE attest_violations_total counter\n");
	for (size_t i = 0; metrics->all && i < SLOTS; i++)
		if (metrics->all[i].count)
			put_metric(s, &metrics->all[i]);
	attest_str_printf(
	    s,
	    "# HELP attest_violations_unlabelled_total Records beyond %d "
	    "label sets.\n"
	    "# TYPE attest_violations_unlabelled_total counter\n"
	    "attest_violations_unlabelled_total %llu\n"
	    "# HELP attest_gaps_total Gap records.\n"
	    "# TYPE attest_gaps_total counter\n"
	    "attest_gaps_total %llu\n"
	    "# HELP attest_lost_records_total Records that gaps stand for.\n"
	    "# TYPE attest_lost_records_total counter\n"
	    "attest_lost_records_total %llu\n",
	    ATTEST_METRICS_MAX, (unsigned long long)metrics->other,
	    (unsigned long long)metrics->gaps,
	    (unsigned long long)metrics->lost);
	put_sinks(s, group);
}

void attest_metrics_done(struct attest_metrics *metrics)
{
	free(metrics->all);
	memset(metrics, 0, sizeof(*metrics));
}
