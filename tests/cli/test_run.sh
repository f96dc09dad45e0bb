#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run, watch and enforce on whatever this kernel offers.
# shellcheck source=tests/cli/harness.sh
. "$(dirname "$0")/harness.sh"

cat >"$tmp/policy.yaml" <<EOF
version: 1
name: cli-test
filesystem:
  default: read-only
  rules:
    - { path: "$tmp/out/*", access: read-write }
    - { path: /etc/shadow, access: forbidden }
EOF
mkdir "$tmp/out.d"
sed -i "s|$tmp/out/|$tmp/out.d/|" "$tmp/policy.yaml"
p=(-p "$tmp/policy.yaml")

t 0 run "${p[@]}" -- true
t 7 run "${p[@]}" -- sh -c 'exit 7'
# shellcheck disable=SC2016 # for the inner shell
t 137 run "${p[@]}" -- sh -c 'kill -9 $$'
t 127 run "${p[@]}" -- no-such-command
err "no-such-command"
t 126 run "${p[@]}" -- /etc/passwd
t 0 run "${p[@]}" printf "%s\n" --help
out '^--help$'
t 1 run "${p[@]}" -- cat /etc/shadow
no_out '^root:'
t 0 run "${p[@]}" -- touch "$tmp/out.d/allowed"
[ -f "$tmp/out.d/allowed" ] || fail "an allowed file was not made"
t 1 run "${p[@]}" -- touch "$tmp/refused"
[ ! -e "$tmp/refused" ] || fail "a refused file was made"
t 0 run "${p[@]}" --report "$tmp/out.json" -- true
cp "$tmp/out.json" "$tmp/out"
valid report.schema.json
json 'd["subject"]["exit_status"] == 0 and d["policy"]["name"] == "cli-test"'
json 'd["coverage"]["complete"]'
# Calls that are only traced are counted apart.
t 0 run --level standard --no-bpf --best-effort -- sh -c '/bin/true; exit 0'
err ' 0 violations, [1-9][0-9]* calls? traced, 0 records lost$'
no_err SyscallTraced
t 2 run -p "$tmp/none.yaml" -- true
(cd / && "$bin" run -- true) >"$tmp/out" 2>"$tmp/err" && fail "no policy"
err 'which policy\?'
printf 'extends: policy.yaml\n' >"$tmp/attest.yaml"
(cd "$tmp" && "$bin" run -- cat /etc/shadow) >"$tmp/out" 2>"$tmp/err" &&
	fail "attest.yaml was not used"
no_out '^root:'

# What nothing enforces here is refused, unless that is said to be fine.
sed 's/^filesystem:/&\n  limits: { max_files: 3 }/' "$tmp/policy.yaml" \
	>"$tmp/limit.yaml"
if "$bin" explain -p "$tmp/limit.yaml" | grep -q '^max_files.*nothing'; then
	t 3 run -p "$tmp/limit.yaml" -- touch "$tmp/out.d/never"
	err "max_files"
	[ ! -e "$tmp/out.d/never" ] || fail "it was started"
	t 0 run -p "$tmp/limit.yaml" --best-effort -- true
fi

t 2 watch
err 'Give --pid PID, --cgroup PATH or --container NAME'
t 1 watch --pid 4194305
err 'there is no process 4194305'
t 2 enforce --pid 1
err 'which policy\?'
if [ "$(id -u)" -eq 0 ]; then
	t 1 watch --pid 2
	err 'kernel thread'
	(
		# until the watcher has seen it, however slow this machine is
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			sleep 0.5
			/bin/true
		done
	) &
	t 0 watch --pid $! --duration 20
	err 'watching process'
	err '[1-9][0-9]* records'
	out 'exec +/(usr/)?bin/true'
	out '(read|write) +/[^ ]*libc'

	# It goes on with those that the named process has left behind.
	(
		sleep 2
		(
			sleep 2
			cat /etc/hostname >/dev/null
		) &
	) &
	t 0 watch --pid $! --duration 30
	out '/etc/hostname'

	# Nothing is called confined that is not.
	sleep 60 &
	sleeper=$!
	for option in '' --best-effort; do
		if "$bin" doctor | grep -qE 'ok *bpf (lsm|fmod_ret)'; then
			t 0 enforce --pid $sleeper -p "$tmp/policy.yaml" \
				--duration 1 $option
			err 'confining process'
		else
			t 3 enforce --pid $sleeper -p "$tmp/policy.yaml" \
				--duration 1 $option
			err 'nothing can be refused'
		fi
	done
	kill $sleeper
fi
finish
