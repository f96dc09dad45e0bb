#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tests what scripts/vm/boot and scripts/vm/matrix make of a guest's end, with a
# script in the place of QEMU: each word of FAKE is how one boot ends.
set -euo pipefail

vm=$(cd "$(dirname "$0")/../../scripts/vm" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

cat >"$tmp/qemu" <<'FAKE_QEMU'
#!/usr/bin/env bash
serial=()
while (($#)); do
	[[ $1 != -serial ]] || serial+=("${2#file:}")
	shift
done
boot=$(cat "$FAKE_COUNT" 2>/dev/null || echo 0)
echo $((boot + 1)) >"$FAKE_COUNT"
read -r -a ends <<<"$FAKE"
exec >"${serial[1]}"
end=${ends[boot]}
[[ $end != no-init && $end != mute ]] || {
	[[ $end != mute ]] || exec sleep 60
	exit 0
}
printf 'BEGIN r 9.9\nok boot/kernel-log\n# run test_a\n'
case $end in
pass) printf 'ok test_a/x\n# time test_a 1.0\nEND 2 0 0\n' ;;
fail) printf 'not ok test_a/x: why: so\nEND 1 1 0\n' ;;
skip) printf 'skip test_a/known: no disk\nEND 1 0 1\n' ;;
odd-skip) printf 'skip test_a/new: no disk\nEND 1 0 1\n' ;;
lost) printf 'ok test_a/x\nEND 3 0 0\n' ;;
empty) printf 'END 1 0 0\n' ;;
hang) exec sleep 60 ;;
die) echo '[ 1.0] Kernel panic - not syncing: bang' >"${serial[0]}" ;;
bench)
	printf '# a note\nSTATUS 7\nEND 0 0 0\n'
	printf 'a\0b' >"${serial[2]}"
	;;
esac
FAKE_QEMU
chmod +x "$tmp/qemu"

mkdir -p "$tmp/cache/kernels/k" "$tmp/build"
echo kernel >"$tmp/cache/kernels/k/vmlinuz"
echo 'suite pattern' >"$tmp/cache/kernels/k/source"
(cd "$tmp/cache/kernels/k" && sha256sum -- * >SHA256SUMS)
printf '%s\tk\tsuite\tpattern\ticount\tbpf\t-\t-\t*\n' r s t >"$tmp/rows"
printf 'test_a/kn*\tr\tknown\n' >"$tmp/skips"
: >"$tmp/initramfs"
export ATTEST_CACHE=$tmp/cache ATTEST_BUILD=$tmp/build ATTEST_ROWS=$tmp/rows
export ATTEST_SKIPS=$tmp/skips ATTEST_QEMU=$tmp/qemu FAKE_COUNT=$tmp/count
export ATTEST_ROW_SECONDS=60 ATTEST_INIT_SECONDS=60
failed=0

expect() { # NAME STATUS BOOTS PATTERN LAST-LINE
	local status=0 out
	rm -f "$tmp/count"
	out=$("$vm/boot" --quiet --initramfs "$tmp/initramfs" "${args[@]}" \
		2>"$tmp/err") || status=$?
	if [[ $status == "$2" && $(cat "$tmp/count") == "$3" ]] &&
		grep -qE -- "$4" <<<"$out" &&
		[[ $(tail -n 1 <<<"$out") == "$5" ]]; then
		echo "ok $1"
	else
		echo "not ok $1: status $status, $(cat "$tmp/count") boots"
		cat "$tmp/err"
		echo "$out"
		failed=1
	fi
}

args=(r)
FAKE=pass; export FAKE
expect pass 0 1 '^ok r test_a/x$' '2 passed, 0 failed, 0 skipped'
FAKE=fail
expect fail 1 1 '^not ok r test_a/x: why: so$' '1 passed, 1 failed, 0 skipped'
expect the_failure_can_be_repeated 1 1 '^again: ./scripts/vm/boot r test_a/x$' \
	'1 passed, 1 failed, 0 skipped'
FAKE=skip
expect known_skip 0 1 '^SKIP r test_a/known: no disk$' \
	'1 passed, 0 failed, 1 skipped'
args=(s)
expect known_skip_on_another_row 1 1 '^not ok s test_a/known: skipped' \
	'1 passed, 1 failed, 0 skipped'
args=(r)
FAKE=odd-skip
expect unknown_skip 1 1 '^not ok r test_a/new: skipped' \
	'1 passed, 1 failed, 0 skipped'
FAKE=lost
expect a_lost_line_is_seen 1 1 '^not ok r guest: 2 results came' \
	'2 passed, 1 failed, 0 skipped'
FAKE=empty
expect no_test_is_a_failure 1 1 '^not ok r guest: no test ran$' \
	'1 passed, 1 failed, 0 skipped'
FAKE='no-init no-init pass'
expect init_is_retried_twice 0 3 '^ok r test_a/x$' \
	'2 passed, 0 failed, 0 skipped'
FAKE='no-init no-init no-init'
expect init_is_never_reached 3 3 '^not ok r guest: the guest never reached' \
	'0 passed, 1 failed, 0 skipped'
FAKE='mute pass' ATTEST_INIT_SECONDS=5
expect a_mute_guest_is_retried 0 2 '^ok r test_a/x$' \
	'2 passed, 0 failed, 0 skipped'
FAKE='die pass' ATTEST_INIT_SECONDS=60
expect death_is_retried_once 0 2 '^ok r test_a/x$' \
	'2 passed, 0 failed, 0 skipped'
FAKE='die die'
expect death 4 2 "^not ok r guest: the guest died in 'test_a'.*panic.*bang" \
	'1 passed, 1 failed, 0 skipped'
FAKE=hang ATTEST_ROW_SECONDS=6
expect timeout 5 1 "^not ok r guest: timed out after 6 s in 'test_a'" \
	'1 passed, 1 failed, 0 skipped'

rm -f "$tmp/count"
status=0
ATTEST_ROW_SECONDS=60
FAKE=bench "$vm/boot" --bench --initramfs "$tmp/initramfs" r prog arg \
	>"$tmp/out" 2>"$tmp/err" || status=$?
if [[ $status == 7 ]] && cmp -s "$tmp/out" <(printf 'a\0b') &&
	grep -qx 'a note' "$tmp/err"; then
	echo "ok bench"
else
	echo "not ok bench: status $status: $(cat "$tmp/err")"
	failed=1
fi
exit "$failed"
