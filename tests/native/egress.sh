#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# egress.sh BINARY: the network policy by programs of a cgroup, on this
# machine's kernel: names, addresses, and ways around them.
set -u
bin=$1
here=$(cd "$(dirname "$0")" && pwd)
[ "$(id -u)" = 0 ] || { echo "needs root"; exit 77; }
if [ -z "${ATTEST_EGRESS_NETNS:-}" ]; then
	unshare -n true 2>/dev/null && command -v ip >/dev/null ||
		{ echo "needs network namespaces and ip"; exit 77; }
	ATTEST_EGRESS_NETNS=1 exec unshare -n "$0" "$bin"
fi
W=$(mktemp -d /tmp/attest-egress.XXXXXX)
server=
trap 'kill $server 2>/dev/null; rm -rf "$W"' EXIT
failed=0
fail() { echo "not ok $*"; failed=1; }

ip link set lo up
for i in 7 8 9 10 11 53 54 66; do
	ip addr add 10.99.0.$i/32 dev lo
done
ip addr add fd99::7/128 dev lo nodad
python3 "$here/egress.py" serve "$W/ready" &
server=$!
for _ in $(seq 100); do
	[ -e "$W/ready" ] && break
	sleep 0.1
done

policy() # MODE
{
	cat <<-EOT
	version: 1
	name: egress
	mode: $1
	filesystem:
	  default: read-write
	  rules:
	    - { path: "/sys/fs/cgroup/*", access: read-only }
	network:
	  default: disabled
	  resolvers: [10.99.0.53]
	  allow:
	    - { host: registry.test, protocol: tcp, port: 443 }
	    - { host: Long.Test., port: 443 }
	    - { host: six.test, port: 443 }
	    - { host: "*.wild.test", protocol: tcp, port: 443 }
	EOT
}
policy enforce >"$W/enforce.yaml"
policy audit >"$W/audit.yaml"
grep -q ' cgroup2 ' /proc/self/mounts || { echo "needs cgroup2"; exit 77; }
"$bin" explain -p "$W/enforce.yaml" >"$W/explain" ||
	{ echo "the policy is not enforced here"; cat "$W/explain"; exit 1; }

expect() # WHICH RESULT NAME...
{
	local names=("${@:3}") name
	for name in "${names[@]}"; do
		grep -qx "$name $2" "$1" ||
			fail "$name: $(grep "^$name " "$1") and not $2"
	done
}

yes=(ask named named_mapped chain six wild tcp route unix)
no=(before named_port named_udp wild_itself evil rebind other_resolver
	split own_resolver in_own_netns race unspec after_connect fast_open marked
	raw ping packet vsock mptcp listen)
# "before" first; the others must not depend on what came before them.
export EGRESS_PORT=$W/ready.port
"$bin" run -q -p "$W/enforce.yaml" --events "$W/events" -- \
	python3 "$here/egress.py" try before dotted_label "${yes[@]}" \
	"${no[@]:1}" >"$W/out" 2>"$W/err"
expect "$W/out" ok "${yes[@]}"
expect "$W/out" refused "${no[@]}" dotted_label
# A refusal has the name that the address was given for.
grep -q '"address":"10.99.0.66".*"address_name":"evil.test"' "$W/events" ||
	grep -q 'evil.test' "$W/events" || fail "no record with a name"
[ "$(ls -d /sys/fs/cgroup{,/unified}/attest-run-* 2>/dev/null | wc -l)" = 0 ] ||
	fail "a cgroup is left behind"

# Mode audit refuses nothing, and ends with a list that is a policy.
"$bin" run -p "$W/audit.yaml" --report "$W/report.json" -- \
	python3 "$here/egress.py" try ask named named evil after_connect \
	>"$W/audited" 2>"$W/list"
expect "$W/audited" ok ask named evil after_connect
sed -n '/^# where it went/,$p' "$W/list" >"$W/list.yaml"
has() # LINE OF THE LIST
{
	grep -qF -- "$1" "$W/list.yaml" || fail "not listed: $1"
}
has '{ protocol: tcp, host: "registry.test", port: 443 } # 2 times'
has '{ protocol: tcp, host: "evil.test", port: 443 } # 1 time'
has '{ protocol: udp, to: "10.99.0.53", port: 53 } # '
has 'not allowed so far'
grep -q '"name": "evil.test"' "$W/report.json" || fail "not in the report"
{ echo "version: 1"; cat "$W/list.yaml"; } >"$W/pasted.yaml"
cat >>"$W/pasted.yaml" <<-EOT
  resolvers: [10.99.0.53]
filesystem:
  default: read-write
  rules: [{ path: "/sys/fs/cgroup/*", access: read-only }]
EOT
"$bin" run -q -p "$W/pasted.yaml" -- python3 "$here/egress.py" try ask named \
	evil other_resolver >"$W/pasted" 2>&1
expect "$W/pasted" ok ask named evil
expect "$W/pasted" refused other_resolver

[ $failed = 0 ] || { cat "$W/out" "$W/err" "$W/list" "$W/pasted"; exit 1; }
echo "$(wc -l <"$W/out") attempts: as they should end"
