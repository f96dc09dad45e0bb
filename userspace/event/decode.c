// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>

#include "event/decode.h"

static bool file_is_valid(const struct attest_file_event *ev, size_t len)
{
	size_t head = sizeof(*ev);

	if (len < head)
		return false;
	return ev->path_len < ATTEST_PATH_MAX &&
	       ev->path2_len < ATTEST_PATH_MAX &&
	       ev->arg_len < ATTEST_ARG_MAX &&
	       head + ev->path_len + ev->path2_len + ev->arg_len ==
		   ev->hdr.size;
}

static bool process_is_valid(const struct attest_process_event *ev, size_t len)
{
	size_t head = sizeof(*ev);

	return len >= head && ev->path_len < ATTEST_PATH_MAX &&
	       head + ev->path_len == ev->hdr.size;
}

static bool call_is_valid(const struct attest_call_event *ev, size_t len)
{
	return len >= sizeof(*ev) && ev->arg_len < ATTEST_ARG_MAX &&
	       ev->arg_index <= 6 &&
	       sizeof(*ev) + ev->arg_len == ev->call.hdr.size;
}

static bool dns_is_valid(const struct attest_dns_event *ev)
{
	return ev->hdr.size == sizeof(*ev) &&
	       ev->n_addrs <= ATTEST_DNS_ADDRS_MAX &&
	       ev->name_len <= ATTEST_DNS_NAME_MAX;
}

bool attest_event_is_valid(const void *data, size_t len)
{
	const struct attest_event_hdr *hdr = data;

	if (len < sizeof(*hdr) || hdr->abi != ATTEST_EVENT_ABI ||
	    hdr->size > len || hdr->verdict >= ATTEST_VERDICT_END ||
	    hdr->violation >= ATTEST_VIOLATION_END ||
	    hdr->hook >= ATTEST_HOOK_END)
		return false;
	switch (hdr->kind) {
	case ATTEST_EVENT_FILE:
		return file_is_valid(data, len);
	case ATTEST_EVENT_PROCESS:
		return process_is_valid(data, len);
	case ATTEST_EVENT_SYSCALL:
		return hdr->size == sizeof(struct attest_syscall_event);
	case ATTEST_EVENT_CALL:
		return call_is_valid(data, len);
	case ATTEST_EVENT_NET:
		return hdr->size == sizeof(struct attest_net_event);
	case ATTEST_EVENT_DNS:
		return dns_is_valid(data);
	}
	return false;
}

bool attest_path_climbs(const char *path, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		bool starts = i == 0 || path[i - 1] == '/';
		bool ends = i + 2 == len || path[i + 2] == '/';

		if (starts && ends && path[i] == '.' && path[i + 1] == '.')
			return true;
	}
	return false;
}

static void decode_file(const struct attest_file_event *ev,
			struct attest_record *rec)
{
	const char *data = (const char *)(ev + 1);
	const char *arg = data + ev->path_len + ev->path2_len;

	rec->kind = ATTEST_KIND_FILESYSTEM;
	rec->layer = ATTEST_LAYER_BPF;
	rec->error = EACCES;
	/* The root directory is the empty path. */
	rec->path.data = ev->path_len ? data : "/";
	rec->path.len = ev->path_len ? ev->path_len : 1;
	if (ev->path2_len) {
		rec->path2.data = data + ev->path_len;
		rec->path2.len = ev->path2_len;
	}
	if (ev->hdr.flags & ATTEST_EVF_TARGET) {
		struct attest_bytes to = rec->path;

		rec->path = rec->path2;
		rec->path2 = to;
	}
	rec->access = ev->access;
	rec->create = ev->hdr.flags & ATTEST_EVF_CREATE;
	rec->inode = ev->inode;
	rec->dev = ev->dev;
	rec->has_rule = true;
	rec->rule = ev->rule;
	rec->limit = ev->limit;
	rec->value = ev->value;
	if (rec->violation == ATTEST_VIOLATION_FORBIDDEN_PATH &&
	    attest_path_climbs(arg, ev->arg_len))
		rec->violation = ATTEST_VIOLATION_PATH_TRAVERSAL;
}

static void decode_process(const struct attest_process_event *ev,
			   struct attest_record *rec)
{
	rec->kind = ATTEST_KIND_PROCESS;
	rec->layer = ATTEST_LAYER_BPF;
	rec->error = EPERM;
	if (ev->path_len) {
		rec->path.data = (const char *)(ev + 1);
		rec->path.len = ev->path_len;
	}
}

static void decode_syscall(const struct attest_syscall_event *ev,
			   struct attest_record *rec)
{
	rec->kind = ATTEST_KIND_SECCOMP;
	rec->layer = ATTEST_LAYER_SECCOMP;
	rec->has_args = true;
	memcpy(rec->args, ev->args, sizeof(rec->args));
	rec->ip = ev->ip;
	rec->signal = ev->signal;
	if ((ev->seccomp_action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO)
		rec->error = ev->seccomp_action & SECCOMP_RET_DATA;
}

static void decode_net(const struct attest_net_event *ev,
		       struct attest_record *rec)
{
	rec->kind = ATTEST_KIND_NETWORK;
	rec->layer = ATTEST_LAYER_BPF;
	rec->has_addr = true;
	memcpy(rec->addr, ev->addr, sizeof(rec->addr));
	rec->family = ev->family;
	rec->port = ev->port;
	rec->protocol = ev->protocol;
	rec->has_rule = rec->violation != ATTEST_VIOLATION_NONE;
	rec->rule = ev->rule;
	rec->error = EPERM;
}

void attest_event_decode(const void *data, int64_t offset_ns,
			 struct attest_record *ret_record)
{
	const struct attest_event_hdr *hdr = data;
	struct attest_record *rec = ret_record;

	memset(rec, 0, sizeof(*rec));
	rec->time_ns = hdr->boottime_ns + (uint64_t)offset_ns;
	rec->count = 1;
	rec->violation = hdr->violation;
	rec->verdict = hdr->verdict;
	rec->hook = hdr->hook;
	rec->pid = hdr->tgid;
	rec->tid = hdr->tid;
	rec->ppid = hdr->ppid;
	rec->uid = hdr->uid;
	rec->syscall = hdr->syscall;
	memcpy(rec->comm, hdr->comm, ATTEST_COMM_LEN);
	switch (hdr->kind) {
	case ATTEST_EVENT_FILE:
		decode_file(data, rec);
		break;
	case ATTEST_EVENT_PROCESS:
		decode_process(data, rec);
		break;
	case ATTEST_EVENT_SYSCALL:
		decode_syscall(data, rec);
		break;
	case ATTEST_EVENT_CALL:
		decode_syscall(data, rec);
		rec->layer = ATTEST_LAYER_BPF;
		break;
	case ATTEST_EVENT_NET:
		decode_net(data, rec);
		break;
	}
	if (rec->verdict == ATTEST_VERDICT_AUDIT ||
	    rec->verdict == ATTEST_VERDICT_TRACE)
		rec->error = 0;
}
