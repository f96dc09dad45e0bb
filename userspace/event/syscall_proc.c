// SPDX-License-Identifier: Apache-2.0
#include "event/syscall_proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"

#define MAPS_MAX (4U << 20)
#define PAGE_LEN 4096

/* Page by page: a string may end right before what is not mapped. */
static long read_memory(void *data, uint64_t addr, void *buffer, size_t len)
{
	const struct attest_syscall_proc *proc = data;
	size_t done = 0;

	if (proc->mem_fd < 0)
		return -EPERM;
	while (done < len) {
		size_t n = PAGE_LEN - (addr + done) % PAGE_LEN;
		ssize_t r;

		if (n > len - done)
			n = len - done;
		r = pread(proc->mem_fd, (char *)buffer + done, n,
			  (off_t)(addr + done));
		if (r <= 0)
			break;
		done += r;
	}

	return done ? (long)done : -EFAULT;
}

static long name_fd(void *data, int fd, char *buffer, size_t len)
{
	const struct attest_syscall_proc *proc = data;
	char path[64];
	ssize_t n;

	if (fd == AT_FDCWD)
		(void)snprintf(path, sizeof(path), "/proc/%d/cwd", proc->tid);
	else
		(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", proc->tid,
			       fd);
	n = readlink(path, buffer, len);

	return n < 0 ? -errno : n;
}

void attest_syscall_proc_open(struct attest_syscall_proc *proc, pid_t tid)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/mem", tid);
	proc->tid = tid;
	proc->mem_fd = open(path, O_RDONLY | O_CLOEXEC);
	proc->source.read = read_memory;
	proc->source.fd_name = name_fd;
	proc->source.data = proc;
}

void attest_syscall_proc_close(struct attest_syscall_proc *proc)
{
	attest_closep(&proc->mem_fd);
	proc->mem_fd = -1;
}

int attest_syscall_put_ip(struct attest_str *out, pid_t tid, uint64_t ip)
{
	_cleanup_free_ char *maps = NULL;
	char path[64];
	int r;

	(void)snprintf(path, sizeof(path), "/proc/%d/maps", tid);
	r = attest_read_file(path, MAPS_MAX, &maps, NULL);
	if (r < 0)
		return r;

	return attest_syscall_find_ip(out, maps, ip);
}
