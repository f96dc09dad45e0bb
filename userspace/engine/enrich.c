// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/enrich.h"
#include "engine/procs.h"
#include "event/out.h"
#include "event/syscall.h"

/* "opened for reading", by hook and access. */
static const char *deed_of(const struct attest_record *rec)
{
	switch (rec->hook) {
	case ATTEST_HOOK_FILE_OPEN:
		if (rec->access & ATTEST_ACCESS_EXECUTE)
			return "executed";
		if ((rec->access &
		     (ATTEST_ACCESS_READ | ATTEST_ACCESS_WRITE)) ==
		    (ATTEST_ACCESS_READ | ATTEST_ACCESS_WRITE))
			return "opened for reading and writing";
		return rec->access & ATTEST_ACCESS_WRITE ? "opened for writing"
							 : "opened for reading";
	case ATTEST_HOOK_MMAP_FILE:
	case ATTEST_HOOK_FILE_MPROTECT:
		return "mapped as program code";
	case ATTEST_HOOK_PATH_UNLINK:
	case ATTEST_HOOK_PATH_RMDIR:
		return "removed";
	case ATTEST_HOOK_PATH_RENAME:
		return "renamed";
	case ATTEST_HOOK_PATH_LINK:
		return "linked";
	case ATTEST_HOOK_PATH_MKDIR:
	case ATTEST_HOOK_PATH_MKNOD:
	case ATTEST_HOOK_PATH_SYMLINK:
		return "created";
	case ATTEST_HOOK_PATH_TRUNCATE:
		return "truncated";
	case ATTEST_HOOK_PATH_CHMOD:
		return "given another mode";
	case ATTEST_HOOK_PATH_CHOWN:
		return "given another owner";
	case ATTEST_HOOK_SYS_EXIT:
		if (rec->access & ATTEST_ACCESS_EXECUTE)
			return "executed";
		return rec->access & ATTEST_ACCESS_WRITE ? "written or changed"
							 : "read";
	default:
		return "used";
	}
}

static void fill_rule(const struct attest_policy *policy,
		      struct attest_record *rec)
{
	if (!rec->has_rule || !policy)
		return;
	if (rec->kind == ATTEST_KIND_FILESYSTEM) {
		if (rec->rule == 0 || rec->rule > policy->n_rules) {
			rec->rule_text = "default";
			return;
		}
		rec->rule_text = policy->rules[rec->rule - 1].path;
		rec->rule_priority = policy->rules[rec->rule - 1].priority;
	}
}

/* The sentence for a limit that would be passed. */
static bool put_limit(const struct attest_record *rec, char *text, size_t size)
{
	const char *format;

	if (rec->violation == ATTEST_VIOLATION_FILE_SIZE_LIMIT)
		format = "the file of %s would become %" PRIu64
			 " bytes, max_file_size is %" PRIu64;
	else if (rec->violation == ATTEST_VIOLATION_DISK_USAGE_LIMIT)
		format = "the files of %s would take %" PRIu64
			 " bytes, max_disk_usage is %" PRIu64;
	else if (rec->violation == ATTEST_VIOLATION_FILE_COUNT_LIMIT)
		format = "%s would have made %" PRIu64
			 " files, max_files is %" PRIu64;
	else
		return false;
	if (rec->value >> 63)
		(void)snprintf(
		    text, size,
		    "%s would write more than can be told, the limit "
		    "is %" PRIu64,
		    rec->comm, rec->limit);
	else
		(void)snprintf(text, size, format, rec->comm, rec->value,
			       rec->limit);
	return true;
}

/* "opened for reading by cat": no printf(), there may be a million a second. */
static void put_deed(const struct attest_record *rec, char *text)
{
	static const char climbs[] = " through a path that climbs with ..";
	const char *deed = deed_of(rec);
	char *p = attest_out_copy(text, deed, strlen(deed));

	p = attest_out_copy(p, " by ", 4);
	p = attest_out_copy(p, rec->comm, strlen(rec->comm));
	if (rec->violation == ATTEST_VIOLATION_PATH_TRAVERSAL)
		p = attest_out_copy(p, climbs, strlen(climbs));
	*p = '\0';
}

/* PREFIX-CPU-NUMBER */
static void put_id(const char *prefix, const struct attest_event_hdr *hdr,
		   char *id)
{
	char *p = attest_out_copy(id, prefix, strlen(prefix));

	*p++ = '-';
	p = attest_out_digits(p, hdr->cpu);
	*p++ = '-';
	p = attest_out_digits(p, hdr->seq);
	*p = '\0';
}

static void fill_context(struct attest_record *rec,
			 struct attest_enriched *texts)
{
	char *text = texts->context;
	size_t size = sizeof(texts->context);

	switch (rec->kind) {
	case ATTEST_KIND_FILESYSTEM:
		if (put_limit(rec, text, size))
			break;
		if (rec->violation == ATTEST_VIOLATION_UNRESOLVABLE_PATH)
			(void)snprintf(text, size,
				       "%s by %s, but its path cannot be told: "
				       "it is not below the process' root, or "
				       "too long or deep",
				       deed_of(rec), rec->comm);
		else
			put_deed(rec, text);
		break;
	case ATTEST_KIND_SECCOMP:
		(void)snprintf(text, size, "%s called by %s",
			       rec->syscall_name ? rec->syscall_name
						 : "system call",
			       rec->comm);
		break;
	case ATTEST_KIND_NETWORK:
		(void)snprintf(text, size, "%s%sby %s",
			       rec->host_name ? rec->host_name : "",
			       rec->host_name ? " " : "", rec->comm);
		break;
	default:
		(void)snprintf(text, size, "by %s", rec->comm);
		break;
	}
	rec->context = text;
}

void attest_enrich(struct attest_session *s, const void *event,
		   struct attest_record *rec, struct attest_enriched *texts)
{
	const struct attest_event_hdr *hdr = event;

	put_id(s->id_prefix, hdr, rec->id);
	rec->host = s->host;
	rec->exe = attest_procs_exe(s->procs, rec->pid);
	rec->cgroup = attest_procs_cgroup(s->procs, hdr->cgroup_id, rec->pid);
	if (rec->has_addr)
		rec->host_name =
		    attest_host_names_find(s->host_names, rec->addr);
	rec->syscall_name = attest_syscall_name(rec->syscall);
	if (s->options->policy) {
		rec->policy = &s->policy;
		fill_rule(s->options->policy, rec);
	}
	fill_context(rec, texts);
}
