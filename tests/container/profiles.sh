#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every profile of the specification starts `echo Hello` in every runtime, as
# often as asked: profiles.sh RUN_CONTAINER RUNS
RUN=$1
runs=$2
# shellcheck source=tests/container/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC2119 # the script's arguments are not dockerd's
setup_docker && runtimes+=(docker)
setup_crun && runtimes+=(crun)
[ ${#runtimes[@]} -gt 0 ] || skip "no container runtime works here"

six='["read","write","openat","close","mmap","exit"]'
cat >"$W/minimal.json" <<'P'
{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["ptrace","kexec_load",
"init_module","finit_module","reboot"],"action":"SCMP_ACT_KILL"}]}
P
cat >"$W/standard.json" <<'P'
{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[
{"names":["read","write","open","openat","close"],"action":"SCMP_ACT_ALLOW"},
{"names":["fork","vfork","clone"],"action":"SCMP_ACT_LOG"},
{"names":["socket","ptrace","mount"],"action":"SCMP_ACT_KILL"}]}
P
echo '{"defaultAction":"SCMP_ACT_KILL","syscalls":[{"names":'"$six"',
"action":"SCMP_ACT_ALLOW"}]}' >"$W/maximum.json"

# greet RUNTIME LEVEL PROGRAM
greet() {
	local runtime=$1 level=$2 program=$3 good=0 out
	for _ in $(seq "$runs"); do
		out=$(run_in "$runtime" "$W/$level.json" -- "$program" Hello \
			2>"$W/err")
		if [ "$?:$out" = 0:Hello ]; then
			good=$((good + 1))
		else
			cat "$W/err"
		fi
	done
	echo "$runtime $level $program: $good of $runs"
	[ "$good" = "$runs" ] || fail "$runtime $level $program"
}

for runtime in "${runtimes[@]}"; do
	for level in minimal standard maximum; do
		greet "$runtime" "$level" /bin/echo
	done
	greet "$runtime" maximum /dynamic/bin/echo
	# The profile is in force: sh cannot fork under maximum.
	run_in "$runtime" "$W/maximum.json" -- sh -c 'true | true' \
		>/dev/null 2>"$W/err"
	status=$?
	[ $status = 159 ] || fail "$runtime maximum: sh forked: $status"
	grep -q 'Container killed by seccomp policy' "$W/err" ||
		fail "$runtime: no message: $(cat "$W/err")"
	# Exit status and streams pass.
	out=$(echo in | run_in "$runtime" - -- sh -c 'cat; exit 42')
	[ "$?:$out" = 42:in ] || fail "$runtime: status and input: $out"
done
[ "$failures" = 0 ]
