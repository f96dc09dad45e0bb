/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The native format: one JSON object per record, schema attest.violation/1.
 * userspace/event/README.md lists the keys.
 */
#pragma once

#include "base/str.h"
#include "event/record.h"

/**
 * Appends a record, without a newline. Valid JSON and UTF-8 whatever bytes
 * the record holds; paths that are not UTF-8 appear a second time as base64.
 *
 * Return: 0 or -ENOMEM.
 */
int attest_record_json(struct attest_str *s, const struct attest_record *rec);
