#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `attest-bpf watch` as a user types it, on every row: what a running process
# runs and opens is told, none left out, and the violations among it.
dir=/tmp/watch
mkdir -p $dir
echo hello >$dir/open
echo root:x >/etc/shadow
cat >$dir/policy.yaml <<'END'
version: 1
name: watch
filesystem:
  default: read-only
  rules:
    - { path: /tmp/*, access: read-write }
    - { path: /dev/null, access: read-write, priority: 150 }
    - { path: /etc/shadow, access: forbidden, priority: 200 }
END

check()
{
	if [ "$2" = "$3" ]; then
		echo "ok $1"
	else
		echo "not ok $1: '$2', not '$3'; $(tail -n 1 $dir/err)"
	fi
}

if ! attest-bpf doctor | grep -q 'ok *bpf'; then
	attest-bpf watch --pid $$ -p $dir/policy.yaml >$dir/out 2>$dir/err
	check without_bpf_it_says_so "$?-$(grep -c 'without BPF' $dir/err)" 3-1
	exit
fi

# The workload begins when the watcher is ready, and ends by itself.
(
	while [ ! -e $dir/go ]; do sleep 0.1; done
	i=0
	while [ $i -lt 50 ]; do
		cat $dir/open
		i=$((i + 1))
	done
	cat /etc/shadow
	mkdir $dir/made
) >/dev/null 2>&1 &
attest-bpf watch --pid $! -p $dir/policy.yaml --format json \
	>$dir/events 2>$dir/err &
tool=$!
n=0
while ! grep -q 'watching' $dir/err && [ $n -lt 600 ]; do
	n=$((n + 1))
	sleep 0.1
done
touch $dir/go
wait $tool
status=$?

# records ACTION PATH: how many such records of files there are
records()
{
	grep '"kind":"filesystem"' $dir/events | grep "\"path\":\"$2\"" |
		grep -c "\"action\":\"$1\""
}
check it_ends_with_the_last_subject $status 0
check every_open_is_told "$(records traced $dir/open)" 50
check every_program_is_told "$(grep '"hook":"sched_process_exec"' $dir/events |
	grep -c '"path":"/usr/bin/cat"')" 51
check a_violation_is_audited "$(records audited /etc/shadow)" 1
check nothing_is_refused "$([ -d $dir/made ] && echo made)" made
check nothing_is_lost "$(grep -c '"kind":"gap"' $dir/events)" 0
check the_summary_says_so "$(grep -cE 'violations, 0 lost' $dir/err)" 1

# The system calls that were asked for, and none of the others.
rm -f $dir/go $dir/err
(
	while [ ! -e $dir/go ]; do sleep 0.1; done
	i=0
	while [ $i -lt 20 ]; do
		mkdir $dir/made
		i=$((i + 1))
	done
) >/dev/null 2>&1 &
attest-bpf watch --pid $! -p $dir/policy.yaml --syscalls=mkdir,mkdirat \
	--format json >$dir/events 2>$dir/err &
tool=$!
n=0
while ! grep -q 'watching' $dir/err && [ $n -lt 600 ]; do
	n=$((n + 1))
	sleep 0.1
done
touch $dir/go
wait $tool
grep -E '"kind":"(seccomp|syscall)"' $dir/events >$dir/calls
check every_call_is_told "$(grep -cE '"syscall":"mkdir(at)?"' $dir/calls)" 20
check no_other_call_is_told "$(grep -vcE '"syscall":"mkdir(at)?"' $dir/calls)" 0
check calls_show_their_results "$(grep -c EEXIST $dir/calls)" 20
rm -rf $dir
