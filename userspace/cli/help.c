// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "cli/command.h"

#define HELP_COLUMN 30
#define HELP_WIDTH 80

static void spaces(int n)
{
	for (int i = 0; i < n; i++)
		putchar(' ');
}

/* Prints text from HELP_COLUMN on, broken at spaces; used: columns so far. */
static void print_wrapped(const char *text, int used)
{
	int column = used;

	if (used >= HELP_COLUMN) {
		putchar('\n');
		column = 0;
	}
	spaces(HELP_COLUMN - column);
	column = HELP_COLUMN;
	while (*text) {
		int n = (int)strcspn(text, " ");

		if (column + n > HELP_WIDTH && column > HELP_COLUMN) {
			putchar('\n');
			spaces(HELP_COLUMN);
			column = HELP_COLUMN;
		}
		printf("%.*s", n, text);
		column += n;
		text += n;
		if (*text == ' ') {
			text++;
			putchar(' ');
			column++;
		}
	}
	putchar('\n');
}

static void print_options(const struct attest_option *options, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct attest_option *o = &options[i];
		char left[128];
		int used;

		used =
		    snprintf(left, sizeof(left), "  %c%c%s --%s%s%s",
			     o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
			     o->letter ? "," : " ", o->name,
			     o->arg && o->arg[0] != '[' ? " " : "",
			     o->arg ? o->arg : "");
		fputs(left, stdout);
		print_wrapped(o->help,
			      used < HELP_COLUMN - 1 ? used : HELP_COLUMN);
	}
}

void attest_help_command(const struct attest_command *cmd)
{
	printf("attest-bpf %s - %s\n\n", cmd->name, cmd->summary);
	printf("Usage: attest-bpf %s [OPTION]...%s%s\n\n", cmd->name,
	       cmd->args[0] ? " " : "", cmd->args);
	puts("Options:");
	print_options(cmd->options, cmd->n_options);
	print_options(attest_common_options, attest_n_common_options);
	if (cmd->notes)
		printf("\n%s", cmd->notes);
	printf("\nSee attest-bpf-%.*s(1).\n", (int)strcspn(cmd->name, " "),
	       cmd->name);
}

/* First words of commands with two. */
static const struct {
	const char *name;
	const char *summary;
} groups[] = {
	{ "container", "run container images, confine those of others" },
};

static const char *summary_of_group(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		if (strcmp(groups[i].name, word) == 0)
			return groups[i].summary;
	return NULL;
}

bool attest_help_has_group(const char *word)
{
	return summary_of_group(word);
}

bool attest_help_group(const char *word)
{
	const char *summary = summary_of_group(word);
	size_t n = strlen(word);

	if (!summary)
		return false;
	printf("attest-bpf %s - %s\n\n"
	       "Usage: attest-bpf %s COMMAND [OPTION]... [ARG]...\n\n"
	       "Commands:\n",
	       word, summary, word);
	for (size_t i = 0; attest_commands[i]; i++) {
		const struct attest_command *cmd = attest_commands[i];

		if (strncmp(cmd->name, word, n) == 0 && cmd->name[n] == ' ')
			printf("  %-15s %s\n", cmd->name + n + 1, cmd->summary);
	}
	puts("\nOptions:\n"
	     "  -h, --help      show this help; after a command, its own");
	printf("\nSee attest-bpf-%s(1).\n", word);
	return true;
}

/* One line for each command or group. */
static void list_commands(FILE *f)
{
	for (size_t i = 0; attest_commands[i]; i++)
		if (!strchr(attest_commands[i]->name, ' '))
			fprintf(f, "  %-11s %s\n", attest_commands[i]->name,
				attest_commands[i]->summary);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		fprintf(f, "  %-11s %s\n", groups[i].name, groups[i].summary);
}

void attest_help_program(void)
{
	puts("attest-bpf - one policy, enforced by BPF, Landlock and seccomp\n"
	     "\n"
	     "Usage: attest-bpf COMMAND [OPTION]... [ARG]...\n"
	     "\n"
	     "Commands:");
	list_commands(stdout);
	puts("\n"
	     "Options:\n"
	     "  -h, --help     show this help; 'attest-bpf COMMAND --help' "
	     "for a command\n"
	     "  -V, --version  show the version\n"
	     "\n"
	     "Exit status:\n"
	     "  0  done ('run': the command's own, 128+n when signal n ended "
	     "it)\n"
	     "  1  failed; 'check': refused by the policy\n"
	     "  2  wrong usage or bad policy\n"
	     "  3  this kernel cannot enforce the policy\n"
	     "\n"
	     "See attest-bpf(1) and attest-policy(5).");
}

void attest_usage_program(void)
{
	fputs("Usage: attest-bpf COMMAND [OPTION]... [ARG]...\n\n", stderr);
	list_commands(stderr);
	fputs("\nTry this first: it asks what a built-in policy says of a "
	      "file.\n\n"
	      "  attest-bpf check --level standard --access read "
	      "/etc/shadow\n\n"
	      "'attest-bpf --help' has more.\n",
	      stderr);
}
