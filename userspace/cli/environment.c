// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "cli/environment.h"

#define FILE_MAX (1U << 20)	 /* bytes of an --env-file */
#define VARIABLES_MAX (1U << 16) /* in one environment */

/* What programs need to find files and to talk to people. No secrets. */
static const char *const basic[] = {
	"PATH", "HOME",	     "USER",	 "LOGNAME",	"SHELL",
	"LANG", "LC_ALL",    "LC_CTYPE", "LC_MESSAGES", "TZ",
	"TERM", "COLORTERM", "NO_COLOR",
};

void attest_environment_done(struct attest_environment *environment)
{
	for (size_t i = 0; i < environment->n_items; i++)
		free(environment->items[i]);
	free(environment->items);
	*environment = (struct attest_environment){ 0 };
}

static size_t name_len(const char *text)
{
	return strcspn(text, "=");
}

/* A later value takes the place of an earlier one. */
static int put(struct attest_environment *e, const char *text)
{
	_cleanup_free_ char *copy = strdup(text);
	size_t n = name_len(text) + 1;
	char **items;

	if (!copy)
		return -ENOMEM;
	for (size_t i = 0; i < e->n_items; i++)
		if (strncmp(e->items[i], text, n) == 0) {
			free(e->items[i]);
			e->items[i] = TAKE_PTR(copy);
			return 0;
		}
	if (e->n_items >= VARIABLES_MAX)
		return -E2BIG;
	items = reallocarray(e->items, e->n_items + 2, sizeof(*items));
	if (!items)
		return -ENOMEM;
	e->items = items;
	items[e->n_items++] = TAKE_PTR(copy);
	items[e->n_items] = NULL;
	return 0;
}

static bool is_basic(const char *text)
{
	size_t n = name_len(text);

	for (size_t i = 0; i < ARRAY_SIZE(basic); i++)
		if (strlen(basic[i]) == n && strncmp(basic[i], text, n) == 0)
			return true;
	return false;
}

int attest_environment_inherit(struct attest_environment *environment,
			       bool is_closed)
{
	int r = 0;

	/* An empty list is a list too. */
	environment->items = calloc(1, sizeof(*environment->items));
	if (!environment->items)
		return -ENOMEM;
	for (char **p = environ; r == 0 && *p; p++)
		if (strchr(*p, '=') && (!is_closed || is_basic(*p)))
			r = put(environment, *p);
	return r;
}

int attest_environment_set(struct attest_environment *environment,
			   const char *text)
{
	_cleanup_str_ struct attest_str s = { 0 };
	const char *value;

	if (name_len(text) == 0)
		return -EINVAL;
	if (strchr(text, '='))
		return put(environment, text);
	value = getenv(text);
	if (!value)
		return 0;
	attest_str_printf(&s, "%s=%s", text, value);
	return s.error ?: put(environment, s.data);
}

int attest_environment_read(struct attest_environment *environment,
			    const char *path, int *reterr_line)
{
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	char *next;
	int r;

	*reterr_line = 0;
	r = attest_read_file(path, FILE_MAX, &text, &len);
	if (r < 0)
		return r;
	if (memchr(text, '\0', len))
		return -EINVAL;
	for (char *line = text; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		++*reterr_line;
		if (!*line || *line == '#')
			continue;
		r = attest_environment_set(environment, line);
		if (r < 0)
			return r;
	}
	return 0;
}

int attest_environment_make(struct attest_environment *environment,
			    bool is_closed, const struct attest_list *variables,
			    const struct attest_list *files)
{
	int line = 0;
	int r = attest_environment_inherit(environment, is_closed);

	for (size_t i = 0; r == 0 && i < files->n_items; i++) {
		r = attest_environment_read(environment, files->items[i],
					    &line);
		if (r == -EINVAL && line)
			log_error("%s:%d: a line is NAME=VALUE or NAME",
				  files->items[i], line);
		else if (r < 0)
			log_error("cannot read '%s': %s", files->items[i],
				  strerror(-r));
		if (r < 0)
			return ATTEST_EXIT_USAGE;
	}
	for (size_t i = 0; r == 0 && i < variables->n_items; i++) {
		r = attest_environment_set(environment, variables->items[i]);
		if (r == -EINVAL) {
			log_error("'--env' needs NAME=VALUE or NAME, not '%s'",
				  variables->items[i]);
			return ATTEST_EXIT_USAGE;
		}
	}
	if (r < 0)
		log_error("cannot make the environment: %s", strerror(-r));
	return r < 0 ? ATTEST_EXIT_FAILED : ATTEST_EXIT_DONE;
}
