#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes a small autotools project in the folder $1.
set -eu
mkdir -p "$1/src" && cd "$1"
cat > configure.ac <<'END'
AC_INIT([greet], [1.0])
AM_INIT_AUTOMAKE([foreign subdir-objects])
AC_PROG_CC
AC_PROG_RANLIB
AC_CHECK_HEADERS([unistd.h sys/mman.h pthread.h])
AC_CHECK_FUNCS([mmap fork getrandom])
AC_SEARCH_LIBS([pthread_create], [pthread])
AC_CONFIG_HEADERS([config.h])
AC_CONFIG_FILES([Makefile])
AC_OUTPUT
END
cat > Makefile.am <<'END'
bin_PROGRAMS = greet
noinst_LIBRARIES = libgreet.a
libgreet_a_SOURCES = src/greet.c src/greet.h
greet_SOURCES = src/main.c
greet_LDADD = libgreet.a
check_PROGRAMS = test_greet
test_greet_SOURCES = src/test.c
test_greet_LDADD = libgreet.a
TESTS = test_greet
END
echo 'const char *greet(void);' > src/greet.h
printf '#include "greet.h"\nconst char *greet(void) { return "hello"; }\n' \
	> src/greet.c
cat > src/main.c <<'END'
#include <stdio.h>
#include "greet.h"
int main(void) { return puts(greet()) < 0; }
END
cat > src/test.c <<'END'
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "greet.h"
static void *check(void *ok)
{
	*(int *)ok = strcmp(greet(), "hello") == 0;
	return NULL;
}
int main(void)
{
	pthread_t thread;
	int ok = 0, status;
	pid_t pid;
	pthread_create(&thread, NULL, check, &ok);
	pthread_join(thread, NULL);
	pid = fork();
	if (!pid)
		_exit(3);
	return !(ok && waitpid(pid, &status, 0) == pid &&
		 WEXITSTATUS(status) == 3);
}
END
autoreconf -i >/dev/null 2>&1
