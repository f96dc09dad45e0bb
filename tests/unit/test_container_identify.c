// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "container/identify.h"
#include "container/identify_system.h"

#define ID "ad492e6c5c59fb205034e7a25621e1905e31ce6cd19beae3fd54a868724de28d"
#define ID2 "17688bcf3544d5082e5e86eac39bd4237401c8afe34381c9cf9dc89769340004"
#define POD "01234567-89ab-cdef-0123-456789abcdef"
#define POD_ "01234567_89ab_cdef_0123_456789abcdef"

static const struct {
	const char *path;
	const char *runtime; /* NULL: no container */
	const char *id;
	const char *pod;
} cases[] = {
	{ "/libpod_parent/libpod-" ID, "podman", ID, "" },
	{ "/machine.slice/libpod-" ID ".scope", "podman", ID, "" },
	{ "/machine.slice/libpod-" ID ".scope/container", "podman", ID, "" },
	{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID
	  ".scope",
	  "podman", ID, "" },
	{ "/machine.slice/libpod-conmon-" ID ".scope", NULL, NULL, NULL },
	{ "/docker/" ID, "docker", ID, "" },
	{ "/system.slice/docker-" ID ".scope", "docker", ID, "" },
	{ "/docker/" ID "/docker/" ID2, "docker", ID2, "" },
	{ "/docker/buildkit/x", NULL, NULL, NULL },
	{ "/kubepods/burstable/pod" POD "/" ID, "oci", ID, POD },
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" POD_
	  ".slice/cri-containerd-" ID ".scope",
	  "containerd", ID, POD },
	{ "/kubepods.slice/kubepods-pod" POD_ ".slice/crio-" ID ".scope",
	  "cri-o", ID, POD },
	{ "/kubepods.slice/kubepods-pod" POD_ ".slice/crio-conmon-" ID ".scope",
	  NULL, NULL, NULL },
	{ "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" POD_
	  ".slice/docker-" ID ".scope",
	  "docker", ID, POD },
	{ "/system.slice/containerd.service/kubepods-burstable-pod" POD_
	  ".slice:cri-containerd:" ID,
	  "containerd", ID, POD },
	{ "/default/" ID, "containerd", ID, "" },
	{ "/system.slice/nerdctl-" ID ".scope", "containerd", ID, "" },
	{ "/attest-0123456789abcdef", "attest", "0123456789abcdef", "" },
	{ "/system.slice/crun-web.scope", "crun", "web", "" },
	{ "/system.slice/runc-web.scope", "runc", "web", "" },
	{ "/lxc.payload.web/init.scope", "lxc", "web", "" },
	{ "/machine.slice/machine-deb.scope/payload", "nspawn", "deb", "" },
	{ "/../libpod_parent/libpod-" ID, "podman", ID, "" },
	{ "/", NULL, NULL, NULL },
	{ "", NULL, NULL, NULL },
	{ "/system.slice/docker.service", NULL, NULL, NULL },
	{ "/system.slice/docker-short.scope", NULL, NULL, NULL },
	{ "/user.slice/user-0.slice/session-1.scope", NULL, NULL, NULL },
};

static void every_known_form_is_recognised(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct attest_container_id id = { .runtime = "untouched" };
		int r;

		r = attest_container_from_cgroup(cases[i].path,
						 strlen(cases[i].path), &id);
		if (r != (cases[i].runtime ? 0 : -ENOENT))
			print_error("%s\n", cases[i].path);
		assert_int_equal(r, cases[i].runtime ? 0 : -ENOENT);
		if (!cases[i].runtime) {
			assert_string_equal(id.runtime, "untouched");
			continue;
		}
		assert_string_equal(id.runtime, cases[i].runtime);
		assert_string_equal(id.id, cases[i].id);
		assert_string_equal(id.pod, cases[i].pod);
	}
}

static void hybrid_hosts_are_read(void **state)
{
	char v2[ATTEST_CGROUP_PATH_MAX];
	char best[ATTEST_CGROUP_PATH_MAX];

	assert_int_equal(attest_cgroup_parse("9:name=systemd:/docker/" ID
					     "\n8:pids:/docker/" ID "\n0::/\n",
					     v2, best),
			 0);
	assert_string_equal(v2, "/");
	assert_string_equal(best, "/docker/" ID);
	assert_int_equal(attest_cgroup_parse("0::/a:b/c\n", v2, best), 0);
	assert_string_equal(v2, "/a:b/c");
	assert_string_equal(best, "/a:b/c");
	assert_int_equal(attest_cgroup_parse("3:cpu,cpuacct:/x\n", v2, best),
			 0);
	assert_string_equal(v2, "");
}

static void what_is_no_cgroup_file_is_refused(void **state)
{
	static const char *const bad[] = { "x",	   "0:", "0::",
					   "0::x", "\n", "0::/\n\n" };
	char v2[ATTEST_CGROUP_PATH_MAX] = "untouched";
	char best[ATTEST_CGROUP_PATH_MAX];
	char *text = malloc(ATTEST_CGROUP_PATH_MAX + 64);

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(attest_cgroup_parse(bad[i], v2, best),
				 -EINVAL);
	assert_non_null(text);
	memset(text, 'a', ATTEST_CGROUP_PATH_MAX + 63);
	text[ATTEST_CGROUP_PATH_MAX + 63] = '\0';
	memcpy(text, "0::/", 4);
	assert_int_equal(attest_cgroup_parse(text, v2, best), -E2BIG);
	assert_string_equal(v2, "untouched");
	free(text);
}

static void inspect_of_both_engines_is_read(void **state)
{
	static const char podman[] =
	    "[{\"Id\":\"" ID "\",\"Name\":\"c1\",\"Image\":\"2491\","
	    "\"ImageName\":\"localhost/bb:1\",\"State\":{\"Pid\":11320}}]";
	static const char docker[] =
	    "[{\"Id\":\"" ID "\",\"Name\":\"/c2\",\"Image\":\"sha256:2d\","
	    "\"Config\":{\"Image\":\"bb:1\"},\"State\":{\"Pid\":11367}}]";
	static const char stopped[] =
	    "[{\"Id\":\"" ID "\",\"State\":{\"Pid\":0}}]";
	struct attest_container_info info;
	pid_t pid = 7;

	assert_int_equal(
	    attest_container_parse_inspect(podman, strlen(podman), &info), 0);
	assert_string_equal(info.image, "localhost/bb:1");
	assert_string_equal(info.runtime, "podman");
	assert_int_equal(info.pid, 11320);
	assert_int_equal(
	    attest_container_parse_inspect(docker, strlen(docker), &info), 0);
	assert_string_equal(info.name, "c2");
	assert_string_equal(info.image, "bb:1");
	assert_string_equal(info.runtime, "docker");
	assert_int_equal(
	    attest_container_parse_inspect(stopped, strlen(stopped), &info),
	    -ESRCH);
	assert_int_equal(attest_container_parse_inspect("[]", 2, &info),
			 -ENOENT);
	assert_int_equal(attest_container_parse_inspect("[{}]", 4, &info),
			 -EINVAL);
	assert_int_equal(attest_container_parse_inspect("x", 1, &info),
			 -EINVAL);
	assert_int_equal(
	    attest_container_parse_state("{\"init_process_pid\":5}", 22, &pid),
	    0);
	assert_int_equal(pid, 5);
	assert_int_equal(attest_container_parse_state("{\"pid\":6}", 9, &pid),
			 0);
	assert_int_equal(attest_container_parse_state("{\"pid\":0}", 9, &pid),
			 -EINVAL);
	assert_int_equal(pid, 6);
}

static void we_ourselves_have_a_cgroup(void **state)
{
	struct attest_container_id id;
	char v2[ATTEST_CGROUP_PATH_MAX];
	uint64_t cgroup = 0;
	int r = attest_container_of_pid(getpid(), &id, v2);

	assert_true(r == 0 || r == -ENOENT);
	r = attest_cgroup_v2_id(v2, &cgroup);
	if (r == 0)
		assert_true(cgroup > 0);
	else
		assert_int_equal(r, -ENOENT);
	assert_int_equal(attest_container_of_pid(1 << 22, &id, v2), -ESRCH);
}

static void names_that_could_be_options_or_paths_are_refused(void **state)
{
	static const char *const bad[] = { "", "-f", "../x", "a/b", ".x" };
	struct attest_container_info info;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(attest_container_find(NULL, bad[i], &info),
				 -EINVAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_known_form_is_recognised),
		cmocka_unit_test(hybrid_hosts_are_read),
		cmocka_unit_test(what_is_no_cgroup_file_is_refused),
		cmocka_unit_test(inspect_of_both_engines_is_read),
		cmocka_unit_test(we_ourselves_have_a_cgroup),
		cmocka_unit_test(
		    names_that_could_be_options_or_paths_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
