// SPDX-License-Identifier: Apache-2.0
/** The guest is what its row says: every other test relies on it. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kt.h"

static bool file_lists(const char *path, const char *word)
{
	char *text = kt_read_file(path);
	char *save = NULL;
	bool found = false;

	for (char *p = strtok_r(text, ", \n", &save); p && !found;
	     p = strtok_r(NULL, ", \n", &save))
		found = !strcmp(p, word);
	free(text);
	return found;
}

static void lsm_list_matches_row(void)
{
	static const char *const names[] = { "landlock", "lockdown", "yama",
					     "bpf" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		bool is = file_lists("/sys/kernel/security/lsm", names[i]);
		bool should = kt_lists_lsm(names[i]);

		/* 5.10 is older than Landlock */
		if (!strcmp(names[i], "landlock") && kt_has_flag("must-refuse"))
			should = false;
		if (is != should)
			kt_fail("'%s' is %s the list of LSMs", names[i],
				is ? "in" : "not in");
	}
	kt_check(kt_has_flag("bpf") == kt_lists_lsm("bpf"));
}

static void preemption_matches_row(void)
{
	static const char path[] = "/sys/kernel/debug/sched/preempt";
	static const char *const models[] = { "none", "voluntary", "lazy",
					      "full" };
	char flag[32], word[32];

	/* lockdown=confidentiality closes debugfs, 5.10 has no such file */
	if (kt_has_flag("lockdown") || kt_has_flag("must-refuse")) {
		kt_expect_errno(open(path, O_RDONLY),
				kt_has_flag("lockdown") ? EPERM : ENOENT);
		return;
	}
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		(void)snprintf(flag, sizeof(flag), "preempt-%s", models[i]);
		(void)snprintf(word, sizeof(word), "(%s)", models[i]);
		if (kt_has_flag(flag) != file_lists(path, word))
			kt_fail("row and kernel disagree on preempt=%s: %s",
				models[i], kt_read_file(path));
	}
}

static void lockdown_matches_row(void)
{
	kt_check_int(
	    file_lists("/sys/kernel/security/lockdown", "[confidentiality]"),
	    kt_has_flag("lockdown"));
}

static void file_systems_are_mounted(void)
{
	static const struct {
		const char *path;
		unsigned long magic;
	} mounts[] = {
		{ "/proc", 0x9fa0 },
		{ "/sys", 0x62656572 },
		{ "/tmp", 0x01021994 },
		{ "/sys/kernel/security", 0x73636673 },
		{ "/sys/kernel/tracing", 0x74726163 },
		{ "/sys/kernel/debug", 0x64626720 },
		{ "/sys/fs/bpf", 0xcafe4a11 },
		{ "/sys/fs/cgroup", 0x63677270 },
	};
	struct statfs fs;

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		(void)kt_expect_ok(statfs(mounts[i].path, &fs));
		if ((unsigned long)fs.f_type != mounts[i].magic)
			kt_fail("%s has type 0x%lx", mounts[i].path,
				(unsigned long)fs.f_type);
	}
}

static void kernel_has_type_information(void)
{
	(void)kt_expect_ok(access("/sys/kernel/btf/vmlinux", R_OK));
}

static void kernel_config_is_there(void)
{
	static struct kt_result result;

	kt_run(&result, "sh", "-c",
	       "grep CONFIG_BPF_LSM=y /boot/config-$(uname -r)");
	kt_check_int(result.status, 0);
}

static void real_programs_run(void)
{
	static struct kt_result result;

	kt_run(&result, "true");
	kt_check_int(result.status, 0);
	kt_run(&result, "cat", "/etc/hostname");
	kt_check_str(result.out, "guest\n");
}

static void the_user_is_unprivileged(void)
{
	struct passwd *user = getpwuid(KT_UNPRIVILEGED_UID);

	kt_check(user);
	kt_become_uid(user->pw_uid);
	(void)kt_expect_ok(chdir(user->pw_dir));
	kt_write_file("mine", "x");
	(void)kt_expect_ok(unlink("mine"));
	kt_expect_errno(open("/etc/shadow", O_RDONLY), EACCES);
}

static void loopback_is_up(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(9),
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = (int)kt_expect_ok(socket(AF_INET, SOCK_STREAM, 0));

	kt_expect_errno(connect(fd, (struct sockaddr *)&to, sizeof(to)),
			ECONNREFUSED);
}

static void a_cgroup_holds_a_process(void)
{
	char *path = kt_cgroup_new("kt_smoke");
	char want[64], file[64];
	pid_t pid = (pid_t)kt_expect_ok(fork());

	if (!pid)
		for (;;)
			(void)pause();
	kt_cgroup_add(path, pid);
	(void)snprintf(file, sizeof(file), "/proc/%d/cgroup", pid);
	(void)snprintf(want, sizeof(want), "0::/kt_smoke\n");
	kt_check_str(kt_read_file(file), want);
}

static void modules_load(void)
{
	kt_load_module("overlay");
	kt_check_contains(kt_read_file("/proc/filesystems"), "overlay");
}

static const struct kt_test tests[] = {
	KT_TEST(lsm_list_matches_row),
	KT_TEST(preemption_matches_row),
	KT_TEST(lockdown_matches_row),
	KT_TEST(file_systems_are_mounted),
	KT_TEST(kernel_has_type_information),
	KT_TEST(kernel_config_is_there),
	KT_TEST(real_programs_run),
	KT_TEST(the_user_is_unprivileged),
	KT_TEST(loopback_is_up),
	KT_TEST(a_cgroup_holds_a_process),
	KT_TEST(modules_load),
};

KT_MAIN(tests)
