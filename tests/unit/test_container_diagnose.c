// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "container/diagnose.h"

#define PODMAN ATTEST_RUNTIME_PODMAN
#define DOCKER ATTEST_RUNTIME_DOCKER
#define CRUN ATTEST_RUNTIME_CRUN
#define RUNC ATTEST_RUNTIME_RUNC

/* As podman 4.3.1, docker 28.2 with dockerd 20.10, runc 1.1.5 wrote them. */
static const struct {
	enum attest_runtime runtime;
	int status;
	enum attest_container_failure failure;
	const char *text;
} cases[] = {
	{ PODMAN, 126, ATTEST_FAILURE_PROFILE_UNSUPPORTED,
	  "Error: OCI runtime error: runc: runc create failed: string "
	  "SCMP_ACT_BANANA is not a valid action for seccomp\n" },
	{ PODMAN, 125, ATTEST_FAILURE_PROFILE_UNSUPPORTED,
	  "Error: loading seccomp profile (/p.json) failed: decoding seccomp "
	  "profile failed: invalid character 'b' looking for beginning of "
	  "object key string\n" },
	{ PODMAN, 125, ATTEST_FAILURE_PROFILE_UNSUPPORTED,
	  "Error: opening seccomp profile failed: open /none.json: no such "
	  "file or directory\n" },
	{ DOCKER, 125, ATTEST_FAILURE_PROFILE_UNSUPPORTED,
	  "docker: compacting json for seccomp profile (/p.json) failed: "
	  "invalid character 'b' looking for beginning of object key string\n"
	  "\nRun 'docker run --help' for more information\n" },
	{ DOCKER, 125, ATTEST_FAILURE_PROFILE_TOO_STRICT,
	  "docker: Error response from daemon: OCI runtime start failed: "
	  "cannot start an already running container: unknown\n" },
	{ PODMAN, 126, ATTEST_FAILURE_PROFILE_TOO_STRICT,
	  "time=\"2026-11-24T06:29:21Z\" level=error msg=\"cannot start an "
	  "already running container\"\nError: `/usr/bin/runc start 2c95` "
	  "failed: exit status 1\n" },
	{ PODMAN, 125, ATTEST_FAILURE_IMAGE_MISSING,
	  "Error: localhost/nope:1: image not known\n" },
	{ PODMAN, 125, ATTEST_FAILURE_IMAGE_MISSING,
	  "Error: short-name \"nope\" did not resolve to an alias and no "
	  "unqualified-search registries are defined in "
	  "\"/etc/containers/registries.conf\"\n" },
	{ PODMAN, 125, ATTEST_FAILURE_IMAGE_MISSING,
	  "Trying to pull docker.io/library/nope:1...\nError: initializing "
	  "source docker://nope:1: pinging container registry "
	  "registry-1.docker.io: Get \"https://registry-1.docker.io/v2/\": "
	  "dial tcp: lookup registry-1.docker.io: no such host\n" },
	{ DOCKER, 125, ATTEST_FAILURE_IMAGE_MISSING,
	  "docker: Error response from daemon: No such image: nope:1\n" },
	{ DOCKER, 125, ATTEST_FAILURE_IMAGE_MISSING,
	  "Unable to find image 'nope:1' locally\ndocker: Error response "
	  "from daemon: Get \"https://registry-1.docker.io/v2/\": no such "
	  "host\n" },
	{ PODMAN, 127, ATTEST_FAILURE_COMMAND_MISSING,
	  "Error: runc: runc create failed: unable to start container "
	  "process: exec: \"nocmd\": executable file not found in $PATH: OCI "
	  "runtime attempted to invoke a command that was not found\n" },
	{ DOCKER, 126, ATTEST_FAILURE_COMMAND_DENIED,
	  "docker: Error response from daemon: failed to create shim task: "
	  "OCI runtime create failed: runc create failed: unable to start "
	  "container process: exec: \"/etc/passwd\": permission denied: "
	  "unknown\n" },
	{ DOCKER, 125, ATTEST_FAILURE_DAEMON_DOWN,
	  "docker: Cannot connect to the Docker daemon at unix:///none.sock. "
	  "Is the docker daemon running?\n" },
	{ DOCKER, 126, ATTEST_FAILURE_DAEMON_DENIED,
	  "docker: permission denied while trying to connect to the Docker "
	  "daemon socket at unix:///docker.sock: connect: permission "
	  "denied\n" },
	{ PODMAN, 126, ATTEST_FAILURE_RLIMIT,
	  "Error: crun: setrlimit `RLIMIT_NOFILE`: Operation not permitted: "
	  "OCI permission denied\n" },
	{ PODMAN, 126, ATTEST_FAILURE_RLIMIT,
	  "Error: runc: runc create failed: unable to start container "
	  "process: error during container init: error setting rlimits for "
	  "ready process: error setting rlimit type 7: operation not "
	  "permitted: OCI permission denied\n" },
	{ CRUN, 1, ATTEST_FAILURE_CGROUP,
	  "cgroups in hybrid mode not supported, drop all controllers from "
	  "cgroupv2\n" },
	{ PODMAN, 125, ATTEST_FAILURE_LOW_RUNTIME_MISSING,
	  "Error: default OCI runtime \"nope\" not found: invalid "
	  "argument\n" },
	{ DOCKER, 125, ATTEST_FAILURE_LOW_RUNTIME_MISSING,
	  "docker: Error response from daemon: Unknown runtime specified "
	  "nope\n" },
	{ PODMAN, 125, ATTEST_FAILURE_OPTION,
	  "Error: unknown flag: --bogus\nSee 'podman run --help'\n" },
	{ PODMAN, 125, ATTEST_FAILURE_MOUNT_SOURCE,
	  "Error: statfs /nonexist: no such file or directory\n" },
	{ DOCKER, 125, ATTEST_FAILURE_MOUNT_SOURCE,
	  "docker: Error response from daemon: invalid mount config for type "
	  "\"bind\": bind source path does not exist: /nonexist\n" },
	{ PODMAN, 125, ATTEST_FAILURE_NAME_TAKEN,
	  "Error: creating container storage: the container name \"c1\" is "
	  "already in use by 8ed9\n" },
	{ PODMAN, 126, ATTEST_FAILURE_HOOK_REFUSED,
	  "Error: OCI runtime error: runc: runc create failed: unable to "
	  "start container process: error during container init: error "
	  "running hook #0: error running hook: exit status 1, stdout: , "
	  "stderr: \n" },
	{ RUNC, 1, ATTEST_FAILURE_PROFILE_UNSUPPORTED,
	  "runc run failed: string SCMP_ACT_FOO is not a valid action for "
	  "seccomp\n" },
	{ RUNC, 1, ATTEST_FAILURE_NONE, "" },
	{ RUNC, 1, ATTEST_FAILURE_OTHER, "runc run failed: new words\n" },
	{ DOCKER, 125, ATTEST_FAILURE_OTHER, "docker: new words\n" },
	{ RUNC, 159, ATTEST_FAILURE_SECCOMP_KILLED, "" },
	{ PODMAN, 159, ATTEST_FAILURE_SECCOMP_KILLED, "" },
	{ PODMAN, 0, ATTEST_FAILURE_NONE, "No such image" },
	{ PODMAN, 1, ATTEST_FAILURE_NONE, "permission denied" },
	{ PODMAN, 127, ATTEST_FAILURE_NONE, "sh: foo: not found\n" },
};

static void each_real_message_has_one_meaning(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct attest_container_error error;

		attest_container_diagnose(cases[i].runtime, cases[i].status,
					  cases[i].text, strlen(cases[i].text),
					  &error);
		if (error.failure != cases[i].failure)
			print_error("case %zu: %s\n", i, cases[i].text);
		assert_int_equal(error.failure, cases[i].failure);
	}
}

static void every_failure_has_a_solution(void **state)
{
	for (int i = 1; i < ATTEST_FAILURE_END; i++) {
		struct attest_container_error error;

		attest_container_error_set(&error, i, "detail\n", 7);
		assert_true(error.message[0] && error.solution[0]);
		assert_string_equal(error.detail, "detail");
	}
}

static void messages_are_the_specifications(void **state)
{
	struct attest_container_error error;

	attest_container_diagnose(PODMAN, 159, NULL, 0, &error);
	assert_string_equal(error.message,
			    "Container killed by seccomp policy");
	assert_string_equal(error.solution, "Review syscall requirements, "
					    "adjust profile if needed");
	attest_container_error_set(&error, ATTEST_FAILURE_PROFILE_UNSUPPORTED,
				   NULL, 0);
	assert_string_equal(error.message, "Seccomp profile not supported");
	assert_string_equal(error.solution, "Update container runtime, check "
					    "compatibility");
}

static void the_detail_is_the_line_and_is_cut(void **state)
{
	struct attest_container_error error;
	char text[3000];

	memset(text, 'x', sizeof(text));
	memcpy(text, "one\n", 4);
	memcpy(text + 2000, "\nNo such image: y\nlast", 22);
	attest_container_diagnose(DOCKER, 125, text, sizeof(text), &error);
	assert_string_equal(error.detail, "No such image: y");
	memset(text, 'z', sizeof(text));
	attest_container_diagnose(DOCKER, 125, text, sizeof(text), &error);
	assert_int_equal(strlen(error.detail), sizeof(error.detail) - 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_real_message_has_one_meaning),
		cmocka_unit_test(every_failure_has_a_solution),
		cmocka_unit_test(messages_are_the_specifications),
		cmocka_unit_test(the_detail_is_the_line_and_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
