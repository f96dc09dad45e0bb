#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Help, versions and mistakes.
# shellcheck source=tests/cli/harness.sh
. "$(dirname "$0")/harness.sh"

t 2
err '^Usage: attest-bpf COMMAND'
err 'attest-bpf check --level standard'
t 0 --version
out '^attest-bpf [0-9]+\.[0-9]+\.[0-9]+$'
t 0 --help
out '^Commands:'
out '^Exit status:'

# Every command that --help lists has its own help and man page.
commands=$("$bin" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
[ -n "$commands" ] || fail "no commands"
for c in $commands; do
	t 0 "$c" --help
	out "^Usage: attest-bpf $c"
	out '^ +-h, --help'
	[ -f "docs/man/attest-bpf-$c.1" ] || fail "no man page for $c"
	t 2 "$c" --no-such-option
	err "unknown option '--no-such-option'"
done
t 0 help check
out '^Usage: attest-bpf check'

last=scripts/man
/usr/bin/python3 scripts/man "$bin" --check >"$tmp/out" 2>"$tmp/err" ||
	fail "man pages are not up to date"

t 2 chekc
err "unknown command 'chekc'; did you mean 'check'\?"
t 2 frobnicate
err "unknown command 'frobnicate'; see 'attest-bpf --help'"
t 2 check --lvel standard /x
err "unknown option '--lvel'; did you mean '--level'\?"
t 2 check --access fly --level standard /x
err "'--access' cannot be 'fly'; it is one of read\|write\|execute"
t 2 check --level
err "'--level' needs a value: --level LEVEL"
t 2 check --json=yes --level standard /x
err "option '--json' takes no value"
t 2 check --level standard
err 'missing argument; usage: attest-bpf check'
t 2 profile extra
err "unexpected argument 'extra'"
t 2 watch --pid 0
err "'--pid 0': it must be 1 or more"
t 2 watch --pid 1 --duration 0
err "'--duration 0': it must be 1 or more"
t 2 run --cpu-percent 0 -- true
err "'--cpu-percent 0': it must be 1 or more"
t 2 config show -c "$tmp/nofile"
err "cannot read the configuration '$tmp/nofile': No such file"
t 2 report --artifact "$tmp/out" /dev/null
err "'--artifact' is about --format in-toto"
t 2 lint --json "$tmp/nofile"
json 'len(d) == 1 and d[0]["severity"] == "error"'

# A limit that cannot be had is no silent one: it holds, or nothing starts.
got=0
"$bin" run --cpu-percent 50 --level minimal --best-effort -- true \
	>"$tmp/out" 2>"$tmp/err" || got=$?
last='run --cpu-percent'
[ "$got" -eq 0 ] || err 'cannot limit the CPU: '

# Reports hold paths of the job; a file that is there keeps its mode.
t 0 report -o "$tmp/report" /dev/null
[ "$(stat -c %a "$tmp/report")" = 600 ] || fail "mode of a new report"
chmod 640 "$tmp/report"
t 0 report -o "$tmp/report" /dev/null
[ "$(stat -c %a "$tmp/report")" = 640 ] || fail "mode of a report"

printf 'version: 1\nmode: audit\nfilesystem: { default: forbidden }\n' \
	>"$tmp/attest.yaml"
t 0 run -c "$tmp/attest.yaml" -- cat /etc/passwd
out root
finish
