/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Rows of an automaton laid over one another in one table of cells.
 */
#pragma once

#include <attest/image.h>

#include "policy/dfa.h"

/**
 * Places every row: a state's cells are base + byte, and another state's
 * cells may lie between them. base + 255 is a cell for every base.
 *
 * @ret_bases: n_states entries; free().
 * @ret_cells: free().
 *
 * Return: 0; -E2BIG past max_cells; -ENOMEM.
 */
int attest_pack_rows(const struct attest_dfa *dfa, size_t max_cells,
		     uint32_t **ret_bases, struct attest_image_cell **ret_cells,
		     uint32_t *ret_n_cells);
