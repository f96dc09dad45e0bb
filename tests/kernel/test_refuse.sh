#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What says that it enforces does, and what cannot says so and starts nothing,
# on every row and above all on those that can enforce little or nothing.
dir=/tmp/refuse
mkdir -p $dir
echo root:x >/etc/shadow
cat >$dir/policy.yaml <<'END'
version: 1
name: refuse
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
		echo "not ok $1: '$2', not '$3'; $(head -c 300 $dir/err)"
	fi
}

# attach NAME OPTION...: a reader, and `enforce` on it. It either says that it
# confines, and then the reader is refused; or it ends with 3 and a reason.
attach()
{
	name=$1
	shift
	rm -f $dir/go $dir/err $dir/status
	(
		while [ ! -e $dir/go ]; do sleep 0.1; done
		cat /etc/shadow >/dev/null 2>&1
		echo $? >$dir/status
	) &
	reader=$!
	attest-bpf enforce --pid $reader -p $dir/policy.yaml "$@" 2>$dir/err &
	tool=$!
	n=0
	while ! grep -q 'confining' $dir/err && kill -0 $tool 2>/dev/null &&
		[ $n -lt 600 ]; do
		n=$((n + 1))
		sleep 0.1
	done
	touch $dir/go
	wait $reader
	wait $tool
	status=$?
	if grep -q 'confining' $dir/err; then
		check "$name-what-it-confines-is-refused" "$(cat $dir/status)" 1
	else
		check "$name-what-it-does-not-is-left-alone" "$(cat $dir/status)" 0
		check "$name-it-says-3" $status 3
		check "$name-and-why" \
			"$(grep -cE 'kernel|Linux|BPF|lockdown' $dir/err)" 1
	fi
}
# Who is confined stays so when the process that was named has ended.
orphan()
{
	rm -f $dir/go $dir/err $dir/status
	(
		while [ ! -e $dir/go ]; do sleep 0.1; done
		(
			sleep 2
			cat /etc/shadow >/dev/null 2>&1
			echo $? >$dir/status
		) &
	) &
	reader=$!
	attest-bpf enforce --pid $reader -p $dir/policy.yaml 2>$dir/err &
	tool=$!
	n=0
	while ! grep -q 'confining' $dir/err && kill -0 $tool 2>/dev/null &&
		[ $n -lt 600 ]; do
		n=$((n + 1))
		sleep 0.1
	done
	touch $dir/go
	wait $reader
	grep -q 'confining' $dir/err || return
	wait $tool
	check orphans-stay-confined "$(cat $dir/status)" 1
}

attach enforce
orphan
attach best-effort --best-effort

# Landlock came with 5.13. Without both nothing is left for files.
if ! attest-bpf doctor | grep -qE 'ok *(landlock|bpf (lsm|fmod_ret))'; then
	attest-bpf run -p $dir/policy.yaml -- touch $dir/started 2>$dir/err
	check run-says-3 $? 3
	check run-names-what-is-missing "$(grep -c 'enforces' $dir/err)" 1
	check run-starts-nothing "$(find $dir -name started | wc -l)" 0
fi
rm -rf $dir
