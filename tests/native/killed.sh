#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# killed.sh ATTEST_BPF: a program that standard kills is told of on the terminal
# with the call, the rule and the remedy: as root and as a user, static and
# dynamic, the command itself and a child of it.
set -u
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d /tmp/attest-killed.XXXXXX)
trap 'rm -rf "$work"' EXIT
cp "$1" "$work/tool" && cd "$work" || exit 1
chmod 755 .
cc -O -D_GNU_SOURCE "$here/attack.c" -o dynamic
cc -O -D_GNU_SOURCE -static "$here/attack.c" -o static
failed=0

fail() {
	echo "$*"
	cat err
	failed=1
}

# expect NAME STATUS COMMAND...: run as $as, under standard
expect() {
	local status=0
	# shellcheck disable=SC2086 # empty or a command
	$as ./tool run --level standard --best-effort -- "${@:3}" \
		>out 2>err || status=$?
	[ $status = "$2" ] || fail "$1: status $status"
	grep -qE "Killed by the seccomp rule for \`socket\` \(policy standard, \
rule [1-9][0-9]*: the network\)\. If the program needs it: .*change the \
conditions of rule" err || fail "$1: no message"
}

unprivileged="setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all
env HOME=/nonexistent"
[ "$(id -u)" = 0 ] || unprivileged=
for as in "" "$unprivileged"; do
	for kind in dynamic static; do
		expect "$kind" 159 "./$kind" inet
		expect "a child, $kind" 159 sh -c "./$kind inet"
		expect "a grandchild, $kind" 0 \
			sh -c "sh -c './$kind inet; true'; true"
	done
done
exit $failed
