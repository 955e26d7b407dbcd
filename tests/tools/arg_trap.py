#!/usr/bin/env python3
"""arg_trap.py FILE: a process whose arguments lie in FILE (prctl(2), PR_SET_MM): whoever reads its /proc/PID/cmdline makes the
kernel read FILE. Prints "ready", ends when its standard input ends. Needs CAP_SYS_RESOURCE."""
import ctypes
import mmap
import os
import sys

PR_SET_MM, ARG_START, ARG_END = 35, 8, 9
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]

fd = os.open(sys.argv[1], os.O_RDONLY)
at = libc.mmap(None, mmap.PAGESIZE, mmap.PROT_READ, mmap.MAP_PRIVATE, fd, 0)
if at in (None, ctypes.c_void_p(-1).value):
    sys.exit("mmap: " + os.strerror(ctypes.get_errno()))
# The end first while it grows, so that the start is never behind it.
for what, value in sorted({ARG_START: at, ARG_END: at + 64}.items(), reverse=True):
    if libc.prctl(PR_SET_MM, what, ctypes.c_ulong(value), 0, 0) != 0:
        sys.exit("prctl: " + os.strerror(ctypes.get_errno()))
print("ready", flush=True)
sys.stdin.read()
