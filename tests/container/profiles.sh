#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every profile of the specification starts `echo Hello` in every runtime, as
# often as asked: profiles.sh RUN_CONTAINER RUNS
RUN=$1
runs=$2
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
setup_docker && runtimes+=(docker)
if "$RUN" crun - "$W/rootfs" true >/dev/null 2>&1; then
	runtimes+=(crun)
else
	echo "crun does not run on this host's control groups"
fi
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

for runtime in "${runtimes[@]}"; do
	for level in minimal standard maximum; do
		good=0
		for _ in $(seq "$runs"); do
			out=$(run_in "$runtime" "$W/$level.json" -- echo Hello \
				2>"$W/err") && [ "$out" = Hello ] &&
				good=$((good + 1)) || cat "$W/err"
		done
		echo "$runtime $level: $good of $runs"
		[ "$good" = "$runs" ] || fail "$runtime $level"
	done
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
