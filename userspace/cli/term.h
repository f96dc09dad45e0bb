/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Colours, on terminals only.
 */
#pragma once

enum attest_colour {
	ATTEST_COLOUR_PLAIN,
	ATTEST_COLOUR_BOLD,
	ATTEST_COLOUR_RED,
	ATTEST_COLOUR_GREEN,
	ATTEST_COLOUR_YELLOW,
	ATTEST_COLOUR_DIM,
};

/**
 * Decides whether standard output gets colours.
 *
 * @when: "auto", "always", "never"; NULL is "auto": a terminal that is not
 *        dumb, and no NO_COLOR in the environment.
 */
void attest_term_init(const char *when);

/** The escape sequence for a colour, or "" where there are no colours. */
const char *attest_term(enum attest_colour colour);
