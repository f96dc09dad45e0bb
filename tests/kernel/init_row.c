// SPDX-License-Identifier: Apache-2.0
/** Reads the description of this boot. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "init.h"

static int list_add(char **list, size_t *n, const char *value)
{
	if (*n >= ROW_LIST_MAX)
		return -E2BIG;
	list[*n] = strdup(value);
	if (!list[*n])
		return -ENOMEM;
	(*n)++;
	return 0;
}

static int row_set(struct row *row, const char *key, const char *value)
{
	const struct {
		const char *key;
		char **member;
	} members[] = {
		{ "row", &row->name },	  { "mode", &row->mode },
		{ "lsm", &row->lsm },	  { "flags", &row->flags },
		{ "scale", &row->scale },
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (strcmp(key, members[i].key))
			continue;
		*members[i].member = strdup(value);
		return *members[i].member ? 0 : -ENOMEM;
	}
	if (!strcmp(key, "test"))
		return list_add(row->tests, &row->n_tests, value);
	if (!strcmp(key, "only"))
		return list_add(row->only, &row->n_only, value);
	if (!strcmp(key, "arg"))
		return list_add(row->args, &row->n_args, value);
	return -EINVAL;
}

int row_read(const char *path, struct row *ret_row)
{
	struct row row = { 0 };
	char line[4096];
	FILE *f;
	int r = 0;

	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (!r && fgets(line, sizeof(line), f)) {
		char *value = strchr(line, '=');

		if (!value)
			continue;
		*value++ = '\0';
		value[strcspn(value, "\n")] = '\0';
		r = row_set(&row, line, value);
	}
	(void)fclose(f);
	if (!r &&
	    (!row.name || !row.mode || !row.lsm || !row.flags || !row.scale))
		r = -EINVAL;
	if (!r)
		*ret_row = row;
	return r;
}

unsigned int row_seconds(const struct row *row, unsigned int seconds)
{
	unsigned long scale = strtoul(row->scale, NULL, 10);

	return seconds * (scale ? (unsigned int)scale : 1);
}
