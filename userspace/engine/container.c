// SPDX-License-Identifier: Apache-2.0
/**
 * `container run`: the runtime starts the container, its hook asks us to
 * confine it, we serve the ring until the runtime ends.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/str.h"
#include "engine/hook_server.h"
#include "engine/session.h"

#define POLL_MS 20

struct run {
	struct attest_container_watch watch; /* the first member */
	struct attest_session session;
	struct attest_hook_server server;
	bool is_confined; /* by BPF */
	const char *hook_args[5];
};

static void answer_hook(struct run *run)
{
	struct attest_hook_target target = { .pidfd = -1 };
	struct attest_session *s = &run->session;
	_cleanup_close_ int fd = -1;
	int r;

	if (attest_hook_server_take(&run->server, &fd, &target) < 0)
		return;
	if (run->is_confined) {
		attest_hook_server_answer(fd, "one container is confined "
					      "already");
		(void)close(target.pidfd);
		return;
	}
	r = attest_session_created(s, &target);
	if (r == 0) {
		run->is_confined = true;
		(void)attest_cgroup_v2_dir(target.cgroup, run->watch.cgroup);
		if (s->options->ready)
			s->options->ready(s->options->ctx);
	} else {
		log_error("%s", s->result->error);
	}
	attest_hook_server_answer(fd, r < 0 ? s->result->error : NULL);
	(void)close(target.pidfd);
}

static void serve(struct attest_container_watch *watch)
{
	struct run *run = (struct run *)watch;

	answer_hook(run);
	(void)attest_session_poll(&run->session, 0);
}

static int open_hook(struct run *run, struct attest_runtime_options *c)
{
	struct attest_session *s = &run->session;
	int r;

	r = attest_kern_policy_add(s->kern, s->image, &s->slot);
	if (r < 0)
		return attest_session_fail(s, r, "cannot load the policy: %s",
					   strerror(-r));
	s->has_slot = true;
	r = attest_hook_server_open(&run->server);
	if (r < 0)
		return attest_session_fail(s, r, "cannot wait for the hook: %s",
					   strerror(-r));
	run->hook_args[0] = "attest-bpf";
	run->hook_args[1] = "oci-hook";
	run->hook_args[2] = "--socket";
	run->hook_args[3] = run->server.name;
	run->watch.fn = serve;
	run->watch.interval_ms = POLL_MS;
	run->watch.fds[0] = run->server.fd;
	run->watch.fds[1] = attest_kern_poll_fd(s->kern);
	c->hook_args = run->hook_args;
	c->watch = &run->watch;
	return 0;
}

/* The policy's profile as runtimes read it. */
static int write_profile(struct attest_session *s, struct attest_str *out)
{
	const struct attest_seccomp_profile *profile =
	    s->options->policy->seccomp;
	_cleanup_str_ struct attest_str notes = { 0 };
	int r;

	if (!profile || s->options->is_audit)
		return 0;
	r = attest_seccomp_write(profile, ATTEST_SECCOMP_OCI, &s->here.where,
				 out, &notes);
	if (r == 0 && notes.data && notes.data[0])
		log_debug("the seccomp profile for containers: %s", notes.data);
	return r < 0 ? attest_session_fail(s, r,
					   "cannot write the seccomp profile: "
					   "%s",
					   strerror(-r))
		     : 0;
}

static void take_names(struct attest_session *s,
		       const struct attest_runtime_options *c)
{
	struct attest_container_info *info = &s->container;

	if (c->name)
		(void)snprintf(info->name, sizeof(info->name), "%s", c->name);
	(void)snprintf(info->image, sizeof(info->image), "%s", c->image);
	info->runtime = attest_runtime_name(c->runtime);
}

static int execute(struct run *run, struct attest_runtime_options *c,
		   struct attest_container_result *ret)
{
	_cleanup_str_ struct attest_str profile = { 0 };
	struct attest_session *s = &run->session;
	struct attest_diag diag = { 0 };
	int r;

	take_names(s, c);
	attest_container_options_apply(c, s->options->policy);
	r = write_profile(s, &profile);
	if (r < 0)
		return r;
	c->profile = profile.len ? profile.data : NULL;
	/* Hooks that are installed are not called for it: this is one. The
	 * name is for people, and may have been written for others than us.
	 */
	if (!c->hook_path)
		c->policy_name = NULL;
	else if (!attest_container_name_is_valid(c->policy_name ?: ""))
		c->policy_name = "unnamed";
	r = attest_container_run(c, ret, &diag);
	c->profile = NULL;
	if (r < 0)
		return attest_session_fail(s, r, "%s", diag.text);
	attest_session_drain(s);
	s->result->exit_status = ret->status;
	return 0;
}

/* The runtime may have left the hook out. */
static int check_confined(const struct run *run,
			  const struct attest_runtime_options *c,
			  struct attest_container_result *result)
{
	if (!c->hook_path || run->is_confined || result->error.failure)
		return 0;
	attest_container_result_done(result);
	return attest_session_fail(
	    (struct attest_session *)&run->session, -EIO,
	    "the container runtime did not call the hook: what ran was not "
	    "confined by BPF");
}

int attest_engine_container(const struct attest_engine_options *options,
			    struct attest_runtime_options *container,
			    struct attest_container_result *ret_container,
			    struct attest_engine_result *ret_result)
{
	struct attest_engine_options mine = *options;
	struct run run = { .server.fd = -1 };
	bool wants_bpf =
	    !options->without_bpf && container->hook_path && geteuid() == 0;
	int r;

	mine.starts_container = true;
	r = attest_session_open(&run.session, &mine, ATTEST_SUBJECT_CONTAINER,
				wants_bpf, ret_result);
	if (r == 0 && !options->is_audit)
		r = attest_session_check(&run.session);
	if (r == 0 && (!wants_bpf || ret_result->rung > ATTEST_RUNG_FMOD_RET))
		container->hook_path = NULL;
	if (r == 0 && container->hook_path)
		r = open_hook(&run, container);
	r = r ?: execute(&run, container, ret_container);
	r = r ?: check_confined(&run, container, ret_container);
	container->watch = NULL;
	container->hook_args = NULL;
	attest_session_close(&run.session);
	if (run.server.fd >= 0)
		(void)close(run.server.fd);
	return r;
}
