# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034 # most names are for who sources this
# Sourced by the scripts of this folder: where things are, rows, messages.

set -euo pipefail

VM_PROG=${0##*/}
VM_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
VM_TOP=$(cd "$VM_DIR/../.." && pwd)
VM_CACHE=${ATTEST_CACHE:-$VM_TOP/.cache}/kernels
VM_BUILD=${ATTEST_BUILD:-$VM_TOP/build/release}
VM_ROWS=${ATTEST_ROWS:-$VM_TOP/tests/kernel/kernels.tsv}
VM_SKIPS=${ATTEST_SKIPS:-$VM_TOP/tests/kernel/skips.tsv}

# Exit status of every script here.
VM_OK=0
VM_FAILED=1  # a test failed
VM_USAGE=2   # wrong arguments, or something is missing on this machine
VM_NO_INIT=3 # the guest never reached its init
VM_DIED=4    # the guest died while tests ran
VM_TIMEOUT=5 # the guest was still running when its time was up

say() { printf '%s: %s\n' "$VM_PROG" "$*" >&2; }

die() {
	say "$*"
	exit "$VM_USAGE"
}

need() { # COMMAND PACKAGE
	command -v "$1" >/dev/null || die "'$1' is missing: apt-get install $2"
}

# Prints the usage comment of the calling script: its second comment block.
usage() {
	sed -n '/^# Usage/,/^[^#]/{s/^# \{0,1\}//p}' "$0"
}

row_names() {
	awk -F '\t' '!/^#/ && NF { print $1 }' "$VM_ROWS"
}

# Sets ROW_* for a row of kernels.tsv.
row_load() { # ROW
	local line
	line=$(awk -F '\t' -v row="$1" '$1 == row' "$VM_ROWS")
	[[ -n $line ]] ||
		die "no row '$1'; there are: $(row_names | tr '\n' ' ')"
	IFS=$'\t' read -r ROW_NAME ROW_KERNEL ROW_SUITE ROW_PACKAGE \
		ROW_MACHINE ROW_LSM ROW_CMDLINE ROW_FLAGS ROW_TESTS <<<"$line"
	[[ $ROW_TESTS ]] || die "$VM_ROWS: row '$1' has less than 9 columns"
	[[ $ROW_CMDLINE != - ]] || ROW_CMDLINE=
	[[ $ROW_FLAGS != - ]] || ROW_FLAGS=
}

# Builds the programs and the initramfs that all rows share.
initramfs_build() { # OUT
	local log=$VM_BUILD/vm/build.log lists=()
	mkdir -p "$VM_BUILD/vm"
	if [[ ! -f $VM_BUILD/CMakeCache.txt ]]; then
		[[ $VM_BUILD == "$VM_TOP/build/"* ]] ||
			die "'$VM_BUILD' is not a build directory"
		(cd "$VM_TOP" && cmake --preset "${VM_BUILD##*/}") >"$log" 2>&1 ||
			die "cmake failed, see $log"
	fi
	nice cmake --build "$VM_BUILD" >>"$log" 2>&1 ||
		die "the build failed, see $log"
	[[ -f $VM_BUILD/guest/attest_guest_init.list ]] ||
		die "'$VM_BUILD' is built with sanitizers: take build/release"
	mapfile -t lists < <(find "$VM_BUILD/guest" -name '*.list' | sort)
	"$VM_DIR/build-initramfs" "$1" "${lists[@]/#/@}"
}
