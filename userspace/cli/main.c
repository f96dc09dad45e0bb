// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <attest/attest.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/nearest.h"
#include "cli/command.h"
#include "cli/term.h"

static const char *command_name(const void *data, size_t i)
{
	(void)data;
	return attest_commands[i] ? attest_commands[i]->name : NULL;
}

static int unknown_command(const char *word)
{
	const char *meant = attest_nearest(word, command_name, NULL);

	if (meant)
		log_error("unknown command '%s'; did you mean '%s'?", word,
			  meant);
	else
		log_error("unknown command '%s'; see 'attest-bpf --help'",
			  word);
	return ATTEST_EXIT_USAGE;
}

static int check_args(const struct attest_command *cmd, int argc, char **argv)
{
	if (argc < cmd->min_args) {
		log_error("missing argument; usage: attest-bpf %s "
			  "[OPTION]... %s",
			  cmd->name, cmd->args);
		return ATTEST_EXIT_USAGE;
	}
	if (cmd->max_args >= 0 && argc > cmd->max_args) {
		log_error("unexpected argument '%s'; usage: attest-bpf %s "
			  "[OPTION]... %s",
			  argv[cmd->max_args], cmd->name, cmd->args);
		return ATTEST_EXIT_USAGE;
	}
	return ATTEST_EXIT_DONE;
}

static int run_with(const struct attest_command *cmd, int argc, char **argv,
		    struct attest_common *values)
{
	int r;

	if (attest_options_parse(cmd, argc, argv, values, &argc, &argv) < 0)
		return ATTEST_EXIT_USAGE;
	if (values->help) {
		attest_help_command(cmd);
		return ATTEST_EXIT_DONE;
	}
	if (values->verbose)
		attest_log_set_level(ATTEST_LOG_DEBUG);
	if (values->quiet)
		attest_log_set_level(ATTEST_LOG_ERROR);
	attest_term_init(values->colour);
	r = check_args(cmd, argc, argv);
	if (r != ATTEST_EXIT_DONE)
		return r;
	return cmd->run(values, argc, argv);
}

static int run(const struct attest_command *cmd, int argc, char **argv)
{
	_cleanup_free_ struct attest_common *values = NULL;
	int r;

	values = calloc(1, cmd->values_size);
	if (!values) {
		log_error("out of memory");
		return ATTEST_EXIT_FAILED;
	}
	r = run_with(cmd, argc, argv, values);
	attest_options_done(cmd, values);
	return r;
}

/* Output that did not reach its reader is a failure, not a detail. */
static int finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (errno != EPIPE)
		log_error("cannot write to standard output: %s",
			  strerror(errno));
	return status == ATTEST_EXIT_DONE ? ATTEST_EXIT_FAILED : status;
}

static int help(int argc, char **argv)
{
	const struct attest_command *cmd;

	if (argc < 3 || argv[2][0] == '-') {
		attest_help_program();
		return ATTEST_EXIT_DONE;
	}
	cmd = attest_command_find(argv[2]);
	if (!cmd)
		return unknown_command(argv[2]);
	attest_help_command(cmd);
	return ATTEST_EXIT_DONE;
}

int main(int argc, char **argv)
{
	const struct attest_command *cmd;
	const char *word = argc > 1 ? argv[1] : "";

	if (argc < 2) {
		attest_usage_program();
		return ATTEST_EXIT_USAGE;
	}
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
	    strcmp(word, "help") == 0)
		return finish(help(argc, argv));
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
		printf("attest-bpf %s\n", attest_version());
		return finish(ATTEST_EXIT_DONE);
	}
	cmd = attest_command_find(word);
	if (!cmd)
		return unknown_command(word);
	return finish(run(cmd, argc - 1, argv + 1));
}
