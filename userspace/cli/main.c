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

/* A command's name may have two words. Their number, 0: no such command. */
static int find(int argc, char **argv, const struct attest_command **ret)
{
	char two[64];

	*ret = attest_command_find(argv[0]);
	if (*ret)
		return 1;
	(void)snprintf(two, sizeof(two), "%s %s", argv[0],
		       argc > 1 ? argv[1] : "");
	*ret = attest_command_find(two);
	return *ret ? 2 : 0;
}

/* The first word of commands with two, and no such second one. */
static int group(const char *word, const char *second)
{
	if (!second || strcmp(second, "--help") == 0 ||
	    strcmp(second, "-h") == 0)
		return attest_help_group(word) ? ATTEST_EXIT_DONE
					       : unknown_command(word);
	if (!attest_help_has_group(word))
		return unknown_command(word);
	log_error("unknown %s '%s'; see 'attest-bpf %s --help'",
		  second[0] == '-' ? "option" : "command", second, word);
	return ATTEST_EXIT_USAGE;
}

static int help(int argc, char **argv)
{
	const struct attest_command *cmd;

	if (argc < 3 || argv[2][0] == '-') {
		attest_help_program();
		return ATTEST_EXIT_DONE;
	}
	if (!find(argc - 2, argv + 2, &cmd))
		return group(argv[2], NULL);
	attest_help_command(cmd);
	return ATTEST_EXIT_DONE;
}

int main(int argc, char **argv)
{
	const struct attest_command *cmd;
	const char *word = argc > 1 ? argv[1] : "";
	int n_words;

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
	n_words = find(argc - 1, argv + 1, &cmd);
	if (n_words)
		return finish(run(cmd, argc - n_words, argv + n_words));
	return finish(group(word, argc > 2 ? argv[2] : NULL));
}
