/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Built by build.sh. Without an argument says hello; "module" loads a kernel
 * module that does not exist, "connect" opens a connection. The status is 0
 * if the kernel let it try.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Refused is EPERM by a filter; a bad module is another error. */
static int load_module(void)
{
	static const char module[4096];

	if (syscall(SYS_init_module, module, sizeof(module), "") == 0)
		return 0;
	return errno == EPERM || errno == EACCES;
}

/* The address is for documentation: no packet has a way to it. */
static int connect_out(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int fd;

	to.sin_port = htons(443);
	(void)inet_pton(AF_INET, "192.0.2.1", &to.sin_addr);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return 1;
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return 0;
	return errno == EPERM || errno == EACCES;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "module") == 0)
		return load_module();
	if (argc > 1 && strcmp(argv[1], "connect") == 0)
		return connect_out();
	puts("hello: built and run");
	return 0;
}
