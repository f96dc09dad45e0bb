// SPDX-License-Identifier: Apache-2.0
/**
 * Which programs a kernel has, and which are attached only while a loaded
 * policy needs them: their hooks lie on every stat(2) or every link that any
 * process of the machine follows.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include <attest/subject.h>

#include <attest.skel.h>

#include "base/cleanup.h"
#include "kern/internal.h"

static const struct {
	const char *program;
	unsigned int needs; /* one of ATTEST_NEED_* */
} demands[] = {
	{ "attest_follow_link", ATTEST_NEED_LINKS },
	{ "attest_inode_getattr", ATTEST_NEED_HIDE },
	{ "attest_inode_permission", ATTEST_NEED_HIDE },
};
_Static_assert(ARRAY_SIZE(demands) <= ATTEST_DEMANDS_MAX, "too many demands");

#define KERNEL(major, minor) ((major) << 8 | (minor))

/* Kernels from `since` on and before `until` have the hook in this form; the
 * functions of the fmod_ret rung may differ. 0 is no bound.
 */
static const struct {
	const char *program;
	unsigned int since, until;
	bool is_lsm_only;
} versions[] = {
	/* "lsm: create new security_file_truncate hook" */
	{ "attest_file_truncate", KERNEL(6, 2), 0, false },
	{ "attest_size_file", KERNEL(6, 2), 0, false },
	/* "security, lsm: Introduce security_create_user_ns()" */
	{ "attest_userns_create", KERNEL(6, 1), 0, false },
	/* "acl: add vfs_set_acl" */
	{ "attest_inode_set_acl", KERNEL(6, 2), 0, false },
	{ "attest_inode_remove_acl", KERNEL(6, 2), 0, false },
	/* "security: Align inode_setattr hook definition with EVM" */
	{ "attest_inode_setattr", KERNEL(6, 9), 0, true },
	{ "attest_inode_setattr_two", 0, KERNEL(6, 9), true },
};

bool attest_kern_has_program(const struct attest_kern *kern, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		if (strcmp(versions[i].program, name))
			continue;
		if (versions[i].is_lsm_only && kern->rung != ATTEST_RUNG_LSM)
			return versions[i].until == 0;
		return kern->version >= versions[i].since &&
		       (!versions[i].until ||
			kern->version < versions[i].until);
	}
	return true;
}

bool attest_kern_is_demanded(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(demands); i++)
		if (strcmp(demands[i].program, name) == 0)
			return true;
	return false;
}

static unsigned int needs_of(const struct attest_image_hdr *image)
{
	unsigned int needs = 0;

	if (!(image->flags & ATTEST_IMAGE_HAS_FS))
		return 0;
	if (image->symlinks == ATTEST_SYMLINKS_FORBID)
		needs |= ATTEST_NEED_LINKS;
	if (image->flags & ATTEST_IMAGE_HAS_HIDE)
		needs |= ATTEST_NEED_HIDE;
	return needs;
}

static int attach(struct attest_kern *kern, size_t i)
{
	struct bpf_program *program;

	program = bpf_object__find_program_by_name(kern->skeleton->obj,
						   demands[i].program);
	if (!program || !bpf_program__autoload(program))
		return 0; /* the rung has none; coverage says so */
	kern->demanded[i] = bpf_program__attach(program);
	return kern->demanded[i] ? 0 : -errno;
}

/* Attaches what some slot needs, detaches what none does. */
static int settle(struct attest_kern *kern)
{
	unsigned int needs = 0;
	int r = 0;

	for (size_t i = 0; i < ATTEST_SLOTS_MAX; i++)
		needs |= kern->needs[i];
	for (size_t i = 0; i < ARRAY_SIZE(demands); i++) {
		bool is_needed = demands[i].needs & needs;

		if (is_needed && !kern->demanded[i]) {
			int error = attach(kern, i);

			r = r ?: error;
		} else if (!is_needed && kern->demanded[i]) {
			(void)bpf_link__destroy(kern->demanded[i]);
			kern->demanded[i] = NULL;
		}
	}
	return r;
}

int attest_kern_demand(struct attest_kern *kern, uint32_t slot,
		       const struct attest_image_hdr *image)
{
	assert(slot < ATTEST_SLOTS_MAX);
	kern->needs[slot] = image ? (uint8_t)needs_of(image) : 0;
	return settle(kern);
}

int attest_kern_demand_more(struct attest_kern *kern, uint32_t slot,
			    const struct attest_image_hdr *image)
{
	assert(slot < ATTEST_SLOTS_MAX);
	kern->needs[slot] |= (uint8_t)needs_of(image);
	return settle(kern);
}
