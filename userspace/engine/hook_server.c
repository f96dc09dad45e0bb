// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "engine/hook_server.h"

#define PATIENCE_S                                                             \
	30 /* a machine may be busy; a hook that hangs is refused              \
	    */
#define ANSWER_OK '+'
#define ANSWER_NO '-'

_Static_assert(ATTEST_HOOK_NAME_MAX <
		   sizeof(((struct sockaddr_un *)0)->sun_path),
	       "a socket's name");

static socklen_t address(const char *name, struct sockaddr_un *ret)
{
	size_t n = strnlen(name, ATTEST_HOOK_NAME_MAX);

	memset(ret, 0, sizeof(*ret));
	ret->sun_family = AF_UNIX;
	memcpy(ret->sun_path + 1, name, n);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n);
}

int attest_hook_server_open(struct attest_hook_server *server)
{
	_cleanup_close_ int fd = -1;
	unsigned long long random[2];
	struct sockaddr_un sun;
	socklen_t len;

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -errno;
	(void)snprintf(server->name, sizeof(server->name),
		       "attest-bpf-%016llx%016llx", random[0], random[1]);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	len = address(server->name, &sun);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sun, len) < 0 ||
	    listen(fd, 4) < 0)
		return -errno;
	server->fd = TAKE_FD(fd);
	return 0;
}

static int check_peer(int fd)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return -errno;
	if (cred.uid != 0)
		return -EPERM;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof(patience)) < 0)
		return -errno;
	return 0;
}

int attest_hook_server_take(const struct attest_hook_server *server,
			    int *ret_fd, struct attest_hook_target *ret_target)
{
	_cleanup_close_ int fd = -1;
	struct attest_diag diag;
	int r;

	fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = check_peer(fd);
	r = r ?: attest_hook_read(fd, ret_target, &diag);
	if (r < 0) {
		attest_hook_server_answer(fd,
					  r == -EPERM ? "not root" : diag.text);
		return r;
	}
	*ret_fd = TAKE_FD(fd);
	return 0;
}

void attest_hook_server_answer(int fd, const char *error)
{
	const char first = error ? ANSWER_NO : ANSWER_OK;

	if (send(fd, &first, 1, MSG_NOSIGNAL) == 1 && error)
		(void)send(fd, error, strlen(error), MSG_NOSIGNAL);
}

static int pass_state(int fd, int state_fd)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r;

	r = attest_read_fd(state_fd, ATTEST_HOOK_STATE_MAX, &text, &len);
	r = r ?: attest_write_all(fd, text, len);
	if (r == 0 && shutdown(fd, SHUT_WR) < 0)
		r = -errno;
	return r;
}

static int read_answer(int fd, char *ret_error, size_t size)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r;

	r = attest_read_fd(fd, size, &text, &len);
	if (r < 0)
		return r;
	if (len && text[0] == ANSWER_OK)
		return 0;
	(void)snprintf(ret_error, size, "%s",
		       len ? text + 1
			   : "the process that runs the container is gone");
	return -EPERM;
}

int attest_hook_server_ask(const char *name, int state_fd, char *ret_error,
			   size_t size)
{
	_cleanup_close_ int fd = -1;
	struct sockaddr_un sun;
	socklen_t len = address(name, &sun);
	int r;

	(void)snprintf(ret_error, size,
		       "cannot reach the process that runs "
		       "the container");
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sun, len) < 0)
		return -errno;
	r = check_peer(fd);
	r = r ?: pass_state(fd, state_fd);
	return r ?: read_answer(fd, ret_error, size);
}
