// SPDX-License-Identifier: Apache-2.0
/**
 * The report as a tree. Keys of the specification first, in its order.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "base/address.h"
#include "base/cleanup.h"
#include "report/internal.h"

/* A member that could not be made spoils the tree, which attest_report_tree()
 * notices once: json_object_set_new() takes NULL and fails.
 */
static void put(json_t *object, const char *key, json_t *value, bool *ok)
{
	if (json_object_set_new(object, key, value) != 0)
		*ok = false;
}

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

const char *attest_report_text(const json_t *tree, const char *first,
			       const char *second)
{
	const json_t *value = json_object_get(tree, first);
	const char *text;

	if (second)
		value = json_object_get(value, second);
	text = json_string_value(value);
	return text ? text : "";
}

const char *attest_report_time(uint64_t time_ns, char *buffer)
{
	time_t seconds = (time_t)(time_ns / 1000000000U);
	struct tm tm;

	(void)gmtime_r(&seconds, &tm);
	(void)strftime(buffer, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return buffer;
}

/* A member of a record that was read back need not be there. */
static json_t *copy_member(const json_t *record, const char *key)
{
	json_t *value = json_object_get(record, key);

	return value ? json_incref(value) : json_null();
}

static json_t *time_or_null(uint64_t time_ns)
{
	char buffer[32];

	return time_ns ? json_string(attest_report_time(time_ns, buffer))
		       : json_null();
}

static uint64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

/* The specification's spelling of an access; "" for none. */
static const char *access_mode(const char *access)
{
	if (strstr(access, "write"))
		return "ReadWrite";
	if (strstr(access, "execute"))
		return "Execute";
	return access[0] ? "ReadOnly" : "";
}

static const char *seccomp_action(const char *action)
{
	static const char *const names[][2] = { { "denied", "Errno" },
						{ "killed", "Kill" },
						{ "traced", "Trace" },
						{ "audited", "Log" } };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(action, names[i][0]) == 0)
			return names[i][1];
	return action;
}

/* The specification's members, then the record's own that it does not name. */
static json_t *violation(const json_t *record, enum attest_record_kind kind)
{
	_json_ json_t *rest = json_copy((json_t *)record);
	json_t *v = json_object();
	bool ok = rest != NULL;

	put(v, "timestamp", copy_member(record, "time"), &ok);
	if (kind == ATTEST_KIND_SECCOMP) {
		put(v, "pid", copy_member(record, "pid"), &ok);
		put(v, "syscall",
		    json_string(attest_report_text(record, "syscall", NULL)),
		    &ok);
		put(v, "action",
		    json_string(seccomp_action(
			attest_report_text(record, "action", NULL))),
		    &ok);
	} else if (kind == ATTEST_KIND_FILESYSTEM) {
		put(v, "path",
		    json_string(attest_report_text(record, "path", NULL)), &ok);
		put(v, "attempted_access",
		    json_string(access_mode(
			attest_report_text(record, "attempted_access", NULL))),
		    &ok);
		put(v, "violation_type",
		    json_string(attest_report_text(record, "violation", NULL)),
		    &ok);
	}
	put(v, "context",
	    json_string(attest_report_text(record, "context", NULL)), &ok);
	(void)json_object_del(rest, "time");
	(void)json_object_del(rest, "policy");
	(void)json_object_del(rest, "schema");
	if (!ok || json_object_update_missing(v, rest) != 0) {
		json_decref(v);
		return NULL;
	}
	return v;
}

static json_t *violations(const struct attest_report *report,
			  enum attest_record_kind kind)
{
	const json_t *records = report->lists[kind].records;
	json_t *list = json_array();

	for (size_t i = 0; i < json_array_size(records); i++) {
		json_t *v = violation(json_array_get(records, i), kind);

		if (json_array_append_new(list, v) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static void put_kind(json_t *object, const struct attest_report *report,
		     enum attest_record_kind kind, bool *ok)
{
	const struct attest_report_list *list = &report->lists[kind];

	put(object, "violations", violations(report, kind), ok);
	put(object, "count", json_integer((json_int_t)list->count), ok);
	if (list->omitted)
		put(object, "omitted", json_integer((json_int_t)list->omitted),
		    ok);
}

static json_t *kind_object(const struct attest_report *report,
			   enum attest_record_kind kind, const char *key,
			   json_t *value, bool *ok)
{
	json_t *object = json_object();

	if (key)
		put(object, key, value, ok);
	put_kind(object, report, kind, ok);
	return object;
}

static const char *level(const struct attest_policy *policy)
{
	if (!policy)
		return "unknown";
	return policy->level ? policy->level : "custom";
}

static const char *network(const struct attest_policy *policy)
{
	if (!policy)
		return "unknown";
	if (!policy->has_network ||
	    policy->net_default == ATTEST_NETWORK_ENABLED)
		return "enabled";
	return policy->n_net_rules ? "restricted" : "disabled";
}

/* Keys, order and types as in the specification, "Security Reporting". */
static void put_specified(json_t *tree, const struct attest_report *report,
			  const struct attest_policy *policy, bool *ok)
{
	_cleanup_free_ char *summary = attest_report_policy_summary(policy);

	put(tree, "security_level", json_string(level(policy)), ok);
	put(tree, "network_policy", json_string(network(policy)), ok);
	put(tree, "seccomp",
	    kind_object(report, ATTEST_KIND_SECCOMP, "profile",
			attest_report_seccomp_profile(policy), ok),
	    ok);
	put(tree, "filesystem",
	    kind_object(report, ATTEST_KIND_FILESYSTEM, "policy_summary",
			json_string(summary ? summary : ""), ok),
	    ok);
	put(tree, "generated_at", time_or_null(now_ns()), ok);
	*ok = *ok && summary;
}

static json_t *totals(const struct attest_report *report, bool *ok)
{
	json_t *t = json_object();
	uint64_t n = 0;

	for (int i = 0; i < ATTEST_KIND_END; i++)
		if (i != ATTEST_KIND_GAP)
			n += report->lists[i].count;
	put(t, "records", json_integer((json_int_t)n), ok);
	put(t, "by_violation", json_incref(report->by_type), ok);
	put(t, "by_action", json_incref(report->by_action), ok);
	put(t, "by_layer", json_incref(report->by_layer), ok);
	put(t, "by_rule", json_incref(report->by_rule), ok);
	put(t, "by_path", json_incref(report->by_path), ok);
	return t;
}

static json_t *gaps(const struct attest_report *report, bool *ok)
{
	const struct attest_report_list *list = &report->lists[ATTEST_KIND_GAP];
	json_t *g = json_object();

	put(g, "count", json_integer((json_int_t)list->count), ok);
	put(g, "records_lost", json_integer((json_int_t)report->lost), ok);
	put(g, "list", json_incref(list->records), ok);
	return g;
}

static json_t *counters(const struct attest_report_context *c, bool *ok)
{
	json_t *object = json_object();

	for (size_t i = 0; c && i < c->n_counters; i++) {
		const struct attest_report_counter *n = &c->counters[i];

		put(object, n->name,
		    json_pack("{sIsI}", "used", (json_int_t)n->used, "limit",
			      (json_int_t)n->limit),
		    ok);
	}
	return object;
}

static json_t *destinations(const struct attest_report_context *c, bool *ok)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->destinations->n; i++) {
		const struct attest_report_destination *d =
		    &c->destinations->items[i];
		char address[INET6_ADDRSTRLEN];

		*ok = *ok &&
		      json_array_append_new(
			  list,
			  json_pack("{sssissss*sbsI}", "address",
				    attest_address_text(d->addr, address),
				    "port", d->port, "protocol",
				    attest_report_destination_protocol(d),
				    "name", d->name, "allowed", d->is_listed,
				    "count", (json_int_t)d->count)) == 0;
	}
	return list;
}

static json_t *subject(const struct attest_report_context *c, bool *ok)
{
	json_t *s;

	if (!c || !c->subject_kind)
		return json_null();
	s = json_object();
	put(s, "kind", json_string(c->subject_kind), ok);
	put(s, "name", text_or_null(c->subject), ok);
	put(s, "started_at", time_or_null(c->started_ns), ok);
	put(s, "ended_at", time_or_null(c->ended_ns), ok);
	put(s, "exit_status",
	    c->has_status ? json_integer(c->exit_status) : json_null(), ok);
	put(s, "complete", json_boolean(!c->incomplete), ok);
	return s;
}

static json_t *policy_object(const struct attest_report *report,
			     const struct attest_policy *policy, bool is_audit)
{
	char digest[7 + 64 + 1] = "sha256:";

	if (!policy)
		return report->policy ? json_incref(report->policy)
				      : json_null();
	for (size_t i = 0; i < 32; i++)
		(void)snprintf(digest + 7 + 2 * i, 3, "%02x",
			       policy->digest[i]);
	return json_pack(
	    "{ss*ssss}", "name", policy->name, "digest", digest, "mode",
	    is_audit || policy->mode == ATTEST_MODE_AUDIT ? "audit"
							  : "enforce");
}

static json_t *host(const struct attest_report *report)
{
	struct utsname u;

	if (uname(&u) < 0)
		return json_null();
	return json_pack("{ssssss}", "name",
			 report->host ? report->host : u.nodename, "kernel",
			 u.release, "machine", u.machine);
}

static void put_extensions(json_t *tree, const struct attest_report *report,
			   const struct attest_report_context *c, bool *ok)
{
	const struct attest_policy *policy = c ? c->policy : NULL;
	bool is_audit = c && c->is_audit;
	/* Without BPF refusals by Landlock leave no record. */
	bool is_seen = c && c->attach_mode && strcmp(c->attach_mode, "none");

	put(tree, "schema", json_string("attest.report/1"), ok);
	put(tree, "tool",
	    json_pack("{ssss}", "name", "attest-bpf", "version",
		      ATTEST_VERSION),
	    ok);
	put(tree, "host", host(report), ok);
	put(tree, "policy", policy_object(report, policy, is_audit), ok);
	put(tree, "subject", subject(c, ok), ok);
	put(tree, "enforcement",
	    json_pack("{ss?ss?}", "attach_mode", c ? c->attach_mode : NULL,
		      "record_source", c ? c->record_source : NULL),
	    ok);
	put(tree, "network",
	    kind_object(report, ATTEST_KIND_NETWORK, NULL, NULL, ok), ok);
	put(tree, "process",
	    kind_object(report, ATTEST_KIND_PROCESS, NULL, NULL, ok), ok);
	put(tree, "resource",
	    kind_object(report, ATTEST_KIND_RESOURCE, NULL, NULL, ok), ok);
	put(tree, "coverage", attest_report_coverage(c ? c->coverage : NULL),
	    ok);
	put(tree, "counters", counters(c, ok), ok);
	if (c && c->destinations && c->destinations->n)
		put(tree, "destinations", destinations(c, ok), ok);
	put(tree, "gaps", gaps(report, ok), ok);
	put(tree, "totals", totals(report, ok), ok);
	put(tree, "compliance",
	    attest_report_compliance(policy,
				     c && !is_audit ? c->coverage : NULL,
				     is_seen ? report->lost : 1),
	    ok);
}

json_t *attest_report_tree(const struct attest_report *report,
			   const struct attest_report_context *context)
{
	json_t *tree;
	bool ok = true;

	if (report->whole)
		return json_incref(report->whole);
	tree = json_object();
	put_specified(tree, report, context ? context->policy : NULL, &ok);
	put_extensions(tree, report, context, &ok);
	if (ok)
		return tree;
	json_decref(tree);
	return NULL;
}
