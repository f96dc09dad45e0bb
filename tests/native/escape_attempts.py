# SPDX-License-Identifier: Apache-2.0
"""Tries to get out of a sandbox, from inside it.

    escape_attempts.py LEVEL SUPERVISOR-PID SECRET-FILE SOCKET-NAME PORT WORKSPACE

One line for each attempt: "refused NAME", or "ESCAPED NAME: how". The status
is 1 if one got out.
"""
import ctypes
import errno
import os
import signal
import socket
import stat
import sys

LEVEL, PID, SECRET, SOCKET, PORT, WS = sys.argv[1:]
PID, PORT = int(PID), int(PORT)
LIBC = ctypes.CDLL(None, use_errno=True)
CONTAINER = LEVEL != "process"
STRICT = LEVEL == "strict_container"

NR = {"ptrace": 101, "mount": 165, "umount2": 166, "reboot": 169,
      "pivot_root": 155, "add_key": 248, "keyctl": 250, "unshare": 272,
      "setns": 308, "open_by_handle_at": 304, "bpf": 321, "open_tree": 428,
      "pidfd_open": 434, "pidfd_getfd": 438, "finit_module": 313}
CLONE_NEWUSER, CLONE_NEWNS = 0x10000000, 0x00020000
failures = 0


def call(name, *args):
    """The system call's result; OSError if it failed."""
    fixed = [a.encode() if isinstance(a, str) else a for a in args]
    result = LIBC.syscall(NR[name], *fixed)
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result


def attempt(name, applies=True):
    """Runs a function that raises OSError or returns None if it got nowhere."""
    def run(function):
        global failures
        if not applies:
            return
        try:
            how = function()
        except OSError:
            how = None
        if how:
            failures += 1
        print(f"ESCAPED {name}: {how}" if how else f"refused {name}",
              flush=True)
    return run


def in_child(function):
    """Its result from a child, since it would change this process."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(writer, (function() or "").encode())
        except OSError:
            pass
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as result:
        text = result.read()
    os.waitpid(pid, 0)
    return text


def must_lack_privilege(name, *args):
    """Any other error means that the kernel would have gone on."""
    try:
        call(name, *args)
    except OSError as error:
        if error.errno in (errno.EPERM, errno.ENOSYS):
            return None
        return f"errno {error.errno} instead of EPERM"
    return "worked"


def outside():
    """Processes that are none of ours: not below this one."""
    if not CONTAINER:
        return [PID, 1]
    return [int(n) for n in os.listdir("/proc")
            if n.isdigit() and int(n) not in (1, os.getpid())]


def secret(path):
    with open(path) as f:
        return f.read() and f"read {path}"


# First: later ones leave some of their own open.
@attempt("find inherited descriptors")
def _():
    found = []
    for fd in range(3, 1024):
        try:
            os.fstat(fd)
            found.append(fd)
        except OSError:
            pass
    return found and f"{found} are open"


@attempt("read a forbidden file")
def _():
    return secret(SECRET)


@attempt("read it through the root of process 1")
def _():
    return secret("/proc/1/root" + SECRET)


@attempt("read it through the supervisor's root", not CONTAINER)
def _():
    return secret(f"/proc/{PID}/root{SECRET}")


@attempt("read it through the working directory of process 1")
def _():
    return secret("/proc/1/cwd" + SECRET)


@attempt("mount a file system")
def _():
    call("mount", "tmpfs", WS, "tmpfs", 0, None)
    return "mounted"


@attempt("mount in a user namespace of its own")
def _():
    def inner():
        call("unshare", CLONE_NEWUSER | CLONE_NEWNS)
        call("mount", None, "/", None, 32 | 4096, None)  # remount, bind
        open("/usr/escaped", "w").close()
        return "remounted / writable"
    return in_child(inner)


@attempt("make another user namespace", STRICT)
def _():
    def inner():
        call("unshare", CLONE_NEWUSER)
        return "made one"
    return in_child(inner)


@attempt("take off what covers a file", CONTAINER)
def _():
    call("umount2", SECRET, 2)
    return "unmounted"


@attempt("clone the mounts")
def _():
    fd = call("open_tree", -100, "/", 1)
    return secret(f"/proc/self/fd/{fd}{SECRET}")


@attempt("enter the namespaces of process 1")
def _():
    def inner():
        for kind in ("mnt", "pid", "user", "net"):
            fd = os.open(f"/proc/1/ns/{kind}", os.O_RDONLY)
            call("setns", fd, 0)
            if kind == "mnt":
                return secret(SECRET)
    return in_child(inner)


@attempt("chroot out")
def _():
    def inner():
        os.chroot(WS)
        for _ in range(64):
            os.chdir("..")
        os.chroot(".")
        return secret(SECRET)
    return in_child(inner)


@attempt("set the core pattern")
def _():
    with open("/proc/sys/kernel/core_pattern", "w") as f:
        f.write("|/tmp/escaped")
        f.flush()
        return "written"


@attempt("set a release agent")
def _():
    for top, _, files in os.walk("/sys/fs/cgroup"):
        if "release_agent" in files:
            fd = os.open(top + "/release_agent", os.O_WRONLY)
            os.close(fd)
            return f"{top} is writable"


@attempt("move to another cgroup")
def _():
    for top, _, files in os.walk("/sys/fs/cgroup"):
        if "cgroup.procs" in files:
            try:
                with open(top + "/cgroup.procs", "w") as f:
                    f.write(str(os.getpid()))
                return f"moved to {top}"
            except OSError:
                pass


@attempt("make a device node")
def _():
    for path in (WS + "/node", "/tmp/node"):
        try:
            os.mknod(path, stat.S_IFBLK | 0o600, os.makedev(8, 0))
            return f"made {path}"
        except OSError:
            pass


@attempt("open memory, the kernel's log and disks")
def _():
    for path in ("/dev/mem", "/dev/kmsg", "/dev/port", "/dev/sda", "/dev/vda",
                 "/dev/fuse", "/dev/kvm"):
        try:
            os.close(os.open(path, os.O_RDWR))
            return f"opened {path}"
        except OSError:
            pass


@attempt("open a file by its handle", CONTAINER)
def _():
    handle = ctypes.create_string_buffer(8 + 128)
    handle[0:8] = b"\x08\0\0\0\x01\0\0\0"
    handle[8:16] = b"\x02\0\0\0\0\0\0\0"
    return must_lack_privilege("open_by_handle_at", os.open(WS, os.O_RDONLY),
                               handle, 0)


@attempt("trace processes outside")
def _():
    for pid in outside():
        try:
            call("ptrace", 0x4206, pid, 0, 0)  # PTRACE_SEIZE
            return f"attached to {pid}"
        except OSError:
            pass


@attempt("take descriptors of processes outside")
def _():
    for pid in outside():
        try:
            fd = call("pidfd_open", pid, 0)
            call("pidfd_getfd", fd, 0, 0)
            return f"took one of {pid}"
        except OSError:
            pass


@attempt("read the memory of processes outside")
def _():
    for pid in outside() + [1]:
        try:
            os.close(os.open(f"/proc/{pid}/mem", os.O_RDONLY))
            return f"opened that of {pid}"
        except OSError:
            pass


@attempt("signal processes outside")
def _():
    for pid in outside():
        try:
            os.kill(pid, signal.SIGCONT)
            return f"signalled {pid}"
        except OSError:
            pass


@attempt("find the caller's key", CONTAINER)
def _():
    for ring in (-2, -3, -4, -5):  # process, session, user, user session
        try:
            call("keyctl", 10, ring, "user", "attest-escape", 0)
            return f"found in keyring {ring}"
        except OSError:
            pass


@attempt("make keys", STRICT)
def _():
    call("add_key", "user", "attest-made", b"x", 1, -2)
    return "made one"


@attempt("type into the terminal")
def _():
    try:
        LIBC.ioctl(0, 0x5412, b"x") < 0  # TIOCSTI
    finally:
        code = ctypes.get_errno()
    return None if code == errno.EPERM else f"errno {code} instead of EPERM"


@attempt("reach an abstract socket outside")
def _():
    with socket.socket(socket.AF_UNIX) as s:
        s.connect("\0" + SOCKET)
        return "connected"


@attempt("reach the loopback network outside")
def _():
    with socket.socket() as s:
        s.connect(("127.0.0.1", PORT))
        return "connected"


@attempt("load a BPF program", CONTAINER)
def _():
    return call("bpf", 0, ctypes.create_string_buffer(128), 128) and "made one"


@attempt("load a module", CONTAINER)
def _():
    return must_lack_privilege("finit_module",
                               os.open("/bin/true", os.O_RDONLY), "", 0)


@attempt("write a sysctl")
def _():
    with open("/proc/sys/vm/swappiness", "w") as f:
        f.write("60")
        f.flush()
        return "written"


@attempt("write outside the workspace")
def _():
    for path in ("/usr/escaped", "/etc/escaped", "/root/escaped",
                 "/var/escaped"):
        try:
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
            return f"made {path}"
        except OSError:
            pass


sys.exit(1 if failures else 0)
