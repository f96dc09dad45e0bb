// SPDX-License-Identifier: Apache-2.0
/**
 * Getters of the fields that are made from what a record holds.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/address.h"
#include "event/field.h"
#include "event/out.h"

static bool scratch(struct attest_value *v, const char *end)
{
	return attest_value_plain(v, v->scratch, (size_t)(end - v->scratch));
}

bool attest_get_time(const struct attest_record *rec, struct attest_value *v)
{
	return scratch(v, attest_out_time(v->scratch, rec->time_ns));
}

/* After the last slash; the whole if it has none. */
static bool base_name(struct attest_value *v, const struct attest_bytes *b)
{
	const char *slash;

	if (!b->data)
		return false;
	slash = memrchr(b->data, '/', b->len);
	if (!slash || b->len == 1)
		return attest_value_text(v, b->data, b->len);
	return attest_value_text(v, slash + 1,
				 (size_t)(b->data + b->len - slash - 1));
}

bool attest_get_exe_name(const struct attest_record *rec,
			 struct attest_value *v)
{
	return base_name(v, &rec->exe);
}

bool attest_get_path_name(const struct attest_record *rec,
			  struct attest_value *v)
{
	return base_name(v, &rec->path);
}

bool attest_get_path_dir(const struct attest_record *rec,
			 struct attest_value *v)
{
	const char *slash;

	if (!rec->path.data)
		return false;
	slash = memrchr(rec->path.data, '/', rec->path.len);
	if (!slash)
		return false;
	/* The root is its own directory. */
	return attest_value_text(
	    v, rec->path.data,
	    slash == rec->path.data ? 1 : (size_t)(slash - rec->path.data));
}

bool attest_get_path_ext(const struct attest_record *rec,
			 struct attest_value *v)
{
	const char *dot;

	if (!base_name(v, &rec->path))
		return false;
	dot = memrchr(v->data, '.', v->len);
	if (!dot || dot == v->data || dot + 1 == v->data + v->len)
		return false;
	return attest_value_text(v, dot + 1,
				 (size_t)(v->data + v->len - dot - 1));
}

/* True, with the bytes as text to encode, only where text alone would lie. */
static bool not_utf8(struct attest_value *v, const struct attest_bytes *b)
{
	if (!b->data || attest_utf8_is_valid(b->data, b->len))
		return false;
	v->kind = ATTEST_VALUE_BASE64;
	v->data = b->data;
	v->len = b->len;
	return true;
}

bool attest_get_exe_base64(const struct attest_record *rec,
			   struct attest_value *v)
{
	return not_utf8(v, &rec->exe);
}

bool attest_get_path_base64(const struct attest_record *rec,
			    struct attest_value *v)
{
	return not_utf8(v, &rec->path);
}

bool attest_get_path2_base64(const struct attest_record *rec,
			     struct attest_value *v)
{
	return not_utf8(v, &rec->path2);
}

bool attest_get_syscall(const struct attest_record *rec, struct attest_value *v)
{
	char *p;

	if (rec->syscall_name)
		return attest_value_plain(v, rec->syscall_name,
					  strlen(rec->syscall_name));
	if (rec->syscall < 0 || rec->kind == ATTEST_KIND_GAP)
		return false;
	p = attest_out_copy(v->scratch, "syscall_", 8);
	return scratch(v, attest_out_u64(p, (uint64_t)rec->syscall));
}

/* The kernel's dev_t: major << 20 | minor. */
bool attest_get_device(const struct attest_record *rec, struct attest_value *v)
{
	char *p = attest_out_u64(v->scratch, rec->dev >> 20);

	*p++ = ':';
	p = attest_out_u64(p, rec->dev & 0xfffff);
	return scratch(v, p) && rec->inode != 0;
}

bool attest_get_args(const struct attest_record *rec, struct attest_value *v)
{
	char *p = v->scratch;

	if (!rec->has_args)
		return false;
	*p++ = '[';
	for (size_t i = 0; i < 6; i++) {
		if (i > 0)
			*p++ = ',';
		*p++ = '"';
		p = attest_out_hex(p, rec->args[i]);
		*p++ = '"';
	}
	*p++ = ']';
	(void)scratch(v, p);
	v->kind = ATTEST_VALUE_JSON;
	return true;
}

bool attest_get_ip(const struct attest_record *rec, struct attest_value *v)
{
	if (rec->ip == 0)
		return false;
	return scratch(v, attest_out_hex(v->scratch, rec->ip));
}

bool attest_get_error(const struct attest_record *rec, struct attest_value *v)
{
	const char *name;

	if (rec->error <= 0)
		return false;
	name = strerrorname_np(rec->error);
	if (name)
		return attest_value_plain(v, name, strlen(name));
	return scratch(v, attest_out_u64(v->scratch, (uint64_t)rec->error));
}

bool attest_get_address(const struct attest_record *rec, struct attest_value *v)
{
	_Static_assert(sizeof(v->scratch) >= INET6_ADDRSTRLEN, "an address");

	if (!rec->has_addr)
		return false;
	(void)attest_address_text(rec->addr, v->scratch);
	return attest_value_plain(v, v->scratch, strlen(v->scratch));
}

bool attest_get_address_type(const struct attest_record *rec,
			     struct attest_value *v)
{
	return attest_value_plain(
		   v, attest_address_is_v4(rec->addr) ? "ipv4" : "ipv6", 4) &&
	       rec->has_addr;
}

bool attest_get_protocol(const struct attest_record *rec,
			 struct attest_value *v)
{
	if (!rec->has_addr)
		return false;
	switch (rec->protocol) {
	case IPPROTO_TCP:
		return attest_value_plain(v, "tcp", 3);
	case IPPROTO_UDP:
		return attest_value_plain(v, "udp", 3);
	case IPPROTO_ICMP:
		return attest_value_plain(v, "icmp", 4);
	case IPPROTO_ICMPV6:
		return attest_value_plain(v, "ipv6-icmp", 9);
	default:
		return scratch(v, attest_out_u64(v->scratch, rec->protocol));
	}
}

bool attest_get_message(const struct attest_record *rec, struct attest_value *v)
{
	int n;

	if (rec->context)
		return attest_get_context(rec, v);
	if (rec->kind == ATTEST_KIND_GAP)
		n = snprintf(v->scratch, sizeof(v->scratch),
			     "%llu records lost: %.64s",
			     (unsigned long long)rec->gap_lost,
			     rec->gap_reason ? rec->gap_reason : "unknown");
	else
		n = snprintf(v->scratch, sizeof(v->scratch), "%s: %s by %s",
			     rec->violation == ATTEST_VIOLATION_NONE
				 ? attest_kind_name(rec->kind)
				 : attest_violation_name(rec->violation),
			     attest_verdict_name(rec->verdict),
			     attest_layer_name(rec->layer));
	return n > 0 && attest_value_text(v, v->scratch, (size_t)n);
}
