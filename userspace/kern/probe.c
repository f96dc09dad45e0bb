// SPDX-License-Identifier: Apache-2.0
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "kern/probe.h"

/* Debian 12's headers know both, but not every older set does. */
#ifndef CAP_BPF
#define CAP_BPF 39
#endif

static bool has_capability(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { 0 };
	uint64_t effective;

	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	effective = (uint64_t)data[1].effective << 32 | data[0].effective;
	return (effective >> CAP_SYS_ADMIN & 1) || (effective >> CAP_BPF & 1);
}

static bool list_has(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; p && *p; p = strchr(p, ',')) {
		p += *p == ',';
		if (strncmp(p, word, n) == 0 && strchr(",\n", p[n]))
			return true;
	}
	return false;
}

static void read_line(const char *path, char *buffer, size_t size)
{
	_cleanup_fclose_ FILE *f = fopen(path, "re");

	buffer[0] = '\0';
	if (f && fgets(buffer, (int)size, f))
		buffer[strcspn(buffer, "\n")] = '\0';
}

/* "none voluntary (full) lazy": the one in brackets is in force. */
static enum attest_preempt parse_preempt(const char *text)
{
	static const struct {
		const char *word;
		enum attest_preempt preempt;
	} words[] = {
		{ "(none)", ATTEST_PREEMPT_NONE },
		{ "(voluntary)", ATTEST_PREEMPT_VOLUNTARY },
		{ "(full)", ATTEST_PREEMPT_FULL },
		{ "(lazy)", ATTEST_PREEMPT_LAZY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(text, words[i].word))
			return words[i].preempt;
	return ATTEST_PREEMPT_UNKNOWN;
}

/* debugfs says it exactly. Without it the version string does: a kernel that
 * can change its model says PREEMPT_DYNAMIC, one that cannot says PREEMPT or
 * nothing.
 */
static enum attest_preempt find_preempt(void)
{
	struct utsname uts;
	char line[256];

	read_line("/sys/kernel/debug/sched/preempt", line, sizeof(line));
	if (line[0])
		return parse_preempt(line);
	if (uname(&uts) < 0 || strstr(uts.version, "PREEMPT_DYNAMIC"))
		return ATTEST_PREEMPT_UNKNOWN;
	if (strstr(uts.version, "PREEMPT"))
		return ATTEST_PREEMPT_FULL;
	return ATTEST_PREEMPT_VOLUNTARY;
}

/* A symbol of a module has one more column, and ends otherwise. */
static bool is_symbol(const char *line, const char *name)
{
	const char *at = strrchr(line, ' ');

	return at && strcmp(at + 1, name) == 0;
}

void attest_probe_locks(struct attest_locks *ret)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/kallsyms", "re");
	char line[512];

	memset(ret, 0, sizeof(*ret));
	if (f)
		(void)setvbuf(f, NULL, _IOFBF, 1 << 16);
	while (f && fgets(line, sizeof(line), f)) {
		if (is_symbol(line, "rename_lock\n"))
			ret->rename_lock = strtoull(line, NULL, 16);
		if (is_symbol(line, "mount_lock\n"))
			ret->mount_lock = strtoull(line, NULL, 16);
		if (ret->rename_lock && ret->mount_lock)
			break;
	}
}

void attest_probe_kernel(struct attest_probe *ret)
{
	unsigned int major = 0, minor = 0;
	struct utsname uts;
	char line[256];

	memset(ret, 0, sizeof(*ret));
	if (uname(&uts) == 0) {
		(void)snprintf(ret->release, sizeof(ret->release), "%s",
			       uts.release);
		if (sscanf(uts.release, "%u.%u", &major, &minor) == 2)
			ret->version = major << 8 | (minor & 0xff);
	}
	read_line("/sys/kernel/security/lsm", ret->lsm_list,
		  sizeof(ret->lsm_list));
	ret->has_lsm = list_has(ret->lsm_list, "bpf");
	ret->is_root = has_capability();
	ret->has_btf = access("/sys/kernel/btf/vmlinux", R_OK) == 0;
	read_line("/sys/kernel/security/lockdown", line, sizeof(line));
	ret->is_confidential = strstr(line, "[confidentiality]") != NULL;
	ret->preempt = find_preempt();
}

const char *attest_probe_obstacle(const struct attest_probe *probe,
				  char *buffer, unsigned long size)
{
	if (!probe->is_root)
		return "needs root (CAP_SYS_ADMIN, or CAP_BPF with "
		       "CAP_PERFMON): run it with sudo";
	if (probe->version < (6U << 8 | 1)) {
		(void)snprintf(buffer, size,
			       "kernel %s is older than 6.1, the oldest that "
			       "is supported: boot a newer one",
			       probe->release);
		return buffer;
	}
	if (!probe->has_btf)
		return "the kernel has no /sys/kernel/btf/vmlinux: it needs "
		       "CONFIG_DEBUG_INFO_BTF=y";
	if (probe->is_confidential)
		return "kernel lockdown is at `confidentiality`, which forbids "
		       "BPF programs to read kernel memory: boot with "
		       "lockdown=integrity or none";
	return NULL;
}

bool attest_probe_may_skip(const struct attest_probe *probe)
{
	return probe->preempt != ATTEST_PREEMPT_NONE &&
	       probe->preempt != ATTEST_PREEMPT_VOLUNTARY;
}

const char *attest_preempt_name(enum attest_preempt preempt)
{
	static const char *const names[] = {
		[ATTEST_PREEMPT_UNKNOWN] = "unknown",
		[ATTEST_PREEMPT_NONE] = "none",
		[ATTEST_PREEMPT_VOLUNTARY] = "voluntary",
		[ATTEST_PREEMPT_LAZY] = "lazy",
		[ATTEST_PREEMPT_FULL] = "full",
	};

	return names[preempt];
}
