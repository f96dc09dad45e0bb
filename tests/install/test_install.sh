#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_install.sh BUILD SOURCE
set -euo pipefail
build=$1
source=$2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

cmake --install "$build" --prefix "$root" >/dev/null
PKG_CONFIG_PATH=$(dirname "$(find "$root" -name attest.pc)")
export PKG_CONFIG_PATH
LD_LIBRARY_PATH=$(pkg-config --variable=libdir attest)
export LD_LIBRARY_PATH
read -r -a flags <<<"$(pkg-config --cflags --libs attest)"
library=$LD_LIBRARY_PATH/libattest.so

echo "- the library exports what the header declares, and nothing else"
declared=$(grep -ozP 'ATTEST_EXPORT[^(]*\battest_\w+(?=\s*\()' \
	"$root/include/attest/attest.h" | tr '\0' '\n' |
	grep -oE 'attest_[a-z0-9_]+$' | sort -u)
exported=$(nm -D --defined-only "$library" | awk '$2 == "T" { print $3 }' |
	sed 's/@.*//' | sort -u)
diff <(echo "$declared") <(echo "$exported")
readelf -d "$library" | grep -q 'SONAME.*libattest\.so\.[0-9]'

echo "- the examples compile as C and as C++, without a warning, and run"
for compiler in cc c++ 'clang -x c' 'clang++ -x c++'; do
	read -r -a cc <<<"$compiler"
	[[ $compiler != c++ ]] || cc+=(-x c++)
	for example in "$source"/examples/*.c; do
		name=$(basename "$example" .c)
		"${cc[@]}" -Wall -Wextra -Werror -pedantic-errors \
			-Wno-missing-field-initializers "$example" -x none \
			-o "$root/$name" "${flags[@]}"
	done
	[ "$("$root/check_paths" /custom/a)" = "/custom/a: allowed" ]
	out=$("$root/check_paths" /workspace/../etc/passwd) && exit 1
	[ "$out" = "/workspace/../etc/passwd: PathTraversal" ]
	"$root/container_profile" maximum |
		python3 -c 'import json, sys; json.load(sys.stdin)'
	"$root/run_confined" true |
		python3 -c 'import json, sys
d = json.load(sys.stdin)
assert d["security_level"] == "standard", d
assert d["subject"]["exit_status"] == 0, d'
	if unshare -Ur true 2>/dev/null; then
		mkdir -p "$root/ws"
		[ "$("$root/secure_execution" "$root/ws")" = "Hello, World!" ]
		[ "$(cat "$root/ws/where")" = /workspace ]
		rm "$root/ws/where"
	fi
	status=0
	"$root/run_confined" cat /etc/shadow >"$root/out" 2>/dev/null ||
		status=$?
	[ "$status" -eq 1 ]
	! grep -q '^root:' "$root/out"
done

echo "- the static library is enough"
read -r -a static <<<"$(pkg-config --static --libs attest |
	sed 's/-lattest//')"
cc "$source/examples/check_paths.c" -I"$root/include" \
	"$LD_LIBRARY_PATH/libattest.a" -o "$root/static" \
	"${static[@]}"
"$root/static" /workspace/x

echo "- the library can be opened at run time"
python3 - "$library" <<'EOF'
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
library.attest_version.restype = ctypes.c_char_p
assert library.attest_version().count(b".") == 2
assert library.attest_api_version() >= 1
EOF

echo "- the installed command works"
"$root"/sbin/attest-bpf --version
