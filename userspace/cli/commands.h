/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The commands, one file each, and what they share.
 */
#pragma once

#include <attest/attest.h>

#include "cli/command.h"

extern const struct attest_command attest_cmd_check;
extern const struct attest_command attest_cmd_config;
extern const struct attest_command attest_cmd_export;
extern const struct attest_command attest_cmd_lint;
extern const struct attest_command attest_cmd_profile;
extern const struct attest_command attest_cmd_report;
extern const struct attest_command attest_cmd_run;
extern const struct attest_command attest_cmd_watch;
extern const struct attest_command attest_cmd_enforce;
extern const struct attest_command attest_cmd_explain;
extern const struct attest_command attest_cmd_doctor;
extern const struct attest_command attest_cmd_container_run;
extern const struct attest_command attest_cmd_container_install;
extern const struct attest_command attest_cmd_container_uninstall;
extern const struct attest_command attest_cmd_container_wrapper;
extern const struct attest_command attest_cmd_oci_hook;

/** Prints an error and its hint; returns the exit status for its code. */
int attest_cli_fail(const struct attest_error *error);

/** Writes to a file (whole or not at all), or to standard output if NULL. */
int attest_cli_output(const char *path, const char *data, size_t len);
