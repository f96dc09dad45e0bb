/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * Arguments of the system call under way. They classify and describe, they
 * never decide: another thread can change them after the check.
 */
#pragma once

#include <bpf/bpf_helpers.h>

static __always_inline bool attest_is_open(int nr)
{
	return nr == 2 || nr == 85 || nr == 257 || nr == 437;
}

/* The user address of the path that the system call was given, or NULL. */
static __always_inline const void *attest_path_argument(int *nr)
{
	struct pt_regs *regs;

	regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	if (!regs)
		return NULL;
	*nr = (int)regs->orig_ax;
	switch (*nr) {
	case 2:		  /* open */
	case 59:	  /* execve */
	case 76:	  /* truncate */
	case 80:	  /* chdir */
	case 82 ... 88:	  /* rename mkdir rmdir creat link unlink symlink */
	case 90:	  /* chmod */
	case 92:	  /* chown */
	case 94:	  /* lchown */
	case 132 ... 133: /* utime mknod */
	case 188 ... 189: /* setxattr lsetxattr */
	case 197 ... 198: /* removexattr lremovexattr */
	case 235:	  /* utimes */
		return (const void *)regs->di;
	case 257 ... 260: /* openat mkdirat mknodat fchownat */
	case 261:	  /* futimesat */
	case 263 ... 266: /* unlinkat renameat linkat symlinkat */
	case 268:	  /* fchmodat */
	case 280:	  /* utimensat */
	case 316:	  /* renameat2 */
	case 322:	  /* execveat */
	case 437:	  /* openat2 */
	case 452:	  /* fchmodat2 */
	case 463:	  /* setxattrat */
	case 466:	  /* removexattrat */
		return (const void *)regs->si;
	}
	return NULL;
}
