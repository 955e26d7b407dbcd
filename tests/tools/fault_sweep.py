#!/usr/bin/env python3
"""fault_sweep.py BIN WORK: hozen-collect with one system call failing at a time, each of them in turn (strace -e inject).

Whatever fails, the answer must be honest: exit 0 or 4 and an intact bundle, or exit 3 with a message and nothing left that
looks like a bundle. Exit 0: all runs were; the number of runs is printed.
"""
import json
import os
import shutil
import subprocess
import sys

FAULTS = {
    "write": ("ENOSPC", "EIO"), "fsync": ("EIO",), "renameat2": ("EIO", "EEXIST"), "getdents64": ("EIO",), "pread64": ("EIO",),
    "read": ("EIO",), "openat": ("EIO", "EMFILE", "EACCES"), "statx": ("EIO",), "newfstatat": ("EIO",), "readlinkat": ("EIO",),
    "fstatfs": ("EIO",), "listxattr": ("EIO",), "getxattr": ("EIO",), "getrandom": ("ENOSYS",), "fcntl": ("EMFILE",),
    "unshare": ("EPERM",), "mount_setattr": ("ENOSYS",), "rt_sigtimedwait": ("EINTR",), "uname": ("EFAULT",), "pwrite64": ("ENOSPC",),
}
LOADER = 127  # the dynamic loader gave up before the program began


class Sweep:
    def __init__(self, programs, work):
        self.programs, self.work = programs, work
        self.tree, self.out, self.trace = (os.path.join(work, name) for name in ("tree", "out", "trace"))
        os.makedirs(self.tree + "/folder")
        for name in ("a", "folder/b"):
            with open(os.path.join(self.tree, name), "w") as f:
                f.write(name * 3000)
        os.setxattr(self.tree + "/a", "user.x", b"y")
        os.symlink("a", self.tree + "/link")

    def run(self, options):
        shutil.rmtree(self.out, ignore_errors=True)
        os.mkdir(self.out)
        return subprocess.run(
            ["strace", "-f", "-o", self.trace, *options, self.programs + "/hozen-collect", "--case", "C", "--operator", "O",
             "--out", self.out, "--compress", "none", "--item", "i", "--path", self.tree],
            capture_output=True, timeout=60, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})

    def injected(self):
        with open(self.trace, "rb") as f:
            return b"INJECTED" in f.read()

    def judge(self, call, done):
        """None, or what is wrong with this outcome."""
        left = os.listdir(self.out)
        if done.returncode in (0, 4):
            answer = subprocess.run([self.programs + "/hozen-verify", "verify", "--json", self.out + "/i.tar"], capture_output=True)
            return None if left == ["i.tar"] and json.loads(answer.stdout)["integrity"] == "intact" else "not one intact bundle"
        if done.returncode == LOADER:
            return None if not left else "files left"
        if done.returncode != 3:
            return "exit code %d" % done.returncode
        if not done.stderr.strip():
            return "no message"
        # the bundle was finished when its last steps, or the report of it, failed
        late = b"standard output" in done.stderr
        return "files left: %s" % left if left and not late else None

    def sweep(self):
        runs, wrong = 0, 0
        for call, errors in FAULTS.items():
            for error in errors:
                for when in range(1, 1000):
                    done = self.run(["-e", "inject=%s:error=%s:when=%d" % (call, error, when)])
                    if not self.injected():
                        break
                    runs += 1
                    problem = self.judge(call, done)
                    if problem:
                        wrong += 1
                        print("%s %s at %d: %s: %s" % (call, error, when, problem, done.stderr.decode(errors="replace")))
        return runs, wrong


def main():
    runs, wrong = Sweep(*sys.argv[1:3]).sweep()
    print("%d runs, %d wrong" % (runs, wrong))
    sys.exit(1 if wrong or runs < 100 else 0)


main()
