/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Names of the numbers in arguments.
 */
#pragma once

#include <stdint.h>

#include "base/str.h"

/** Appends A|B|0x100, or zero's name for 0 ("0" if it has none). */
void attest_flags_put(struct attest_str *out, char letter, uint64_t value);

/** Appends the name of one value of a letter's set, else the number. */
void attest_value_put(struct attest_str *out, char letter, uint64_t value);

/** Is the letter one of the two? */
int attest_flags_has(char letter);
int attest_value_has(char letter);
