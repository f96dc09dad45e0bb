# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the container tests share: a private storage directory, an image of
# busybox, podman and dockerd set up to need nothing of the host's, and their
# removal. Sourced with $RUN set to the run_container program.

skip() {
	echo "skipped: $*"
	exit 77
}

fail() {
	echo "FAILED: $*" >&2
	failures=$((failures + 1))
}

failures=0
dockerd_pid=
W=

cleanup() {
	trap - EXIT
	if [ -n "$dockerd_pid" ]; then
		kill "$dockerd_pid" 2>/dev/null
		wait "$dockerd_pid" 2>/dev/null
	fi
	if [ -n "$W" ]; then
		if [ -d "$W/podman" ]; then
			podman "${podman_storage[@]}" rm --all --force \
				--time=0 >/dev/null 2>&1
		fi
		mount | awk -v w="$W/" 'index($3, w) == 1 { print $3 }' |
			sort -r | xargs -r -n1 umount
		rm -rf --one-file-system "$W"
	fi
}

make_rootfs() {
	mkdir -p "$W/rootfs"/{bin,etc,tmp,proc,sys,dev,run,workspace}
	for applet in $(/bin/busybox --list); do
		ln -sf busybox "$W/rootfs/bin/$applet"
	done
	rm -f "$W/rootfs/bin/busybox"
	cp /bin/busybox "$W/rootfs/bin/busybox"
	# A program that needs the loader and a shared C library.
	for f in /bin/echo $(ldd /bin/echo | grep -o '/[^ ]*'); do
		install -D "$f" "$W/rootfs/dynamic$f"
	done
	cp -a "$W/rootfs/dynamic/lib"* "$W/rootfs/"
	echo 'root:x:0:0::/:/bin/sh' >"$W/rootfs/etc/passwd"
	tar -C "$W/rootfs" -cf "$W/image.tar" .
}

# A CI machine may lack CAP_SYS_RESOURCE: limits must not be raised.
setup_podman() {
	command -v podman >/dev/null && command -v runc >/dev/null || return 1
	cat >"$W/containers.conf" <<CONF
[containers]
default_ulimits=["nofile=1024:1024","nproc=1024:1024"]
[engine]
cgroup_manager="cgroupfs"
runtime="runc"
events_logger="file"
CONF
	export CONTAINERS_CONF=$W/containers.conf
	podman_storage=(--root "$W/podman" --runroot "$W/podman-run"
		--storage-driver overlay)
	podman_global=()
	for word in "${podman_storage[@]}"; do
		podman_global+=("global=$word")
	done
	podman "${podman_storage[@]}" import "$W/image.tar" localhost/bb:1 \
		>/dev/null 2>&1
}

# setup_docker [DOCKERD_OPTION]...
# shellcheck disable=SC2120 # most callers need no further option
setup_docker() {
	command -v docker >/dev/null && command -v dockerd >/dev/null ||
		return 1
	mkdir -p "$W/docker"
	dockerd --data-root "$W/docker/data" --exec-root "$W/docker/exec" \
		-H "unix://$W/docker/sock" -p "$W/docker/pid" \
		--iptables=false --ip-forward=false --ip-masq=false \
		--bridge=none --storage-driver overlay2 "$@" \
		>"$W/docker/log" 2>&1 &
	dockerd_pid=$!
	docker_host=(-H "unix://$W/docker/sock")
	docker_global=(global=-H "global=unix://$W/docker/sock")
	for _ in $(seq 60); do
		docker "${docker_host[@]}" info >/dev/null 2>&1 && break
		kill -0 "$dockerd_pid" 2>/dev/null || return 1
		sleep 0.5
	done
	docker "${docker_host[@]}" import "$W/image.tar" bb:1 >/dev/null 2>&1
}

[ "$(id -u)" = 0 ] || skip "needs root"
[ -x /bin/busybox ] || skip "needs busybox-static"
trap cleanup EXIT
trap 'exit 1' INT TERM
W=$(mktemp -d /tmp/attest-test-XXXXXX)
make_rootfs

# run_in RUNTIME PROFILE [KEY=VALUE]... -- COMMAND...
run_in() {
	local runtime=$1 profile=$2 words=()
	shift 2
	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	shift
	case $runtime in
	podman) set -- "${podman_global[@]}" "${words[@]}" localhost/bb:1 "$@" ;;
	docker) set -- "${docker_global[@]}" "${words[@]}" bb:1 "$@" ;;
	*) set -- "${words[@]}" "$W/rootfs" "$@" ;;
	esac
	if [ "$runtime" = crun ]; then
		timeout -k 5 60 "${crun_view[@]}" "$RUN" crun "$profile" \
			"${crun_global[@]}" "$@"
	else
		timeout -k 5 60 "$RUN" "$runtime" "$profile" "$@"
	fi
}

# crun refuses hosts with v1 and v2 control groups side by side: there it
# gets a mount namespace that has v2 alone, and leaves it as it is.
setup_crun() {
	command -v crun >/dev/null || return 1
	crun_view=(env)
	crun_global=()
	[ "$(run_in crun - -- echo yes 2>/dev/null)" = yes ] && return
	# shellcheck disable=SC2016 # expanded by the inner shell
	crun_view=(unshare -m --propagation private sh -c
		'umount -R /sys/fs/cgroup && mount -t cgroup2 none \
			/sys/fs/cgroup && exec "$@"' sh)
	crun_global=(global=--cgroup-manager=disabled)
	[ "$(run_in crun - -- echo yes 2>/dev/null)" = yes ]
}

runtimes=()
setup_podman && runtimes+=(podman)
command -v runc >/dev/null && runtimes+=(runc)
