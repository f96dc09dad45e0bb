// SPDX-License-Identifier: Apache-2.0
/**
 * Choices of system calls by name, class and regular expression.
 */
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "event/syscall.h"

#define WORD_LEN 128

static const struct {
	const char *name;
	char letter;
} classes[] = {
	{ "file", 'F' },  { "process", 'P' }, { "network", 'N' },
	{ "net", 'N' },	  { "signal", 'G' },  { "ipc", 'I' },
	{ "desc", 'D' },  { "memory", 'M' },  { "creds", 'R' },
	{ "clock", 'C' },
};

static void add(struct attest_syscall_set *set, int number)
{
	set->bits[number / 64] |= 1ULL << (number % 64);
}

bool attest_syscall_set_has(const struct attest_syscall_set *set, int number)
{
	return number >= 0 && number < ATTEST_SYSCALLS &&
	       set->bits[number / 64] >> (number % 64) & 1;
}

static int add_class(struct attest_syscall_set *set, const char *name)
{
	char letter = 0;

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		if (strcmp(classes[i].name, name) == 0)
			letter = classes[i].letter;
	if (!letter)
		return -EINVAL;
	for (int i = 0; i < ATTEST_SYSCALLS; i++)
		if (attest_syscalls[i].name &&
		    strchr(attest_syscalls[i].classes, letter))
			add(set, i);

	return 0;
}

static int add_regex(struct attest_syscall_set *set, const char *pattern)
{
	regex_t regex;

	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return -EINVAL;
	for (int i = 0; i < ATTEST_SYSCALLS; i++)
		if (attest_syscalls[i].name &&
		    regexec(&regex, attest_syscalls[i].name, 0, NULL, 0) == 0)
			add(set, i);
	regfree(&regex);

	return 0;
}

static int add_word(struct attest_syscall_set *set, const char *word)
{
	int number;

	if (*word == '%')
		return add_class(set, word + 1);
	if (*word == '/')
		return add_regex(set, word + 1);
	if (strcmp(word, "all") == 0) {
		memset(set, 0xff, sizeof(*set));
		return 0;
	}
	if (strcmp(word, "none") == 0)
		return 0;
	number = attest_syscall_number(word);
	if (number < 0)
		/* strace's older way: classes without the sign. */
		return add_class(set, word);
	add(set, number);

	return 0;
}

int attest_syscall_set_parse(const char *text, struct attest_syscall_set *ret,
			     char *ret_bad, size_t size)
{
	struct attest_syscall_set set = { { 0 } };
	bool others = *text == '!';
	const char *p = text + others;
	char word[WORD_LEN];

	for (;;) {
		size_t len = strcspn(p, ",");

		(void)snprintf(word, sizeof(word), "%.*s",
			       (int)(len < WORD_LEN ? len : WORD_LEN - 1), p);
		if (len >= WORD_LEN || add_word(&set, word) < 0) {
			(void)snprintf(ret_bad, size, "%s", word);
			return -EINVAL;
		}
		if (!p[len])
			break;
		p += len + 1;
	}
	for (size_t i = 0; others && i < ARRAY_SIZE(set.bits); i++)
		set.bits[i] = ~set.bits[i];
	*ret = set;

	return 0;
}
