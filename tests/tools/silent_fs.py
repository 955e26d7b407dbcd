#!/usr/bin/env python3
"""silent_fs.py MOUNTPOINT WORD...

A FUSE file system that answers all but some requests; for tests of programs that must not wait for it. It holds
  a  dir/inner  dir/other  huge (3 MiB)  quiet (5 bytes, may be executed)  z
Each WORD is OPERATION:NAME, a request that is never answered: list:dir, look:dir, read:quiet, read:huge, read:huge@N (from
offset N on), flush:huge (what closing it waits for). Prints "ready" when it is mounted, unmounts when its standard input ends.
"""
import ctypes
import os
import select
import stat
import struct
import sys

MIB = 1 << 20
NAMES = {1: "", 2: "a", 3: "dir", 4: "inner", 5: "other", 6: "huge", 7: "quiet", 8: "z"}
BELOW = {1: [2, 3, 6, 7, 8], 3: [4, 5]}
CONTENT = {2: b"first", 4: b"inner", 5: b"other", 6: b"h" * (3 * MIB), 7: b"quiet", 8: b"last"}
LOOKUP, FORGET, GETATTR, OPEN, READ, STATFS, RELEASE, FLUSH = 1, 2, 3, 14, 15, 17, 18, 25
INIT, OPENDIR, READDIR, RELEASEDIR, INTERRUPT, BATCH_FORGET = 26, 27, 28, 29, 36, 42
ENOENT, ENOSYS = 2, 38


def attributes(node):
    folder = node in BELOW
    size = 0 if folder else len(CONTENT[node])
    mode = stat.S_IFDIR | 0o755 if folder else stat.S_IFREG | (0o755 if NAMES[node] == "quiet" else 0o644)
    return struct.pack("<6Q3I7I", node, size, 0, 1, 1, 1, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


class Silent(Exception):
    pass


def check(silent, operation, name, offset=0):
    for word in silent:
        what, _, place = word.partition(":")
        wanted, _, start = place.partition("@")
        if what == operation and wanted == name and offset >= int(start or 0):
            raise Silent


def look(silent, node, body):
    name = body.rstrip(b"\0").decode()
    check(silent, "look", name)
    for child in BELOW[node]:
        if NAMES[child] == name:
            return struct.pack("<4Q2I", child, 0, 0, 0, 0, 0) + attributes(child)
    return -ENOENT


def entries(silent, node, body):
    check(silent, "list", NAMES[node])
    if struct.unpack_from("<Q", body, 8)[0] > 0:
        return b""
    out = b""
    for i, child in enumerate(BELOW[node]):
        name = NAMES[child].encode()
        kind = 4 if child in BELOW else 8
        out += struct.pack("<QQII", child, i + 1, len(name), kind) + name + b"\0" * (-len(name) % 8)
    return out


def content(silent, node, body):
    offset, size = struct.unpack_from("<QI", body, 8)
    check(silent, "read", NAMES[node], offset)
    return CONTENT[node][offset:offset + size]


def answer(silent, operation, node, body):
    if operation == INIT:
        return struct.pack("<4I2H2I2H8I", 7, 31, 0, 0, 16, 12, 128 << 10, 1, 0, 0, *[0] * 8)
    if operation == LOOKUP:
        return look(silent, node, body)
    if operation == GETATTR:
        return struct.pack("<Q2I", 0, 0, 0) + attributes(node)
    if operation in (OPEN, OPENDIR):
        return struct.pack("<Q2I", 0, 1 if operation == OPEN else 0, 0)  # FOPEN_DIRECT_IO
    if operation == READDIR:
        return entries(silent, node, body)
    if operation == READ:
        return content(silent, node, body)
    if operation == STATFS:
        return struct.pack("<5Q4I6I", 0, 0, 0, 0, 0, 4096, 255, 4096, 0, *[0] * 6)
    if operation == FLUSH:
        check(silent, "flush", NAMES[node])
    return b"" if operation in (RELEASE, RELEASEDIR, FLUSH) else -ENOSYS


def serve(fd, silent):
    request = os.read(fd, 1 << 20)
    length, operation, unique, node = struct.unpack_from("<IIQQ", request)
    if operation in (FORGET, BATCH_FORGET, INTERRUPT):
        return
    try:
        out = answer(silent, operation, node, request[40:length])
    except Silent:
        print("silent", flush=True)
        return
    error, out = (out, b"") if isinstance(out, int) else (0, out)
    try:
        os.write(fd, struct.pack("<IiQ", 16 + len(out), error, unique) + out)
    except FileNotFoundError:
        pass  # it was interrupted meanwhile


def main():
    fd = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
    if ctypes.CDLL(None).mount(b"none", sys.argv[1].encode(), b"fuse.silent", 0, options) != 0:
        sys.exit("cannot mount")
    print("ready", flush=True)
    while True:
        ready = select.select([fd, sys.stdin], [], [])[0]
        if sys.stdin in ready and not sys.stdin.buffer.read1(1):
            return
        if fd in ready:
            serve(fd, sys.argv[2:])


main()
