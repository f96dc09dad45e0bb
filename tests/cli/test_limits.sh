#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Limits that are hit are recorded; the report outlives who writes it.
# shellcheck source=tests/cli/harness.sh
. "$(dirname "$0")/harness.sh"

mkdir "$tmp/ws"
policy()
{
	cat <<EOF
version: 1
name: limits-test
filesystem:
  default: read-only
  rules:
    - { path: "$tmp/ws/*", access: read-write }
    - { path: /etc/shadow, access: forbidden }
EOF
}
{ policy && echo 'seccomp: { profile: standard }'; } >"$tmp/plain.yaml"
{ policy && echo '  limits: { max_file_size: 4096 }'; } >"$tmp/size.yaml"
{ policy && echo 'limits: { wall_seconds: 1 }'; } >"$tmp/wall.yaml"
{ policy && echo 'limits: { cpu_seconds: 1 }'; } >"$tmp/cpu.yaml"

# report NAME: the report of the last command as standard output
report() { cp "$tmp/ws/report" "$tmp/out" || fail "no report"; }
hit='[v for v in d["resource"]["violations"]
      if v["violation"] == "ResourceLimit"]'
r=(--no-bpf --report "$tmp/ws/report")

t 137 run -p "$tmp/wall.yaml" "${r[@]}" -- sh -c 'sleep 60 & sleep 60'
err 'longer than wall_seconds'
report
valid report.schema.json
json "len($hit) == 1 and ${hit}[0]['action'] == 'killed'"
json "'wall_seconds of 1 seconds' in ${hit}[0]['context']"
json 'd["counters"]["wall_seconds"] == {"used": 1, "limit": 1}'
json 'd["subject"]["exit_status"] == 137'

t 152 run -p "$tmp/cpu.yaml" "${r[@]}" -- sh -c 'while :; do :; done'
report
json "len($hit) == 1 and 'cpu_seconds of 1' in ${hit}[0]['context']"
json "${hit}[0]['comm'] == 'sh'"

t 153 run -p "$tmp/size.yaml" "${r[@]}" -- \
	dd if=/dev/zero of="$tmp/ws/big" bs=1k count=8
report
json "len($hit) == 1 and 'max_file_size of 4096' in ${hit}[0]['context']"
[ "$(stat -c %s "$tmp/ws/big")" -le 4096 ] || fail "the file grew"

# What is not hit is not reported, but counted.
t 0 run -p "$tmp/wall.yaml" "${r[@]}" -- true
report
json "not $hit and d['counters']['wall_seconds']['limit'] == 1"

# The report is there while the command runs, and stays when the tool is
# killed: whole, with what was recorded, and incomplete.
rm "$tmp/ws/report"
# shellcheck disable=SC2016 # for the inner shell
"$bin" run -p "$tmp/plain.yaml" "${r[@]}" -- sh -c \
	'python3 -c "import socket; socket.socket()"
	echo $$ >'"$tmp/ws/pid"'; sleep 60' \
	>"$tmp/out" 2>"$tmp/err" &
tool=$!
for _ in $(seq 100); do
	[ ! -s "$tmp/ws/pid" ] || [ ! -f "$tmp/ws/report" ] || break
	sleep 0.1
done
sleep 1.5
kill -KILL "$tool"
wait "$tool" 2>/dev/null
report
valid report.schema.json
json 'd["subject"]["complete"] is False and d["subject"]["ended_at"] is None'
json 'd["coverage"] and d["policy"]["name"] == "limits-test"'
json 'any(v["syscall"] == "vfork" for v in d["seccomp"]["violations"])'
# The command ended with the tool.
for _ in $(seq 50); do
	kill -0 "$(cat "$tmp/ws/pid")" 2>/dev/null || break
	sleep 0.1
done
kill -0 "$(cat "$tmp/ws/pid")" 2>/dev/null && fail "the command lives on"
# No temporary files are left of reports that were begun.
compgen -G "$tmp/ws/report.*" && fail "a temporary file is left"
finish
