// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/landlock.h"
#include "sandbox/landlock_abi.h"

#define CREATE_RULESET_VERSION (1U << 0)
#define RULE_PATH_BENEATH 1
#define RULE_NET_PORT 2

/* As the kernel has it since ABI 6. Older ones accept the longer struct as
 * long as what they do not know is zero.
 */
struct ruleset_attr {
	uint64_t handled_access_fs;
	uint64_t handled_access_net;
	uint64_t scoped;
};

struct path_beneath_attr {
	uint64_t allowed_access;
	int32_t parent_fd;
} __attribute__((packed));

struct net_port_attr {
	uint64_t allowed_access;
	uint64_t port;
};

static int add_rule(int fd, int type, const void *attr)
{
	if (syscall(SYS_landlock_add_rule, fd, type, attr, 0) < 0)
		return -errno;
	return 0;
}

int attest_landlock_probe(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   CREATE_RULESET_VERSION);

	return abi < 0 ? -errno : (int)abi;
}

const char *attest_landlock_remedy(int error)
{
	if (error == -EOPNOTSUPP)
		return "Landlock is switched off: boot with lsm=landlock,...";
	if (error == -ENOSYS)
		return "the kernel has no Landlock: Linux 5.13 or newer with "
		       "CONFIG_SECURITY_LANDLOCK is needed";
	if (error == -EPERM)
		return "landlock_create_ruleset is refused here: allow the "
		       "landlock_* system calls in the outer seccomp profile";
	return "Landlock cannot be used";
}

/* O_PATH, and never through a symbolic link: the path was resolved when it
 * was planned, and what changed since then is not what was planned.
 */
static int open_resolved(int dir, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC | O_NOFOLLOW,
		.resolve = RESOLVE_NO_SYMLINKS,
	};
	long fd = syscall(SYS_openat2, dir, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

static int grant_at(int ruleset_fd, int dir, const char *path, uint64_t rights)
{
	_cleanup_close_ int fd = -1;
	struct path_beneath_attr attr = { .allowed_access = rights };
	int r;

	if (!rights)
		return 0;
	fd = open_resolved(dir, path);
	if (fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP || fd == -EACCES)
		return 0;
	if (fd < 0)
		return fd;
	attr.parent_fd = fd;
	r = add_rule(ruleset_fd, RULE_PATH_BENEATH, &attr);
	/* EINVAL: it was a directory when it was planned, and is a file now.
	 * EBADFD: a file of an internal file system, which Landlock leaves
	 * alone.
	 */
	if (r == -EINVAL && (rights & ~ATTEST_LL_FILE_RIGHTS)) {
		attr.allowed_access &= ATTEST_LL_FILE_RIGHTS;
		r = attr.allowed_access
			? add_rule(ruleset_fd, RULE_PATH_BENEATH, &attr)
			: 0;
	}
	return r == -EBADFD ? 0 : r;
}

int attest_landlock_grant_path(int ruleset_fd, const char *path,
			       uint64_t rights)
{
	return grant_at(ruleset_fd, AT_FDCWD, path, rights);
}

int attest_landlock_grant_own(int ruleset_fd,
			      const struct attest_landlock_plan *plan, int abi)
{
	_cleanup_close_ int own = -1;
	uint64_t handled = attest_landlock_fs_rights(abi);

	own = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (own < 0)
		return errno == ENOENT ? 0 : -errno;
	for (size_t i = 0; i < plan->n_grants; i++) {
		const struct attest_landlock_grant *grant = &plan->grants[i];
		int r;

		if (!grant->is_own)
			continue;
		r = grant_at(ruleset_fd, own,
			     grant->path[0] ? grant->path + 1 : ".",
			     grant->rights & handled);
		if (r < 0)
			return r;
	}
	return 0;
}

static int add_port(int ruleset, const struct attest_landlock_port *port,
		    uint64_t handled)
{
	struct net_port_attr attr = {
		.allowed_access = port->rights & handled,
		.port = port->port,
	};

	if (!attr.allowed_access)
		return 0;
	return add_rule(ruleset, RULE_NET_PORT, &attr);
}

int attest_landlock_ruleset(const struct attest_landlock_plan *plan, int abi,
			    int *ret_fd, const char **reterr_path)
{
	_cleanup_close_ int fd = -1;
	struct ruleset_attr attr = { 0 };
	int r;

	*reterr_path = NULL;
	if (plan->handles_fs)
		attr.handled_access_fs = attest_landlock_fs_rights(abi);
	if (plan->handles_net)
		attr.handled_access_net = attest_landlock_net_rights(abi);
	attr.scoped = ATTEST_LL_SCOPE_SIGNAL;
	if (plan->scopes_abstract_unix)
		attr.scoped |= ATTEST_LL_SCOPE_ABSTRACT_UNIX;
	attr.scoped &= attest_landlock_scopes(abi);
	if (!attr.handled_access_fs && !attr.handled_access_net && !attr.scoped)
		return -ENOTSUP;
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (fd < 0)
		return -errno;
	for (size_t i = 0; i < plan->n_grants; i++) {
		if (plan->grants[i].is_own)
			continue;
		r = attest_landlock_grant_path(fd, plan->grants[i].path,
					       plan->grants[i].rights &
						   attr.handled_access_fs);
		if (r < 0) {
			*reterr_path = plan->grants[i].path;
			return r;
		}
	}
	for (size_t i = 0; i < plan->n_ports; i++) {
		r = add_port(fd, &plan->ports[i], attr.handled_access_net);
		if (r < 0)
			return r;
	}
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int attest_landlock_restrict(int ruleset_fd, uint32_t flags)
{
	if (syscall(SYS_landlock_restrict_self, ruleset_fd, flags) < 0)
		return -errno;
	return 0;
}
