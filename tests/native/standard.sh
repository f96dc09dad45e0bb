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

# Those that are installed, one after the other; each has its own output.
programs_work() {
	local name line
	while IFS=: read -r name line; do
		command -v "$name" >/dev/null || continue
		echo "$name:"
		bash -c "$line" </dev/null 2>&1 || echo "$name fails: $?"
	done <<'END'
perl:perl -MIO::Socket -MPOSIX -e '$SIG{ALRM} = sub { print "a\n" }; alarm 1; pause; pipe R, W; print W "x"; close W; print <R>, `echo y`'
ssh-keygen:ssh-keygen -q -t ed25519 -N '' -f key && ssh-keygen -y -f key | cut -c1-11
sqlite3:sqlite3 d.db 'pragma journal_mode=wal; create table t(a); insert into t values(1),(2); select sum(a) from t; vacuum;'
tar:mkdir -p a/b && echo x >a/b/c && ln -s c a/b/l && tar cJf a.txz a && tar xJf a.txz -C / --to-stdout a/b/c && tar tf a.txz | sort
gcc:echo 'int main(void) { return 7; }' >p.c && gcc -O2 -flto -pipe p.c -o p && { ./p; echo $?; }
g++:printf '#include <thread>\n#include <iostream>\nint main() { std::thread t([] { std::cout << 1 << std::endl; }); t.join(); }' >t.cc && g++ -pthread t.cc -o t && ./t
clang:echo 'int main(void) { return 3; }' >q.c && clang q.c -o q && { ./q; echo $?; }
openssl:openssl genrsa -out rsa.pem 1024 2>/dev/null && echo x | openssl dgst -sha256 && openssl req -x509 -new -key rsa.pem -subj /CN=a -days 1 -out c.pem && openssl x509 -in c.pem -noout -subject
vim:printf 'a\nb\n' >v.txt && vim -N -u NONE -es -c '%s/a/c/' -c 'r !echo d' -c wq v.txt; cat v.txt
gdb:gdb --version | head -1 && gdb -batch -ex 'print 1+1'
make:printf 'all: a b\na b:\n\t@sleep 0.01; echo $@ >$@\n' >Makefile && make -j4 && cat a b
cmake:cmake --version | head -1
ninja:printf 'rule r\n  command = echo $out >$out\nbuild n1: r\nbuild n2: r\n' >build.ninja && ninja | tail -1 | cut -c1-5
cargo:cargo --version
rustc:echo 'fn main() { println!("{}", std::thread::spawn(|| 4).join().unwrap()); }' >r.rs && rustc r.rs && ./r
go:printf 'package main\nfunc main() { c := make(chan int); go func() { c <- 1 }(); println(<-c) }' >g.go && go run g.go
java:java -version 2>&1 | head -1
ruby:ruby -e 'puts Thread.new { 5 }.value, `echo c`'
php:php -r 'echo 6, shell_exec("echo d");'
lua:lua -e 'print(7, io.popen("echo e"):read())'
npm:npm --version
rsync:mkdir -p s && echo x >s/f && rsync -a s/ t.d && cat t.d/f
cpio:echo Makefile | cpio -o --quiet | cpio -t --quiet
jq:echo '{"a":[1,2]}' | jq -c .a
bc:echo 2^70 | bc
gpg:gpg --version | head -1
strip:cp /bin/true s.true && strip s.true && ./s.true && echo stripped
objdump:objdump -f /bin/true | head -2 | tail -1
ccache:ccache --version | head -1
pkg-config:pkg-config --version
diff:seq 9 >d1; seq 2 9 >d2; diff d1 d2 | patch -s d1; cmp d1 d2 && echo same
busybox:busybox sh -c 'echo a | busybox sed s/a/b/'
top:top -bn1 | head -1 | cut -c1-3
ps:ps -o comm= -p $$
END
}

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
compare programs_work sh

cc -O -D_GNU_SOURCE "$here/attack.c" -o attack
soft="unix route_netlink unshare clone_newuser io_uring datagram_pair keyctl
	add_key io_uring_enter io_uring_register chroot acct settimeofday
	quotactl syslog sethostname personality"
./attack | while read -r name; do
	r=0
	out=$("$run" standard ./attack "$name" 2>/dev/null) || r=$?
	case " ${soft//[$'\n\t']/ } " in
	*" ${name// /_} "*) [ $r = 0 ] && [ "$out" != 0 ] ;;
	# A kernel without i386 ends "int 0x80" by itself.
	*) [ $r = 159 ] || [ "$name $r" = "int 0x80 139" ] ;;
	esac || { echo "attack '$name': status $r, '$out'"; exit 1; }
done
"$run" minimal ./attack inet | grep -qx 0
for name in ptrace kexec_load init_module finit_module reboot; do
	r=0
	"$run" minimal ./attack $name >/dev/null 2>&1 || r=$?
	[ $r = 159 ] || { echo "$name under minimal: $r"; exit 1; }
done
echo "ok attacks"
