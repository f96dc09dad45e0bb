// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "container/argv.h"

void attest_argv_done(struct attest_argv *argv)
{
	for (size_t i = 0; i < argv->n; i++)
		free(argv->items[i]);
	free(argv->items);
	memset(argv, 0, sizeof(*argv));
}

/* Takes item, which is NULL when its allocation failed. */
static void append(struct attest_argv *argv, char *item)
{
	if (!item)
		argv->error = -ENOMEM;
	if (!argv->error && argv->n + 2 > argv->size) {
		size_t size = argv->size ? argv->size * 2 : 32;
		char **items = realloc(argv->items, size * sizeof(*items));

		if (items) {
			argv->items = items;
			argv->size = size;
		} else {
			argv->error = -ENOMEM;
		}
	}
	if (argv->error) {
		free(item);
		return;
	}
	argv->items[argv->n++] = item;
	argv->items[argv->n] = NULL;
}

void attest_argv_add(struct attest_argv *argv, const char *text)
{
	assert(text);
	if (!argv->error)
		append(argv, strdup(text));
}

void attest_argv_addf(struct attest_argv *argv, const char *format, ...)
{
	char *item = NULL;
	va_list args;

	if (argv->error)
		return;
	va_start(args, format);
	if (vasprintf(&item, format, args) < 0)
		item = NULL;
	va_end(args);
	append(argv, item);
}

void attest_argv_add_all(struct attest_argv *argv, const char *const *items)
{
	for (; items && *items; items++)
		attest_argv_add(argv, *items);
}
