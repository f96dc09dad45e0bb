#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `attest-bpf run` as a user types it, on every row: through BPF where it
# enforces, through Landlock elsewhere.
dir=/tmp/run
mkdir -p $dir
cat >$dir/policy.yaml <<'END'
version: 1
name: run
filesystem:
  default: read-only
  rules:
    - { path: /tmp/*, access: read-write }
    - { path: /dev/null, access: read-write, priority: 150 }
    - { path: /etc/shadow, access: forbidden, priority: 200 }
END
echo root:x >/etc/shadow
echo hello >$dir/open

# Landlock alone cannot refuse truncation before 6.2 without a filter, and
# where BPF sees nothing (lockdown) nothing but the exit status is looked at.
attest-bpf run -p $dir/policy.yaml --events $dir/events -- \
	cat /etc/shadow >$dir/out 2>$dir/err
status=$?

check()
{
	if eval "$2"; then
		echo "ok $1"
	else
		echo "not ok $1: status $status, $(head -c 300 $dir/err | tr '\n' ' ')"
	fi
}

check refused_access_fails '[ $status -eq 1 ] && [ ! -s $dir/out ] &&
	grep -q "Permission denied" $dir/err'

export records # looked at in the conditions, which check evaluates
records=$(grep -c '"path":"/etc/shadow"' $dir/events 2>/dev/null)
if attest-bpf doctor | grep -q 'ok *bpf'; then
	check one_record_says_it '[ "$records" = 1 ]'
else
	check no_record_is_made_up '[ "${records:-0}" = 0 ]'
fi
if attest-bpf doctor | grep -qE 'ok *bpf (lsm|fmod_ret)'; then
	check bpf_is_the_layer 'grep -q "\"layer\":\"bpf\"" $dir/events'
fi

attest-bpf run -p $dir/policy.yaml -- cat $dir/open >$dir/out 2>$dir/err
status=$?
check allowed_access_works '[ $status -eq 0 ] && grep -q hello $dir/out'

# The same whatever confines, and loading the programs takes its time.
attest-bpf run --no-bpf --best-effort -p $dir/policy.yaml -- sh -c 'exit 7' \
	2>$dir/err
status=$?
check the_exit_status_is_the_commands '[ $status -eq 7 ]'

# Limits that only BPF has, of all processes of a command.
if attest-bpf doctor | grep -qE 'ok *bpf (lsm|fmod_ret)'; then
	sed 's/^filesystem:/&\n  limits: { max_file_size: 64KiB, max_disk_usage: 100KiB, max_files: 3 }/' \
		$dir/policy.yaml >$dir/limits.yaml
	attest-bpf run -p $dir/limits.yaml --events $dir/events \
		--report $dir/report.json -- sh -c '
		dd if=/dev/zero of=/tmp/run/a bs=64K count=1 2>&1
		dd if=/dev/zero of=/tmp/run/a bs=1K count=1 seek=64 conv=notrunc 2>&1
		dd if=/dev/zero of=/tmp/run/b bs=40K count=1 2>&1
		touch /tmp/run/c /tmp/run/d 2>&1' >$dir/out 2>$dir/err
	status=$?
	check what_is_within_limits_works '[ "$(stat -c %s $dir/a)" = 65536 ] &&
		[ -e $dir/c ]'
	check what_is_beyond_does_not_exist '[ ! -s $dir/b ] && [ ! -e $dir/d ]'
	for kind in FileSizeLimit DiskUsageLimit FileCountLimit; do
		check "one_record_of_$kind" \
			'[ "$(grep -c "\"$kind\"" $dir/events)" = 1 ]'
	done
	check the_report_has_what_was_used 'tr -d " \n" <$dir/report.json |
		grep -q "\"max_files\":{\"used\":3,\"limit\":3}"'
	rm -f $dir/a $dir/b $dir/c
fi

# By BPF, by the supervisor where it does not enforce and for users.
counting.sh attest-bpf /usr/bin/seccomp_refuse 80
su user -c 'counting.sh attest-bpf /usr/bin/seccomp_refuse 80' |
	sed -E 's/^(ok|not ok) /&as_user_/'

check afterwards_all_is_open 'cat /etc/shadow >/dev/null'
rm -rf $dir
