// SPDX-License-Identifier: Apache-2.0
/* The host's tree is cloned whole, set read-only in one call, and what the
 * container has of its own is mounted over it while it is still detached from
 * anyone's view. Only then does it become the root.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/landlock.h"
#include "sandbox/landlock_abi.h"
#include "sandbox/mounts.h"
#include "sandbox/rootfs.h"
#include "sandbox/rootfs_dev.h"
#include "sandbox/spawn_child.h"

/* What a container has no business with; absent ones are skipped. */
static const char *const masked[] = {
	"/proc/acpi",
	"/proc/asound",
	"/proc/bus",
	"/proc/fs",
	"/proc/interrupts",
	"/proc/irq",
	"/proc/kcore",
	"/proc/keys",
	"/proc/latency_stats",
	"/proc/sched_debug",
	"/proc/scsi",
	"/proc/sysrq-trigger",
	"/proc/timer_list",
	"/proc/timer_stats",
	"/sys/firmware",
	"/sys/kernel/debug",
	"/sys/kernel/tracing",
	"/sys/kernel/security",
	"/sys/fs/bpf",
	"/sys/fs/pstore",
	"/sys/devices/virtual/powercap",
};

static int mount_tmp(int root, uint64_t bytes)
{
	_cleanup_close_ int tmp = -1;
	char size[32];

	(void)snprintf(size, sizeof(size), "%llu", (unsigned long long)bytes);
	tmp = attest_mount_tmpfs(size, "1777", ATTEST_MOUNT_CLOSED);
	return tmp < 0 ? tmp : attest_mount_attach(tmp, root, "/tmp");
}

/* The host's /run is full of sockets, which a read-only mount lets through. */
static int mount_run(int root)
{
	_cleanup_close_ int run = -1;
	int r;

	run = attest_mount_tmpfs("1m", "0755", ATTEST_MOUNT_CLOSED);
	if (run < 0)
		return run;
	r = attest_mount_attach(run, root, "/run");
	return r == -ENOENT ? 0 : r;
}

/* In front of everything else, because the kernel allows a new procfs only
 * where an old one can be seen in full.
 */
static int make_proc(bool hidepid)
{
	static const struct attest_mount_setting hide[] = { { "hidepid",
							      "invisible" } };

	return attest_mount_make("proc", hide, hidepid ? 1 : 0,
				 ATTEST_MOUNT_CLOSED);
}

static int add_bind(int root, const struct attest_bind *bind)
{
	_cleanup_close_ int tree = -1;
	int r = 0;

	if (attest_container_is_own(bind->target))
		r = attest_mount_mkdirs(root, bind->target);
	if (r < 0)
		return r;
	tree = attest_mount_clone(bind->source);
	if (tree < 0)
		return tree;
	r = attest_mount_set(
	    tree, ATTEST_MOUNT_SAFE | (bind->writable ? 0 : MOUNT_ATTR_RDONLY),
	    true);
	return r ?: attest_mount_attach(tree, root, bind->target);
}

/* An empty directory or an empty file that nobody may open. */
static int cover(int root, int mask, const char *path)
{
	_cleanup_close_ int at = -1;
	_cleanup_close_ int over = -1;
	struct stat st;

	at = attest_mount_open(root, path, O_PATH);
	if (at == -ENOENT || at == -ENOTDIR)
		return 0;
	if (at < 0 || fstat(at, &st) < 0)
		return at < 0 ? at : -errno;
	if (S_ISDIR(st.st_mode))
		over = attest_mount_tmpfs(
		    "4k", "0000", ATTEST_MOUNT_CLOSED | MOUNT_ATTR_RDONLY);
	else
		over = open_tree(mask, "file",
				 OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (over < 0)
		return -errno;
	if (move_mount(over, "", at, "",
		       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return -errno;
	return 0;
}

static int make_mask(int root)
{
	_cleanup_close_ int mask = -1;
	int file;
	int r;

	mask = attest_mount_tmpfs("4k", "0700", ATTEST_MOUNT_CLOSED);
	if (mask < 0)
		return mask;
	file = openat(mask, "file", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0);
	if (file < 0)
		return -errno;
	(void)close(file);
	/* Only an attached mount can be cloned from. /tmp is covered next. */
	r = attest_mount_attach(mask, root, "/tmp");
	r = r ?: attest_mount_set(mask, MOUNT_ATTR_RDONLY, false);
	return r < 0 ? r : TAKE_FD(mask);
}

static int read_only_sysctls(int root)
{
	_cleanup_close_ int at = -1;
	_cleanup_close_ int tree = -1;
	int r;

	at = attest_mount_open(root, "/proc/sys", O_PATH);
	if (at < 0)
		return at;
	tree = open_tree(at, "",
			 OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (tree < 0)
		return -errno;
	r = attest_mount_set(tree, ATTEST_MOUNT_CLOSED | MOUNT_ATTR_RDONLY,
			     false);
	return r ?: attest_mount_attach(tree, root, "/proc/sys");
}

static int hide(const struct attest_container *c, int root, int mask,
		struct attest_spawn_shared *shared)
{
	int r = read_only_sysctls(root);

	if (r < 0)
		return attest_child_fail(shared, ATTEST_STEP_ROOT, r,
					 "/proc/sys");
	for (size_t i = 0; i < ARRAY_SIZE(masked); i++) {
		r = cover(root, mask, masked[i]);
		if (r < 0)
			return attest_child_fail(shared, ATTEST_STEP_COVER, r,
						 masked[i]);
	}
	for (size_t i = 0; i < c->n_covers; i++) {
		r = cover(root, mask, c->covers[i]);
		if (r < 0)
			return attest_child_fail(shared, ATTEST_STEP_COVER, r,
						 c->covers[i]);
	}
	return 0;
}

static int fill(const struct attest_container *c, int root, int proc,
		struct attest_spawn_shared *shared)
{
	_cleanup_close_ int mask = -1;
	const char *what = "/tmp";
	int r;

	mask = make_mask(root);
	r = mask < 0 ? mask : mount_tmp(root, c->tmp_bytes);
	if (r == 0) {
		what = "/dev";
		r = attest_rootfs_dev(root);
	}
	if (r == 0) {
		what = "/run";
		r = mount_run(root);
	}
	if (r == 0) {
		what = "/proc";
		r = attest_mount_attach(proc, root, what);
	}
	for (size_t i = 0; r == 0 && i < c->n_binds; i++) {
		what = c->binds[i].target;
		r = add_bind(root, &c->binds[i]);
	}
	if (r < 0)
		return attest_child_fail(shared, ATTEST_STEP_ROOT, r, what);
	return hide(c, root, mask, shared);
}

/* The entries of a composed root. Those that the container has of its own are
 * empty, and so is what the host does not have.
 */
static int add_entry(int root, const struct attest_root_entry *entry)
{
	_cleanup_close_ int tree = -1;
	char path[NAME_MAX + 2];

	if (entry->link)
		return symlinkat(entry->link, root, entry->name) < 0 ? -errno
								     : 0;
	if (mkdirat(root, entry->name, 0755) < 0)
		return -errno;
	(void)snprintf(path, sizeof(path), "/%s", entry->name);
	/* Of /sys only what covers it is the container's own. */
	if (attest_container_is_own(path) && strcmp(path, "/sys") != 0)
		return 0;
	tree = attest_mount_clone(path);
	if (tree == -ENOENT)
		return 0;
	return tree < 0 ? tree : attest_mount_attach(tree, root, path);
}

/* The new root, attached where nothing of the old tree is needed any more. */
static int make_root(const struct attest_container *c)
{
	_cleanup_close_ int root = -1;
	int r = 0;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -errno;
	if (c->n_entries)
		root = attest_mount_tmpfs("64k", "0755", ATTEST_MOUNT_SAFE);
	else
		root = attest_mount_clone("/");
	if (root < 0)
		return root;
	if (move_mount(root, "", AT_FDCWD, "/proc", MOVE_MOUNT_F_EMPTY_PATH) <
	    0)
		return -errno;
	for (size_t i = 0; r == 0 && i < c->n_entries; i++)
		r = add_entry(root, &c->entries[i]);
	r = r
		?: attest_mount_set(
		       root,
		       ATTEST_MOUNT_SAFE |
			   (c->root_writable ? 0 : MOUNT_ATTR_RDONLY),
		       true);
	return r < 0 ? r : TAKE_FD(root);
}

/* The very first root of a machine, an initramfs, cannot be pivoted away. It
 * is moved over and left behind: out of reach for who has no capability.
 */
static int move_over(int root)
{
	if (move_mount(root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0 ||
	    fchdir(root) < 0 || chroot(".") < 0 || chdir("/") < 0)
		return -errno;
	return 0;
}

static int pivot(int root)
{
	if (fchdir(root) < 0)
		return -errno;
	/* The old root lands on top of the new one and is taken off. */
	if (syscall(SYS_pivot_root, ".", ".") < 0)
		return errno == EINVAL ? move_over(root) : -errno;
	if (umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return -errno;
	return 0;
}

int attest_rootfs_enter(const struct attest_container *container,
			struct attest_spawn_shared *shared)
{
	_cleanup_close_ int proc = -1;
	_cleanup_close_ int root = -1;
	int r;

	proc = make_proc(container->is_strict);
	if (proc < 0)
		return attest_child_fail(shared, ATTEST_STEP_ROOT, proc,
					 "/proc");
	root = make_root(container);
	if (root < 0)
		return attest_child_fail(shared, ATTEST_STEP_ROOT, root, "/");
	if (fill(container, root, proc, shared) < 0)
		return -1;
	r = pivot(root);
	if (r < 0)
		return attest_child_fail(shared, ATTEST_STEP_PIVOT, r, NULL);
	return 0;
}

int attest_rootfs_grant(const struct attest_container *container,
			const struct attest_landlock_plan *plan, int abi,
			int landlock_fd)
{
	uint64_t handled = attest_landlock_fs_rights(abi);

	for (size_t i = 0; i < plan->n_grants; i++) {
		const struct attest_landlock_grant *grant = &plan->grants[i];
		int r;

		if (grant->is_own ||
		    (!attest_container_is_own(grant->path) &&
		     !attest_container_is_moved(container, grant->path)))
			continue;
		r = attest_landlock_grant_path(landlock_fd, grant->path,
					       grant->rights & handled);
		if (r < 0)
			return r;
	}
	return 0;
}
