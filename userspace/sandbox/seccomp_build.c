// SPDX-License-Identifier: Apache-2.0
/**
 * Profiles to filters, by libseccomp.
 */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/seccomp.h"

struct building {
	const struct attest_seccomp_profile *profile;
	const struct attest_seccomp_options *options;
	struct attest_scmp_where where;
	uint32_t arch;
	uint32_t default_action;
	scmp_filter_ctx ctx;
	struct attest_str *notes;
	struct attest_diag *diag;
};

/* Newer than libseccomp 2.5.4; from 424 on all architectures count alike. */
static const struct {
	const char *name;
	int number;
} young[] = {
	{ "statmount", 457 },	      { "listmount", 458 },
	{ "lsm_get_self_attr", 459 }, { "lsm_set_self_attr", 460 },
	{ "lsm_list_modules", 461 },  { "mseal", 462 },
	{ "setxattrat", 463 },	      { "getxattrat", 464 },
	{ "listxattrat", 465 },	      { "removexattrat", 466 },
	{ "open_tree_attr", 467 },    { "file_getattr", 468 },
	{ "file_setattr", 469 },      { "listns", 470 },
};

static void free_ctx(scmp_filter_ctx *ctx)
{
	if (*ctx)
		seccomp_release(*ctx);
}

static int fail(struct building *b, int r, int line, const char *format,
		const char *what)
{
	(void)snprintf(b->diag->file, sizeof(b->diag->file), "%s",
		       b->profile->name);
	b->diag->line = line;
	b->diag->column = 0;
	(void)snprintf(b->diag->text, sizeof(b->diag->text), format, what);

	return r;
}

static int young_number(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(young); i++)
		if (!strcmp(young[i].name, name))
			return young[i].number;

	return -1;
}

int attest_seccomp_number(uint32_t arch, const char *name)
{
	int n = seccomp_syscall_resolve_name_arch(arch, name);

	return n >= 0 ? n : young_number(name);
}

/* Is the call one that a supervisor answers? */
static bool is_supervised(enum attest_scmp_action action)
{
	return action == ATTEST_SCMP_ERRNO || action == ATTEST_SCMP_TRAP ||
	       action == ATTEST_SCMP_KILL_THREAD ||
	       action == ATTEST_SCMP_KILL_PROCESS || action == ATTEST_SCMP_LOG;
}

static int map_action(struct building *b, enum attest_scmp_action action,
		      uint32_t errno_ret, int line, uint32_t *ret)
{
	if (action == ATTEST_SCMP_TRACE && !b->options->tracer)
		action = ATTEST_SCMP_LOG;
	if (action == ATTEST_SCMP_NOTIFY && !b->options->listener)
		return fail(b, -EOPNOTSUPP, line,
			    "%s needs a listener, and there is none",
			    "SCMP_ACT_NOTIFY");
	if (b->options->notify && is_supervised(action))
		action = ATTEST_SCMP_NOTIFY;
	switch (action) {
	case ATTEST_SCMP_ALLOW:
		*ret = SCMP_ACT_ALLOW;
		return 0;
	case ATTEST_SCMP_LOG:
		*ret = SCMP_ACT_LOG;
		return 0;
	case ATTEST_SCMP_ERRNO:
		*ret = SCMP_ACT_ERRNO(errno_ret);
		return 0;
	case ATTEST_SCMP_TRAP:
		*ret = SCMP_ACT_TRAP;
		return 0;
	case ATTEST_SCMP_KILL_THREAD:
		*ret = SCMP_ACT_KILL_THREAD;
		return 0;
	case ATTEST_SCMP_KILL_PROCESS:
		*ret = SCMP_ACT_KILL_PROCESS;
		return 0;
	case ATTEST_SCMP_NOTIFY:
		*ret = SCMP_ACT_NOTIFY;
		return 0;
	case ATTEST_SCMP_TRACE:
		*ret = SCMP_ACT_TRACE(errno_ret);
		return 0;
	case ATTEST_SCMP_END:
		break;
	}

	return -EINVAL;
}

static struct scmp_arg_cmp make_cmp(const struct attest_scmp_arg *arg)
{
	static const enum scmp_compare ops[] = {
		[ATTEST_SCMP_CMP_NE] = SCMP_CMP_NE,
		[ATTEST_SCMP_CMP_LT] = SCMP_CMP_LT,
		[ATTEST_SCMP_CMP_LE] = SCMP_CMP_LE,
		[ATTEST_SCMP_CMP_EQ] = SCMP_CMP_EQ,
		[ATTEST_SCMP_CMP_GE] = SCMP_CMP_GE,
		[ATTEST_SCMP_CMP_GT] = SCMP_CMP_GT,
		[ATTEST_SCMP_CMP_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
	};

	return (struct scmp_arg_cmp){ arg->index, ops[arg->op], arg->value,
				      arg->value_two };
}

static int add_call(struct building *b, const struct attest_scmp_rule *rule,
		    uint32_t action, int number)
{
	bool any = attest_scmp_args_are_alternatives(rule);
	struct scmp_arg_cmp cmp[6];
	int r = 0;

	if (!any) {
		for (size_t i = 0; i < rule->n_args; i++)
			cmp[i] = make_cmp(&rule->args[i]);
		return seccomp_rule_add_array(b->ctx, action, number,
					      rule->n_args, cmp);
	}
	for (size_t i = 0; r >= 0 && i < rule->n_args; i++) {
		cmp[0] = make_cmp(&rule->args[i]);
		r = seccomp_rule_add_array(b->ctx, action, number, 1, cmp);
	}

	return r;
}

static int add_name(struct building *b, const struct attest_scmp_rule *rule,
		    uint32_t action, const char *name)
{
	int number = seccomp_syscall_resolve_name(name);
	int r;

	/* A young call is known by its number alone, on this machine. */
	if (number == __NR_SCMP_ERROR) {
		number = young_number(name);
		if (number < 0 || b->arch != seccomp_arch_native())
			return 0;
	}
	r = add_call(b, rule, action, number);
	/* Pseudo numbers: the call is not of this architecture. */
	if (r == -EDOM || (r == -EOPNOTSUPP && number < 0))
		return 0;
	if (r < 0)
		return fail(b, r == -ENOMEM ? r : -EINVAL, rule->line,
			    "libseccomp refuses the rule for '%.60s'", name);

	return 0;
}

static int add_rules(struct building *b)
{
	for (size_t i = 0; i < b->profile->n_rules; i++) {
		const struct attest_scmp_rule *rule = &b->profile->rules[i];
		uint32_t action;
		int r;

		if (!attest_scmp_rule_applies(rule, &b->where))
			continue;
		r = map_action(b, rule->action,
			       rule->has_errno_ret ? rule->errno_ret : EPERM,
			       rule->line, &action);
		if (r < 0)
			return r;
		/* As the runtimes: such a rule changes nothing. */
		if (action == b->default_action)
			continue;
		for (size_t j = 0; j < rule->n_names; j++) {
			r = add_name(b, rule, action, rule->names[j]);
			if (r < 0)
				return r;
		}
	}

	return 0;
}

static int open_ctx(struct building *b)
{
	int r;

	/* Notification needs 5 and more, whatever the build machine runs. */
	(void)seccomp_api_set(6);
	r = map_action(b, b->profile->default_action, b->profile->default_errno,
		       0, &b->default_action);
	if (r < 0)
		return r;
	b->ctx = seccomp_init(b->default_action);
	if (!b->ctx)
		return -ENOMEM;
	if (b->arch != seccomp_arch_native()) {
		r = seccomp_arch_add(b->ctx, b->arch);
		if (!r)
			r = seccomp_arch_remove(b->ctx, SCMP_ARCH_NATIVE);
		if (r < 0)
			return r;
	}
	r = seccomp_attr_set(b->ctx, SCMP_FLTATR_ACT_BADARCH,
			     SCMP_ACT_KILL_PROCESS);
	if (!r)
		r = seccomp_attr_set(b->ctx, SCMP_FLTATR_CTL_LOG, 1);
	/* 2: a binary tree over the numbers instead of a list. */
	if (!r)
		r = seccomp_attr_set(b->ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);

	return r;
}

uint32_t
attest_seccomp_filter_flags(const struct attest_seccomp_profile *profile,
			    const struct attest_seccomp_options *options)
{
	uint32_t flags = SECCOMP_FILTER_FLAG_LOG;

	flags |= profile->flags & SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	/* A signal between question and answer must not repeat the call. */
	if (options->notify)
		flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER |
			 SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;

	return flags;
}

static int export(struct building *b, struct attest_seccomp_filter *ret)
{
	_cleanup_close_ int fd = memfd_create("seccomp", MFD_CLOEXEC);
	_cleanup_free_ struct sock_filter *insns = NULL;
	struct stat st;
	int r;

	if (fd < 0)
		return -errno;
	r = seccomp_export_bpf(b->ctx, fd);
	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size / sizeof(*insns) > BPF_MAXINSNS)
		return fail(b, -E2BIG, 0,
			    "the filter has more than %s instructions", "4096");
	insns = malloc(st.st_size);
	if (!insns)
		return -ENOMEM;
	if (pread(fd, insns, st.st_size, 0) != st.st_size)
		return -EIO;
	ret->prog.len = st.st_size / sizeof(*insns);
	ret->prog.filter = TAKE_PTR(insns);
	ret->borrowed = false;
	ret->flags = attest_seccomp_filter_flags(b->profile, b->options);

	return 0;
}

static void note_arches(const struct building *b)
{
	for (size_t i = 0; b->notes && i < b->profile->n_arches; i++)
		for (size_t j = 0; j < b->profile->arches[i].n_sub; j++)
			attest_str_printf(b->notes,
					  "%s: programs for it are killed\n",
					  b->profile->arches[i].sub[j]);
}

int attest_seccomp_compile(const struct attest_seccomp_profile *profile,
			   const struct attest_seccomp_options *options,
			   struct attest_seccomp_filter *ret,
			   struct attest_str *notes,
			   struct attest_diag *reterr_diag)
{
	static const struct attest_seccomp_options defaults;
	_cleanup_(free_ctx) scmp_filter_ctx ctx = NULL;
	struct attest_seccomp_here here;
	struct building b = {
		.profile = profile,
		.options = options ?: &defaults,
		.notes = notes,
		.diag = reterr_diag,
	};
	int r;

	b.arch = b.options->arch ?: seccomp_arch_native();
	if (b.arch != SCMP_ARCH_X86_64 && b.arch != SCMP_ARCH_AARCH64)
		return fail(&b, -EOPNOTSUPP, 0, "no filters for %s",
			    "this architecture");
	attest_seccomp_here(&here);
	b.where = b.options->where ? *b.options->where : here.where;
	if (!b.options->where)
		b.where.arch = b.arch == SCMP_ARCH_X86_64 ? "amd64" : "arm64";
	r = open_ctx(&b);
	ctx = b.ctx;
	if (r < 0)
		return r;
	r = add_rules(&b);
	if (r < 0)
		return r;
	note_arches(&b);

	return export(&b, ret);
}
