#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The samples of the specification that a command line can do, word for word.
# tests/README.md has the table of all of them.
# shellcheck source=tests/cli/harness.sh
. "$(dirname "$0")/harness.sh"

# Built-in Profiles: the three documents.
cat >"$tmp/minimal.json" <<'EOF'
{
  "defaultAction": "SCMP_ACT_ALLOW",
  "syscalls": [
    {
      "names": ["ptrace", "kexec_load", "module_load", "reboot"],
      "action": "SCMP_ACT_KILL"
    }
  ]
}
EOF
cat >"$tmp/standard.json" <<'EOF'
{
  "defaultAction": "SCMP_ACT_ERRNO(1)",
  "syscalls": [
    {
      "names": ["read", "write", "open", "openat", "close"],
      "action": "SCMP_ACT_ALLOW"
    },
    {
      "names": ["fork", "vfork", "clone"],
      "action": "SCMP_ACT_TRACE"
    },
    {
      "names": ["socket", "ptrace", "mount"],
      "action": "SCMP_ACT_KILL"
    }
  ]
}
EOF
cat >"$tmp/maximum.json" <<'EOF'
{
  "defaultAction": "SCMP_ACT_KILL",
  "syscalls": [
    {
      "names": ["read", "write", "openat", "close", "mmap", "exit"],
      "action": "SCMP_ACT_ALLOW"
    }
  ]
}
EOF
for level in minimal standard maximum; do
	t 0 lint "$tmp/$level.json"
	t 0 profile --level "$level" --format oci
	json '"defaultAction" in d and d["syscalls"]'
done

# Custom Profiles: a policy with the document as its profile runs.
cat >"$tmp/custom.yaml" <<EOF
version: 1
name: custom
filesystem:
  default: read-only
  rules:
    - path_pattern: "/custom/*"
      access_mode: ReadOnly
      recursive: true
      priority: 500
      description: Custom path access
seccomp: { file: minimal.json }
EOF
t 0 run -p "$tmp/custom.yaml" -- echo 'Hello, World!'
out '^Hello, World!$'
t 0 check -p "$tmp/custom.yaml" --access read /custom/file
out "rule 1, '/custom/\*'"

# Default Rules and Path Traversal Protection.
t 1 check --level standard --access read /workspace/../etc/passwd
out PathTraversal
t 1 check --level maximum --access read /tmp/../../root/.ssh/id_rsa
out PathTraversal
t 1 check --level standard --access read /workspace/subdir/../../../etc/shadow
out PathTraversal
for extension in exe bat cmd com scr; do
	t 1 check --level standard --access write "/workspace/a.$extension"
	out ForbiddenExtension
done

# Integration with Operation Modes: the three files, as they stand.
mkdir "$tmp/ws"
source=$PWD
cd "$tmp/ws" || exit 1
modes=(light verifiable formal-proof)
cat >light <<'EOF'
mode: light
sandbox:
  isolation_level: process
  security_level: minimal
  seccomp_profile: minimal
EOF
cat >verifiable <<'EOF'
mode: verifiable
sandbox:
  isolation_level: container
  security_level: standard
  seccomp_profile: standard
  network_policy: disabled
EOF
cat >formal-proof <<'EOF'
mode: formal-proof
sandbox:
  isolation_level: strict_container
  security_level: maximum
  seccomp_profile: maximum
  network_policy: disabled
  filesystem_policy: strict
EOF
unshare -Ur true 2>/dev/null || modes=(light)
for mode in "${modes[@]}"; do
	cp "$mode" attest.yaml
	t 0 run --no-bpf --best-effort -w . --report "$tmp/report" -- \
		echo 'Hello, World!'
	out '^Hello, World!$'
	cp "$tmp/report" "$tmp/out"
	cd "$source" || exit 1
	valid report.schema.json
	cd "$tmp/ws" || exit 1
	# Security Reporting: the sample's keys, with its types.
	json '([type(d[k]).__name__ for k in ("security_level",
		"network_policy", "seccomp", "filesystem", "generated_at")] ==
		["str", "str", "dict", "dict", "str"])'
	json '([type(d["seccomp"]["profile"][k]).__name__ for k in ("name",
		"total_rules", "allowed_syscalls", "blocked_syscalls",
		"default_action")] == ["str", "int", "int", "int", "str"])'
	json '(d["seccomp"]["violations"] == [] or
		"syscall" in d["seccomp"]["violations"][0])'
	json '(d["filesystem"]["policy_summary"].startswith(
		"Filesystem Security Policy:\n- Default access: "))'
done
[ ${#modes[@]} -eq 1 ] || json '(d["security_level"] == "maximum" and
	d["network_policy"] == "disabled" and
	d["seccomp"]["profile"]["default_action"] == "Kill")'

# Debugging: more is said on request, and the report can be looked at.
t 0 run -v --no-bpf --best-effort -w . -i process --level minimal -- true
err 'BPF layer'
t 2 run -p "$tmp/none.yaml" -- true
finish
