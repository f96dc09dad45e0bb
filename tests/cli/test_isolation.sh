#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run at each isolation level: workspace, environment, attest.yaml.
# shellcheck source=tests/cli/harness.sh
. "$(dirname "$0")/harness.sh"

ws=$tmp/ws
mkdir "$ws"
cat >"$tmp/policy.yaml" <<EOF
version: 1
name: isolation-test
filesystem:
  default: read-only
  rules:
    - { path: "$ws/*", access: read-write }
    - { path: "/tmp/*", access: read-write }
    - { path: /etc/shadow, access: forbidden }
network: { default: disabled }
EOF
sed 's|"/tmp/\*"|"/workspace/*"|; s/isolation-test/moved/' \
	"$tmp/policy.yaml" >"$tmp/moved.yaml"
p=(-p "$tmp/policy.yaml")
moved=(-p "$tmp/moved.yaml")

# The environment: all of it for a process, what is named for a container.
export ATTEST_SECRET=hidden ATTEST_NAMED=shown
t 0 run "${p[@]}" -- env
out '^ATTEST_SECRET=hidden$'
printf '# comment\n\nATTEST_FILE=a=b\nATTEST_NAMED\n' >"$tmp/env"
t 0 run "${p[@]}" --env ATTEST_SECRET=other --env-file "$tmp/env" -- env
out '^ATTEST_SECRET=other$'
out '^ATTEST_FILE=a=b$'
[ "$(grep -c ATTEST_SECRET "$tmp/out")" -eq 1 ] || fail "set twice"
t 2 run "${p[@]}" --env =x -- true
err "not '=x'"
printf 'A=b\n=c\n' >"$tmp/bad"
t 2 run "${p[@]}" --env-file "$tmp/bad" -- true
err 'bad:2: a line is NAME=VALUE or NAME'
t 2 run "${p[@]}" --env-file "$tmp/none" -- true
err "cannot read '$tmp/none'"

# A workspace is where the command starts.
t 0 run "${p[@]}" --workspace "$ws" -- pwd
out "^$ws$"
t 2 run "${p[@]}" --workspace "$tmp/none" -- true
err "the workspace '$tmp/none' is no directory"
t 2 run "${p[@]}" --isolation jail -- true
err 'process\|container\|strict_container'

if ! unshare -Ur true 2>/dev/null; then
	echo "skipping containers: user namespaces are not allowed here"
	finish
	exit
fi

c=(-i container -w "$ws")
t 0 run "${p[@]}" "${c[@]}" --env ATTEST_NAMED -- env
out '^ATTEST_NAMED=shown$'
out '^PATH='
no_out ATTEST_SECRET
t 0 run "${p[@]}" "${c[@]}" -- pwd
out "^$ws$"
t 0 run "${p[@]}" "${c[@]}" -- touch made
[ -f "$ws/made" ] || fail "the workspace is not the host's"
t 0 run "${p[@]}" "${c[@]}" -- sh -c "touch /tmp/x.$$ && ls /tmp/x.$$"
[ ! -e /tmp/x.$$ ] || fail "/tmp is the host's"
t 1 run "${p[@]}" "${c[@]}" -- touch /usr/made
err 'Read-only file system'
t 1 run "${p[@]}" "${c[@]}" -- cat /etc/shadow
no_out '^root:'
t 7 run "${p[@]}" "${c[@]}" -- sh -c 'exit 7'
# shellcheck disable=SC2016 # for the inner shell
t 137 run "${p[@]}" "${c[@]}" -- sh -c 'kill -9 $$'
t 127 run "${p[@]}" "${c[@]}" -- no-such-command
t 126 run "${p[@]}" "${c[@]}" -- /etc/passwd
# shellcheck disable=SC2016 # for the inner shell
t 0 run "${p[@]}" "${c[@]}" -- sh -c 'echo $$'
out '^2$'
t 0 run "${p[@]}" "${c[@]}" -- grep -c '^Cap.*:.0*$' /proc/self/status
out '^5$'
echo piped | "$bin" run "${p[@]}" "${c[@]}" -- cat >"$tmp/out" 2>"$tmp/err"
out '^piped$'
(cd "$tmp" && "$bin" run "${p[@]}" -i container -- true) \
	>"$tmp/out" 2>"$tmp/err" && fail "/tmp of the host is there"
err 'name the directory with --workspace'

# The policy says /workspace, whether the host has that or not.
t 0 run "${moved[@]}" "${c[@]}" -- sh -c 'pwd; ls /usr/bin/env; touch there'
out '^/workspace$'
[ -f "$ws/there" ] || fail "/workspace is not the workspace"
t 1 run "${moved[@]}" "${c[@]}" -- touch /usr/made
t 1 run "${moved[@]}" "${c[@]}" -- touch /made
t 1 run "${moved[@]}" "${c[@]}" -- cat /etc/shadow
no_out '^root:'

# strict_container: BPF or nothing, unless that is said to be fine.
s=(-i strict_container -w "$ws" --no-bpf)
t 3 run "${p[@]}" "${s[@]}" -- touch "$ws/never"
err "isolation 'strict_container' needs the BPF layer"
[ ! -e "$ws/never" ] || fail "it was started"
echo 'seccomp: { profile: minimal }' | cat "$tmp/policy.yaml" - \
	>"$tmp/strict.yaml"
s=("${s[@]}" --best-effort)
t 0 run -p "$tmp/strict.yaml" "${s[@]}" -- true
err 'warning: strict_container without the BPF layer'
t 1 run -p "$tmp/strict.yaml" "${s[@]}" -- unshare -U true
# Without a profile of the policy's own the maximum profile is taken.
"$bin" run "${p[@]}" "${s[@]}" --report "$tmp/report" -- true 2>"$tmp/err"
cp "$tmp/report" "$tmp/out"
json 'd["seccomp"]["profile"]["name"] == "maximum"'
json 'd["policy"]["name"] == "isolation-test"'

# attest.yaml is enough, and what is given goes before it.
cd "$ws" || exit 1
cat >attest.yaml <<EOF
mode: verifiable
sandbox:
  isolation_level: container
  security_level: standard
  seccomp_profile: standard
  network_policy: disabled
EOF
# shellcheck disable=SC2016 # for the inner shell
pid='echo $$'
t 0 run --best-effort -w . -- sh -c "$pid"
out '^2$'
t 0 run --best-effort -w . -i process -- sh -c "$pid"
no_out '^2$'
printf 'mode: light\n' >attest.yaml
t 0 run --best-effort -- sh -c "$pid"
no_out '^2$'
printf 'mode: formal-proof\n' >attest.yaml
t 3 run --no-bpf -w . -- true
finish
