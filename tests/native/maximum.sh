#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# maximum.sh SECCOMP_EXEC PROFILE.yaml FOLDER: programs run under maximum, and
# without any one of its calls at least one of them does not.
set -eu
run=$1 profile=$2
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d "$3/maximum.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
export XDG_CACHE_HOME="$work"

printf '#include <stdio.h>\nint main(void){puts("hi");return 0;}\n' > hi.c
cc -O hi.c -o dynamic
cc -O -static hi.c -o static
cc -O -static -nostdlib -ffreestanding -fno-stack-protector "$here/bare.c" \
	-o bare
seq 1 1000 > data
gzip -c data > data.gz
own="./dynamic ./static ./bare"
if command -v musl-gcc >/dev/null; then
	musl-gcc -O -static hi.c -o musl
	own="$own ./musl"
else
	echo "no musl-gcc: skipped, and with it ioctl's TIOCGWINSZ and writev"
fi

says() { # says TEXT COMMAND...: it prints TEXT and ends well
	text=$1
	shift
	out=$("$@" 2>/dev/null) && [ "$out" = "$text" ]
}

programs() { # all of them; arguments are those of seccomp_exec
	for p in $own; do
		says hi "$run" "$@" "$p" || return 1
	done
	says hi "$run" "$@" echo hi || return 1
	"$run" "$@" cat data > out && cmp -s out data || return 1
	says "$(sha256sum data)" "$run" "$@" sha256sum data || return 1
	"$run" "$@" gzip -c data > out && cmp -s out data.gz || return 1
	"$run" "$@" gzip -dc data.gz > out && cmp -s out data || return 1
} 2>/dev/null

programs "$profile" || { echo "a program fails under maximum"; exit 1; }
calls=$("$run" -l "$profile")
for call in $calls; do
	case $call in writev) command -v musl-gcc >/dev/null || continue ;; esac
	if programs -x "$call" "$profile"; then
		echo "maximum does not need $call"
		exit 1
	fi
done
echo "maximum: $(echo "$calls" | wc -w) calls, each needed"
