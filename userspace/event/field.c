// SPDX-License-Identifier: Apache-2.0
/**
 * Getters of the fields that a record holds as they are.
 */
#include <string.h>

#include "event/field.h"

static bool text(struct attest_value *v, const char *s)
{
	return s && attest_value_text(v, s, strlen(s));
}

static bool plain(struct attest_value *v, const char *s)
{
	return attest_value_plain(v, s, strlen(s));
}

static bool bytes(struct attest_value *v, const struct attest_bytes *b)
{
	return attest_value_text(v, b->data, b->len);
}

static bool is_gap(const struct attest_record *rec)
{
	return rec->kind == ATTEST_KIND_GAP;
}

#define GET(name, expression)                                                  \
	bool attest_get_##name(const struct attest_record *rec,                \
			       struct attest_value *v)                         \
	{                                                                      \
		return expression;                                             \
	}

#define NUMBER(member) attest_value_uint(v, rec->member)

GET(id, plain(v, rec->id))
GET(time_ns, NUMBER(time_ns))
GET(time_ms, attest_value_uint(v, rec->time_ns / 1000000))
GET(host, text(v, rec->host))
GET(seq, NUMBER(seq))
GET(count, NUMBER(count))
GET(folded, rec->count > 1 && NUMBER(count))
GET(kind, plain(v, attest_kind_name(rec->kind)))
GET(violation, rec->violation != ATTEST_VIOLATION_NONE &&
		   plain(v, attest_violation_name(rec->violation)))
GET(action, plain(v, attest_verdict_name(rec->verdict)))
GET(layer, plain(v, attest_layer_name(rec->layer)))
GET(hook, plain(v, attest_hook_name(rec->hook)))
GET(title, plain(v, is_gap(rec) ? "Gap"
		    : rec->violation == ATTEST_VIOLATION_NONE
			? attest_kind_name(rec->kind)
			: attest_violation_name(rec->violation)))

GET(pid, !is_gap(rec) && NUMBER(pid))
GET(tid, !is_gap(rec) && NUMBER(tid))
GET(ppid, !is_gap(rec) && NUMBER(ppid))
GET(uid, !is_gap(rec) && NUMBER(uid))
GET(comm, !is_gap(rec) && text(v, rec->comm))
GET(exe, bytes(v, &rec->exe))
GET(cgroup, bytes(v, &rec->cgroup))
GET(container_id, text(v, rec->container_id))
GET(container_name, text(v, rec->container_name))
GET(container_image, text(v, rec->container_image))
GET(container_runtime, text(v, rec->container_runtime))

GET(path, bytes(v, &rec->path))
GET(path2, bytes(v, &rec->path2))
GET(access, rec->access != 0 && plain(v, attest_access_name(rec->access)))
GET(inode, rec->inode != 0 && NUMBER(inode))
GET(args_text, text(v, rec->args_text))
GET(ip_text, text(v, rec->ip_text))
GET(signal, rec->signal > 0 && NUMBER(signal))

GET(port, rec->has_addr &&NUMBER(port))
GET(protocol_number, rec->has_addr &&NUMBER(protocol))
GET(address_name, text(v, rec->host_name))

GET(limit, rec->limit != 0 && NUMBER(limit))
GET(value, rec->limit != 0 && NUMBER(value))
GET(gap_cpu, is_gap(rec) && NUMBER(gap_cpu))
GET(gap_first, is_gap(rec) && NUMBER(gap_first))
GET(gap_last, is_gap(rec) && NUMBER(gap_last))
GET(gap_lost, is_gap(rec) && NUMBER(gap_lost))
GET(gap_reason, is_gap(rec) && text(v, rec->gap_reason))

GET(policy_name, rec->policy &&text(v, rec->policy->name))
GET(policy_digest, rec->policy &&text(v, rec->policy->digest))
GET(rule_index, rec->has_rule &&NUMBER(rule))
GET(rule_text, rec->has_rule &&text(v, rec->rule_text))
GET(context, text(v, rec->context))

bool attest_get_rule_priority(const struct attest_record *rec,
			      struct attest_value *v)
{
	v->kind = ATTEST_VALUE_INT;
	v->i = rec->rule_priority;
	return rec->has_rule;
}

bool attest_get_create(const struct attest_record *rec, struct attest_value *v)
{
	v->kind = ATTEST_VALUE_BOOL;
	v->u = 1;
	return rec->create;
}
