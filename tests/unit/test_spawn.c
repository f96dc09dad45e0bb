// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/spawn.h"

static const char *const env[] = { "PATH=/usr/bin:/bin", "X=y", NULL };

static void assert_nothing_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* Runs sh -c with the options' filters; what it wrote goes to out. */
static int run_sh(struct attest_spawn_options *o, const char *script, char *out,
		  size_t size)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	struct attest_spawn_error error;
	struct attest_child child;
	int status = -1;
	int fds[2];
	ssize_t n;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	o->argv = argv;
	o->stdio[1] = fds[1];
	assert_int_equal(attest_spawn_start(o, &child, &error), 0);
	(void)close(fds[1]);
	assert_int_equal(attest_spawn_go(&child, &error), 0);
	n = read(fds[0], out, size - 1);
	out[n > 0 ? n : 0] = '\0';
	(void)close(fds[0]);
	assert_int_equal(attest_spawn_wait(&child, &status, NULL), 0);
	attest_spawn_done(&child);
	return status;
}

static void output_environment_and_status_pass(void **state)
{
	struct attest_spawn_options o = attest_spawn_defaults(NULL, env);
	char out[64];

	(void)state;
	o.cwd = "/usr";
	assert_int_equal(run_sh(&o, "echo $X $PWD; exit 7", out, sizeof(out)),
			 7);
	assert_string_equal(out, "y /usr\n");
	assert_nothing_left();
}

static void death_by_signal_is_as_in_a_shell(void **state)
{
	struct attest_spawn_options o = attest_spawn_defaults(NULL, env);
	char out[8];

	(void)state;
	assert_int_equal(run_sh(&o, "kill -TERM $$", out, sizeof(out)),
			 128 + SIGTERM);
}

static void only_standard_streams_are_inherited(void **state)
{
	struct attest_spawn_options o = attest_spawn_defaults(NULL, env);
	char out[256];
	int leak = open("/etc/passwd", O_RDONLY);

	(void)state;
	assert_int_equal(run_sh(&o, "echo /proc/self/fd/*", out, sizeof(out)),
			 0);
	(void)close(leak);
	/* The glob's own directory descriptor may show as the fourth. */
	assert_null(strstr(out, "/fd/4"));
}

static void signals_are_as_at_the_start_of_a_program(void **state)
{
	struct attest_spawn_options o = attest_spawn_defaults(NULL, env);
	char out[256];
	sigset_t set;

	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigfillset(&set);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	assert_int_equal(run_sh(&o, "grep -E '^Sig(Blk|Ign)' /proc/self/status",
				out, sizeof(out)),
			 0);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	assert_string_equal(out, "SigBlk:\t0000000000000000\n"
				 "SigIgn:\t0000000000000000\n");
}

static void privileges_cannot_be_gained(void **state)
{
	struct attest_spawn_options o = attest_spawn_defaults(NULL, env);
	char out[64];

	(void)state;
	assert_int_equal(
	    run_sh(&o, "grep NoNewPrivs /proc/self/status", out, sizeof(out)),
	    0);
	assert_string_equal(out, "NoNewPrivs:\t1\n");
}

static void failures_name_step_path_and_code(void **state)
{
	static const struct {
		const char *program;
		const char *cwd;
		enum attest_spawn_step step;
		int error;
		int code;
	} cases[] = {
		{ "no-such-program", NULL, ATTEST_STEP_FIND, -ENOENT, 127 },
		{ "/no/such", NULL, ATTEST_STEP_EXEC, -ENOENT, 127 },
		{ "/etc/passwd", NULL, ATTEST_STEP_EXEC, -EACCES, 126 },
		{ "/etc", NULL, ATTEST_STEP_EXEC, -EACCES, 126 },
		{ "", NULL, ATTEST_STEP_FIND, -ENOENT, 127 },
		{ "true", "/no/dir", ATTEST_STEP_CHDIR, -ENOENT, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *const argv[] = { cases[i].program, NULL };
		struct attest_spawn_options o =
		    attest_spawn_defaults(argv, env);
		struct attest_spawn_error error;
		struct attest_child child;
		char text[512];
		int r;

		o.cwd = cases[i].cwd;
		r = attest_spawn_start(&o, &child, &error);
		if (r == 0)
			r = attest_spawn_go(&child, &error);
		assert_int_equal(r, cases[i].error);
		assert_int_equal(error.step, cases[i].step);
		assert_int_equal(attest_spawn_exit_code(&error), cases[i].code);
		assert_non_null(
		    strstr(attest_spawn_error_text(&error, text, sizeof(text)),
			   cases[i].cwd ?: cases[i].program));
		assert_nothing_left();
	}
}

static void child_waits_for_go_and_dies_without_it(void **state)
{
	const char *const argv[] = { "touch", "/tmp/attest-test-never", NULL };
	struct attest_spawn_options o = attest_spawn_defaults(argv, env);
	struct attest_spawn_error error;
	struct attest_child child;
	int status;

	(void)state;
	assert_int_equal(attest_spawn_start(&o, &child, &error), 0);
	(void)usleep(20000);
	assert_int_equal(attest_spawn_reap(&child, &status, NULL), 0);
	attest_spawn_done(&child);
	assert_int_equal(access(argv[1], F_OK), -1);
	assert_nothing_left();
}

static void child_killed_while_waiting_fails_go(void **state)
{
	const char *const argv[] = { "true", NULL };
	struct attest_spawn_options o = attest_spawn_defaults(argv, env);
	struct attest_spawn_error error;
	struct attest_child child;

	(void)state;
	assert_int_equal(attest_spawn_start(&o, &child, &error), 0);
	assert_int_equal(attest_spawn_signal(&child, SIGSTOP), 0);
	assert_int_equal(attest_spawn_signal(&child, SIGKILL), 0);
	assert_true(attest_spawn_go(&child, &error) <= 0);
	attest_spawn_done(&child);
	assert_nothing_left();
}

/* Everything is allowed but `nr`, which gets `action`. */
#define FILTER(nr, action)                                                     \
	{                                                                      \
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),                         \
		    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1),           \
		    BPF_STMT(BPF_RET | BPF_K, (action)),                       \
		    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),              \
	}

static void filter_is_on_when_the_program_starts(void **state)
{
	struct sock_filter code[] =
	    FILTER(SYS_mkdir, SECCOMP_RET_ERRNO | ENOTTY);
	const struct sock_fprog program = { ARRAY_SIZE(code), code };
	struct attest_spawn_options o = attest_spawn_defaults(NULL, env);
	char out[64];

	(void)state;
	o.filters[0].program = &program;
	o.n_filters = 1;
	assert_int_equal(
	    run_sh(&o, "mkdir /tmp/attest-test-dir 2>&1 | grep -c ioctl", out,
		   sizeof(out)),
	    0);
	assert_string_equal(out, "1\n");
}

static void failed_exec_is_reported_under_any_filter(void **state)
{
	const char *const argv[] = { "/etc/passwd", NULL };
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { ARRAY_SIZE(code), code };
	struct attest_spawn_options o = attest_spawn_defaults(argv, env);
	struct attest_spawn_error error;
	struct attest_child child;

	(void)state;
	o.filters[0].program = &program;
	o.n_filters = 1;
	assert_int_equal(attest_spawn_start(&o, &child, &error), 0);
	assert_int_equal(attest_spawn_go(&child, &error), -EACCES);
	assert_int_equal(error.step, ATTEST_STEP_EXEC);
	assert_string_equal(error.path, "/etc/passwd");
	assert_nothing_left();
}

static void answer_one(int fd)
{
	struct seccomp_notif request = { 0 };
	struct seccomp_notif_resp response = { 0 };

	assert_int_equal(ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &request), 0);
	response.id = request.id;
	response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	assert_int_equal(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &response), 0);
}

/* The filter notifies the very execve: the listener must be here before. */
static void listener_arrives_although_nothing_can_be_sent(void **state)
{
	const char *const argv[] = { "true", NULL };
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendmsg, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { ARRAY_SIZE(code), code };
	struct attest_spawn_options o = attest_spawn_defaults(argv, env);

	(void)state;
	o.filters[0].program = &program;
	o.filters[0].flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
	o.n_filters = 1;
	for (int i = 0; i < 20; i++) {
		struct attest_spawn_error error;
		struct attest_child child;
		int status;

		assert_int_equal(attest_spawn_start(&o, &child, &error), 0);
		assert_int_equal(attest_spawn_go(&child, &error), 0);
		assert_true(child.notify_fd >= 0);
		answer_one(child.notify_fd);
		assert_int_equal(attest_spawn_wait(&child, &status, NULL), 0);
		assert_int_equal(status, 0);
		attest_spawn_done(&child);
		assert_nothing_left();
	}
}

static void bad_filter_names_the_step(void **state)
{
	const char *const argv[] = { "true", NULL };
	struct sock_filter code[] = { BPF_STMT(BPF_LD, 0) };
	const struct sock_fprog program = { ARRAY_SIZE(code), code };
	struct attest_spawn_options o = attest_spawn_defaults(argv, env);
	struct attest_spawn_error error;
	struct attest_child child;

	(void)state;
	o.filters[0].program = &program;
	o.n_filters = 1;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(attest_spawn_start(&o, &child, &error), 0);
		assert_int_equal(attest_spawn_go(&child, &error), -EINVAL);
		assert_int_equal(error.step, ATTEST_STEP_SECCOMP);
		assert_nothing_left();
		o.filters[0].flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
	}
}

static void child_dies_with_its_supervisor(void **state)
{
	const char *const argv[] = { "sleep", "60", NULL };
	struct attest_spawn_options o = attest_spawn_defaults(argv, env);
	int fds[2];
	char byte;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		struct attest_spawn_error error;
		struct attest_child child;

		/* The write end lives on as the command's standard output. */
		o.stdio[1] = fds[1];
		if (attest_spawn_start(&o, &child, &error) == 0 &&
		    attest_spawn_go(&child, &error) == 0)
			(void)kill(getpid(), SIGKILL);
		_exit(1);
	}
	(void)close(fds[1]);
	assert_int_equal(read(fds[0], &byte, 1), 0);
	(void)close(fds[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* Return: pid of a supervisor that started `script` with its tree. */
static pid_t supervise(const char *script, int out, bool and_wait)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	struct attest_spawn_options o = attest_spawn_defaults(argv, env);
	struct attest_spawn_error error;
	struct attest_child child;
	int status = 99;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	o.stdio[1] = out;
	o.own_tree = true;
	if (attest_spawn_start(&o, &child, &error) == 0 &&
	    attest_spawn_go(&child, &error) == 0) {
		(void)close(out);
		if (!and_wait)
			(void)pause();
		(void)attest_spawn_wait(&child, &status, NULL);
		attest_spawn_done(&child);
	}
	_exit(status);
}

/* Daemons that hold the pipe's other end; its end shows that they are gone. */
#define DAEMONS                                                                \
	"setsid sleep 100 & (setsid sh -c 'sleep 100 & sleep 100' &) & echo x"

static void own_tree_ends_with_the_command(void **state)
{
	char text[8];
	int status;
	int fds[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = supervise(DAEMONS "; exit 5", fds[1], true);
	(void)close(fds[1]);
	assert_int_equal(read(fds[0], text, sizeof(text)), 2);
	assert_int_equal(read(fds[0], text, sizeof(text)), 0);
	(void)close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 5);
}

static void own_tree_ends_with_a_killed_supervisor(void **state)
{
	char text[8];
	int fds[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = supervise(DAEMONS "; sleep 100", fds[1], false);
	(void)close(fds[1]);
	assert_int_equal(read(fds[0], text, sizeof(text)), 2);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(read(fds[0], text, sizeof(text)), 0);
	(void)close(fds[0]);
}

static void own_tree_reports_failures_and_ends_when_done(void **state)
{
	const char *const argv[] = { "/etc/passwd", NULL };
	struct attest_spawn_options o = attest_spawn_defaults(argv, env);
	struct attest_spawn_error error;
	struct attest_child child;

	(void)state;
	o.own_tree = true;
	assert_int_equal(attest_spawn_start(&o, &child, &error), 0);
	assert_true(child.pid > 0 && child.pid != child.leader);
	assert_int_equal(attest_spawn_go(&child, &error), -EACCES);
	assert_int_equal(error.step, ATTEST_STEP_EXEC);
	assert_nothing_left();
	assert_int_equal(attest_spawn_start(&o, &child, &error), 0);
	attest_spawn_done(&child);
	assert_nothing_left();
}

static void kill_ends_the_whole_tree(void **state)
{
	const char *const argv[] = { "sh", "-c", DAEMONS "; sleep 100", NULL };
	struct attest_spawn_options o = attest_spawn_defaults(argv, env);
	struct attest_spawn_error error;
	struct attest_child child;
	char text[8];
	int status;
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	o.own_tree = true;
	o.stdio[1] = fds[1];
	assert_int_equal(attest_spawn_start(&o, &child, &error), 0);
	assert_int_equal(attest_spawn_go(&child, &error), 0);
	(void)close(fds[1]);
	assert_int_equal(read(fds[0], text, sizeof(text)), 2);
	attest_spawn_kill(&child);
	assert_int_equal(attest_spawn_wait(&child, &status, NULL), 0);
	assert_int_equal(status, 128 + SIGKILL);
	assert_int_equal(read(fds[0], text, sizeof(text)), 0);
	(void)close(fds[0]);
	attest_spawn_done(&child);
	assert_nothing_left();
}

static void only_signals_of_our_own_are_forwarded(void **state)
{
	const char *const argv[] = { "sleep", "100", NULL };
	struct attest_spawn_options o = attest_spawn_defaults(argv, env);
	struct signalfd_siginfo info = { .ssi_signo = SIGTERM,
					 .ssi_code = SI_KERNEL };
	struct attest_spawn_error error;
	struct attest_child child;
	int status;
	int signal;

	(void)state;
	assert_int_equal(attest_spawn_start(&o, &child, &error), 0);
	assert_int_equal(attest_spawn_go(&child, &error), 0);
	assert_int_equal(attest_spawn_forward(&child, &info), 0);
	(void)usleep(20000);
	assert_int_equal(attest_spawn_reap(&child, &status, NULL), 0);
	info.ssi_code = SI_USER;
	assert_int_equal(attest_spawn_forward(&child, &info), 0);
	assert_int_equal(attest_spawn_wait(&child, &status, &signal), 0);
	assert_int_equal(signal, SIGTERM);
	assert_int_equal(attest_spawn_forward(&child, &info), 0);
	attest_spawn_done(&child);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_environment_and_status_pass),
		cmocka_unit_test(death_by_signal_is_as_in_a_shell),
		cmocka_unit_test(only_standard_streams_are_inherited),
		cmocka_unit_test(signals_are_as_at_the_start_of_a_program),
		cmocka_unit_test(privileges_cannot_be_gained),
		cmocka_unit_test(failures_name_step_path_and_code),
		cmocka_unit_test(child_waits_for_go_and_dies_without_it),
		cmocka_unit_test(child_killed_while_waiting_fails_go),
		cmocka_unit_test(filter_is_on_when_the_program_starts),
		cmocka_unit_test(failed_exec_is_reported_under_any_filter),
		cmocka_unit_test(listener_arrives_although_nothing_can_be_sent),
		cmocka_unit_test(bad_filter_names_the_step),
		cmocka_unit_test(child_dies_with_its_supervisor),
		cmocka_unit_test(own_tree_ends_with_the_command),
		cmocka_unit_test(own_tree_ends_with_a_killed_supervisor),
		cmocka_unit_test(own_tree_reports_failures_and_ends_when_done),
		cmocka_unit_test(kill_ends_the_whole_tree),
		cmocka_unit_test(only_signals_of_our_own_are_forwarded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
