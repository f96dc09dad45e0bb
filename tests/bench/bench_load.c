// SPDX-License-Identifier: Apache-2.0
/**
 * What the verifier makes of each program and how long loading takes, on this
 * kernel's best rung (or the one that is named). Tab separated: program,
 * instructions that the verifier went through, bytes of the program, ns until
 * the next one was loaded.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>

#include <attest/subject.h>

#include <attest.skel.h>

#include "kern/internal.h"

#define PROGRAMS_MAX 128

struct loaded {
	const char *name;
	struct bpf_prog_info info;
};

static double now_ms(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static size_t look(struct attest_kern *kern, struct loaded *programs)
{
	struct bpf_program *program;
	size_t n = 0;

	bpf_object__for_each_program(program, kern->skeleton->obj)
	{
		struct loaded *one = &programs[n];
		__u32 size = sizeof(one->info);

		if (!bpf_program__autoload(program) || n == PROGRAMS_MAX)
			continue;
		one->name = bpf_program__name(program);
		if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &one->info,
					   &size) == 0)
			n++;
	}
	return n;
}

static void print(const struct loaded *programs, size_t n, double ms,
		  double cpu_ms)
{
	unsigned long long insns = 0, bytes = 0;

	for (size_t i = 0; i < n; i++) {
		const struct bpf_prog_info *info = &programs[i].info;
		__u64 next = i + 1 < n ? programs[i + 1].info.load_time
				       : info->load_time;

		printf("%s\t%u\t%u\t%llu\n", programs[i].name,
		       info->verified_insns, info->xlated_prog_len,
		       (unsigned long long)(next - info->load_time));
		insns += info->verified_insns;
		bytes += info->xlated_prog_len;
	}
	printf("total, %zu programs\t%llu\t%llu\t%.0f\n", n, insns, bytes,
	       ms * 1e6);
	printf("CPU\t\t\t%.0f\n", cpu_ms * 1e6);
}

static enum attest_rung rung_named(const char *name)
{
	enum attest_rung rung = ATTEST_RUNG_LSM;

	while (rung < ATTEST_RUNG_NONE && name &&
	       strcmp(name, attest_rung_name(rung)))
		rung++;
	return rung;
}

int main(int argc, char **argv)
{
	static struct loaded programs[PROGRAMS_MAX];
	_close_kern_ struct attest_kern *kern = NULL;
	enum attest_rung rung = rung_named(argv[1]);
	struct attest_probe probe;
	struct utsname uts;
	char reason[512] = "";
	double ms, cpu_ms;
	int r = -1;

	attest_probe_kernel(&probe);
	for (; rung < ATTEST_RUNG_NONE; rung++) {
		ms = now_ms(CLOCK_BOOTTIME);
		cpu_ms = now_ms(CLOCK_PROCESS_CPUTIME_ID);
		r = attest_kern_open(&probe, rung, NULL, NULL, &kern, reason,
				     sizeof(reason));
		if (r == 0 || argv[1])
			break;
	}
	if (r < 0) {
		fprintf(stderr, "bench_load: %s\n", reason);
		return 1;
	}
	ms = now_ms(CLOCK_BOOTTIME) - ms;
	cpu_ms = now_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu_ms;
	(void)uname(&uts);
	printf("# Linux %s, %s\n", uts.release, attest_rung_name(rung));
	print(programs, look(kern, programs), ms, cpu_ms);
	return 0;
}
