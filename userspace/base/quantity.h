/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Numbers with a unit, as people write them. Pure.
 */
#pragma once

#include <stdint.h>

/** "100ms", "5s", "10m", "12h", "7d". 0; -EINVAL if it is not one. */
int attest_duration_parse(const char *text, uint64_t *ret_ns);
/** "512", "64K", "64M", "1G". 0; -EINVAL if it is not one. */
int attest_bytes_parse(const char *text, uint64_t *ret_bytes);
/** "512". 0; -EINVAL if it is not one. */
int attest_number_parse(const char *text, uint64_t *ret_value);
