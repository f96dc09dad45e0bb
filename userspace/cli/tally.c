// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/tally.h"

#define ENTRIES_MAX 4096 /* different keys; the rest is not listed */
#define TOP 10

struct entry {
	char *key;
	uint64_t count;
};

struct list {
	struct entry entries[ENTRIES_MAX];
	size_t n_entries;
};

struct attest_tally {
	struct list types; /* violations, and kinds of what is none */
	struct list paths;
};

struct attest_tally *attest_tally_new(void)
{
	return calloc(1, sizeof(struct attest_tally));
}

static void done(struct list *list)
{
	for (size_t i = 0; i < list->n_entries; i++)
		free(list->entries[i].key);
}

void attest_tally_freep(struct attest_tally **tally)
{
	if (!*tally)
		return;
	done(&(*tally)->types);
	done(&(*tally)->paths);
	free(*tally);
	*tally = NULL;
}

/* Moves what is counted often to the front, where it is found soon. */
static void add(struct list *list, const char *key, uint64_t n)
{
	struct entry *e = list->entries;
	size_t i;

	for (i = 0; i < list->n_entries; i++)
		if (strcmp(e[i].key, key) == 0)
			break;
	if (i == ENTRIES_MAX)
		return;
	if (i == list->n_entries) {
		e[i].key = strdup(key);
		if (!e[i].key)
			return;
		e[i].count = 0;
		list->n_entries++;
	}
	e[i].count += n;
	for (; i > 0 && e[i - 1].count < e[i].count; i--) {
		struct entry other = e[i - 1];

		e[i - 1] = e[i];
		e[i] = other;
	}
}

void attest_tally_add(struct attest_tally *tally,
		      const struct attest_event *event)
{
	if (!tally)
		return;
	add(&tally->types, event->violation ? event->violation : event->kind,
	    event->count);
	if (event->path)
		add(&tally->paths, event->path, event->count);
}

static void print(const char *title, const struct list *list)
{
	if (list->n_entries == 0)
		return;
	fprintf(stderr, "\n%s\n", title);
	for (size_t i = 0; i < list->n_entries && i < TOP; i++)
		fprintf(stderr, "  %8llu  %s\n",
			(unsigned long long)list->entries[i].count,
			list->entries[i].key);
	if (list->n_entries > TOP)
		fprintf(stderr, "            and %zu more\n",
			list->n_entries - TOP);
}

void attest_tally_print(const struct attest_tally *tally,
			const struct attest_sandbox_result *result)
{
	fprintf(stderr, "\n%llu records, %llu violations, %llu lost\n",
		(unsigned long long)result->n_records,
		(unsigned long long)result->n_violations,
		(unsigned long long)result->n_lost);
	if (!tally)
		return;
	print("by type:", &tally->types);
	print("most frequent paths:", &tally->paths);
}
