// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "cli/commands.h"

struct values {
	struct attest_common common;
	struct attest_list exports;
	const char *socket;
	const char *policies;
	const char *policy;
	bool best_effort;
};

static const struct attest_option options[] = {
	ATTEST_OPTION(struct values, STRING, policies, "policies", 0, "DIR",
		      "where the policies are that annotations name; default: "
		      "/etc/attest-bpf/policies"),
	ATTEST_OPTION(struct values, STRING, policy, "policy", 'p', "NAME",
		      "of containers without the annotation; default: they are "
		      "let alone"),
	ATTEST_OPTION(struct values, LIST, exports, "export", 'e', "URL",
		      "where the records go; may be repeated; default: "
		      "/var/log/attest-bpf/ID.jsonl"),
	ATTEST_OPTION(struct values, FLAG, best_effort, "best-effort", 0, NULL,
		      "let the container start although something of its "
		      "policy is not enforced"),
	ATTEST_OPTION(struct values, STRING, socket, "socket", 0, "NAME",
		      "ask the 'container run' that waits there"),
};

static int run(void *data, int argc, char **argv)
{
	const struct values *v = data;
	_cleanup_free_ const char **exports =
	    calloc(v->exports.n_items + 1, sizeof(*exports));
	const struct attest_container_hook hook = {
		.size = sizeof(hook),
		.state = STDIN_FILENO,
		.socket = v->socket,
		.policies = v->policies,
		.policy = v->policy,
		.exports = exports,
		.best_effort = v->best_effort,
	};
	struct attest_error error = { 0 };

	if (!exports) {
		log_error("out of memory");
		return ATTEST_EXIT_FAILED;
	}
	for (size_t i = 0; i < v->exports.n_items; i++)
		exports[i] = v->exports.items[i];
	if (attest_oci_hook(&hook, &error) == 0)
		return ATTEST_EXIT_DONE;
	return attest_cli_fail(&error);
}

const struct attest_command attest_cmd_oci_hook = {
	.name = "oci-hook",
	.args = "",
	.summary = "confine a container that a runtime creates (called by it)",
	.run = run,
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.values_size = sizeof(struct values),
	.notes = "Exit status: 0 the container may start; anything else makes "
		 "the runtime\nrefuse it.\n",
};
