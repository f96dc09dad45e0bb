// SPDX-License-Identifier: Apache-2.0
/**
 * Stands where the engine's hook stands, for the scripts here:
 * hook_probe OUT           as the hook: writes what is to be confined to OUT;
 *                          refuses a container of policy "refuse"
 * hook_probe wrap OUT RUNTIME ARGS...
 *                          as the runtime: adds itself as a hook
 * hook_probe find NAME [GLOBAL_ARG...]
 *                          prints a running container
 */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "container/hook.h"
#include "container/identify_system.h"
#include "container/wrapper.h"

static int hook(const char *out)
{
	_cleanup_fclose_ FILE *f = fopen(out, "a");
	struct attest_hook_target target;
	struct attest_diag diag;

	if (!f || attest_hook_read(STDIN_FILENO, &target, &diag) < 0)
		return 1;
	(void)close(target.pidfd);
	(void)fprintf(f,
		      "policy=%s id=%s pid=%d runtime=%s cgroup=%s "
		      "cgroup_id=%" PRIu64 " name=%s image=%s\n",
		      target.state.policy, target.state.id, target.state.pid,
		      target.container.runtime ? target.container.runtime : "?",
		      target.cgroup, target.cgroup_id, target.state.name,
		      target.state.image);
	return strcmp(target.state.policy, "refuse") == 0;
}

static int wrap(char **argv)
{
	char self[PATH_MAX] = "";
	const char *const args[] = { "hook_probe", argv[0], NULL };
	const struct attest_wrapper_options options = {
		.runtime = argv[1],
		.hook_path = self,
		.hook_args = args,
		.default_policy = "by-default",
	};
	struct attest_diag diag;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return 1;
	(void)attest_wrapper_exec(&options, (const char *const *)argv + 2,
				  &diag);
	(void)fprintf(stderr, "%s\n", diag.text);
	return 1;
}

static int find(char **argv)
{
	struct attest_runtime_options options = {
		.global_args = (const char *const *)argv + 2,
	};
	struct attest_container_info info;

	if (attest_runtime_parse(argv[1], &options.runtime) < 0 ||
	    attest_container_find(&options, argv[0], &info) < 0)
		return 1;
	(void)printf("id=%s name=%s image=%s runtime=%s pid=%d cgroup=%s "
		     "cgroup_id=%" PRIu64 "\n",
		     info.id, info.name, info.image, info.runtime, info.pid,
		     info.cgroup, info.cgroup_id);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2)
		return hook(argv[1]);
	if (argc >= 4 && strcmp(argv[1], "wrap") == 0)
		return wrap(argv + 2);
	if (argc >= 4 && strcmp(argv[1], "find") == 0)
		return find(argv + 2);
	return 100;
}
