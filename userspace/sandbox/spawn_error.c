// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "sandbox/namespaces.h"
#include "sandbox/spawn.h"

static const struct {
	const char *name;
	const char *remedy;
} steps[] = {
	[ATTEST_STEP_NONE] = { "start", "" },
	[ATTEST_STEP_FORK] = { "start a process", "" },
	[ATTEST_STEP_PARENT_DEATH] = { "tie the command to this process", "" },
	[ATTEST_STEP_SIGNALS] = { "reset signals", "" },
	[ATTEST_STEP_SESSION] = { "start a session", "" },
	[ATTEST_STEP_STDIO] = { "set up standard streams", "" },
	[ATTEST_STEP_NAMESPACES] = { "make namespaces", "" },
	[ATTEST_STEP_ID_MAP] = { "map user and group ids", "" },
	[ATTEST_STEP_LOOPBACK] = { "bring up the loopback interface", "" },
	[ATTEST_STEP_HOST_NAME] = { "set the host name", "" },
	[ATTEST_STEP_FORBID_NAMESPACES] = { "forbid further namespaces", "" },
	[ATTEST_STEP_ROOT] = { "mount for the container",
			       "; the path must exist on the host, and "
			       "Linux 5.12 or newer is needed" },
	[ATTEST_STEP_COVER] = { "cover the forbidden path", "" },
	[ATTEST_STEP_PIVOT] = { "enter the container's root", "" },
	[ATTEST_STEP_INIT] = { "start the command in the container", "" },
	[ATTEST_STEP_CAPABILITIES] = { "drop capabilities", "" },
	[ATTEST_STEP_CHDIR] = { "enter the working directory",
				"; a container has a /tmp and a /run of its "
				"own: name the directory with --workspace" },
	[ATTEST_STEP_RLIMIT] = { "lower the resource limits", "" },
	[ATTEST_STEP_NO_NEW_PRIVS] = { "set no_new_privs", "" },
	[ATTEST_STEP_FDS] = { "close descriptors",
			      "; Linux 5.9 or newer is needed" },
	[ATTEST_STEP_LANDLOCK] = { "apply the Landlock ruleset",
				   "; boot with lsm=landlock,..., and allow "
				   "the landlock_* system calls in an outer "
				   "seccomp profile" },
	[ATTEST_STEP_FIND] = { "find the command", "" },
	[ATTEST_STEP_WAIT] = { "hear from the new process",
			       "; it was ended from outside" },
	[ATTEST_STEP_SECCOMP] = { "install the seccomp filter",
				  "; a kernel with CONFIG_SECCOMP_FILTER is "
				  "needed, and no other listener above" },
	[ATTEST_STEP_EXEC] = { "execute", "" },
};
_Static_assert(ARRAY_SIZE(steps) == ATTEST_STEP_END, "a row for each step");

const char *attest_spawn_step_name(enum attest_spawn_step step)
{
	return step < ATTEST_STEP_END ? steps[step].name : "unknown";
}

int attest_spawn_exit_code(const struct attest_spawn_error *error)
{
	if (error->step != ATTEST_STEP_FIND && error->step != ATTEST_STEP_EXEC)
		return 1;
	return error->error == -ENOENT || error->error == -ENOTDIR ? 127 : 126;
}

const char *attest_spawn_error_text(const struct attest_spawn_error *error,
				    char *buffer, size_t size)
{
	const char *why = strerror(-error->error);

	if (error->step == ATTEST_STEP_NAMESPACES)
		why = attest_ns_remedy(error->error);
	if (error->step == ATTEST_STEP_FIND && error->error == -ENOENT)
		why = "command not found";
	if (error->step == ATTEST_STEP_EXEC && error->error == -ENOENT)
		why = "it, or the interpreter it names, does not exist";
	(void)snprintf(
	    buffer, size, "cannot %s%s%s%s: %s%s",
	    attest_spawn_step_name(error->step), error->path[0] ? " '" : "",
	    error->path, error->path[0] ? "'" : "", why,
	    error->step < ATTEST_STEP_END ? steps[error->step].remedy : "");
	return buffer;
}
