#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# leaks.sh BINARY STARTS: the tool is killed at random moments, at random
# levels; nothing stays behind: processes, mounts, cgroups, pins, files.
set -u
bin=$1
starts=$2
# A duration that no other sleep has marks what is ours.
mark=$((100000 + $$)).$((RANDOM % 900 + 100))
top=$(mktemp -d /var/tmp/attest-leaks.XXXXXX)
trap 'rm -rf "$top"' EXIT
mkdir "$top/ws"
levels=(process)
unshare -Ur true 2>/dev/null && levels+=(container strict_container)

cat >"$top/policy.yaml" <<EOF
version: 1
name: leaks
filesystem:
  default: read-only
  rules:
    - { path: "$top/ws/*", access: read-write }
    - { path: "/tmp/*", access: read-write }
    - { path: /etc/shadow, access: forbidden }
seccomp: { defaultAction: SCMP_ACT_ALLOW }
EOF

ours()
{
	local file
	for file in /proc/[0-9]*/cmdline; do
		if { tr '\0' ' ' <"$file"; } 2>/dev/null |
			grep -qF -e "sleep $mark" -e "$top/policy.yaml"; then
			echo "process ${file//[^0-9]/}"
		fi
	done
}

# What of the machine must be as it was. Other tests make and remove cgroups
# meanwhile: only those whose maker is gone count.
state()
{
	local dir pid
	wc -l </proc/self/mountinfo
	find /sys/fs/bpf -mindepth 1 -name '*attest*' 2>/dev/null
	find /tmp /dev/shm -maxdepth 1 -name 'attest-leaks*' 2>/dev/null
	find "$top" -mindepth 1 ! -path "$top/ws/report.json" ! -name before \
		! -name after
	find /sys/fs/cgroup -maxdepth 6 -type d -name 'attest-run-*' \
		2>/dev/null | while read -r dir; do
		pid=${dir##*attest-run-}
		pid=${pid%%-*}
		[ -d "/proc/$pid" ] || echo "$dir"
	done
}

state >"$top/before"
for i in $(seq "$starts"); do
	level=${levels[RANDOM % ${#levels[@]}]}
	bpf=(--no-bpf)
	[ $((i % 8)) -ne 0 ] || bpf=()
	"$bin" run -q -p "$top/policy.yaml" -i "$level" -w "$top/ws" \
		--best-effort "${bpf[@]}" --report "$top/ws/report.json" -- \
		sh -c "sleep $mark & setsid sleep $mark & sleep $mark" \
		>/dev/null 2>&1 &
	tool=$!
	sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
	[ $((RANDOM % 3)) -ne 0 ] || sleep "0.$((RANDOM % 3))"
	signal=KILL
	[ $((RANDOM % 4)) -ne 0 ] || signal=TERM
	kill -"$signal" "$tool"
	# TERM is the command's to obey: make sure.
	[ "$signal" = KILL ] || { sleep 0.05 && kill -KILL "$tool"; }
	wait "$tool"
done 2>/dev/null

# The kernel takes namespaces down behind the last process; a cgroup that a
# killed tool left is swept by the next start.
for _ in $(seq 100); do
	[ -z "$(ours)" ] && break
	sleep 0.1
done
"$bin" run -q -p "$top/policy.yaml" -i "${levels[-1]}" -w "$top/ws" --no-bpf \
	--best-effort --report "$top/ws/report.json" -- true || {
	echo "FAILED: it does not start any more"
	exit 1
}
python3 -c 'import json, sys; json.load(open(sys.argv[1]))' \
	"$top/ws/report.json" || exit 1
left=$(ours)
[ -z "$left" ] || {
	echo "FAILED: left over after $starts starts: $left"
	exit 1
}
state >"$top/after"
diff "$top/before" "$top/after" || {
	echo "FAILED: left over after $starts starts"
	exit 1
}
echo "$starts starts at the levels ${levels[*]}: nothing is left"
