// SPDX-License-Identifier: Apache-2.0
#include "engine/describe.h"

#include <errno.h>

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
	if (event->ip)
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
