#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Killed at a random moment, a run leaves nothing: no container, process,
# directory or control group: cleanup.sh RUN_CONTAINER KILLS
RUN=$1
kills=$2
# shellcheck source=tests/container/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC2119 # the script's arguments are not dockerd's
setup_docker && runtimes+=(docker)
[ ${#runtimes[@]} -gt 0 ] || skip "no container runtime works here"

wait_gone() {
	for _ in $(seq 100); do
		[ -z "$(left_over "$1")" ] && return 0
		sleep 0.2
	done
	fail "$1: left over: $(left_over "$1")"
}

left_over() {
	case $1 in
	podman) podman "${podman_storage[@]}" ps -aq ;;
	docker) docker "${docker_host[@]}" ps -aq ;;
	*) runc list -q | grep "^killed-$$-" ;;
	esac 2>/dev/null
	pgrep -f "killed-$$-"
	find /tmp -maxdepth 1 -name 'attest-bpf-*' -newer "$W/image.tar"
	find /sys/fs/cgroup -maxdepth 3 -type d -name "attest-killed-$$-*" \
		2>/dev/null
}

for runtime in "${runtimes[@]}"; do
	for i in $(seq "$kills"); do
		run_killed() {
			case $runtime in
			podman) set -- "${podman_global[@]}" ;;
			docker) set -- "${docker_global[@]}" ;;
			*) set -- ;;
			esac
			case $runtime in
			podman) image=localhost/bb:1 ;;
			docker) image=bb:1 ;;
			*) image=$W/rootfs ;;
			esac
			exec "$RUN" "$runtime" - "$@" name="killed-$$-$i" \
				"$image" sleep 600
		}
		(run_killed) >/dev/null 2>&1 &
		victim=$!
		sleep "0.$((RANDOM % 8))$((RANDOM % 10))"
		kill -KILL "$victim"
		wait "$victim" 2>/dev/null
	done
	wait_gone "$runtime"
done
[ "$failures" = 0 ]
