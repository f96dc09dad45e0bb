// SPDX-License-Identifier: Apache-2.0
/** Finds and removes what a test left in bpffs and in the cgroup tree. */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init.h"

#define BPFFS "/sys/fs/bpf"
#define CGROUPFS "/sys/fs/cgroup"
#define RMDIR_TRIES 100 /* killed members leave a cgroup a little later */

static char *left_text;
static size_t left_size;

static void remember(const char *path)
{
	size_t n = strlen(left_text);

	if (n + 1 < left_size)
		(void)snprintf(left_text + n, left_size - n, "%s%s",
			       n ? " " : "left behind ", path);
}

static int drop_pin(const char *path, const struct stat *st, int type,
		    struct FTW *at)
{
	(void)st;
	if (!at->level)
		return 0;
	remember(path);
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

static int drop_cgroup(const char *path, const struct stat *st, int type,
		       struct FTW *at)
{
	(void)st;
	if (!at->level || type != FTW_DP)
		return 0;
	remember(path);
	for (int i = 0; i < RMDIR_TRIES; i++) {
		if (!rmdir(path) || errno != EBUSY)
			break;
		(void)usleep(10000);
	}
	return 0;
}

bool clean_up(char *ret_left, size_t size)
{
	left_text = ret_left;
	left_size = size;
	*left_text = '\0';
	(void)nftw(BPFFS, drop_pin, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	(void)nftw(CGROUPFS, drop_cgroup, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	return *left_text != '\0';
}
