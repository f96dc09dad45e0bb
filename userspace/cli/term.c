// SPDX-License-Identifier: Apache-2.0
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/term.h"

static bool has_colours;

static bool terminal_has_colours(void)
{
	const char *term = getenv("TERM");
	const char *no_color = getenv("NO_COLOR");

	if (no_color && *no_color)
		return false;
	if (!term || strcmp(term, "dumb") == 0)
		return false;
	return isatty(STDOUT_FILENO);
}

void attest_term_init(const char *when)
{
	if (!when || strcmp(when, "auto") == 0)
		has_colours = terminal_has_colours();
	else
		has_colours = strcmp(when, "always") == 0;
}

const char *attest_term(enum attest_colour colour)
{
	static const char *const codes[] = {
		[ATTEST_COLOUR_PLAIN] = "\033[0m",
		[ATTEST_COLOUR_BOLD] = "\033[1m",
		[ATTEST_COLOUR_RED] = "\033[31m",
		[ATTEST_COLOUR_GREEN] = "\033[32m",
		[ATTEST_COLOUR_YELLOW] = "\033[33m",
		[ATTEST_COLOUR_DIM] = "\033[2m",
	};

	return has_colours ? codes[colour] : "";
}
