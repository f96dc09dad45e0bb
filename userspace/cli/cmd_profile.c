// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "cli/commands.h"

struct values {
	struct attest_common common;
	const char *level;
	const char *policy;
	const char *format;
	const char *output;
};

static const struct attest_option options[] = {
	ATTEST_OPTION(struct values, STRING, level, "level", 'l', "LEVEL",
		      "a built-in level: minimal, standard or maximum"),
	ATTEST_OPTION(struct values, STRING, policy, "policy", 'p', "FILE",
		      "a policy, or a seccomp profile in any format"),
	ATTEST_OPTION(struct values, CHOICE, format, "format", 'f',
		      "oci|docker|spec|policy|table|bpf",
		      "what to write; default: oci"),
	ATTEST_OPTION(struct values, STRING, output, "output", 'o', "FILE",
		      "where to; default: standard output"),
};

static void manager_freep(struct attest_seccomp_manager **m)
{
	attest_seccomp_manager_free(m);
}

/* Each line says what of the profile the format cannot carry. */
static void print_notes(char *notes)
{
	char *save = NULL;

	for (char *line = strtok_r(notes, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		log_warning("%s", line);
}

static int load(struct attest_seccomp_manager *m, const struct values *v,
		struct attest_error *error)
{
	int r;

	if (!v->policy)
		return attest_seccomp_manager_set_profile(
		    m, v->level ? v->level : "standard", error);
	r = attest_seccomp_manager_load_profile_from_file(m, v->policy, error);
	return r < 0 ? r
		     : attest_seccomp_manager_set_profile(m, "custom", error);
}

static int run(void *data, int argc, char **argv)
{
	_cleanup_(manager_freep) struct attest_seccomp_manager *m = NULL;
	const struct values *v = data;
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *notes = NULL;
	struct attest_error error = { 0 };
	size_t len = 0;

	if (v->policy && v->level) {
		log_error("--policy and --level exclude each other");
		return ATTEST_EXIT_USAGE;
	}
	if (attest_seccomp_manager_new(&m) < 0)
		return ATTEST_EXIT_FAILED;
	if (load(m, v, &error) < 0)
		return attest_cli_fail(&error);
	if (attest_seccomp_manager_write(m, v->format ? v->format : "oci",
					 &text, &len, &notes, &error) < 0)
		return attest_cli_fail(&error);
	print_notes(notes);
	return attest_cli_output(v->output, text, len);
}

const struct attest_command attest_cmd_profile = {
	.name = "profile",
	.args = "",
	.summary = "write a seccomp profile for a container runtime",
	.run = run,
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.values_size = sizeof(struct values),
	.max_args = 0,
	.notes = "Examples:\n"
		 "  attest-bpf profile --level standard -o standard.json\n"
		 "  podman run --security-opt seccomp=standard.json ...\n"
		 "  attest-bpf profile -p docker-default.json --format table\n",
};
