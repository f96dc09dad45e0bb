// SPDX-License-Identifier: Apache-2.0
/**
 * Filters by interpretation: ours against libseccomp used directly.
 */
#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "policy/node.h"
#include "sandbox/seccomp.h"

#define CALLS 560
#define TUPLES 4000

static char *const admin[] = { (char *)"CAP_SYS_ADMIN", (char *)"CAP_BPF",
			       (char *)"CAP_AUDIT_WRITE" };

static struct attest_seccomp_profile *read_profile(const char *text,
						   const char *path)
{
	struct attest_seccomp_profile *profile = NULL;
	struct attest_diag diag = { 0 };
	struct attest_reader rd = { .diag = &diag };
	struct attest_node *node = NULL;
	int r;

	if (path) {
		r = attest_seccomp_load_file(&rd, path, &profile);
	} else {
		r = attest_node_parse(&rd, text, strlen(text), &node);
		if (r == 0)
			r = attest_seccomp_from_node(&rd, node, &profile);
	}
	if (r < 0)
		fail_msg("line %d: %s", diag.line, diag.text);
	attest_node_free(&node);
	attest_reader_done(&rd);

	return profile;
}

static uint32_t reference_action(enum attest_scmp_action action, uint32_t e)
{
	switch (action) {
	case ATTEST_SCMP_ALLOW:
		return SCMP_ACT_ALLOW;
	case ATTEST_SCMP_LOG:
		return SCMP_ACT_LOG;
	case ATTEST_SCMP_ERRNO:
		return SCMP_ACT_ERRNO(e);
	case ATTEST_SCMP_TRAP:
		return SCMP_ACT_TRAP;
	case ATTEST_SCMP_KILL_THREAD:
		return SCMP_ACT_KILL_THREAD;
	default:
		return SCMP_ACT_KILL_PROCESS;
	}
}

/* runc: conditions on one argument twice are rules of their own. */
static void reference_rule(scmp_filter_ctx ctx, uint32_t action, int number,
			   const struct attest_scmp_rule *rule,
			   const struct scmp_arg_cmp *cmp)
{
	unsigned int counts[6] = { 0 };
	bool split = false;

	for (size_t i = 0; i < rule->n_args; i++)
		split = ++counts[cmp[i].arg] > 1 || split;
	if (!split)
		(void)seccomp_rule_add_array(ctx, action, number, rule->n_args,
					     cmp);
	for (size_t i = 0; split && i < rule->n_args; i++)
		(void)seccomp_rule_add_array(ctx, action, number, 1, &cmp[i]);
}

/* As runc does it, without the optimiser: a list of comparisons. */
static void reference(const struct attest_seccomp_profile *p,
		      const struct attest_scmp_where *where, uint32_t arch,
		      struct sock_fprog *prog)
{
	uint32_t deflt = reference_action(p->default_action, p->default_errno);
	scmp_filter_ctx ctx = seccomp_init(deflt);
	int fd = memfd_create("reference", 0);

	assert_non_null(ctx);
	if (arch != seccomp_arch_native()) {
		assert_int_equal(seccomp_arch_add(ctx, arch), 0);
		assert_int_equal(seccomp_arch_remove(ctx, 0), 0);
	}
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
			       SCMP_ACT_KILL_PROCESS);
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct attest_scmp_rule *rule = &p->rules[i];
		uint32_t action = reference_action(
		    rule->action, rule->has_errno_ret ? rule->errno_ret : 1);
		struct scmp_arg_cmp cmp[6];

		if (action == deflt || !attest_scmp_rule_applies(rule, where))
			continue;
		/* The enumerations differ by one: libseccomp's starts at 1. */
		for (size_t j = 0; j < rule->n_args; j++)
			cmp[j] = (struct scmp_arg_cmp){
				rule->args[j].index, rule->args[j].op + 1,
				rule->args[j].value, rule->args[j].value_two
			};
		for (size_t j = 0; j < rule->n_names; j++) {
			int n = seccomp_syscall_resolve_name(rule->names[j]);

			if (n == __NR_SCMP_ERROR)
				continue;
			reference_rule(ctx, action, n, rule, cmp);
		}
	}
	assert_int_equal(seccomp_export_bpf(ctx, fd), 0);
	prog->len = lseek(fd, 0, SEEK_END) / sizeof(*prog->filter);
	prog->filter = calloc(prog->len, sizeof(*prog->filter));
	assert_true(
	    pread(fd, prog->filter, prog->len * sizeof(*prog->filter), 0) > 0);
	(void)close(fd);
	seccomp_release(ctx);
}

static uint64_t pick(uint64_t *seed)
{
	static const uint64_t values[] = {
		0,	    1,	     2,		 8,	     9,
		16,	    37,	     38,	 39,	     40,
		41,	    0x20000, 0x20008,	 0x7e020000, 0xffffffff,
		1ULL << 32, ~0ULL,   0x10000000, 0x40000000, 0x01000000
	};

	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	if (*seed >> 62)
		return values[(*seed >> 33) % ARRAY_SIZE(values)];

	return *seed >> 11;
}

static void same(const struct sock_fprog *a, const struct sock_fprog *b,
		 uint32_t arch, int nr, const uint64_t args[6])
{
	struct seccomp_data data = { .nr = nr, .arch = arch };
	uint32_t x, y;

	memcpy(data.args, args, sizeof(data.args));
	x = attest_seccomp_eval(a, &data);
	y = attest_seccomp_eval(b, &data);
	if (x != y)
		fail_msg("call %d (%lx %lx %lx): %x, libseccomp %x", nr,
			 (long)args[0], (long)args[1], (long)args[2], x, y);
}

static void compare(const struct attest_seccomp_profile *profile, uint32_t arch,
		    size_t n_caps)
{
	struct attest_scmp_where where = {
		.arch = arch == AUDIT_ARCH_X86_64 ? "amd64" : "arm64",
		.caps = admin,
		.n_caps = n_caps,
		.kernel = 0x60c,
	};
	struct attest_seccomp_options options = { .arch = arch,
						  .where = &where };
	static const int argued[] = { 0,   9,	16,  41, 56,  72,
				      135, 157, 220, 92, 198, 435 };
	_cleanup_filter_ struct attest_seccomp_filter filter = { 0 };
	struct attest_diag diag = { 0 };
	struct sock_fprog other;
	uint64_t seed = 1, args[6] = { 0 };

	if (attest_seccomp_compile(profile, &options, &filter, NULL, &diag) < 0)
		fail_msg("%d: %s", diag.line, diag.text);
	reference(profile, &where, arch, &other);
	for (int nr = -1; nr < CALLS; nr++) {
		char *name = seccomp_syscall_resolve_num_arch(arch, nr);

		/* What libseccomp has no name for it cannot read. */
		if (nr < 457 || name)
			same(&filter.prog, &other, arch, nr, args);
		free(name);
		same(&filter.prog, &other, arch, nr | 0x40000000, args);
	}
	for (size_t i = 0; i < TUPLES; i++) {
		for (size_t j = 0; j < 6; j++)
			args[j] = pick(&seed);
		for (size_t j = 0; j < ARRAY_SIZE(argued); j++)
			same(&filter.prog, &other, arch, argued[j], args);
		same(&filter.prog, &other, arch, (int)(i % 457), args);
	}
	same(&filter.prog, &other, AUDIT_ARCH_I386, 4, args);
	free(other.filter);
}

static void compare_all(struct attest_seccomp_profile *profile)
{
	compare(profile, AUDIT_ARCH_X86_64, 0);
	compare(profile, AUDIT_ARCH_X86_64, ARRAY_SIZE(admin));
	compare(profile, AUDIT_ARCH_AARCH64, 0);
	compare(profile, AUDIT_ARCH_AARCH64, ARRAY_SIZE(admin));
	attest_seccomp_free(&profile);
}

static void published_profiles_decide_as_by_libseccomp(void **state)
{
	static const char *const files[] = {
		"moby-seccomp-default.json",
		"containers-common-seccomp.json",
		/* Comes with podman, which the tests of containers need. */
		"/usr/share/containers/seccomp.json",
	};
	char path[4096];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const char *folder = getenv("ATTEST_DATA_DIR")
					 ?: ATTEST_SOURCE_DIR "/../shared/data";

		(void)snprintf(path, sizeof(path), "%s%s%s",
			       files[i][0] == '/' ? "" : folder,
			       files[i][0] == '/' ? "" : "/", files[i]);
		if (access(path, R_OK) == 0)
			compare_all(read_profile(NULL, path));
		else
			print_message("%s is not there\n", path);
	}
}

#define RULE(name, action, args)                                               \
	"- names: [" name "]\n  action: " action "\n  args: [" args "]\n"
#define ARG(index, op, value)                                                  \
	"{index: " #index ", op: SCMP_CMP_" op ", value: " value "}"
#define MASKED(index, mask, value)                                             \
	"{index: " #index ", op: SCMP_CMP_MASKED_EQ, value: " mask             \
	", valueTwo: " value "}"

/* What libseccomp's own regression tests are about, with calls that are. */
static void filters_of_libseccomps_tests_decide_alike(void **state)
{
	static const char *const profiles[] = {
		/* basic: few calls, one of them by a descriptor */
		"defaultAction: SCMP_ACT_KILL\nsyscalls:\n" RULE(
		    "read", "SCMP_ACT_ALLOW", ARG(0, "EQ", "0"))
		    RULE("write", "SCMP_ACT_ALLOW", ARG(0, "EQ", "1")) RULE(
			"write", "SCMP_ACT_ALLOW",
			ARG(0, "EQ",
			    "2")) "- { names: [close, rt_sigreturn], action: SCMP_ACT_ALLOW }\n",
		/* every action */
		"defaultAction: SCMP_ACT_ALLOW\nsyscalls:\n"
		"- { names: [read], action: SCMP_ACT_KILL_THREAD }\n"
		"- { names: [write], action: SCMP_ACT_ERRNO, errnoRet: 1 }\n"
		"- { names: [close], action: SCMP_ACT_TRAP }\n"
		"- { names: [openat], action: SCMP_ACT_LOG }\n"
		"- { names: [fstat], action: SCMP_ACT_KILL_PROCESS }\n"
		"- { names: [statx], action: SCMP_ACT_ERRNO, errnoRet: 4094 }\n",
		/* every comparison, in 64 bits and at their edges */
		"defaultAction: SCMP_ACT_KILL_PROCESS\nsyscalls:\n" RULE(
		    "mmap", "SCMP_ACT_ALLOW", ARG(0, "NE", "0x123456789abc"))
		    RULE("read", "SCMP_ACT_ALLOW", ARG(1, "LT", "0x100000000"))
			RULE("socket", "SCMP_ACT_ALLOW",
			     ARG(2, "LE", "0xffffffff"))
			    RULE("clone", "SCMP_ACT_ALLOW",
				 ARG(3, "EQ", "0xffffffffffffffff"))
				RULE("fcntl", "SCMP_ACT_ALLOW",
				     ARG(4, "GE", "0x8000000000000000"))
				    RULE("ioctl", "SCMP_ACT_ALLOW",
					 ARG(5, "GT", "0xffffffff"))
					RULE("personality", "SCMP_ACT_ALLOW",
					     MASKED(0, "0xff000000ff",
						    "0x2000000008")),
		/* subtrees: chains that share their beginning */
		"defaultAction: SCMP_ACT_KILL_PROCESS\nsyscalls:\n" RULE(
		    "mmap", "SCMP_ACT_ALLOW",
		    ARG(0, "EQ", "0") "," ARG(1, "EQ", "1"))
		    RULE("mmap", "SCMP_ACT_ALLOW",
			 ARG(0, "EQ", "0") "," ARG(1, "EQ", "2") "," ARG(
			     2, "EQ", "8")) RULE("clone", "SCMP_ACT_ALLOW",
						 ARG(1, "EQ",
						     "1") "," ARG(2, "EQ", "2"))
			RULE("clone", "SCMP_ACT_ALLOW", ARG(1, "EQ", "1"))
			    RULE("socket", "SCMP_ACT_LOG",
				 ARG(0, "GT", "8") "," ARG(
				     1, "LT", "16") "," ARG(2, "NE", "2"))
				RULE("socket", "SCMP_ACT_LOG",
				     ARG(0, "LE", "8") "," ARG(2, "EQ", "2")),
		/* a rule for all of a call beside one for some of it */
		"defaultAction: SCMP_ACT_ERRNO\nsyscalls:\n"
		"- { names: [ioctl], action: SCMP_ACT_ALLOW }\n" RULE(
		    "ioctl", "SCMP_ACT_ALLOW", ARG(1, "EQ", "1"))
		    RULE("socket", "SCMP_ACT_ALLOW", ARG(0, "EQ", "1"))
			RULE("socket", "SCMP_ACT_ALLOW",
			     ARG(0, "EQ", "16") "," ARG(2, "EQ", "9")),
	};

	for (size_t i = 0; i < ARRAY_SIZE(profiles); i++)
		compare_all(read_profile(profiles[i], NULL));
}

static void conditions_decide_as_by_libseccomp(void **state)
{
	compare_all(read_profile(
	    "defaultAction: SCMP_ACT_ERRNO\ndefaultErrnoRet: 38\nsyscalls:\n"
	    "- names: [read, write, exit_group, landlock_add_rule]\n"
	    "  action: SCMP_ACT_ALLOW\n"
	    "- names: [ioctl]\n  action: SCMP_ACT_LOG\n"
	    "  args: [{index: 1, value: 0xffffffff, valueTwo: 2, op: "
	    "SCMP_CMP_MASKED_EQ}]\n"
	    "- names: [socket]\n  action: SCMP_ACT_KILL_PROCESS\n"
	    "  args: [{index: 0, value: 2, op: SCMP_CMP_EQ}]\n"
	    "- names: [socket]\n  action: SCMP_ACT_ALLOW\n"
	    "  args: [{index: 0, value: 1, op: SCMP_CMP_LE}]\n"
	    "- names: [mmap]\n  action: SCMP_ACT_TRAP\n"
	    "  args: [{index: 2, value: 8, op: SCMP_CMP_GE}]\n"
	    "- names: [clone]\n  action: SCMP_ACT_ALLOW\n"
	    "  args: [{index: 0, value: 0x7e020000, valueTwo: 0, op: "
	    "SCMP_CMP_MASKED_EQ}, {index: 1, value: 9, op: SCMP_CMP_NE}]\n",
	    NULL));
}

static void built_in_levels_decide_as_by_libseccomp(void **state)
{
	compare_all(read_profile("profile: minimal", NULL));
	compare_all(read_profile("profile: standard", NULL));
	compare_all(read_profile("profile: maximum", NULL));
}

/* Two conditions on one argument: one is enough, as in every runtime. */
static void conditions_on_one_argument_are_alternatives(void **state)
{
	struct attest_seccomp_profile *profile =
	    read_profile("defaultAction: SCMP_ACT_ALLOW\nsyscalls:\n"
			 "- names: [getpriority]\n  action: SCMP_ACT_ERRNO\n"
			 "  args: [{index: 0, value: 1, op: SCMP_CMP_EQ},\n"
			 "         {index: 0, value: 2, op: SCMP_CMP_EQ}]\n",
			 NULL);
	_cleanup_filter_ struct attest_seccomp_filter filter = { 0 };
	struct attest_diag diag = { 0 };
	int nr = attest_seccomp_number(seccomp_arch_native(), "getpriority");

	assert_int_equal(
	    attest_seccomp_compile(profile, NULL, &filter, NULL, &diag), 0);
	for (uint64_t i = 0; i < 4; i++) {
		struct seccomp_data data = { .nr = nr,
					     .arch = seccomp_arch_native(),
					     .args = { i } };
		bool refused = i == 1 || i == 2;

		assert_int_equal(attest_seccomp_eval(&filter.prog, &data),
				 refused ? SECCOMP_RET_ERRNO | EPERM
					 : SECCOMP_RET_ALLOW);
	}
	attest_seccomp_free(&profile);
}

static void foreign_architectures_are_killed(void **state)
{
	struct attest_seccomp_profile *profile =
	    read_profile("defaultAction: SCMP_ACT_ALLOW", NULL);
	_cleanup_filter_ struct attest_seccomp_filter filter = { 0 };
	struct seccomp_data x32 = { 0x40000000, AUDIT_ARCH_X86_64 };
	struct seccomp_data i386 = { 4, AUDIT_ARCH_I386 };
	struct attest_seccomp_options options = { .arch = AUDIT_ARCH_X86_64 };
	struct attest_diag diag = { 0 };

	assert_int_equal(
	    attest_seccomp_compile(profile, &options, &filter, NULL, &diag), 0);
	assert_int_equal(attest_seccomp_eval(&filter.prog, &x32),
			 SECCOMP_RET_KILL_PROCESS);
	assert_int_equal(attest_seccomp_eval(&filter.prog, &i386),
			 SECCOMP_RET_KILL_PROCESS);
	attest_seccomp_free(&profile);
}

static void what_nobody_answers_is_an_error(void **state)
{
	struct attest_seccomp_profile *profile =
	    read_profile("defaultAction: SCMP_ACT_ALLOW\nsyscalls:\n"
			 "- names: [mkdir]\n  action: SCMP_ACT_NOTIFY\n",
			 NULL);
	struct attest_seccomp_filter filter = { .flags = 77 };
	struct attest_diag diag = { 0 };

	assert_int_equal(
	    attest_seccomp_compile(profile, NULL, &filter, NULL, &diag),
	    -EOPNOTSUPP);
	assert_int_equal(diag.line, 3);
	assert_int_equal(filter.flags, 77);
	attest_seccomp_free(&profile);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_profiles_decide_as_by_libseccomp),
		cmocka_unit_test(filters_of_libseccomps_tests_decide_alike),
		cmocka_unit_test(conditions_decide_as_by_libseccomp),
		cmocka_unit_test(built_in_levels_decide_as_by_libseccomp),
		cmocka_unit_test(conditions_on_one_argument_are_alternatives),
		cmocka_unit_test(foreign_architectures_are_killed),
		cmocka_unit_test(what_nobody_answers_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
