#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# 10,000 refusals by BPF arrive in a file and, over TCP, at a receiver: as
# records, or as records and gaps that add up.
dir=/tmp/complete
count=10000
mkdir -p $dir
echo root:x >/etc/shadow
cat >$dir/policy.yaml <<'END'
version: 1
name: complete
filesystem:
  default: read-only
  rules:
    - { path: /dev/null, access: read-write, priority: 150 }
    - { path: /etc/shadow, access: forbidden, priority: 200 }
END
cat >$dir/try <<END
refused=0
i=0
while [ \$i -lt $count ]; do
	i=\$((i + 1))
	{ true </etc/shadow; } 2>/dev/null || refused=\$((refused + 1))
done
echo \$refused
END

check()
{
	if [ "$2" = "$3" ]; then
		echo "ok $1"
	else
		echo "not ok $1: '$2', not '$3'; $(head -c 300 $dir/err |
			tr '\n' ' ')"
	fi
}

# sum FILE: records and what its gaps stand for
sum()
{
	records=$(grep -c '"path":"/etc/shadow"' $1)
	sed -n 's/.*"kind":"gap".*"lost":\([0-9]*\).*/\1/p' $1 >$dir/gaps
	while read -r lost; do
		records=$((records + lost))
	done <$dir/gaps
	echo $records
}

# Its input stays open: at an end of it nc ends the connection.
mkfifo $dir/input
sleep 300 >$dir/input &
input=$!
busybox nc -l -p 5514 <$dir/input >$dir/received 2>$dir/err &
receiver=$!
attest-bpf run -p $dir/policy.yaml --export file://$dir/file \
	--export 'syslog+tcp://127.0.0.1:5514?format=json&framing=lf' \
	-- sh $dir/try >$dir/out 2>$dir/err
check the-command-is-what-it-is $? 0
wait $receiver
kill $input
check all-are-refused "$(cat $dir/out)" $count
check all-are-in-the-file "$(sum $dir/file)" $count
check all-are-at-the-receiver "$(sum $dir/received)" $count
echo "# records: $(grep -c '"path":"/etc/shadow"' $dir/file)," \
	"gaps: $(grep -c '"kind":"gap"' $dir/file)"
rm -rf $dir
