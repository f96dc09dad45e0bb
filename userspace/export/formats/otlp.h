/* SPDX-License-Identifier: Apache-2.0 */
/**
 * OpenTelemetry logs (opentelemetry-proto logs/v1). A format writes one
 * LogRecord; attest_otlp_wrap() makes the request around many.
 */
#pragma once

#include <stdbool.h>

#include "export/formats/flat.h"

extern const struct attest_flat_row attest_otlp_attributes[];
extern const size_t attest_otlp_n_attributes;

/** SeverityNumber of the logs data model. */
uint32_t attest_otlp_severity(const struct attest_record *rec);

/**
 * Appends an ExportLogsServiceRequest.
 *
 * @records: JSON: LogRecords with commas between; protobuf: LogRecords, each
 *           as field 2 of ScopeLogs, which attest_otlp_frame() makes.
 *
 * Return: 0 or -ENOMEM.
 */
int attest_otlp_wrap(struct attest_str *s, const char *host, bool protobuf,
		     const char *records, size_t len);
/** Appends one protobuf LogRecord as field 2. */
void attest_otlp_frame(struct attest_str *s, const char *record, size_t len);
