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
finish
