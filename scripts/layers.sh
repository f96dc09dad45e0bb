#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Includes go down only. Prints "file:line: what" for each that does not.
#
#   scripts/layers.sh [DIR]    DIR has include/ and userspace/; default: here
set -euo pipefail
cd "${1:-$(dirname "$0")/..}"

# A layer may include itself and what stands behind the colon.
allowed()
{
	case $1 in
	base) echo base ;;
	policy | event) echo "$1 base" ;;
	kern | sandbox | container | export | report)
		echo "$1 policy event base" ;;
	engine) echo "engine kern sandbox container export report policy" \
		"event base" ;;
	lib) echo "lib engine kern sandbox container export report policy" \
		"event base" ;;
	cli) echo "cli base" ;;
	esac
}

# Where a library's header may appear.
home_of()
{
	case $1 in
	bpf/*) echo kern ;;
	seccomp.h) echo sandbox ;;
	linux/landlock.h) echo sandbox ;;
	yaml.h) echo policy ;;
	jansson.h) echo "policy report export container" ;;
	attest/attest.h) echo "lib cli" ;;
	*) echo any ;;
	esac
}

check()
{
	local layer=$1 place=$2 include=$3 homes
	case $include in
	\"*)
		include=${include//\"/}
		[[ $include == */* ]] || return 0
		[[ " $(allowed "$layer") " == *" ${include%%/*} "* ]] || {
			echo "$place: $layer may not include $include"
			return 1
		}
		;;
	*)
		include=${include//[<>]/}
		homes=$(home_of "$include")
		[ "$homes" = any ] || [[ " $homes " == *" $layer "* ]] || {
			echo "$place: $include belongs in: $homes"
			return 1
		}
		if [ "$layer" = cli ] && [[ $include == attest/* ]] &&
			[ "$include" != attest/attest.h ]; then
			echo "$place: cli includes attest/attest.h only"
			return 1
		fi
		;;
	esac
}

status=0
for dir in userspace/*/; do
	layer=$(basename "$dir")
	# Most headers are included by many: each is looked at once.
	declare -A fine=()
	while read -r place include; do
		[ -z "${fine[$include]:-}" ] || continue
		if check "$layer" "$place" "$include"; then
			fine[$include]=1
		else
			status=1
		fi
	done < <(grep -rnE '^ *# *include' --include='*.[ch]' "$dir" | sed -nE \
		's/^([^:]*:[0-9]+): *# *include *([<"][^>"]*[>"]).*/\1 \2/p')
done
exit $status
