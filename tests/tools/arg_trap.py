#!/usr/bin/env python3
"""arg_trap.py FILE: a process whose arguments lie in FILE (prctl(2), PR_SET_MM_MAP): whoever reads its /proc/PID/cmdline makes
the kernel read FILE, which it has open, from the folder that it works in. Prints "ready", ends when its standard input ends."""
import ctypes
import mmap
import os
import struct
import sys

PR_SET_MM, PR_SET_MM_MAP = 35, 14
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
libc.sbrk.restype = ctypes.c_void_p

fd = os.open(sys.argv[1], os.O_RDONLY)
os.chdir(os.path.dirname(os.path.abspath(sys.argv[1])))
at = libc.mmap(None, mmap.PAGESIZE, mmap.PROT_READ, mmap.MAP_PRIVATE, fd, 0)
if at in (None, ctypes.c_void_p(-1).value):
    sys.exit("mmap: " + os.strerror(ctypes.get_errno()))
with open("/proc/self/stat") as f:
    # proc_pid_stat(5): fields from the third on, behind the name
    field = f.read().rpartition(")")[2].split()
code, end_code, stack = (int(field[n - 3]) for n in (26, 27, 28))
data, end_data, brk, _, _, env, end_env = (int(field[n - 3]) for n in (45, 46, 47, 48, 49, 50, 51))
# struct prctl_mm_map, linux/prctl.h
wanted = struct.pack("=12QIi", code, end_code, data, end_data, brk, libc.sbrk(0), stack, at, at + 64, env, end_env, 0, 0, -1)
if libc.prctl(PR_SET_MM, PR_SET_MM_MAP, wanted, ctypes.c_ulong(len(wanted)), 0) != 0:
    sys.exit("prctl: " + os.strerror(ctypes.get_errno()))
print("ready", flush=True)
sys.stdin.read()
