// SPDX-License-Identifier: Apache-2.0
#include "engine/describe.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "event/syscall.h"
#include "event/syscall_proc.h"

void attest_described_done(struct attest_described *texts)
{
	attest_str_done(&texts->args);
	attest_str_done(&texts->ip);
	attest_str_done(&texts->context);
	attest_str_done(&texts->rule);
}

static const char *text_of(const struct attest_str *s)
{
	return s->len && !s->error ? s->data : NULL;
}

static void put_arguments(const struct attest_syscall_event *ev, bool is_held,
			  struct attest_str *out)
{
	struct attest_syscall_proc proc;
	uint64_t args[6];

	for (size_t i = 0; i < ARRAY_SIZE(args); i++)
		args[i] = ev->args[i];
	if (!is_held) {
		attest_syscall_put_args(out, ev->hdr.syscall, args, NULL);
		return;
	}
	attest_syscall_proc_open(&proc, (pid_t)ev->hdr.tid);
	attest_syscall_put_args(out, ev->hdr.syscall, args, &proc.source);
	attest_syscall_proc_close(&proc);
}

/* The rule's number, what it is called, and the sentence with the remedy. */
static void explain(const struct attest_syscall_event *ev,
		    const struct attest_seccomp_profile *profile,
		    const struct attest_seccomp_here *here,
		    struct attest_described *texts, struct attest_record *rec)
{
	enum attest_scmp_action action =
	    attest_seccomp_action(ev->seccomp_action);
	const char *name = rec->syscall_name ?: "unknown";
	uint64_t args[6];

	for (size_t i = 0; i < ARRAY_SIZE(args); i++)
		args[i] = ev->args[i];
	rec->rule = (uint32_t)attest_seccomp_find_rule(profile, &here->where,
						       name, args, action);
	rec->has_rule = true;
	if (rec->rule)
		attest_str_printf(&texts->rule, "seccomp rule %u of %s",
				  rec->rule, profile->name);
	else
		attest_str_printf(&texts->rule, "default action of %s",
				  profile->name);
	rec->rule_text = text_of(&texts->rule);
	(void)attest_seccomp_explain(profile, &here->where, name, args, action,
				     &texts->context);
}

void attest_describe(const struct attest_syscall_event *event,
		     const struct attest_seccomp_profile *profile,
		     const struct attest_seccomp_here *here, bool is_held,
		     struct attest_described *texts, struct attest_record *rec)
{
	attest_str_clear(&texts->args);
	attest_str_clear(&texts->ip);
	attest_str_clear(&texts->context);
	attest_str_clear(&texts->rule);
	rec->syscall_name = attest_syscall_name(event->hdr.syscall);
	put_arguments(event, is_held, &texts->args);
	rec->args_text = text_of(&texts->args) ?: "";
	if (event->ip_file[0])
		attest_str_printf(&texts->ip, "%.*s+0x%" PRIx64,
				  (int)sizeof(event->ip_file), event->ip_file,
				  (uint64_t)event->ip_offset);
	else if (event->ip)
		(void)attest_syscall_put_ip(&texts->ip, (pid_t)event->hdr.tid,
					    event->ip);
	rec->ip_text = text_of(&texts->ip);
	if (profile)
		explain(event, profile, here, texts, rec);
	else
		attest_str_printf(&texts->context,
				  "%s called by %s; the filter that acted on "
				  "it is not attest-bpf's",
				  rec->syscall_name ?: "an unknown system call",
				  rec->comm);
	rec->context = text_of(&texts->context);
}

/* What the call was passed, from its record: the task goes on meanwhile. */
static long read_passed(void *data, uint64_t addr, void *buffer, size_t len)
{
	const struct attest_call_event *ev = data;
	size_t n = ev->arg_len + 1;

	if (!ev->arg_index || ev->call.args[ev->arg_index - 1] != addr)
		return -EFAULT;
	n = n < len ? n : len;
	memset(buffer, 0, n);
	memcpy(buffer, ev + 1, n < ev->arg_len ? n : ev->arg_len);
	return (long)n;
}

static long name_nothing(void *data, int fd, char *buffer, size_t len)
{
	return -ENOENT;
}

static void put_result(const struct attest_call_event *ev,
		       struct attest_record *rec, struct attest_str *out)
{
	int64_t result = ev->call.result;

	if (ev->call.hdr.hook == ATTEST_HOOK_SYS_ENTER) {
		attest_str_puts(out, " = ?");
		return;
	}
	if (result < 0 && result >= -4095) {
		rec->error = (int)-result;
		attest_str_printf(out, " = -1 %s",
				  strerrorname_np(rec->error) ?: "?");
	} else {
		attest_str_printf(out, " = %" PRId64, result);
	}
	attest_str_printf(out, " <%" PRIu64 ".%06" PRIu64 ">",
			  (uint64_t)ev->duration_ns / 1000000000,
			  (uint64_t)ev->duration_ns / 1000 % 1000000);
}

void attest_describe_call(const struct attest_call_event *event,
			  struct attest_described *texts,
			  struct attest_record *rec)
{
	const struct attest_syscall_source source = {
		.read = read_passed,
		.fd_name = name_nothing,
		.data = (void *)event,
	};

	attest_str_clear(&texts->args);
	attest_str_clear(&texts->context);
	rec->syscall_name = attest_syscall_name(rec->syscall);
	attest_syscall_put_args(&texts->args, rec->syscall, rec->args, &source);
	rec->args_text = text_of(&texts->args) ?: "";
	attest_syscall_put(&texts->context, rec->syscall, rec->args, &source);
	put_result(event, rec, &texts->context);
	rec->context = text_of(&texts->context);
}
