// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/nearest.h"

#define WORD_MAX 40 /* longer words are no slips of known ones */

static size_t least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Damerau-Levenshtein, without edits inside a swapped pair. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t d[WORD_MAX + 1][WORD_MAX + 1];

	for (size_t i = 0; i <= n; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			size_t change = a[i - 1] != b[j - 1];

			d[i][j] = least(d[i - 1][j] + 1, d[i][j - 1] + 1,
					d[i - 1][j - 1] + change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1,
						d[i][j]);
		}
	}
	return d[n][m];
}

const char *attest_nearest(const char *word,
			   const char *(*next)(const void *data, size_t i),
			   const void *data)
{
	const char *best = NULL;
	const char *candidate;
	size_t n = strlen(word);
	size_t best_distance = n / 3 + 1 > 2 ? n / 3 + 1 : 2;

	if (n == 0 || n > WORD_MAX)
		return NULL;
	for (size_t i = 0; (candidate = next(data, i)); i++) {
		size_t m = strlen(candidate);
		size_t d;

		if (m > WORD_MAX)
			continue;
		if (n >= 2 && strncmp(candidate, word, n) == 0)
			return candidate;
		d = distance(word, n, candidate, m);
		if (d < best_distance) {
			best_distance = d;
			best = candidate;
		}
	}
	return best;
}
