#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs in a guest that counts instructions: the operations of bench_ops bare,
# beside a subject, as a subject, under Landlock. Tab separated lines.
dir=/tmp/bench
mkdir -p $dir
PATH=/bench:$PATH

# policy N: N rules, none of which is about the files of bench_ops
policy()
{
	echo 'version: 1'
	echo 'name: bench'
	echo 'filesystem: { default: read-only, rules: ['
	echo '{ path: "/tmp/*", access: read-write },'
	echo '{ path: "/bench/*", access: read-only },'
	awk -v n="$1" 'BEGIN {
		for (i = 3; i <= n; i++)
			printf "{ path: \"/srv/%d/%s/*\", access: forbidden },\n",
				i, i % 7 ? "data" : "secret" }'
	echo '] }'
}

# attached NAME PID POLICY: prints what the operations cost meanwhile
ready()
{
	i=0
	while ! grep -q "$2" "$1" 2>/dev/null; do
		i=$((i + 1))
		[ $i -lt 3000 ] || {
			echo "not ready: $(tail -n 1 "$1")" >&2
			exit 1
		}
		sleep 0.1
	done
}

policy 10 >$dir/10.yaml
policy 10000 >$dir/10000.yaml

bench_ops bare
bench_ops --landlock 5 'landlock, 5 rules'

sleep 100000 &
other=$!
attest-bpf enforce --pid $other -p $dir/10.yaml --best-effort \
	>$dir/out 2>$dir/err &
tool=$!
ready $dir/err confining
bench_ops 'attached, not a subject'
grep VmRSS /proc/$tool/status | awk '{ print "enforce: resident KiB\t" $2 }'
kill $tool $other
wait

for n in 10 10000; do
	rm -f $dir/go $dir/err
	bench_ops --wait $dir/go "subject, $n rules" >$dir/result &
	subject=$!
	attest-bpf enforce --pid $subject -p $dir/$n.yaml --best-effort \
		>$dir/out 2>$dir/err &
	tool=$!
	ready $dir/err confining
	touch $dir/go
	while kill -0 $subject 2>/dev/null; do sleep 0.1; done
	cat $dir/result
	grep VmRSS /proc/$tool/status 2>/dev/null |
		awk -v n=$n '{ print "enforce, " n " rules: resident KiB\t" $2 }'
	kill $tool 2>/dev/null
	wait
done
