// SPDX-License-Identifier: Apache-2.0
#include "policy/seccomp_names.h"

#include <linux/seccomp.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static const char *const action_names[] = {
	[ATTEST_SCMP_ALLOW] = "SCMP_ACT_ALLOW",
	[ATTEST_SCMP_LOG] = "SCMP_ACT_LOG",
	[ATTEST_SCMP_ERRNO] = "SCMP_ACT_ERRNO",
	[ATTEST_SCMP_TRAP] = "SCMP_ACT_TRAP",
	[ATTEST_SCMP_KILL_THREAD] = "SCMP_ACT_KILL_THREAD",
	[ATTEST_SCMP_KILL_PROCESS] = "SCMP_ACT_KILL_PROCESS",
	[ATTEST_SCMP_NOTIFY] = "SCMP_ACT_NOTIFY",
	[ATTEST_SCMP_TRACE] = "SCMP_ACT_TRACE",
};
_Static_assert(ARRAY_SIZE(action_names) == ATTEST_SCMP_END,
	       "an action has no name");

static const char *const op_names[] = {
	[ATTEST_SCMP_CMP_NE] = "SCMP_CMP_NE",
	[ATTEST_SCMP_CMP_LT] = "SCMP_CMP_LT",
	[ATTEST_SCMP_CMP_LE] = "SCMP_CMP_LE",
	[ATTEST_SCMP_CMP_EQ] = "SCMP_CMP_EQ",
	[ATTEST_SCMP_CMP_GE] = "SCMP_CMP_GE",
	[ATTEST_SCMP_CMP_GT] = "SCMP_CMP_GT",
	[ATTEST_SCMP_CMP_MASKED_EQ] = "SCMP_CMP_MASKED_EQ",
};
_Static_assert(ARRAY_SIZE(op_names) == ATTEST_SCMP_CMP_END,
	       "a comparison has no name");

const struct attest_choice attest_scmp_actions[] = {
	{ "SCMP_ACT_ALLOW", ATTEST_SCMP_ALLOW },
	{ "SCMP_ACT_LOG", ATTEST_SCMP_LOG },
	{ "SCMP_ACT_ERRNO", ATTEST_SCMP_ERRNO },
	{ "SCMP_ACT_TRAP", ATTEST_SCMP_TRAP },
	{ "SCMP_ACT_KILL", ATTEST_SCMP_KILL_THREAD },
	{ "SCMP_ACT_KILL_THREAD", ATTEST_SCMP_KILL_THREAD },
	{ "SCMP_ACT_KILL_PROCESS", ATTEST_SCMP_KILL_PROCESS },
	{ "SCMP_ACT_NOTIFY", ATTEST_SCMP_NOTIFY },
	{ "SCMP_ACT_TRACE", ATTEST_SCMP_TRACE },
	{ NULL, 0 },
};

const struct attest_choice attest_scmp_ops[] = {
	{ "SCMP_CMP_NE", ATTEST_SCMP_CMP_NE },
	{ "SCMP_CMP_LT", ATTEST_SCMP_CMP_LT },
	{ "SCMP_CMP_LE", ATTEST_SCMP_CMP_LE },
	{ "SCMP_CMP_EQ", ATTEST_SCMP_CMP_EQ },
	{ "SCMP_CMP_GE", ATTEST_SCMP_CMP_GE },
	{ "SCMP_CMP_GT", ATTEST_SCMP_CMP_GT },
	{ "SCMP_CMP_MASKED_EQ", ATTEST_SCMP_CMP_MASKED_EQ },
	{ NULL, 0 },
};

/* Linux 5.19; Debian 12's headers have it. */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

const struct attest_choice attest_scmp_flags[] = {
	{ "SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC },
	{ "SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG },
	{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
	{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
	  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV },
	{ NULL, 0 },
};

const struct attest_choice attest_scmp_arches[] = {
	{ "SCMP_ARCH_X86", 0 },		{ "SCMP_ARCH_X86_64", 0 },
	{ "SCMP_ARCH_X32", 0 },		{ "SCMP_ARCH_ARM", 0 },
	{ "SCMP_ARCH_AARCH64", 0 },	{ "SCMP_ARCH_LOONGARCH64", 0 },
	{ "SCMP_ARCH_M68K", 0 },	{ "SCMP_ARCH_MIPS", 0 },
	{ "SCMP_ARCH_MIPS64", 0 },	{ "SCMP_ARCH_MIPS64N32", 0 },
	{ "SCMP_ARCH_MIPSEL", 0 },	{ "SCMP_ARCH_MIPSEL64", 0 },
	{ "SCMP_ARCH_MIPSEL64N32", 0 }, { "SCMP_ARCH_PPC", 0 },
	{ "SCMP_ARCH_PPC64", 0 },	{ "SCMP_ARCH_PPC64LE", 0 },
	{ "SCMP_ARCH_S390", 0 },	{ "SCMP_ARCH_S390X", 0 },
	{ "SCMP_ARCH_SH", 0 },		{ "SCMP_ARCH_SHEB", 0 },
	{ "SCMP_ARCH_PARISC", 0 },	{ "SCMP_ARCH_PARISC64", 0 },
	{ "SCMP_ARCH_RISCV64", 0 },	{ NULL, 0 },
};

static const char *const module_load[] = { "init_module", "finit_module",
					   NULL };
static const char *const module_unload[] = { "delete_module", NULL };
static const char *const kexec[] = { "kexec_load", "kexec_file_load", NULL };
static const char *const process_fork[] = { "fork", "vfork", "clone", "clone3",
					    NULL };
static const char *const process_exec[] = { "execve", "execveat", NULL };

static const struct {
	const char *name;
	const char *const *real;
} aliases[] = {
	{ "module_load", module_load },
	{ "load_module", module_load },
	{ "module_unload", module_unload },
	{ "unload_module", module_unload },
	{ "kexec", kexec },
	{ "process_fork", process_fork },
	{ "exec", process_exec },
};

/* Each group ends with NULL, the list with an empty group. */
static const char *const siblings[][6] = {
	{ "kexec_load", "kexec_file_load" },
	{ "init_module", "finit_module" },
	{ "clone", "clone3" },
	{ "execve", "execveat" },
	{ "mount", "move_mount", "fsmount", "open_tree" },
	{ "umount", "umount2" },
	{ "open", "openat", "openat2", "creat" },
	{ "unlink", "unlinkat" },
	{ "rename", "renameat", "renameat2" },
	{ "chmod", "fchmodat", "fchmod", "fchmodat2" },
	{ "chown", "fchownat", "fchown", "lchown" },
	{ "ptrace", "process_vm_readv", "process_vm_writev" },
	{ NULL },
};

const char *attest_scmp_action_name(enum attest_scmp_action action)
{
	return (size_t)action < ARRAY_SIZE(action_names) ? action_names[action]
							 : "unknown";
}

const char *attest_scmp_op_name(enum attest_scmp_op op)
{
	return (size_t)op < ARRAY_SIZE(op_names) ? op_names[op] : "unknown";
}

int attest_scmp_errno(const char *text)
{
	unsigned long n;
	char *end;

	for (int e = 1; e < 134; e++) {
		const char *name = strerrorname_np(e);

		if (name && !strcmp(name, text))
			return e;
	}
	if (*text < '0' || *text > '9')
		return -1;
	n = strtoul(text, &end, 10);

	return *end || n > ATTEST_SECCOMP_ERRNO_MAX ? -1 : (int)n;
}

const char *const *attest_scmp_alias(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		if (!strcmp(aliases[i].name, name))
			return aliases[i].real;

	return NULL;
}

const char *const *attest_scmp_siblings(const char *name)
{
	for (size_t i = 0; siblings[i][0]; i++)
		for (size_t j = 0; siblings[i][j]; j++)
			if (!strcmp(siblings[i][j], name))
				return siblings[i];

	return NULL;
}
