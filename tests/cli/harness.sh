# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests of the command line: test_<name>.sh BINARY.
#
#   t STATUS ARG...     runs the binary; the status must be STATUS
#   out PATTERN         its standard output must match the extended regexp
#   err PATTERN         its standard error must
#   no_out PATTERN, no_err PATTERN
#   json EXPRESSION     python: its standard output as `d`
bin=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failures=0
last=
export NO_COLOR=

fail()
{
	echo "FAILED: $last: $*"
	sed 's/^/  stdout: /' "$tmp/out" | head -n 20
	sed 's/^/  stderr: /' "$tmp/err" | head -n 20
	failures=$((failures + 1))
}

t()
{
	local want=$1 got=0
	shift
	last="attest-bpf $*"
	"$bin" "$@" >"$tmp/out" 2>"$tmp/err" || got=$?
	[ "$got" -eq "$want" ] || fail "status $got, not $want"
}

out() { grep -qE -- "$1" "$tmp/out" || fail "stdout lacks '$1'"; }
err() { grep -qE -- "$1" "$tmp/err" || fail "stderr lacks '$1'"; }
no_out() { ! grep -qE -- "$1" "$tmp/out" || fail "stdout has '$1'"; }
no_err() { ! grep -qE -- "$1" "$tmp/err" || fail "stderr has '$1'"; }

json()
{
	python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
sys.exit(not eval(sys.argv[2]))' "$tmp/out" "$1" 2>"$tmp/py" ||
		fail "JSON: not $1 $(tail -n 1 "$tmp/py")"
}

# valid SCHEMA: standard output is valid under a schema of policies/
valid()
{
	/usr/bin/python3 -c 'import json, sys, jsonschema
jsonschema.validate(json.load(open(sys.argv[1])), json.load(open(sys.argv[2])))' \
		"$tmp/out" "policies/$1" 2>"$tmp/py" ||
		fail "not valid under $1: $(grep Error: "$tmp/py")"
}

finish()
{
	[ "$failures" -eq 0 ] || exit 1
}
