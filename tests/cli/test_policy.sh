#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check, lint and profile.
# shellcheck source=tests/cli/harness.sh
. "$(dirname "$0")/harness.sh"

t 1 check --level standard /etc/shadow
out '^refused  /etc/shadow: .*ForbiddenPath'
t 0 check --level standard /usr/bin/cat
out '^allowed  /usr/bin/cat'
t 1 check --level maximum /workspace/../etc/passwd
out 'PathTraversal'
t 1 check --level standard --json /etc/shadow /usr/bin/cat
json 'len(d) == 2 and not d[0]["allowed"] and d[1]["allowed"]'
json 'd[0]["violation"] == "ForbiddenPath" and d[0]["rule"]["index"] > 0'
t 1 check -q --level standard /etc/shadow
no_out '.'
t 1 check --color always --level standard /etc/shadow
out $'\033'
t 1 check --level standard /etc/shadow
no_out $'\033'
t 2 check --level banana /x
err "there is no level 'banana'"
err 'hint: the levels are minimal, standard and maximum'
t 2 check /x
err 'which policy\?'
t 2 check -p "$tmp/none.yaml" /x
err "none.yaml"

printf 'version: 1\nname: x\nfilesytem: {}\n' >"$tmp/bad.yaml"
t 2 check -p "$tmp/bad.yaml" /x
err 'bad.yaml:3:1: .*filesytem'
t 2 lint "$tmp/bad.yaml"
out 'bad.yaml:3:1: error: '
t 2 lint --json "$tmp/bad.yaml"
json 'len(d) == 1 and d[0]["line"] == 3 and d[0]["severity"] == "error"'
t 2 lint "$tmp/none"
err "cannot read '.*none': No such file"
printf 'version: 1\nname: x\nfilesystem: { default: read-only }\n' >"$tmp/ok.yaml"
t 0 lint "$tmp/ok.yaml"
out 'ok.yaml: ok'
for f in policies/*.yaml policies/examples/*; do
	t 0 lint "$f"
done

for level in minimal standard maximum; do
	t 0 profile --level "$level"
	json '"defaultAction" in d and "syscalls" in d'
done
t 0 profile --level maximum
json 'd["defaultAction"] == "SCMP_ACT_KILL_PROCESS"'
t 0 profile --level maximum --format table
out 'openat'
t 0 profile --level minimal --format bpf -o "$tmp/filter"
# One struct sock_filter is 8 bytes.
[ $(($(stat -c %s "$tmp/filter") % 8)) -eq 0 ] || fail "not a filter"
t 2 profile --level standard -p policies/standard.yaml
err 'exclude each other'
t 1 profile -o "$tmp/no/such/dir/x"
err "cannot write '.*no/such/dir/x': No such file"
finish
