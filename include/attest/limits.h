/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/**
 * Every limit that bpf/ and userspace/ share. Past a limit a policy is
 * refused with -E2BIG and an object with ATTEST_VIOLATION_UNRESOLVABLE.
 */
#pragma once

#define ATTEST_RULES_MAX 65536 /* filesystem rules of one policy */
#define ATTEST_PATH_MAX 4096   /* bytes of a path, NUL included */
#define ATTEST_NAME_MAX 255    /* bytes of one component */
#define ATTEST_DEPTH_MAX 256   /* components of a path that is decided */
#define ATTEST_MOUNTS_MAX 64   /* mounts crossed on the way to the root */
#define ATTEST_SLOTS_MAX 256   /* policies loaded at one time */
#define ATTEST_COMM_LEN 16     /* TASK_COMM_LEN, NUL included */

/* An image is handed to the kernel in pages; no table entry straddles one. */
#define ATTEST_PAGE_SHIFT 14
#define ATTEST_PAGE_BYTES (1U << ATTEST_PAGE_SHIFT)
#define ATTEST_IMAGE_MAX (16U << 20)
