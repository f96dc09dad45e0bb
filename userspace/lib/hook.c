// SPDX-License-Identifier: Apache-2.0
/**
 * The OCI hook: its policy and the supervisor that outlives it.
 *
 * Two processes: the supervisor holds the programs, reads the ring and kills
 * the container when it ends for any reason but the container's own end; the
 * guard waits for it and does the same if it was killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "container/guard.h"
#include "container/identify_system.h"
#include "engine/hook_server.h"
#include "lib/error.h"
#include "lib/sandbox.h"

#define POLICIES "/etc/attest-bpf/policies"
#define LOGS "/var/log/attest-bpf"
#define READY '+'
#define ANSWER_MAX 1024
#define PIPE_FD 3
#define PIDFD_FD 4

/* Only root's own word: whoever may write there chooses the confinement. */
static int check_owner(const char *path, struct attest_error *error)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (st.st_uid != 0 || (st.st_mode & 022))
		return attest_error_set(error, -EPERM, NULL,
					"'%s' can be changed by others than "
					"root",
					path);
	return 0;
}

static int open_policy(const char *dir, const char *name,
		       struct attest_policy **ret, struct attest_error *error)
{
	static const char *const endings[] = { "yaml", "yml", "json" };
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		_cleanup_free_ char *path = NULL;

		if (asprintf(&path, "%s/%s.%s", dir, name, endings[i]) < 0) {
			path = NULL;
			return attest_error_set(error, -ENOMEM, NULL,
						"out of memory");
		}
		r = check_owner(path, error);
		if (r == -ENOENT)
			continue;
		r = r ?: check_owner(dir, error);
		return r ?: attest_policy_open(path, ret, error);
	}
	if (attest_policy_open_level(name, ret, NULL) == 0)
		return 0;
	return attest_error_set(error, -ENOENT,
				"it is NAME.yaml there, or a level",
				"there is no policy '%s' in '%s'", name, dir);
}

static void tell_ready(void *data)
{
	const char ready = READY;

	(void)data;
	(void)!write(PIPE_FD, &ready, 1);
	(void)close(PIPE_FD);
}

static int add_exports(struct attest_sandbox *sandbox,
		       const struct attest_container_hook *hook, const char *id,
		       struct attest_error *error)
{
	_cleanup_free_ char *url = NULL;
	int r = 0;

	for (const char *const *e = hook->exports; e && *e && r == 0; e++)
		r = attest_sandbox_add_export(sandbox, *e, error);
	if (hook->exports && hook->exports[0])
		return r;
	if (mkdir(LOGS, 0750) < 0 && errno != EEXIST)
		return attest_error_set(error, -errno, NULL,
					"cannot make '%s': %s", LOGS,
					strerror(errno));
	if (asprintf(&url, "file://%s/%s.jsonl?format=json", LOGS,
		     attest_container_name_is_valid(id) ? id : "container") < 0)
		url = NULL;
	return url ? attest_sandbox_add_export(sandbox, url, error) : -ENOMEM;
}

static int confine(const struct attest_container_hook *hook,
		   const struct attest_policy *policy,
		   const struct attest_hook_target *target,
		   struct attest_error *error)
{
	const struct attest_sandbox_options options = {
		.size = sizeof(options),
		.best_effort = hook->best_effort,
	};
	const struct attest_engine_subject subject = {
		.kind = ATTEST_SUBJECT_CONTAINER,
		.created = target,
	};
	struct attest_engine_options engine;
	struct attest_sandbox *sandbox = NULL;
	struct attest_sandbox_result result;
	int r;

	r = attest_sandbox_new(policy, &options, &sandbox, error);
	if (r < 0)
		return r;
	attest_sandbox_set_ready_callback(sandbox, tell_ready, NULL);
	r = add_exports(sandbox, hook, target->state.id, error);
	r = r
		?: attest_sandbox_start(sandbox, "container",
					strdup(target->state.id), error);
	if (r == 0) {
		engine = attest_sandbox_engine_options(sandbox);
		r = attest_engine_attach(&engine, &subject, true,
					 &sandbox->result);
		r = attest_sandbox_finish(sandbox, r, true, &result, error);
	}
	attest_sandbox_free(&sandbox);
	return r;
}

static void __attribute__((noreturn))
supervise(const struct attest_container_hook *hook,
	  const struct attest_policy *policy,
	  const struct attest_hook_target *target)
{
	struct attest_error error = { 0 };
	char text[ANSWER_MAX];

	(void)prctl(PR_SET_NAME, "attest-watch");
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	if (confine(hook, policy, target, &error) < 0) {
		/* After tell_ready() nobody listens: then the guard kills. */
		(void)snprintf(text, sizeof(text), "-%s", error.text);
		if (attest_write_all(PIPE_FD, text, strlen(text)) < 0)
			_exit(1);
	}
	_exit(0);
}

/* Nothing of the runtime's stays open: it waits for the ends of its pipes. */
static int detach(int pipe_fd, struct attest_hook_target *target)
{
	_cleanup_close_ int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int low = fcntl(pipe_fd, F_DUPFD_CLOEXEC, PIDFD_FD + 1);
	int pid = fcntl(target->pidfd, F_DUPFD_CLOEXEC, PIDFD_FD + 1);

	(void)setsid();
	(void)prctl(PR_SET_NAME, "attest-guard");
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	if (null < 0 || low < 0 || pid < 0)
		return -errno;
	for (int fd = 0; fd < 3; fd++)
		if (dup2(null, fd) < 0)
			return -errno;
	if (dup3(low, PIPE_FD, O_CLOEXEC) < 0 ||
	    dup3(pid, PIDFD_FD, O_CLOEXEC) < 0)
		return -errno;
	null = -1;
	target->pidfd = PIDFD_FD;
	(void)close_range(PIDFD_FD + 1, ~0U, 0);
	return chdir("/") < 0 ? -errno : 0;
}

static void __attribute__((noreturn))
guard(const struct attest_container_hook *hook,
      const struct attest_policy *policy, struct attest_hook_target *target,
      int pipe_fd)
{
	char dir[ATTEST_CGROUP_DIR_MAX] = "";
	int status = 0;
	pid_t pid;

	if (detach(pipe_fd, target) < 0)
		_exit(1);
	(void)attest_cgroup_v2_dir(target->cgroup, dir);
	pid = fork();
	if (pid == 0)
		supervise(hook, policy, target);
	(void)close(PIPE_FD);
	if (pid < 0)
		_exit(1);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status != 0) {
		(void)attest_cgroup_kill(dir);
		(void)pidfd_send_signal(target->pidfd, SIGKILL, NULL, 0);
	}
	_exit(0);
}

static int wait_ready(int fd, struct attest_error *error)
{
	char text[ANSWER_MAX + 1];
	ssize_t n;

	do
		n = read(fd, text, ANSWER_MAX);
	while (n < 0 && errno == EINTR);
	if (n > 0 && text[0] == READY)
		return 0;
	text[n > 0 ? n : 0] = '\0';
	return attest_error_set(
	    error, -EOPNOTSUPP, "'attest-bpf doctor' says more", "%s",
	    n > 1 ? text + 1 : "the supervisor did not start");
}

static int start_guard(const struct attest_container_hook *hook,
		       const struct attest_policy *policy,
		       struct attest_hook_target *target,
		       struct attest_error *error)
{
	_cleanup_close_ int fd = -1;
	int pipes[2];
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return attest_error_set(error, -errno, NULL, "pipe: %s",
					strerror(errno));
	fd = pipes[0];
	pid = fork();
	if (pid == 0)
		guard(hook, policy, target, pipes[1]);
	(void)close(pipes[1]);
	if (pid < 0)
		return attest_error_set(error, -errno, NULL, "fork: %s",
					strerror(errno));
	return wait_ready(fd, error);
}

static int ask(const struct attest_container_hook *hook,
	       struct attest_error *error)
{
	char text[ANSWER_MAX];
	int r;

	r = attest_hook_server_ask(hook->socket, hook->state, text,
				   sizeof(text));
	return r < 0 ? attest_error_set(error, r, NULL, "%s", text) : 0;
}

int attest_oci_hook(const struct attest_container_hook *hook,
		    struct attest_error *reterr_error)
{
	struct attest_hook_target target = { .pidfd = -1 };
	struct attest_policy *policy = NULL;
	struct attest_diag diag = { 0 };
	const char *name;
	int r;

	if (hook->size != sizeof(*hook))
		return attest_error_set(reterr_error, -EINVAL, NULL,
					"options of another version");
	if (hook->socket)
		return ask(hook, reterr_error);
	r = attest_hook_read(hook->state, &target, &diag);
	if (r < 0)
		return attest_error_from_diag(reterr_error, r, &diag);
	name = target.state.policy[0] ? target.state.policy : hook->policy;
	if (name)
		r = open_policy(hook->policies ? hook->policies : POLICIES,
				name, &policy, reterr_error);
	if (name && r == 0)
		r = start_guard(hook, policy, &target, reterr_error);
	attest_policy_close(&policy);
	(void)close(target.pidfd);
	return r;
}
