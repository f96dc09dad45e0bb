// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <string.h>

#include "base/cleanup.h"
#include "container/diagnose.h"

static const struct {
	const char *message;
	const char *solution;
} texts[] = {
	[ATTEST_FAILURE_NONE] = { "", "" },
	[ATTEST_FAILURE_RUNTIME_MISSING] = { "Container runtime not found",
					     "Install podman or docker, or name another one with --runtime" },
	[ATTEST_FAILURE_LOW_RUNTIME_MISSING] = { "OCI runtime not found",
						 "Install runc or crun and name it in the container engine's "
						 "configuration" },
	[ATTEST_FAILURE_DAEMON_DOWN] = { "Docker daemon is not running",
					 "Start it (systemctl start docker), or use --runtime podman" },
	[ATTEST_FAILURE_DAEMON_DENIED] = { "Access to the Docker daemon denied",
					   "Run as root or as a member of the group docker, or use "
					   "--runtime podman" },
	[ATTEST_FAILURE_IMAGE_MISSING] = { "Container image not found",
					   "Check the image's name, pull or build it first, check access to "
					   "the registry" },
	[ATTEST_FAILURE_COMMAND_MISSING] = { "Command not found in the container",
					     "Check that the image has it; give its absolute path" },
	[ATTEST_FAILURE_COMMAND_DENIED] = { "Command cannot be executed in the container",
					    "Check that it is an executable file" },
	[ATTEST_FAILURE_PROFILE_UNSUPPORTED] = { "Seccomp profile not supported",
						 "Update container runtime, check compatibility" },
	[ATTEST_FAILURE_PROFILE_TOO_STRICT] = { "Seccomp profile stops the container runtime itself",
						"Let attest-bpf add the calls that the runtime needs, or allow "
						"them in the profile" },
	[ATTEST_FAILURE_SECCOMP_KILLED] = { "Container killed by seccomp policy",
					    "Review syscall requirements, adjust profile if needed" },
	[ATTEST_FAILURE_HOOK_REFUSED] = { "A hook refused the container",
					  "Read the hook's message; attest-bpf doctor says whether the "
					  "policy can be enforced here" },
	[ATTEST_FAILURE_RLIMIT] = { "Resource limits cannot be raised here",
				    "Set limits below the present ones: --ulimit nofile=1024:1024 "
				    "--ulimit nproc=1024:1024, or default_ulimits in "
				    "containers.conf" },
	[ATTEST_FAILURE_CGROUP] = { "Control groups of this host do not suit the runtime",
				    "Use --runtime runc or podman with runc; podman without systemd "
				    "needs cgroup_manager=\"cgroupfs\"" },
	[ATTEST_FAILURE_MOUNT_SOURCE] = { "A directory to mount does not exist",
					  "Check --workspace" },
	[ATTEST_FAILURE_NAME_TAKEN] = { "A container of this name exists",
					"Remove it, or choose another name" },
	[ATTEST_FAILURE_OPTION] = { "Option unknown to the container runtime",
				    "Update container runtime, check its arguments" },
	[ATTEST_FAILURE_OTHER] = { "Container runtime failed",
				   "Read the runtime's own message" },
};
_Static_assert(ARRAY_SIZE(texts) == ATTEST_FAILURE_END, "failures");

/* First match wins: the causes before what follows from them. */
static const struct {
	const char *needle;
	enum attest_container_failure failure;
} signs[] = {
	{ "Cannot connect to the Docker daemon", ATTEST_FAILURE_DAEMON_DOWN },
	{ "connect to the Docker daemon socket", ATTEST_FAILURE_DAEMON_DENIED },
	{ "error running hook", ATTEST_FAILURE_HOOK_REFUSED },
	{ "error executing hook", ATTEST_FAILURE_HOOK_REFUSED },
	{ "is not a valid action for seccomp",
	  ATTEST_FAILURE_PROFILE_UNSUPPORTED },
	{ "seccomp profile failed", ATTEST_FAILURE_PROFILE_UNSUPPORTED },
	{ "for seccomp profile", ATTEST_FAILURE_PROFILE_UNSUPPORTED },
	{ "opening seccomp profile", ATTEST_FAILURE_PROFILE_UNSUPPORTED },
	{ "loading seccomp profile", ATTEST_FAILURE_PROFILE_UNSUPPORTED },
	{ "seccomp unknown action", ATTEST_FAILURE_PROFILE_UNSUPPORTED },
	{ "seccomp get action", ATTEST_FAILURE_PROFILE_UNSUPPORTED },
	{ "seccomp not supported", ATTEST_FAILURE_PROFILE_UNSUPPORTED },
	{ "seccomp is not enabled", ATTEST_FAILURE_PROFILE_UNSUPPORTED },
	{ "unable to init seccomp", ATTEST_FAILURE_PROFILE_UNSUPPORTED },
	{ "cannot start an already running container",
	  ATTEST_FAILURE_PROFILE_TOO_STRICT },
	{ "cannot start a stopped process", ATTEST_FAILURE_PROFILE_TOO_STRICT },
	{ "cannot start a container that has stopped",
	  ATTEST_FAILURE_PROFILE_TOO_STRICT },
	{ "setrlimit", ATTEST_FAILURE_RLIMIT },
	{ "error setting rlimit", ATTEST_FAILURE_RLIMIT },
	{ "cgroups in hybrid mode", ATTEST_FAILURE_CGROUP },
	{ "cannot use systemd cgroups manager", ATTEST_FAILURE_CGROUP },
	{ "controller `", ATTEST_FAILURE_CGROUP },
	{ "not compatible with NoCgroups", ATTEST_FAILURE_CGROUP },
	{ "found for OCI runtime", ATTEST_FAILURE_LOW_RUNTIME_MISSING },
	{ "default OCI runtime", ATTEST_FAILURE_LOW_RUNTIME_MISSING },
	{ "Unknown runtime specified", ATTEST_FAILURE_LOW_RUNTIME_MISSING },
	{ "image not known", ATTEST_FAILURE_IMAGE_MISSING },
	{ "No such image", ATTEST_FAILURE_IMAGE_MISSING },
	{ "Unable to find image", ATTEST_FAILURE_IMAGE_MISSING },
	{ "did not resolve to an alias", ATTEST_FAILURE_IMAGE_MISSING },
	{ "initializing source docker://", ATTEST_FAILURE_IMAGE_MISSING },
	{ "manifest unknown", ATTEST_FAILURE_IMAGE_MISSING },
	{ "is already in use by", ATTEST_FAILURE_NAME_TAKEN },
	{ "already exists", ATTEST_FAILURE_NAME_TAKEN },
	{ "bind source path does not exist", ATTEST_FAILURE_MOUNT_SOURCE },
	{ "statfs ", ATTEST_FAILURE_MOUNT_SOURCE },
	{ "executable file not found", ATTEST_FAILURE_COMMAND_MISSING },
	{ "executable file `", ATTEST_FAILURE_COMMAND_MISSING },
	{ "permission denied", ATTEST_FAILURE_COMMAND_DENIED },
	{ "unknown flag", ATTEST_FAILURE_OPTION },
	{ "requires API version", ATTEST_FAILURE_OPTION },
};

void attest_container_error_set(struct attest_container_error *error,
				enum attest_container_failure failure,
				const char *detail, size_t len)
{
	memset(error, 0, sizeof(*error));
	error->failure = failure;
	error->message = texts[failure].message;
	error->solution = texts[failure].solution;
	while (len && (detail[len - 1] == '\n' || detail[len - 1] == '\r'))
		len--;
	if (len >= sizeof(error->detail)) {
		detail += len - (sizeof(error->detail) - 1);
		len = sizeof(error->detail) - 1;
	}
	if (len)
		memcpy(error->detail, detail, len);
}

static bool is_runtimes_status(enum attest_runtime runtime, int status)
{
	if (status == 126 || status == 127)
		return true;
	if (attest_runtime_is_low_level(runtime))
		return status == 1 || status == 255;
	return status == 125;
}

/* The line around a byte. */
static void line_at(const char *text, size_t len, const char *at,
		    const char **ret_line, size_t *ret_len)
{
	const char *start = memrchr(text, '\n', (size_t)(at - text));
	const char *end = memchr(at, '\n', (size_t)(text + len - at));

	*ret_line = start ? start + 1 : text;
	*ret_len = (size_t)((end ? end : text + len) - *ret_line);
}

void attest_container_diagnose(enum attest_runtime runtime, int status,
			       const char *text, size_t len,
			       struct attest_container_error *ret_error)
{
	enum attest_container_failure failure = ATTEST_FAILURE_NONE;

	if (status == 128 + SIGSYS)
		failure = ATTEST_FAILURE_SECCOMP_KILLED;
	if (!is_runtimes_status(runtime, status)) {
		attest_container_error_set(ret_error, failure, NULL, 0);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		const char *needle = signs[i].needle;
		const char *at = memmem(text, len, needle, strlen(needle));
		const char *line;
		size_t n;

		if (!at)
			continue;
		line_at(text, len, at, &line, &n);
		attest_container_error_set(ret_error, signs[i].failure, line,
					   n);
		return;
	}
	/*
	 * 126, 127 and 1 may as well be the program's own. What crun and runc
	 * say is in their log, apart from the program's output.
	 */
	if (status == 125 || (attest_runtime_is_low_level(runtime) && len))
		failure = ATTEST_FAILURE_OTHER;
	attest_container_error_set(ret_error, failure, text, len);
}
