// SPDX-License-Identifier: Apache-2.0
/**
 * The programs that enforce limits: on the kernel only while a loaded policy
 * needs them, for they cost every process that writes or makes files.
 */
#include <errno.h>
#include <string.h>

#include <bpf/btf.h>

#include <attest/subject.h>

#include <attest.skel.h>

#include "base/cleanup.h"
#include "kern/internal.h"

/* attest_kern.limit_*: bpf/limit.bpf.c and bpf/count.bpf.c. */
#define GROUP_SIZES (1U << 0)
#define GROUP_COUNTS (1U << 1)

static uint8_t group_of(const struct bpf_program *program)
{
	const char *name = bpf_program__name(program);

	if (strncmp(name, "attest_size_", 12) == 0)
		return GROUP_SIZES;
	return strncmp(name, "attest_count_", 13) == 0 ? GROUP_COUNTS : 0;
}

bool attest_limit_owns(const struct bpf_program *program)
{
	return group_of(program) != 0;
}

static bool has_function(const struct btf *btf, const char *name)
{
	return btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0;
}

static int n_arguments(const struct btf *btf, const char *name)
{
	__s32 id = btf__find_by_name_kind(btf, name, BTF_KIND_FUNC);
	const struct btf_type *t = id < 0 ? NULL : btf__type_by_id(btf, id);

	t = t ? btf__type_by_id(btf, t->type) : NULL;
	return t ? btf_vlen(t) : 0;
}

/* Does the kernel have what the program hangs on? Renames it where a newer
 * kernel calls it otherwise.
 */
static bool is_there(const struct btf *btf, struct bpf_program *program)
{
	const char *section = bpf_program__section_name(program);
	const char *target = strchr(section, '/');

	if (!target || strncmp(section, "lsm/", 4) == 0)
		return true;
	target++;
	if (has_function(btf, target))
		return true;
	if (strcmp(target, "do_filp_open") == 0 &&
	    has_function(btf, "do_file_open"))
		return bpf_program__set_attach_target(program, 0,
						      "do_file_open") == 0;
	return false;
}

/* security_file_truncate came with Linux 6.2; path_truncate is asked before.
 */
static int choose_truncate(struct attest_kern *kern, const struct btf *btf)
{
	struct attest_bpf *s = kern->skeleton;
	const char *setattr = kern->rung == ATTEST_RUNG_LSM
				  ? "bpf_lsm_inode_setattr"
				  : "security_inode_setattr";

	s->rodata->attest_setattr_shift = n_arguments(btf, setattr) > 2;
	if (has_function(btf, "security_file_truncate"))
		return 0;
	return bpf_program__set_autoload(s->progs.attest_size_file, false);
}

static uint8_t groups_of(const struct attest_image_hdr *image)
{
	uint8_t groups = 0;

	if (image && (image->max_file_bytes || image->max_disk_bytes))
		groups |= GROUP_SIZES;
	if (image && image->max_files)
		groups |= GROUP_COUNTS;
	return groups;
}

static int leave_out(struct attest_kern *kern, uint8_t groups)
{
	struct bpf_program *program;
	int r = 0;

	bpf_object__for_each_program(program, kern->skeleton->obj)
	{
		if (group_of(program) & groups)
			r = r ?: bpf_program__set_autoload(program, false);
	}
	return r;
}

int attest_limit_choose(struct attest_kern *kern,
			const struct attest_image_hdr *image)
{
	struct bpf_program *program;
	struct btf *btf;
	int r;

	if (kern->rung > ATTEST_RUNG_FMOD_RET)
		return 0;
	kern->with_limits =
	    image ? groups_of(image) : GROUP_SIZES | GROUP_COUNTS;
	if (!kern->with_limits)
		return leave_out(kern, GROUP_SIZES | GROUP_COUNTS);
	btf = btf__load_vmlinux_btf();
	if (!btf)
		return -errno;
	bpf_object__for_each_program(program, kern->skeleton->obj)
	{
		if (attest_limit_owns(program) && !is_there(btf, program))
			kern->limit_missing |= group_of(program);
	}
	/* Half a group would enforce half of a limit. */
	r = choose_truncate(kern, btf);
	r = r
		?: leave_out(kern,
			     kern->limit_missing | (kern->with_limits ^ 0xff));
	btf__free(btf);
	return r;
}

static void detach(struct attest_kern *kern, uint8_t groups)
{
	struct bpf_program *program;
	size_t i = 0;

	bpf_object__for_each_program(program, kern->skeleton->obj)
	{
		if (!attest_limit_owns(program))
			continue;
		if (group_of(program) & groups) {
			(void)bpf_link__destroy(kern->limit_links[i]);
			kern->limit_links[i] = NULL;
		}
		i++;
	}
	kern->limit_attached &= (uint8_t)~groups;
}

void attest_limit_detach(struct attest_kern *kern)
{
	if (kern->skeleton)
		detach(kern, GROUP_SIZES | GROUP_COUNTS);
}

static int attach(struct attest_kern *kern, uint8_t groups)
{
	struct bpf_program *program;
	size_t i = 0;

	bpf_object__for_each_program(program, kern->skeleton->obj)
	{
		if (!attest_limit_owns(program))
			continue;
		if (i >= ARRAY_SIZE(kern->limit_links))
			return -ENOSPC;
		if ((group_of(program) & groups) &&
		    bpf_program__autoload(program) && !kern->limit_links[i]) {
			kern->limit_links[i] = bpf_program__attach(program);
			if (!kern->limit_links[i])
				return -errno;
		}
		i++;
	}
	kern->limit_attached |= groups;
	return 0;
}

int attest_limit_need(struct attest_kern *kern, uint32_t slot,
		      const struct attest_image_hdr *image)
{
	uint8_t needed = 0, attached = kern->limit_attached;
	int r;

	if (groups_of(image) & (kern->with_limits ^ 0xff) &&
	    kern->rung <= ATTEST_RUNG_FMOD_RET)
		return -ENOTSUP;
	if (kern->rung > ATTEST_RUNG_FMOD_RET)
		return 0; /* audits nothing of files */
	/* What is missing was named by attest_bpf_layer.cover. */
	kern->limit_slots[slot] = groups_of(image) & ~kern->limit_missing;
	for (size_t i = 0; i < ARRAY_SIZE(kern->limit_slots); i++)
		needed |= kern->limit_slots[i];
	r = attach(kern, needed & (attached ^ 0xff));
	if (r < 0)
		return r;
	detach(kern, attached & (needed ^ 0xff));
	return 0;
}

bool attest_kern_has_sizes(const struct attest_kern *kern)
{
	return !(kern->limit_missing & GROUP_SIZES);
}

bool attest_kern_has_counts(const struct attest_kern *kern)
{
	return !(kern->limit_missing & GROUP_COUNTS);
}
