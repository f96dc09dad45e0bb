#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The last part of scripts/quickstart, in a guest where BPF enforces: the job of
# build.sh, then a process that was there before, then a cgroup.
cat >/demo/policy.yaml <<'END'
version: 1
name: demo
filesystem:
  default: read-only
  rules:
    - { path: "/workspace/*", access: read-write }
    - { path: /dev/null, access: read-write }
    - { path: "/etc/*", access: forbidden }
    - { path: /etc/ld.so.cache, access: read-only, priority: 200 }
END
mkdir -p /workspace /usr/local
echo root:x >/etc/shadow
cat >/demo/job <<'END'
#!/bin/sh
# What build.sh tries; a guest has no compiler.
try()
{
	what=$1
	shift
	if "$@" >/dev/null 2>&1; then
		echo "job: $what: DONE"
	else
		echo "job: $what: refused"
	fi
}
try "write into the workspace" touch /workspace/made
try "read /etc/shadow" cat /etc/shadow
try "write outside the workspace" touch /usr/local/demo
try "load a kernel module" /demo/hello module
END
chmod +x /demo/job
exec 2>&1

show()
{
	echo
	echo "# $*"
}

ready()
{
	n=0
	while ! grep -q "$2" "$1" && [ $n -lt 600 ]; do
		n=$((n + 1))
		sleep 0.1
	done
}

show attest-bpf doctor
attest-bpf doctor

show attest-bpf run -p policy.yaml -- job
attest-bpf run -p /demo/policy.yaml --best-effort -- /demo/job

# what FILE LABEL COMMAND...: confines the job, which waits for it
what()
{
	show "$@"
	(
		while [ ! -e /demo/go ]; do sleep 0.1; done
		/demo/job
	) &
	job=$!
	if [ "$1" = enforce ]; then
		mkdir -p /sys/fs/cgroup/demo
		echo $job >/sys/fs/cgroup/demo/cgroup.procs
		set -- "$@" -p /demo/policy.yaml
	else
		set -- "$@" --pid $job -p /demo/policy.yaml
	fi
	attest-bpf "$@" --best-effort >/demo/out 2>/demo/err &
	tool=$!
	ready /demo/err confining
	touch /demo/go
	wait $job
	sleep 0.5
	kill $tool
	wait $tool 2>/dev/null
	rm /demo/go
	grep -E 'refused|denied' /demo/out
}
what watch --enforce
what enforce --cgroup /sys/fs/cgroup/demo
rmdir /sys/fs/cgroup/demo
show cat /etc/shadow, afterwards
cat /etc/shadow
