#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# --export, --fold, --spool on run; export --list and --replay.
# shellcheck source=tests/cli/harness.sh
. "$(dirname "$0")/harness.sh"

cat >"$tmp/p.yaml" <<'EOF'
version: 1
name: exports
filesystem: { default: read-write }
seccomp:
  defaultAction: SCMP_ACT_ALLOW
  syscalls: [ { names: [sethostname], action: SCMP_ACT_ERRNO } ]
EOF
# Makes $1 refused calls in one process.
calls='import socket, sys
for i in range(int(sys.argv[1])):
    try:
        socket.sethostname("x")
    except PermissionError:
        pass'
refuse()
{
	local n=$1
	shift
	t 0 run -p "$tmp/p.yaml" --best-effort --no-bpf "$@" -- \
		python3 -c "$calls" "$n"
}
ids() { grep -ohE '"id":"[^"]+"' "$@" | sort; }

t 0 export --list
for scheme in stdout file syslog+udp syslog+tcp syslog+tls unix; do
	out "^  ${scheme//+/[+]}: "
	out "--export '${scheme//+/[+]}:"
done
for format in json text ecs ocsf cef leef rfc5424 otlp-json hec; do
	out "^  $format "
done

# A file's name may have what means something in a URL.
refuse 3 --events "$tmp/a b?c=1%41#.jsonl"
[ "$(ids "$tmp/a b?c=1%41#.jsonl" | wc -l)" -eq 3 ] || fail "--events, odd name"

# What is wrong with a URL is said before the command starts, no secret with it.
for url in nonsense:// file:// 'file:///x?format=xml' 'file:///x?nope=1' \
	'https://user:geheim@siem/' 'syslog+tcp://siem:99999' \
	$'http://siem/\e[31m'; do
	t 2 run -p "$tmp/p.yaml" --best-effort --export "$url" -- \
		touch "$tmp/ran"
	no_err geheim
	[ ! -e "$tmp/ran" ] || fail "the command ran"
done
t 2 run -p "$tmp/p.yaml" --fold soon -- true
err "'--fold' needs a number and ms, s, m, h or d"

# Several sinks at once; one of them down costs the others nothing.
refuse 40 --spool "$tmp/spool" --export "file://$tmp/a" \
	--export "file://$tmp/b?format=ocsf" --export syslog+tcp://127.0.0.1:1
[ "$(grep -c SyscallDenied "$tmp/a")" -eq 40 ] || fail "not 40 in a"
[ "$(grep -c '"class_uid":2004' "$tmp/b")" -eq 40 ] || fail "not 40 in b"
err "export file://$tmp/a: 40 of 40 records sent\$"
err "export syslog[+]tcp://127.0.0.1:1: 0 of 40 records sent, 40 queued, .*refused"
err "40 records wait in '$tmp/spool/syslog[+]tcp-[0-9a-f]+.0'"
spool=$(echo "$tmp"/spool/syslog*)
[ "$(stat -c %a "$spool")" = 700 ] || fail "the spool is open to others"

# The spool knows where it should go, keeps what does not arrive, empties
# when it did; ids stay the same.
t 1 export --replay "$spool" --deadline 500ms
err "replay ended early: .*; the rest is kept"
t 0 export --replay "$spool" --export "file://$tmp/c"
err "40 of 40 records sent"
[ "$(ids "$tmp/a")" = "$(ids "$tmp/c")" ] || fail "other ids after a replay"
t 0 export --replay "$spool" --export "file://$tmp/d"
[ ! -s "$tmp/d" ] || fail "sent twice"
t 2 export --replay "$tmp"
err "'$tmp' is no spool"
[ ! -e "$tmp/cursor" ] || fail "a spool was made of any directory"
t 2 export --replay "$spool" -e stdout: -e stdout:
t 2 export

# --fold: counts add up.
refuse 300 --fold 60s --export "file://$tmp/e"
python3 - "$tmp/e" <<'EOF' || fail "fold"
import json, sys
rows = [json.loads(x) for x in open(sys.argv[1])]
assert len(rows) < 10 and sum(r.get("count", 1) for r in rows) == 300, rows
EOF

# SIGHUP opens files again and says how the exports do; the command goes on.
: >"$tmp/f"
"$bin" run -p "$tmp/p.yaml" --best-effort --no-bpf --export "file://$tmp/f" \
	-- python3 -c "$calls
import time
print('called', flush=True)
while True:
    try:
        socket.sethostname('x')
    except PermissionError:
        pass
    time.sleep(0.05)
" 5 >"$tmp/out" 2>"$tmp/err" &
pid=$!
last='run ... & kill -HUP'
until [ -s "$tmp/out" ] && [ -s "$tmp/f" ]; do sleep 0.05; done
mv "$tmp/f" "$tmp/f.1"
kill -HUP "$pid"
for _ in {1..100}; do [ -s "$tmp/f" ] && break; sleep 0.05; done
[ -s "$tmp/f" ] || fail "not opened again"
kill "$pid"
wait "$pid"
[ $? -eq 143 ] || fail "the command got the SIGHUP"
[ "$(grep -c 'export file' "$tmp/err")" -eq 2 ] || fail "no line at SIGHUP"
[ "$(ids "$tmp/f" "$tmp/f.1" | uniq | wc -l)" -eq \
	"$(cat "$tmp/f" "$tmp/f.1" | wc -l)" ] || fail "ids are not unique"

finish
