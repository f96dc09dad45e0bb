#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Containers under BPF: `container run`, the hook for those that others start,
# and `enforce --container`, with the runtimes that are in the guest.
dir=/tmp/container

# Runtimes cannot pivot away from the kernel's own root file system: a mount
# of it comes on top, for this script alone.
case $1 in
inside) ;;
private)
	mount -o rbind / /newroot
	mount -t tmpfs none /newroot/run
	cd /newroot && mount --move . / && exec chroot . /bin/sh "$0" inside
	exit 1
	;;
*)
	mkdir -p /newroot
	unshare -m /bin/sh "$0" private
	rm -rf /newroot $dir
	exit
	;;
esac

mkdir -p $dir/rootfs/bin $dir/rootfs/etc $dir/rootfs/proc $dir/rootfs/dev \
	$dir/rootfs/sys $dir/rootfs/tmp $dir/rootfs/workspace $dir/policies
cp /bin/busybox $dir/rootfs/bin/
for applet in sh cat echo sleep mount chroot unshare dd mknod true mkdir \
	nsenter ls head; do
	ln -s busybox $dir/rootfs/bin/$applet
done
echo secret >$dir/rootfs/etc/shadow
echo hello >$dir/rootfs/etc/motd
cat >$dir/policies/ci.yaml <<'END'
version: 1
name: ci
filesystem:
  default: read-only
  rules:
    - { path: /tmp/*, access: read-write }
    - { path: /dev/*, access: read-write }
    - { path: /etc/shadow, access: forbidden, priority: 200 }
END

check()
{
	if eval "$2"; then
		echo "ok $1"
	else
		echo "not ok $1: status $status, out $(head -c 200 $dir/out |
			tr '\n' ' '), err $(head -c 400 $dir/err | tr '\n' ' ')"
	fi
}

has_bpf()
{
	attest-bpf doctor | grep -qE 'ok *bpf (lsm|fmod_ret)'
}

run() # RUNTIME COMMAND...
{
	runtime=$1
	shift
	rm -f $dir/events
	attest-bpf container run --runtime "$runtime" \
		-p $dir/policies/ci.yaml --name box --events $dir/events \
		$dir/rootfs -- "$@" >$dir/out 2>$dir/err
	status=$?
}

if ! has_bpf; then
	run runc echo Hello
	check refused_without_bpf '[ $status -eq 3 ] &&
		grep -q "nothing here enforces" $dir/err'
	exit 0
fi

for runtime in runc crun; do
	run $runtime cat /etc/motd
	check ${runtime}_allowed_access_works '[ $status -eq 0 ] &&
		grep -q hello $dir/out && [ ! -s $dir/events ]'
	run $runtime cat /etc/shadow
	check ${runtime}_refused_access_gives_eacces '[ $status -eq 1 ] &&
		[ ! -s $dir/out ] && grep -q "Permission denied" $dir/err'
	check ${runtime}_one_record_with_the_container '
		[ "$(grep -c "\"path\":\"/etc/shadow\"" $dir/events)" = 1 ] &&
		grep "/etc/shadow" $dir/events | grep "\"layer\":\"bpf\"" |
			grep "\"container\":{\"id\":\"box\"" |
			grep -q "\"runtime\":\"$runtime\""'
	# The host's file of that name is not the container's.
	check ${runtime}_the_host_is_not_confined 'cat /etc/shadow >/dev/null'
done
run runc sh -c 'exit 7'
check the_status_passes '[ $status -eq 7 ]'

# A container that others start, by the annotation.
mkdir -p $dir/bundle /var/log
attest-bpf container install-hooks --hooks-dir $dir/hooks \
	--policies $dir/policies >$dir/out 2>$dir/err
status=$?
check hooks_are_installed '[ $status -eq 0 ] &&
	grep -q createRuntime $dir/hooks/*.json'
bundle() # POLICY COMMAND
{
	cat >$dir/bundle/config.json <<-END
	{"ociVersion":"1.0.2","root":{"path":"$dir/rootfs","readonly":true},
	"hostname":"h","process":{"user":{"uid":0,"gid":0},"cwd":"/",
	"env":["PATH=/bin"],"args":["/bin/sh","-c","$2"]},
	"mounts":[{"destination":"/proc","type":"proc","source":"proc"},
	{"destination":"/dev","type":"tmpfs","source":"tmpfs"}],
	"annotations":{"io.attest.policy":"$1"},
	"hooks":{"createRuntime":[{"path":"/usr/bin/attest-bpf","args":["x",
	"oci-hook","--policies","$dir/policies"]}]},
	"linux":{"namespaces":[{"type":"mount"},{"type":"pid"},{"type":"ipc"},
	{"type":"uts"},{"type":"network"}]}}
	END
}
bundle ci 'cat /etc/shadow; cat /etc/motd'
runc run -b $dir/bundle other >$dir/out 2>$dir/err
status=$?
check hook_confines_others '[ $status -eq 0 ] && grep -q hello $dir/out &&
	grep -q "Permission denied" $dir/err && ! grep -q secret $dir/out'
sleep 1
cp /var/log/attest-bpf/other.jsonl $dir/events 2>/dev/null
check hook_records_with_the_id '
	[ "$(grep -c "\"path\":\"/etc/shadow\"" $dir/events)" = 1 ] &&
	grep -q "\"container\":{\"id\":\"other\"" $dir/events'
bundle nobody 'echo ran'
runc run -b $dir/bundle other >$dir/out 2>$dir/err
status=$?
check unknown_policy_is_refused '[ $status -ne 0 ] &&
	! grep -q ran $dir/out && grep -q nobody $dir/err'

# The supervisor is killed: so is the container.
bundle ci 'echo up; sleep 60'
runc run -b $dir/bundle killed >$dir/out 2>$dir/err &
victim=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	grep -q up $dir/out && break
	sleep 1
done
for pid in /proc/[0-9]*; do
	[ "$(cat $pid/comm 2>/dev/null)" = attest-watch ] &&
		kill -KILL "${pid#/proc/}"
done
wait $victim
status=$?
check no_supervisor_no_container '[ $status -eq 137 ]'

# One that runs already, and what is executed in it later.
bundle ci 'while :; do sleep 1; done'
sed -i '/createRuntime/d; /oci-hook/d' $dir/bundle/config.json
runc run -d -b $dir/bundle running >$dir/out 2>$dir/err </dev/null
attest-bpf enforce --container running -p $dir/policies/ci.yaml \
	--events $dir/events >$dir/log 2>&1 &
keeper=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	grep -q confining $dir/log && break
	sleep 1
done
runc exec running cat /etc/motd >$dir/out 2>$dir/err
status=$?
check exec_into_a_confined_container_works '[ $status -eq 0 ] &&
	grep -q hello $dir/out'
runc exec running cat /etc/shadow >$dir/out 2>$dir/err
status=$?
check exec_is_confined '[ $status -eq 1 ] && [ ! -s $dir/out ]'
runc delete -f running
wait $keeper
status=$?
check enforce_ends_with_the_container '[ $status -eq 0 ]'
