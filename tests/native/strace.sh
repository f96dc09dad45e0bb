#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# strace.sh SECCOMP_WATCH FOLDER: what the supervisor records of real programs
# reads as strace writes it.
set -eu
watch=$1
command -v strace >/dev/null || { echo "no strace: skipped"; exit 77; }
strace -o /dev/null true 2>/dev/null ||
	{ echo "strace may not trace here: skipped"; exit 77; }
work=$(mktemp -d "$2/strace.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
export XDG_CACHE_HOME="$work" LC_ALL=C
calls="access openat close mmap munmap mprotect arch_prctl fadvise64 write
lseek mkdir rmdir unlinkat unlink chdir fchdir dup2 fcntl rename renameat2
linkat symlinkat fchmodat umask dup3 kill chmod fchownat ftruncate"
{
	echo "defaultAction: SCMP_ACT_ALLOW"
	echo "syscalls:"
	for call in $calls; do
		echo "- { names: [$call], action: SCMP_ACT_LOG }"
	done
} >profile.yaml

compare() {
	rm -rf inside && mkdir inside && echo hello >inside/file
	(cd inside && strace -qq -y -e trace="${calls//[[:space:]]/,}" \
		-e signal=none -o ../strace.out "$@" >/dev/null 3>&-)
	rm -rf inside && mkdir inside && echo hello >inside/file
	(cd inside && "$watch" ../profile.yaml "$@" 3>../watch.out >/dev/null)
	# ctest leaves descriptor 3 open. Addresses differ from run to run; results are strace's alone.
	sed -E 's/\) += .*/)/; s/0x[0-9a-f]{6,}/ADDRESS/g
		s/socket:\[[0-9]+/socket:[N/g' strace.out \
		>strace.text
	sed -E 's/^traced [^ ]+ //; s/\) at [^ ]+: Recorded by.*/)/
		s/0x[0-9a-f]{6,}/ADDRESS/g
		s/socket:\[[0-9]+/socket:[N/g' watch.out >watch.text
	diff strace.text watch.text ||
		{ echo "$*: not as strace has it"; exit 1; }
	echo "ok $* ($(wc -l <watch.text) calls)"
}

compare cat file
compare mkdir d
compare ln -s file link
compare ln file link
compare mv file other
compare chmod 600 file
compare touch -d 2020-01-01 file
compare rm file
compare truncate -s 3 file
compare chown 0:0 file
compare sh -c 'cd ..; umask 027; cd inside; exec 5<file 6>new 5<&-'
