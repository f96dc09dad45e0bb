#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Ways out of a container, each tried in every runtime with the flags of
# `container run`: all must fail: escape.sh RUN_CONTAINER
RUN=$1
# shellcheck source=tests/container/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC2119 # the script's arguments are not dockerd's
setup_docker && runtimes+=(docker)
setup_crun && runtimes+=(crun)
[ ${#runtimes[@]} -gt 0 ] || skip "no container runtime works here"

core_pattern=$(cat /proc/sys/kernel/core_pattern)
marker=$W/marker
echo secret >"$marker"

# Each line: NAME COMMAND; a command that succeeds has escaped.
cat >"$W/rootfs/attempts.sh" <<'ATTEMPTS'
try() {
	name=$1
	shift
	if ( "$@" ) >/dev/null 2>&1; then
		echo "ESCAPED $name"
	fi
}
write() { echo "$1" >"$2"; }
try mount_tmpfs mount -t tmpfs none /tmp
try mount_proc mount -t proc none /workspace
try mount_cgroup mount -t cgroup2 none /workspace
try remount_root mount -o remount,rw /
try bind mount -o bind /etc /workspace
try umount_masked umount /proc/keys
try pivot_root pivot_root /tmp /tmp
try unshare_user unshare -U true
try unshare_mount unshare -m true
try setns_pid1 nsenter -t 1 -n -m true
try mknod_block mknod /tmp/sda b 8 0
try mknod_mem mknod /tmp/mem c 1 1
try read_mem dd if=/dev/mem of=/tmp/x bs=1 count=1
try kcore dd if=/proc/kcore of=/tmp/x bs=1 count=1
try core_pattern write '|/tmp/x' /proc/sys/kernel/core_pattern
try modprobe write /tmp/x /proc/sys/kernel/modprobe
try sysrq write h /proc/sysrq-trigger
try uevent_helper write /tmp/x /sys/kernel/uevent_helper
for f in /sys/fs/cgroup/release_agent /sys/fs/cgroup/*/release_agent; do
	try "release_agent $f" write /tmp/x "$f"
done
for f in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs; do
	try "cgroup_move $f" write 0 "$f"
done
try cgroup_mkdir mkdir /sys/fs/cgroup/x /sys/fs/cgroup/pids/x
try write_root write x /x
try write_bin write x /bin/x
try write_run write x /run/x
try exec_tmp sh -c 'cp /bin/busybox /tmp/b && /tmp/b true'
try suid_tmp sh -c 'cp /bin/busybox /tmp/b && chmod 4755 /tmp/b && /tmp/b id'
try chroot_out chroot /proc/1/root true
try host_file sh -c 'cat /proc/1/root"$MARKER"'
try host_file_dots sh -c 'cat ../../../../../../../../"$MARKER"'
try oom_adj write -1000 /proc/self/oom_score_adj
try sethostname hostname out
try settime sh -c 'date -s 2001-01-01; [ "$(date +%Y)" = 2001 ]'
try reboot reboot -f
try insmod insmod /tmp/x.ko
try raw_socket ping -c1 127.0.0.1
try net_up ip link set lo mtu 1000
try net_out nc -w1 192.0.2.1 80
try dmesg_clear dmesg -c
try nice renice -n -5 -p 1
try setuid_lost chown 1:1 /tmp
try leaked_fds sh -c 'for f in /proc/self/fd/[3-9]*; do
	t=$(readlink "$f") || continue
	case $t in /proc/*|pipe:*|/attempts.sh) ;; /*) exit 0 ;; esac
done; exit 1'
grep -q '^CapEff:	0000000000000000$' /proc/self/status || echo ESCAPED capeff
grep -q '^CapBnd:	0000000000000000$' /proc/self/status || echo ESCAPED capbnd
grep -q '^NoNewPrivs:	1$' /proc/self/status || echo ESCAPED nnp
grep -q '^Seccomp:	2$' /proc/self/status || echo ESCAPED seccomp
[ "$(ls /proc | grep -c '^[0-9]*$')" -lt 6 ] || echo ESCAPED sees_processes
echo DONE
ATTEMPTS
tar -C "$W/rootfs" -cf "$W/image.tar" .
[[ " ${runtimes[*]} " == *" podman "* ]] && podman "${podman_storage[@]}" \
	import "$W/image.tar" localhost/bb:1 >/dev/null 2>&1
[[ " ${runtimes[*]} " == *" docker "* ]] && docker "${docker_host[@]}" \
	import "$W/image.tar" bb:1 >/dev/null 2>&1

# Only what needs no capability is refused by the profile: the flags alone
# must hold against the rest.
cat >"$W/profile.json" <<'P'
{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["ptrace","kexec_load",
"init_module","finit_module","reboot","unshare","setns","keyctl","add_key",
"bpf","mount","umount2","pivot_root","open_by_handle_at","userfaultfd"],
"action":"SCMP_ACT_ERRNO"}]}
P
for runtime in "${runtimes[@]}"; do
	got=$(run_in "$runtime" "$W/profile.json" env="MARKER=$marker" -- \
		sh /attempts.sh 2>&1)
	case $got in
	DONE) echo "$runtime: nothing escaped" ;;
	*) fail "$runtime: $got" ;;
	esac
done
[ "$(cat /proc/sys/kernel/core_pattern)" = "$core_pattern" ] ||
	fail "core_pattern changed"
[ "$failures" = 0 ]
