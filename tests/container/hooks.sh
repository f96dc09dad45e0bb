#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Hooks run before the container's program, know its process and control
# group, and can refuse it; docker gets them by the wrapper runtime; running
# containers are found by name: hooks.sh RUN_CONTAINER
RUN=$1
probe=$(dirname "$RUN")/hook_probe
# shellcheck source=tests/container/lib.sh
. "$(dirname "$0")/lib.sh"
out=$W/hook.out
printf '#!/bin/sh\nexec "%s" wrap "%s" runc "$@"\n' "$probe" "$out" \
	>"$W/attest-runc"
chmod +x "$W/attest-runc"
setup_docker --add-runtime "attest=$W/attest-runc" && runtimes+=(docker)
[ ${#runtimes[@]} -gt 0 ] || skip "no container runtime works here"

# check RUNTIME POLICY: the hook's line is right
check() {
	local line
	line=$(tail -n1 "$out" 2>/dev/null)
	case $line in
	"policy=$2 id="*" pid="[1-9]*" cgroup=/"*" cgroup_id="[1-9]*) ;;
	*) fail "$1: hook saw: $line" ;;
	esac
}

for runtime in "${runtimes[@]}"; do
	words=(hook="$probe" hook_out="$out")
	policy=ci-1
	if [ "$runtime" = docker ]; then
		words+=(docker_runtime=attest)
		# Labels are not in the OCI document.
		policy=by-default
	fi
	: >"$out"
	got=$(run_in "$runtime" - policy=ci-1 "${words[@]}" -- echo Hello)
	[ "$got" = Hello ] || fail "$runtime: no greeting: $got"
	check "$runtime" "$policy"
	[ "$runtime" = docker ] && continue
	: >"$out"
	run_in "$runtime" - "${words[@]}" -- true
	[ "$runtime:$(wc -l <"$out")" = podman:0 ] || [ "$runtime" = runc ] ||
		fail "$runtime: a hook ran without the annotation"
	got=$(run_in "$runtime" - policy=refuse "${words[@]}" -- echo Hello \
		2>"$W/err")
	[ -z "$got" ] || fail "$runtime: a refused container ran"
	grep -q 'A hook refused the container' "$W/err" ||
		fail "$runtime: no message: $(cat "$W/err")"
done

for runtime in podman docker; do
	case $runtime in
	podman) words=("${podman_storage[@]}") image=localhost/bb:1 ;;
	docker) words=("${docker_host[@]}") image=bb:1 ;;
	esac
	[[ " ${runtimes[*]} " == *" $runtime "* ]] || continue
	id=$("$runtime" "${words[@]}" run -d --rm --network none --name found \
		"$image" sleep 60 2>/dev/null)
	got=$("$probe" find found "$runtime" "${words[@]}")
	case $got in
	"id=$id name=found image=$image runtime=$runtime pid="*"$id cgroup_id="[1-9]*) ;;
	*) fail "$runtime: found: $got" ;;
	esac
	"$probe" find nobody "$runtime" "${words[@]}" &&
		fail "$runtime: found what does not exist"
	"$runtime" "${words[@]}" rm -f found >/dev/null 2>&1
done
[ "$failures" = 0 ]
