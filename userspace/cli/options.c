// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/nearest.h"
#include "base/quantity.h"
#include "cli/command.h"

#define OPTIONS_MAX 48

const struct attest_option attest_common_options[] = {
	ATTEST_OPTION(struct attest_common, FLAG, help, "help", 'h', NULL,
		      "show this help"),
	ATTEST_OPTION(struct attest_common, FLAG, quiet, "quiet", 'q', NULL,
		      "errors only"),
	ATTEST_OPTION(struct attest_common, FLAG, verbose, "verbose", 'v', NULL,
		      "say more about what is done"),
	ATTEST_OPTION(struct attest_common, CHOICE, colour, "color", 0,
		      "auto|always|never", "colour in the output"),
};
const size_t attest_n_common_options = ARRAY_SIZE(attest_common_options);

static const struct attest_option *option_at(const struct attest_command *cmd,
					     size_t i)
{
	if (i < cmd->n_options)
		return &cmd->options[i];
	i -= cmd->n_options;
	return i < attest_n_common_options ? &attest_common_options[i] : NULL;
}

static const char *option_name(const void *data, size_t i)
{
	const struct attest_option *o = option_at(data, i);

	return o ? o->name : NULL;
}

/* getopt(3)'s view of the table; letters has room for 2 * OPTIONS_MAX + 3. */
static void make_getopt(const struct attest_command *cmd, struct option *longs,
			char *letters)
{
	const struct attest_option *o;
	size_t i;

	/* ':' tells a missing argument from an unknown option. */
	if (cmd->first_arg_ends)
		*letters++ = '+';
	*letters++ = ':';
	for (i = 0; i < OPTIONS_MAX && (o = option_at(cmd, i)); i++) {
		longs[i] = (struct option){
			.name = o->name,
			.has_arg = !o->arg	      ? no_argument
				   : o->arg[0] == '[' ? optional_argument
						      : required_argument,
			.val = 256 + (int)i,
		};
		if (!o->letter)
			continue;
		*letters++ = o->letter;
		if (o->arg)
			*letters++ = ':';
	}
	memset(&longs[i], 0, sizeof(longs[i]));
	*letters = '\0';
}

static int bad_choice(const struct attest_option *o, const char *value)
{
	log_error("'--%s' cannot be '%s'; it is one of %s", o->name, value,
		  o->arg);
	return -EINVAL;
}

static int check_choice(const struct attest_option *o, const char *value)
{
	size_t n = strlen(value);
	const char *p = o->arg;

	for (;;) {
		size_t m = strcspn(p, "|");

		if (n == m && strncmp(p, value, n) == 0)
			return 0;
		if (p[m] == '\0')
			return bad_choice(o, value);
		p += m + 1;
	}
}

static int set_number(const struct attest_option *o, const char *value,
		      uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(value, &end, 10);
	if (errno || *end || value[0] < '0' || value[0] > '9') {
		log_error("'--%s' needs a number, not '%s'", o->name, value);
		return -EINVAL;
	}
	return 0;
}

static int set_duration(const struct attest_option *o, const char *value,
			uint64_t *ret_ms)
{
	uint64_t ns;

	if (attest_duration_parse(value, &ns) < 0 || ns < 1000000) {
		log_error("'--%s' needs a number and ms, s, m, h or d, as in "
			  "5s, not '%s'",
			  o->name, value);
		return -EINVAL;
	}
	*ret_ms = ns / 1000000;
	return 0;
}

static int append(struct attest_list *list, const char *value)
{
	const char **items;

	items = realloc(list->items, (list->n_items + 1) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	list->items = items;
	items[list->n_items++] = value;
	return 0;
}

static int set(const struct attest_option *o, const char *value, void *values)
{
	void *member = (char *)values + o->offset;

	switch (o->kind) {
	case ATTEST_OPTION_FLAG:
		*(bool *)member = true;
		return 0;
	case ATTEST_OPTION_CHOICE:
		if (check_choice(o, value) < 0)
			return -EINVAL;
		*(const char **)member = value;
		return 0;
	case ATTEST_OPTION_STRING:
		*(const char **)member = value ?: "";
		return 0;
	case ATTEST_OPTION_NUMBER:
		return set_number(o, value, member);
	case ATTEST_OPTION_POSITIVE:
		if (set_number(o, value, member) < 0)
			return -EINVAL;
		if (*(uint64_t *)member)
			return 0;
		log_error("'--%s %s': it must be 1 or more", o->name, value);
		return -EINVAL;
	case ATTEST_OPTION_DURATION:
		return set_duration(o, value, member);
	case ATTEST_OPTION_LIST:
		return append(member, value);
	}
	return -EINVAL;
}

static int unknown(const struct attest_command *cmd, const char *word,
		   int letter)
{
	_cleanup_free_ char *name = NULL;
	const char *meant;

	if (letter > 0 && letter < 256) {
		log_error("unknown option '-%c'; see 'attest-bpf %s --help'",
			  letter, cmd->name);
		return -EINVAL;
	}
	if (letter >= 256) {
		log_error("option '--%s' takes no value",
			  option_name(cmd, (size_t)letter - 256));
		return -EINVAL;
	}
	name = strndup(word + 2, strcspn(word + 2, "="));
	meant = name ? attest_nearest(name, option_name, cmd) : NULL;
	if (meant)
		log_error("unknown option '%s'; did you mean '--%s'?", word,
			  meant);
	else
		log_error("unknown option '%s'; see 'attest-bpf %s --help'",
			  word, cmd->name);
	return -EINVAL;
}

static int missing(const struct attest_command *cmd, int letter)
{
	const struct attest_option *o;

	for (size_t i = 0; (o = option_at(cmd, i)); i++) {
		if (o->letter != letter && 256 + (int)i != letter)
			continue;
		log_error("'--%s' needs a value: --%s %s", o->name, o->name,
			  o->arg);
	}
	return -EINVAL;
}

static const struct attest_option *option_for(const struct attest_command *cmd,
					      int letter)
{
	const struct attest_option *o;

	if (letter >= 256)
		return option_at(cmd, (size_t)letter - 256);
	for (size_t i = 0; (o = option_at(cmd, i)); i++)
		if (o->letter == letter)
			return o;
	return NULL;
}

int attest_options_parse(const struct attest_command *cmd, int argc,
			 char **argv, void *values, int *ret_argc,
			 char ***ret_argv)
{
	struct option longs[OPTIONS_MAX + 1];
	char letters[2 * OPTIONS_MAX + 3];
	int c, r = 0;

	make_getopt(cmd, longs, letters);
	opterr = 0;
	optind = 1;
	while (r == 0) {
		int at = optind;

		c = getopt_long(argc, argv, letters, longs, NULL);
		if (c < 0)
			break;
		if (c == '?')
			r = unknown(cmd, argv[optind > at ? optind - 1 : at],
				    optopt);
		else if (c == ':')
			r = missing(cmd, optopt);
		else
			r = set(option_for(cmd, c), optarg, values);
	}
	if (r < 0)
		return r;
	*ret_argc = argc - optind;
	*ret_argv = argv + optind;
	return 0;
}

void attest_options_done(const struct attest_command *cmd, void *values)
{
	for (size_t i = 0; i < cmd->n_options; i++) {
		const struct attest_option *o = &cmd->options[i];
		struct attest_list *list;

		if (o->kind != ATTEST_OPTION_LIST)
			continue;
		list = (struct attest_list *)((char *)values + o->offset);
		free(list->items);
		list->items = NULL;
		list->n_items = 0;
	}
}
