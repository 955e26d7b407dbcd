#!/usr/bin/python3
"""Loads two BPF programs that do nothing and a map; pins the first in the folder that is given; says its pid and their ids; holds them until stdin ends."""
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
NUMBER = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
def bpf(command, attr):
    b = ctypes.create_string_buffer(attr.ljust(128, b"\0"))
    r = libc.syscall(NUMBER, command, b, 128)
    if r < 0: sys.exit("bpf(%d): %s" % (command, os.strerror(ctypes.get_errno())))
    return r
code = ctypes.create_string_buffer(bytes.fromhex("b700000000000000" "9500000000000000"))  # r0 = 0; exit
licence, log = ctypes.create_string_buffer(b"GPL"), ctypes.create_string_buffer(65536)
def program(kind, name):
    return bpf(5, struct.pack("IIQQIIQII16s", kind, 2, ctypes.addressof(code), ctypes.addressof(licence), 1, 65536, ctypes.addressof(log), 0, 0, name))
def ident(fd):
    with open("/proc/self/fdinfo/%d" % fd) as f: return next(l.split()[1] for l in f if l.startswith(("prog_id:", "map_id:")))
quiet, loud = program(1, b"quiet"), program(5, b"listener")
table = bpf(0, struct.pack("IIIIIII16s", 2, 4, 8, 16, 0, 0, 0, b"table"))
if len(sys.argv) > 1:
    path = ctypes.create_string_buffer(os.path.join(sys.argv[1], "kept").encode())
    bpf(6, struct.pack("QI", ctypes.addressof(path), quiet))
print(os.getpid(), ident(quiet), ident(loud), ident(table), flush=True)
sys.stdin.read()
