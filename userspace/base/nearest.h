/* SPDX-License-Identifier: Apache-2.0 */
/**
 * "Did you mean ...?"
 */
#pragma once

#include <stddef.h>

/**
 * The candidate that a word was probably meant to be, or NULL.
 *
 * Counts inserted, removed, changed and swapped letters; more than a third of
 * the word, and at least two, is not a slip of the fingers. A candidate that
 * starts with the word is taken as well.
 *
 * @next: called with data and 0, 1, 2, ...; returns a candidate, or NULL past
 *        the last one.
 */
const char *attest_nearest(const char *word,
			   const char *(*next)(const void *data, size_t i),
			   const void *data);
