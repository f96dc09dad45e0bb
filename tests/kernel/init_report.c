// SPDX-License-Identifier: Apache-2.0
/** Result port, raw output port and the kernel's log. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "init.h"

#define RESULT_PORT "/dev/ttyS1"
#define RAW_PORT "/dev/ttyS2"

static int result_fd = -1;
static int kmsg_fd = -1;
static char fault[512];

static int port_open(const char *path)
{
	struct termios tio;
	int fd;

	fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!tcgetattr(fd, &tio)) {
		cfmakeraw(&tio);
		(void)cfsetspeed(&tio, B115200);
		tio.c_cflag |= CLOCAL;
		(void)tcsetattr(fd, TCSANOW, &tio);
	}
	return fd;
}

static int write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -errno;
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

int report_open(void)
{
	result_fd = port_open(RESULT_PORT);
	return result_fd < 0 ? result_fd : 0;
}

void report_line(const char *fmt, ...)
{
	char line[1024];
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	n = strcspn(line, "\n");
	line[n] = '\0';
	puts(line);
	line[n] = '\n';
	(void)write_all(result_fd, line, n + 1);
}

int report_file(const char *path)
{
	char buf[4096];
	int port, fd, r = 0;
	ssize_t n;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	port = port_open(RAW_PORT);
	while (port >= 0 && !r && (n = read(fd, buf, sizeof(buf))) > 0)
		r = write_all(port, buf, (size_t)n);
	if (port >= 0) {
		(void)tcdrain(port);
		(void)close(port);
	}
	(void)close(fd);
	return port < 0 ? port : r;
}

void report_close(void)
{
	(void)tcdrain(STDOUT_FILENO);
	if (result_fd >= 0)
		(void)tcdrain(result_fd);
}

void kmsg_open(void)
{
	kmsg_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg_fd < 0)
		report_line("# /dev/kmsg: %s", strerror(errno));
}

static bool tells_of_fault(const char *text)
{
	static const char *const signs[] = {
		"BUG: ",
		"Oops",
		"general protection fault",
		"kernel BUG at",
		"Kernel panic",
		"INFO: task ",
		"rcu: INFO: ",
		"rcu_preempt self-detected stall",
		"soft lockup",
		"UBSAN: ",
		"KASAN: ",
		"refcount_t: ",
		"list_add corruption",
		"list_del corruption",
		"unregister_netdevice: waiting",
	};

	if (!strncmp(text, "WARNING: ", 9)) /* others may quote the word */
		return true;
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strstr(text, signs[i]))
			return true;
	return false;
}

const char *kmsg_fault(void)
{
	bool found = false;
	char record[8192];
	ssize_t n;

	if (kmsg_fd < 0)
		return NULL;
	for (;;) {
		char *text;

		n = read(kmsg_fd, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE)
			continue; /* records were overwritten: go on */
		if (n <= 0)
			break;
		record[n] = '\0';
		text = strchr(record, ';');
		/* priority / 8 is the facility: 0 is the kernel itself */
		if (found || !text || strtoul(record, NULL, 10) >= 8)
			continue;
		text++;
		text[strcspn(text, "\n")] = '\0';
		if (!tells_of_fault(text))
			continue;
		found = true;
		(void)snprintf(fault, sizeof(fault), "%.500s", text);
	}
	return found ? fault : NULL;
}
