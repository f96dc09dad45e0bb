#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The workload of scripts/quickstart: an honest build, and then what a
# compromised build script would try. Each attempt says how it went; the
# status is that of the honest part.
cd "$(dirname "$0")" || exit 1
out=${DEMO_OUT:-/tmp/attest-demo}
mkdir -p "$out" || exit 1

echo "build: compiling hello.c"
cc -O1 -o "$out/hello" hello.c && "$out/hello" || exit 1

try()
{
	what=$1
	shift
	if "$@" >/dev/null 2>&1; then
		echo "build: $what: DONE"
	else
		echo "build: $what: refused"
	fi
}
try "read /etc/shadow" cat /etc/shadow
try "write outside the workspace" touch /usr/local/attest-demo
try "load a kernel module" "$out/hello" module
try "connect to 192.0.2.1:443" "$out/hello" connect
rm -f /usr/local/attest-demo
exit 0
