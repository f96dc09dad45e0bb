/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Commands and options as data: parsing, help and suggestions read the same
 * tables.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum attest_exit {
	ATTEST_EXIT_DONE = 0,
	ATTEST_EXIT_FAILED = 1,
	ATTEST_EXIT_USAGE = 2,
	ATTEST_EXIT_UNSUPPORTED = 3,
};

enum attest_option_kind {
	ATTEST_OPTION_FLAG,	/* bool */
	ATTEST_OPTION_STRING,	/* const char * */
	ATTEST_OPTION_CHOICE,	/* const char *, one of arg's words */
	ATTEST_OPTION_NUMBER,	/* uint64_t */
	ATTEST_OPTION_POSITIVE, /* uint64_t, not 0 */
	ATTEST_OPTION_DURATION, /* uint64_t, milliseconds */
	ATTEST_OPTION_LIST,	/* struct attest_list */
};

/** The values of an option that may be repeated. */
struct attest_list {
	const char **items; /* borrowed from argv */
	size_t n_items;
};

struct attest_option {
	char letter; /* 0: none */
	const char *name;
	const char *arg; /* NULL for a flag; "text|json" for a choice;
			  * "[=X]" may be left out: "" then
			  */
	const char *help;
	enum attest_option_kind kind;
	size_t offset; /* in the command's values */
};

/** What every command understands; the first member of its values. */
struct attest_common {
	bool help;
	bool quiet;
	bool verbose;
	const char *colour;
};

struct attest_command {
	const char *name;
	const char *args; /* after the options, "[--] CMD [ARG]..." */
	const char *summary;
	/* argv ends with NULL and holds only what is no option. */
	int (*run)(void *values, int argc, char **argv);
	const struct attest_option *options;
	size_t n_options;
	size_t values_size;
	int min_args;
	int max_args;	     /* -1: any number */
	bool first_arg_ends; /* what follows belongs to another command */
	const char *notes;   /* examples and exit codes, for --help */
};

#define ATTEST_OPTION(type, kind_, member, name_, letter_, arg_, help_)        \
	{                                                                      \
		.letter = (letter_), .name = (name_), .arg = (arg_),           \
		.help = (help_), .kind = ATTEST_OPTION_##kind_,                \
		.offset = offsetof(type, member)                               \
	}

/** Every command, NULL after the last; in the order of --help. */
extern const struct attest_command *const attest_commands[];

const struct attest_command *attest_command_find(const char *name);

/**
 * Reads options into values; complains on standard error.
 *
 * @values:  cmd->values_size zero bytes, a struct attest_common first.
 * @ret_argc, @ret_argv: what is left.
 *
 * Return: 0, or -EINVAL after a message.
 */
int attest_options_parse(const struct attest_command *cmd, int argc,
			 char **argv, void *values, int *ret_argc,
			 char ***ret_argv);
/** Frees the lists in values. */
void attest_options_done(const struct attest_command *cmd, void *values);

/** The options that every command has. */
extern const struct attest_option attest_common_options[];
extern const size_t attest_n_common_options;

/* Help, on standard output; usage, on standard error. */
void attest_help_program(void);
void attest_help_command(const struct attest_command *cmd);
void attest_usage_program(void);
/** false: no command begins with that word and has a second one. */
bool attest_help_group(const char *word);
bool attest_help_has_group(const char *word);
