// SPDX-License-Identifier: Apache-2.0
/**
 * Filters without the kernel: the instructions that libseccomp writes.
 */
#include <errno.h>
#include <string.h>

#include "sandbox/seccomp.h"

static bool jumps(const struct sock_filter *insn, uint32_t a)
{
	switch (BPF_OP(insn->code)) {
	case BPF_JEQ:
		return a == insn->k;
	case BPF_JGT:
		return a > insn->k;
	case BPF_JGE:
		return a >= insn->k;
	case BPF_JSET:
		return a & insn->k;
	default:
		return false;
	}
}

uint32_t attest_seccomp_eval(const struct sock_fprog *prog,
			     const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (uint32_t pc = 0; pc < prog->len; pc++) {
		const struct sock_filter *insn = &prog->filter[pc];

		switch (BPF_CLASS(insn->code)) {
		case BPF_LD:
			if (insn->code != (BPF_LD | BPF_W | BPF_ABS) ||
			    insn->k > sizeof(*data) - sizeof(a))
				return SECCOMP_RET_KILL_PROCESS;
			memcpy(&a, (const char *)data + insn->k, sizeof(a));
			break;
		case BPF_ALU:
			if (insn->code != (BPF_ALU | BPF_AND | BPF_K))
				return SECCOMP_RET_KILL_PROCESS;
			a &= insn->k;
			break;
		case BPF_JMP:
			if (BPF_OP(insn->code) == BPF_JA)
				pc += insn->k;
			else
				pc += jumps(insn, a) ? insn->jt : insn->jf;
			break;
		case BPF_RET:
			return insn->k;
		default:
			return SECCOMP_RET_KILL_PROCESS;
		}
	}

	return SECCOMP_RET_KILL_PROCESS;
}

enum attest_scmp_action attest_seccomp_action(uint32_t ret)
{
	switch (ret & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
		return ATTEST_SCMP_ALLOW;
	case SECCOMP_RET_LOG:
		return ATTEST_SCMP_LOG;
	case SECCOMP_RET_ERRNO:
		return ATTEST_SCMP_ERRNO;
	case SECCOMP_RET_TRAP:
		return ATTEST_SCMP_TRAP;
	case SECCOMP_RET_KILL_THREAD:
		return ATTEST_SCMP_KILL_THREAD;
	case SECCOMP_RET_KILL_PROCESS:
		return ATTEST_SCMP_KILL_PROCESS;
	case SECCOMP_RET_USER_NOTIF:
		return ATTEST_SCMP_NOTIFY;
	case SECCOMP_RET_TRACE:
		return ATTEST_SCMP_TRACE;
	default:
		return ATTEST_SCMP_END;
	}
}
