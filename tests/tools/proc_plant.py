#!/usr/bin/env python3
"""proc_plant.py FOLDER WHAT...: starts processes that an examiner wants to find, prints "WHAT PID" for each and "ready", and ends
them when its standard input ends. Everything of theirs lies in FOLDER."""
import ctypes
import mmap
import os
import shutil
import subprocess
import sys
import time

SLEEP = shutil.which("sleep")
PYTHON = sys.executable
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
folder = sys.argv[1]
children = []


def start(arguments, **more):
    child = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, **more)
    children.append(child)
    return child.pid


def wait_for(ready):
    end = time.monotonic() + 200
    while not ready():
        if time.monotonic() > end:
            sys.exit("what was started never came as far as it should")
        time.sleep(0.01)


def state(pid):
    with open(f"/proc/{pid}/stat", "rb") as f:
        return f.read().rpartition(b")")[2].split()[0].decode()


def runs(pid, name):
    """exec has happened, and it has come to its sleep."""
    wait_for(lambda: name in os.readlink(f"/proc/{pid}/exe") and state(pid) == "S")
    return pid


def script(name, text):
    """A Python program that says when it is ready."""
    child = subprocess.Popen([PYTHON, "-c", text, folder, name], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    children.append(child)
    child.stdout.readline()
    return child.pid


def copy(name):
    path = os.path.join(folder, name)
    shutil.copy(SLEEP, path)
    return path


def deleted():
    path = copy("deleted")
    pid = runs(start([path, "1000"]), "deleted")
    os.unlink(path)
    return pid


def replaced():
    path = copy("replaced")
    pid = runs(start([path, "1000"]), "replaced")
    os.rename(copy("other"), path)
    return pid


def named():
    """A name that looks as if it were deleted; it is there."""
    path = copy("there (deleted)")
    return runs(start([path, "1000"]), "there")


def memfd():
    fd = os.memfd_create("hidden")
    with open(SLEEP, "rb") as f:
        os.write(fd, f.read())
    return runs(start(["kworker/0:1", "1000"], executable=f"/proc/self/fd/{fd}", pass_fds=[fd]), "memfd")


HOLD = "\nprint('ready', flush=True)\ntime.sleep(1000)\n"


def anonymous():
    return script("anonymous", "import mmap, time\nm = mmap.mmap(-1, 8192, prot=7)" + HOLD)


def library():
    shutil.copy(SLEEP, os.path.join(folder, "library.so"))
    return script("library", "import mmap, os, sys, time\np = sys.argv[1] + '/library.so'\nf = open(p, 'rb')\n"
                  "m = mmap.mmap(f.fileno(), 0, prot=5, flags=2)\nf.close()\nos.unlink(p)" + HOLD)


def openfile():
    return script("openfile", "import os, sys, time\np = sys.argv[1] + '/gone.txt'\nf = open(p, 'w+b', 0)\n"
                  "f.write(b'kept by a process alone\\n')\nos.unlink(p)" + HOLD)


def threads():
    return script("threads", "import threading, time\nfor i in range(3):\n"
                  "    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()" + HOLD)


def needle():
    """Writes the address of what is looked for into its second line."""
    child = subprocess.Popen(
        [PYTHON, "-c", "import ctypes, mmap, threading, time\nm = mmap.mmap(-1, 64 << 20, flags=0x22)\n"
         "m[5000:5016] = b'HOZEN' + b'-NEEDLE-042'\nm[40 << 20] = 7\na = ctypes.addressof(ctypes.c_char.from_buffer(m))\n"
         "g = ctypes.addressof(ctypes.c_char.from_buffer(m, 5000))\n"
         "threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()\nprint('%x' % g, flush=True)\n"
         "n = 0\nwhile True:\n    n += 1\n    time.sleep(0.01)"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    children.append(child)
    print("address", child.stdout.readline().strip())
    return child.pid


def stopped():
    pid = runs(start([SLEEP, "1000"]), "sleep")
    os.kill(pid, 19)
    wait_for(lambda: state(pid) == "T")
    return pid


def traced():
    pid = runs(start([SLEEP, "1000"]), "sleep")
    if libc.ptrace(0x4206, pid, None, None) != 0:  # PTRACE_SEIZE
        raise OSError(ctypes.get_errno(), "ptrace")
    return pid


def preload():
    return runs(start([SLEEP, "1000"], env={"LD_PRELOAD": "/nowhere/hook.so", "TOKEN": "a secret value"},
                      stderr=subprocess.DEVNULL), "sleep")


def name():
    """Everything that a careless reader of stat, or a terminal, trips over."""
    path = os.fsencode(folder) + b"/a) S 1 (\xff\x1b[31m\nb"
    shutil.copy(SLEEP, path)
    return runs(start([b"\x1b]0;title\x07\xff -x", b"1000"], executable=path), "S 1")


def zombie():
    pid = os.fork()
    if pid == 0:
        os._exit(3)
    wait_for(lambda: state(pid) == "Z")
    return pid


def leader():
    """A deleted program whose first thread has ended: /proc/PID has nothing of it any more, its other thread does."""
    path = os.path.join(folder, "leader")
    shutil.copy(os.path.realpath(PYTHON), path)
    text = ("import ctypes, os, sys, threading, time\nf = open(sys.argv[1] + '/leader.txt', 'w+b', 0)\n"
            "f.write(b'kept by a thread alone\\n')\nos.unlink(f.name)\n"
            "threading.Thread(target=time.sleep, args=(1000,)).start()\n"
            "ctypes.CDLL(None).syscall({'x86_64': 60}.get(os.uname().machine, 93), 0)")
    pid = start([path, "-c", text, folder], env={"PYTHONHOME": sys.base_prefix})
    wait_for(lambda: state(pid) == "Z")
    os.unlink(path)
    return pid


def plain():
    return runs(start([SLEEP, "1000"]), "sleep")


for what in sys.argv[2:]:
    print(what, globals()[what](), flush=True)
print("ready", flush=True)
sys.stdin.read()
for child in children:
    child.kill()
