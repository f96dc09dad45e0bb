// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "event/syscall.h"
#include "event/syscall_proc.h"
#include "policy/seccomp_names.h"

static void names_are_those_of_libseccomp(void **state)
{
	int n = 0;

	for (int i = 0; i < ATTEST_SYSCALLS; i++) {
		char *name =
		    seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, i);

		if (name && attest_syscall_name(i))
			assert_string_equal(attest_syscall_name(i), name);
		if (name)
			assert_non_null(attest_syscall_name(i));
		/* The policy layer has a list of its own, of all machines. */
		if (attest_syscall_name(i))
			assert_true(
			    attest_scmp_is_syscall(attest_syscall_name(i)));
		n += name != NULL;
		free(name);
	}
	assert_true(n > 350);
	assert_int_equal(attest_syscall_number("openat"), 257);
	assert_int_equal(attest_syscall_number("opennat"), -1);
	assert_null(attest_syscall_name(-1));
	assert_null(attest_syscall_name(ATTEST_SYSCALLS));
}

static void names_of_all_machines_are_known(void **state)
{
	static const uint32_t machines[] = { SCMP_ARCH_X86, SCMP_ARCH_AARCH64,
					     SCMP_ARCH_ARM, SCMP_ARCH_S390X };

	for (size_t m = 0; m < ARRAY_SIZE(machines); m++)
		for (int i = -500; i < 512; i++) {
			char *name =
			    seccomp_syscall_resolve_num_arch(machines[m], i);

			if (name && !attest_scmp_is_syscall(name))
				fail_msg("%s is not known", name);
			free(name);
		}
	assert_false(attest_scmp_is_syscall(""));
	assert_false(attest_scmp_is_syscall("a"));
	assert_false(attest_scmp_is_syscall("zzz"));
	assert_false(attest_scmp_is_syscall("openat3"));
}

static void every_call_has_at_most_six_arguments(void **state)
{
	for (int i = 0; i < ATTEST_SYSCALLS; i++)
		if (attest_syscalls[i].name)
			assert_in_range(strlen(attest_syscalls[i].args), 0, 6);
}

/* The test's own memory is the task's. */
static long read_own(void *data, uint64_t addr, void *buffer, size_t len)
{
	memcpy(buffer, (const void *)(uintptr_t)addr, len);

	return (long)len;
}

static long no_name(void *data, int fd, char *buffer, size_t len)
{
	return fd < 0 ? -1 : snprintf(buffer, len, "/x%d", fd);
}

#define ADDRESS(p) ((uint64_t)(uintptr_t)(p))

static void arguments_are_written_as_by_strace(void **state)
{
	static char path[4096] = "/etc/pass\"wd", data[64] = "a\n\x01"
							     "1";
	static struct sockaddr_in in = { .sin_family = AF_INET };
	static uint64_t argv[3];
	const struct attest_syscall_source own = { read_own, no_name, NULL };
	struct {
		int number;
		uint64_t args[6];
		const char *text;
	} cases[] = {
		{ SYS_openat,
		  { (uint32_t)AT_FDCWD, ADDRESS(path), O_RDONLY | O_CLOEXEC },
		  "openat(AT_FDCWD, \"/etc/pass\\\"wd\", O_RDONLY|O_CLOEXEC)" },
		{ SYS_open,
		  { ADDRESS(path), O_WRONLY | O_CREAT | O_TRUNC, 0644 },
		  "open(\"/etc/pass\\\"wd\", O_WRONLY|O_CREAT|O_TRUNC, 0644)" },
		{ SYS_mmap,
		  { 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, 3,
		    0 },
		  "mmap(NULL, 4096, PROT_READ|PROT_EXEC, "
		  "MAP_PRIVATE|MAP_FIXED, 3</x3>, 0)" },
		{ SYS_write,
		  { 1, ADDRESS(data), 4 },
		  "write(1</x1>, \"a\\n\\0011\", 4)" },
		{ SYS_socket,
		  { AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 6 },
		  "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP)" },
		{ SYS_connect,
		  { 3, ADDRESS(&in), sizeof(in) },
		  "connect(3</x3>, {sa_family=AF_INET, sin_port=htons(443), "
		  "sin_addr=inet_addr(\"10.0.0.1\")}, 16)" },
		{ SYS_kill, { (uint32_t)-1, 31 }, "kill(-1, SIGSYS)" },
		{ SYS_lseek,
		  { 3, -4ULL, SEEK_END },
		  "lseek(3</x3>, -4, SEEK_END)" },
		{ SYS_execve,
		  { ADDRESS(path), ADDRESS(argv), 0 },
		  "execve(\"/etc/pass\\\"wd\", [\"/etc/pass\\\"wd\"], NULL)" },
		{ SYS_clone,
		  { 0x50f00, 0, 0, 0, 0 },
		  "clone(CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|"
		  "CLONE_THREAD|CLONE_SYSVSEM, NULL, NULL, NULL, 0)" },
		{ SYS_ptrace,
		  { 16, 7, 0, 0 },
		  "ptrace(PTRACE_ATTACH, 7, NULL, NULL)" },
		{ SYS_fcntl, { 3, F_GETFL, 7 }, "fcntl(3</x3>, F_GETFL)" },
		{ SYS_fcntl,
		  { 3, F_SETFL, O_RDWR | O_NONBLOCK },
		  "fcntl(3</x3>, F_SETFL, O_RDWR|O_NONBLOCK)" },
		{ SYS_fcntl,
		  { 3, F_DUPFD_CLOEXEC, 10 },
		  "fcntl(3</x3>, F_DUPFD_CLOEXEC, 10)" },
		{ SYS_getpid, { 1, 2, 3 }, "getpid()" },
		{ 500, { 1, 2, 0 }, "syscall_500(0x1, 0x2, 0, 0, 0, 0)" },
	};

	in.sin_port = htons(443);
	in.sin_addr.s_addr = htonl(0x0a000001);
	argv[0] = ADDRESS(path);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_str_ struct attest_str out = { 0 };

		attest_syscall_put(&out, cases[i].number, cases[i].args, &own);
		assert_string_equal(out.data, cases[i].text);
	}
}

static void without_a_source_pointers_are_addresses(void **state)
{
	const uint64_t args[6] = { (uint32_t)AT_FDCWD, 0x1000, 0x41, 0600 };
	_cleanup_str_ struct attest_str out = { 0 };

	attest_syscall_put_args(&out, SYS_openat, args, NULL);
	assert_string_equal(out.data,
			    "AT_FDCWD, 0x1000, O_WRONLY|O_CREAT, 0600");
}

static bool chosen(const char *text, const char *name)
{
	struct attest_syscall_set set;
	char bad[64];

	assert_int_equal(attest_syscall_set_parse(text, &set, bad, sizeof(bad)),
			 0);

	return attest_syscall_set_has(&set, attest_syscall_number(name));
}

static void choices_are_read_as_by_strace(void **state)
{
	struct attest_syscall_set set = { { 7 } };
	char bad[64];

	assert_true(chosen("%file", "openat"));
	assert_true(chosen("%file", "execve"));
	assert_false(chosen("%file", "read"));
	assert_true(chosen("%desc", "read"));
	assert_true(chosen("%network", "sendto"));
	assert_true(chosen("%process", "clone3"));
	assert_true(chosen("%signal", "rt_sigaction"));
	assert_true(chosen("%memory", "mprotect"));
	assert_true(chosen("%ipc", "shmget"));
	assert_true(chosen("read,%ipc", "read"));
	assert_false(chosen("!read,%ipc", "read"));
	assert_true(chosen("!read,%ipc", "write"));
	assert_true(chosen("/^open", "openat2"));
	assert_false(chosen("none", "read"));
	assert_true(chosen("all", "read"));
	assert_int_equal(
	    attest_syscall_set_parse("read,%fil", &set, bad, sizeof(bad)),
	    -EINVAL);
	assert_string_equal(bad, "%fil");
	assert_int_equal(set.bits[0], 7);
}

static void totals_are_sorted_by_time(void **state)
{
	static struct attest_syscall_summary summary;
	_cleanup_str_ struct attest_str out = { 0 };

	attest_syscall_summary_add(&summary, SYS_read, 1000000, 5);
	attest_syscall_summary_add(&summary, SYS_openat, 3000000, -2);
	attest_syscall_summary_add(&summary, SYS_openat, 0, 3);
	attest_syscall_summary_add(&summary, 100000, 1, 0);
	attest_syscall_summary_put(&out, &summary);
	assert_non_null(strstr(out.data, " 75.00    0.003000        1500      "
					 "   2         1 openat\n"));
	assert_true(strstr(out.data, "openat") < strstr(out.data, " read"));
	assert_non_null(strstr(out.data, "100.00    0.004000"));
}

static void the_place_of_an_instruction_is_library_and_offset(void **state)
{
	static const char maps[] =
	    "00400000-00401000 r-xp 00000000 fe:00 12 /usr/bin/a b\n"
	    "7f0000001000-7f0000003000 r-xp 00028000 fe:00 13      "
	    "/usr/lib/libc.so.6\n"
	    "7f0000004000-7f0000005000 rwxp 00000000 00:00 0 \n";
	_cleanup_str_ struct attest_str out = { 0 };

	assert_int_equal(attest_syscall_find_ip(&out, maps, 0x7f0000002234), 0);
	assert_string_equal(out.data, "libc.so.6+0x29234");
	attest_str_clear(&out);
	assert_int_equal(attest_syscall_find_ip(&out, maps, 0x400010), 0);
	assert_string_equal(out.data, "a b+0x10");
	attest_str_clear(&out);
	assert_int_equal(attest_syscall_find_ip(&out, maps, 0x7f0000004001), 0);
	assert_string_equal(out.data, "[anonymous]+0x1");
	assert_int_equal(attest_syscall_find_ip(&out, maps, 0x10), -ENOENT);
}

static void memory_and_descriptors_of_a_task_are_read(void **state)
{
	static char path[] = "/a/path";
	struct attest_syscall_proc proc;
	_cleanup_str_ struct attest_str out = { 0 };
	int fd = open("/dev/null", O_RDONLY);
	const uint64_t args[6] = { fd, ADDRESS(path), 0, 0 };
	char expected[64];

	assert_true(fd >= 0);
	attest_syscall_proc_open(&proc, getpid());
	attest_syscall_put_args(&out, SYS_newfstatat, args, &proc.source);
	attest_syscall_proc_close(&proc);
	(void)snprintf(expected, sizeof(expected),
		       "%d</dev/null>, \"/a/path\", NULL, 0", fd);
	assert_string_equal(out.data, expected);
	attest_str_clear(&out);
	assert_int_equal(
	    attest_syscall_put_ip(
		&out, getpid(),
		ADDRESS(memory_and_descriptors_of_a_task_are_read)),
	    0);
	assert_non_null(strstr(out.data, "test_syscall+0x"));
	(void)close(fd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_those_of_libseccomp),
		cmocka_unit_test(names_of_all_machines_are_known),
		cmocka_unit_test(every_call_has_at_most_six_arguments),
		cmocka_unit_test(arguments_are_written_as_by_strace),
		cmocka_unit_test(without_a_source_pointers_are_addresses),
		cmocka_unit_test(choices_are_read_as_by_strace),
		cmocka_unit_test(totals_are_sorted_by_time),
		cmocka_unit_test(
		    the_place_of_an_instruction_is_library_and_offset),
		cmocka_unit_test(memory_and_descriptors_of_a_task_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
