#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# escape.sh BINARY: escape_attempts.py at every isolation level, as root and as
# an unprivileged user, with bait outside: a secret, a key, a descriptor, sockets.
set -u
bin=$1
here=$(cd "$(dirname "$0")" && pwd)
unshare -Ur true 2>/dev/null || {
	echo "user namespaces are not allowed here, skipped"
	exit 77
}
top=$(mktemp -d /var/tmp/attest-escape.XXXXXX)
failures=0
# shellcheck disable=SC2317 # called by the trap
clean_up()
{
	[ -z "${bait:-}" ] || kill "$bait" 2>/dev/null
	rm -rf "$top"
}
trap clean_up EXIT
mkdir "$top/ws"
echo secret >"$top/secret"
chmod 755 "$top"
chmod 644 "$top/secret"
cp "$bin" "$top/attest-bpf"
cp "$here/escape_attempts.py" "$top"

cat >"$top/policy.yaml" <<EOF
version: 1
name: escape
filesystem:
  default: read-only
  rules:
    - { path: "$top/ws/*", access: read-write }
    - { path: "/tmp/*", access: read-write }
    - { path: "$top/secret", access: forbidden }
    - { path: "/dev/*", access: forbidden }
    - { path: "/dev/null", access: read-write, priority: 200 }
# So that nothing but the isolation stands in the way.
seccomp: { defaultAction: SCMP_ACT_ALLOW }
network: { default: disabled }
EOF

# What is reachable outside, so that not to reach it means something.
python3 - "$top/bait" <<'EOF' &
import os, socket, sys
name = f"attest-escape-{os.getpid()}"
a = socket.socket(socket.AF_UNIX); a.bind("\0" + name); a.listen()
b = socket.socket(); b.bind(("127.0.0.1", 0)); b.listen()
with open(sys.argv[1] + ".part", "w") as f:
    f.write(f"{name} {b.getsockname()[1]}\n")
os.rename(sys.argv[1] + ".part", sys.argv[1])
socket.socket(socket.AF_UNIX).connect("\0" + name)
socket.create_connection(("127.0.0.1", b.getsockname()[1]))
import signal
signal.pause()
EOF
bait=$!
for _ in $(seq 100); do
	[ -s "$top/bait" ] && break
	sleep 0.1
done
read -r name port <"$top/bait" || exit 1

# level LEVEL WHO [PREFIX...]
level()
{
	local level=$1 who=$2 status=0
	shift 2
	chmod 777 "$top/ws"
	# The key in the caller's user keyring, the descriptor 9: to be left
	# outside.
	"$@" /usr/bin/python3 -c 'import ctypes, os, sys
ctypes.CDLL(None).syscall(248, b"user", b"attest-escape", b"x", 1, -4)
os.execv(sys.argv[1], sys.argv[1:])' \
		"$top/attest-bpf" run -q -p "$top/policy.yaml" -i "$level" \
		-w "$top/ws" --no-bpf --best-effort -- /usr/bin/python3 \
		"$top/escape_attempts.py" "$level" $$ "$top/secret" "$name" \
		"$port" "$top/ws" >"$top/out" 2>"$top/err" 9<"$top/secret" ||
		status=$?
	if [ "$status" -ne 0 ] || ! grep -q '^refused write outside' "$top/out"; then
		echo "FAILED: $level as $who (status $status)"
		grep ESCAPED "$top/out"
		tail -n 5 "$top/err"
		failures=$((failures + 1))
	else
		echo "$level as $who: $(grep -c '^refused' "$top/out") attempts refused"
	fi
}

for l in process container strict_container; do
	level "$l" "$(id -un)"
	[ "$(id -u)" -ne 0 ] || level "$l" nobody setpriv --reuid 65534 \
		--regid 65534 --clear-groups --inh-caps=-all
done
[ "$failures" -eq 0 ]
