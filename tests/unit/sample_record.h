/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Records that every format and transport test uses.
 */
#pragma once

#include <string.h>
#include <sys/socket.h>

#include "event/record.h"

#define SAMPLE_BYTES(text)                                                     \
	(struct attest_bytes)                                                  \
	{                                                                      \
		.data = (text), .len = sizeof(text) - 1                        \
	}

static const struct attest_record_policy sample_policy = {
	.name = "ci-build",
	.digest = "sha256:0123456789abcdef0123456789abcdef"
		  "0123456789abcdef0123456789abcdef",
};

/* What DESIGN shows: cat may not read /etc/shadow. */
static inline struct attest_record sample_file(void)
{
	struct attest_record rec = {
		.id = "3f2a8c5e-0-42",
		.time_ns = 1795490100123456789ULL, /* 2026-11-24T03:15:00 */
		.host = "ci-7",
		.seq = 42,
		.count = 1,
		.kind = ATTEST_KIND_FILESYSTEM,
		.violation = ATTEST_VIOLATION_FORBIDDEN_PATH,
		.verdict = ATTEST_VERDICT_DENY,
		.layer = ATTEST_LAYER_BPF,
		.hook = ATTEST_HOOK_FILE_OPEN,
		.pid = 4242,
		.tid = 4242,
		.ppid = 4200,
		.uid = 1000,
		.comm = "cat",
		.exe = SAMPLE_BYTES("/usr/bin/cat"),
		.cgroup = SAMPLE_BYTES("/ci.slice/job-9"),
		.syscall = 257,
		.syscall_name = "openat",
		.path = SAMPLE_BYTES("/etc/shadow"),
		.access = ATTEST_ACCESS_READ,
		.policy = &sample_policy,
		.has_rule = true,
		.rule = 1,
		.rule_text = "/etc/*",
		.rule_priority = 100,
		.context = "opened for reading by cat",
	};

	return rec;
}

static inline struct attest_record sample_net(void)
{
	struct attest_record rec = sample_file();

	rec.kind = ATTEST_KIND_NETWORK;
	rec.violation = ATTEST_VIOLATION_NETWORK_DENIED;
	rec.hook = ATTEST_HOOK_SOCKET_CONNECT;
	rec.syscall = 42;
	rec.syscall_name = "connect";
	memset(&rec.path, 0, sizeof(rec.path));
	rec.access = 0;
	rec.has_addr = true;
	rec.addr[10] = 0xff;
	rec.addr[11] = 0xff;
	memcpy(rec.addr + 12, "\x0a\x01\x02\x03", 4);
	rec.family = AF_INET;
	rec.port = 443;
	rec.protocol = 6;
	rec.host_name = "registry.example";
	rec.rule_text = "10.0.0.0/8";
	rec.context = NULL;
	return rec;
}

static inline struct attest_record sample_syscall(void)
{
	struct attest_record rec = sample_file();

	rec.kind = ATTEST_KIND_SECCOMP;
	rec.violation = ATTEST_VIOLATION_SYSCALL_KILLED;
	rec.verdict = ATTEST_VERDICT_KILL;
	rec.layer = ATTEST_LAYER_SECCOMP;
	rec.hook = ATTEST_HOOK_SECCOMP;
	rec.syscall = 101;
	rec.syscall_name = "ptrace";
	memset(&rec.path, 0, sizeof(rec.path));
	rec.access = 0;
	rec.has_args = true;
	rec.args[0] = 16;
	rec.args[1] = 4200;
	rec.args_text = "PTRACE_ATTACH, 4200, 0x0, 0x0";
	rec.ip = 0x7f0012345678ULL;
	rec.ip_text = "libc.so.6+0x10e2a";
	rec.error = 1;
	rec.signal = 31;
	rec.has_rule = false;
	rec.context = NULL;
	return rec;
}

static inline struct attest_record sample_gap(void)
{
	struct attest_record rec = {
		.id = "3f2a8c5e-1-gap-7",
		.time_ns = 1795490100000000000ULL,
		.host = "ci-7",
		.seq = 43,
		.count = 1,
		.kind = ATTEST_KIND_GAP,
		.syscall = -1,
		.gap_cpu = 1,
		.gap_first = 7,
		.gap_last = 9,
		.gap_lost = 3,
		.gap_reason = "ring full",
	};

	return rec;
}

/* A container, a rename, bytes that are not UTF-8, all that needs escaping. */
static inline struct attest_record sample_hostile(void)
{
	struct attest_record rec = sample_file();

	rec.path = SAMPLE_BYTES("/tmp/a\nb|c=d\\e\"f]g\t\xff\xc3\xa4\x01");
	rec.path2 = SAMPLE_BYTES("/tmp/\xed\xa0\x80^x");
	rec.exe = SAMPLE_BYTES("/opt/b\r\nin/\xc0\xaf.x");
	strcpy(rec.comm, "a b\"]\\=|");
	rec.container_id = "0123456789ab";
	rec.container_name = "web|=1";
	rec.container_image = "reg/app:1";
	rec.container_runtime = "runc";
	rec.create = true;
	rec.inode = 77;
	rec.dev = 8U << 20 | 1;
	rec.count = 3;
	rec.rule_priority = -5;
	rec.rule_text = "/tmp/[a-z]*\\|=";
	rec.context = "line one\nline two \"quoted\" ]\\|=";
	return rec;
}
