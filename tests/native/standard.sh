#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# standard.sh SECCOMP_EXEC FOLDER: ordinary work gives the same results under
# standard as without, and what it is to stop is stopped.
set -eu
run=$1
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d "$2/standard.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
export XDG_CACHE_HOME="$work/cache" HOME="$work" LC_ALL=C

skip() { echo "no $1: skipped"; }

build() { # a C project of autoconf and automake
	"$here/autotools.sh" "$work/$1/p" &&
		(cd p && ./configure && make -j2 && make check &&
			make DESTDIR="$PWD/inst" install && tar czf p.tgz src)
} >log 2>&1

git_work() {
	git init -q r && cd r && git config user.email a@b &&
		git config user.name n && echo a >a && git add a &&
		git commit -qm a && git checkout -q -b b && echo b >>a &&
		git commit -qam b && git checkout -q - && git merge -q b &&
		git gc -q && git clone -q . ../r2 && git -C ../r2 log --format=%s
}

python_work() {
	python3 - <<'END'
import asyncio, multiprocessing, os, subprocess, tempfile, threading
print(subprocess.run(["echo", "child"], capture_output=True).stdout)
thread = threading.Thread(target=print, args=("thread",))
thread.start()
thread.join()
with multiprocessing.Pool(2) as pool:
    print(pool.map(abs, [-1, 2]))
asyncio.run(asyncio.sleep(0.01))
with tempfile.TemporaryDirectory() as folder:
    print(os.listdir(folder))
END
}

node_work() {
	node -e 'const fs = require("fs"), cp = require("child_process");
fs.writeFileSync("n", "x"); fs.watch(".").close();
console.log(cp.execSync("echo child").toString());
const { Worker } = require("worker_threads");
new Worker("console.log(1)", { eval: true }).on("exit", (c) => console.log(c));
fs.promises.readFile("n").then((b) => console.log(b.toString()));'
}

shell_work() {
	id; ls -l /etc/passwd; seq 1 99 | sort -R | sort -n | uniq | wc -l
	echo x >n; cp -a n q; mv q q2; ln -s n l; ln n h; chmod 600 n
	touch -d 2020-01-01 n; install -m 755 n i; truncate -s 5 z; sync z
	find . -name 'n' -print0 | xargs -0 grep -c x; dd if=/dev/zero of=z bs=1k count=9 status=none
	sha256sum z; gzip -k z; zcat z.gz | od -c | head -1; du -s z; sleep 0.01
	timeout 1 true; nice true; nohup true; mkfifo f; sed -i s/x/y/ n; cat n
	awk 'BEGIN { print 1 }'; perl -e 'print fork() ? wait() > 0 : 0'
	bash -c 'trap "echo t" TERM; kill $$'; cat <(echo substituted)
	flock n echo locked; setsid echo session; nproc; uname -m; rm -rf q2 l
} 2>&1

apt_work() {
	apt-get check; apt-config dump | wc -l; apt-cache policy bash
	dpkg -l bash; apt-get -s install bash | tail -1
} 2>&1

compare() { # compare NAME PROGRAM: natively and under standard
	command -v "$2" >/dev/null || { skip "$2"; return 0; }
	for how in bare confined; do
		mkdir "$work/$1.$how"
		cd "$work/$1.$how"
		set -- "$1" "$2" env
		[ $how = bare ] || set -- "$1" "$2" "$run" standard
		export here work
		"${@:3}" bash -c "$(declare -f "$1"); $1 $1.$how" \
			>"$work/$1.$how.out" 2>"$work/$1.$how.err" || {
			echo "$1 fails ($how)"
			cat "$work/$1.$how.err" "$PWD"/log 2>/dev/null | tail
			exit 1
		}
	done
	cd "$work"
	diff "$1.bare.out" "$1.confined.out" ||
		{ echo "$1 gives other results under standard"; exit 1; }
	echo "ok $1"
}

compare build autoreconf
compare git_work git
compare python_work python3
compare node_work node
compare shell_work perl
compare apt_work apt-get

cc -O -D_GNU_SOURCE "$here/attack.c" -o attack
soft="unix route_netlink unshare clone_newuser io_uring datagram_pair keyctl"
./attack | while read -r name; do
	r=0
	out=$("$run" standard ./attack "$name" 2>/dev/null) || r=$?
	case " $soft " in
	*" ${name// /_} "*) [ $r = 0 ] && [ "$out" != 0 ] ;;
	*) [ $r = 159 ] ;;
	esac || { echo "attack '$name': status $r, '$out'"; exit 1; }
done
"$run" minimal ./attack inet | grep -qx 0
for name in ptrace kexec_load init_module finit_module reboot; do
	r=0
	"$run" minimal ./attack $name >/dev/null 2>&1 || r=$?
	[ $r = 159 ] || { echo "$name under minimal: $r"; exit 1; }
done
echo "ok attacks"
