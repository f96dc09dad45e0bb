#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# counting.sh [--as-user] ATTEST_BPF SECCOMP_REFUSE [COUNT]: COUNT refused calls
# of eight threads are COUNT records, no two of the same call, for every action,
# and each record says all that is known of the call. Prints lines as a kernel
# test does: it runs in the guests too.
set -u
work=$(mktemp -d /tmp/attest-counting.XXXXXX)
trap 'rm -rf "$work"' EXIT
if [ "$1" = --as-user ]; then
	[ "$(id -u)" = 0 ] || { echo "already a user, skipped"; exit 77; }
	cp "$0" "$2" "$3" "$work"
	chmod 755 "$work"
	cd "$work" || exit
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
		"./${0##*/}" "./${2##*/}" "./${3##*/}"
	exit
fi
tool=$1 refuse=$2 count=${3:-400}
# what kills makes a process for each record
children=$((count / 8))
failed=0

cat >"$work/policy.yaml" <<'END'
version: 1
name: count
seccomp:
  defaultAction: SCMP_ACT_ALLOW
  syscalls:
    - { names: [getpriority], action: SCMP_ACT_ERRNO, errnoRet: 13 }
    - { names: [getpgid], action: SCMP_ACT_LOG }
    - { names: [getsid], action: SCMP_ACT_TRACE }
    - { names: [times], action: SCMP_ACT_TRAP }
    - { names: [sysinfo], action: SCMP_ACT_KILL_THREAD }
    - { names: [ustat], action: SCMP_ACT_KILL_PROCESS }
END

# One start, since each loads the programs anew where BPF records.
chmod 755 "$work"
# shellcheck disable=SC2016 # for the inner shell
"$tool" run -p "$work/policy.yaml" --best-effort --quiet \
	--events "$work/events" -- sh -c '
	for call in getpriority getpgid getsid times; do
		"$0" $call "$1" || echo "$call: status $?"
	done
	for call in sysinfo ustat; do
		"$0" $call "$2" children || echo "$call: status $?"
	done' "$refuse" "$count" "$children" >"$work/out" 2>&1
status=$?

check() # check NAME FOUND WANTED
{
	if [ "$2" = "$3" ]; then
		echo "ok $1"
	else
		echo "not ok $1: '$2', not '$3'; status $status," \
			"$(head -c 300 "$work/out" | tr '\n' ' ')"
		failed=1
	fi
}

# counted CALL COUNT ACTION RULE: that many records of the program, all different
counted()
{
	grep "\"syscall\":\"$1\"" "$work/events" |
		grep '"comm":"seccomp_refuse"' >"$work/$1"
	check "${1}_is_recorded_once_each" \
		"$(sed 's/.*"args":\["0x1","\([^"]*\)".*/\1/' "$work/$1" |
			sort -u | wc -l) of $(wc -l <"$work/$1")" "$2 of $2"
	check "${1}_records_are_complete" "$(grep "\"action\":\"$3\"" "$work/$1" |
		grep -E '"pid":[0-9]+,"tid":[0-9]+,' |
		grep -E '"args":\["0x1","0x[0-9a-f]+","0x3","0x4","0x5","0x6"\]' |
		grep -E '"ip_text":"libc\.so\.6\+0x[0-9a-f]+"' |
		grep -E "\"rule\":\{\"index\":$4," |
		grep -cE '"args_text":"[^"]+"')" "$2"
}

counted getpriority "$count" denied 1
counted getpgid "$count" traced 2
counted getsid "$count" traced 3
counted times "$count" killed 4
counted sysinfo "$children" killed 5
counted ustat "$children" killed 6
check threads_are_told_apart "$(grep -vcE '"pid":([0-9]+),"tid":\1,' \
	"$work/getpriority")" "$count"
check an_errno_is_named "$(grep -c '"errno":"EACCES"' "$work/getpriority")" \
	"$count"
check nothing_is_lost "$(grep -c '"kind":"gap"' "$work/events")" 0
exit $failed
