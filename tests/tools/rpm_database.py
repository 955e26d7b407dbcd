#!/usr/bin/env python3
"""rpm_database.py DATABASE COUNT [SEED]

An rpmdb.sqlite of COUNT packages, each with 40 files below /usr/bin and /etc, every one of them recorded with the SHA-256 of no
bytes; written with Python's sqlite3. With SEED bytes of it are altered at random afterwards, as a hostile host might.
"""
import hashlib
import random
import sqlite3
import struct
import sys


def header(values):
    index, data = b"", b""
    for tag, kind, value in sorted(values):
        if kind == 4:
            data += b"\0" * (-len(data) % 4)
        offset = len(data)
        if kind == 6:
            count, data = 1, data + value.encode() + b"\0"
        elif kind == 8:
            count, data = len(value), data + b"".join(v.encode() + b"\0" for v in value)
        else:
            count, data = len(value), data + struct.pack(">%dI" % len(value), *value)
        index += struct.pack(">4I", tag, kind, offset, count)
    return struct.pack(">2I", len(index) // 16, len(data)) + index + data


def package(n):
    empty = hashlib.sha256(b"").hexdigest()
    names = ["p%d-file%d" % (n, i) for i in range(40)]
    return header([(1000, 6, "package%d" % n), (1001, 6, "1.%d" % n), (1002, 6, "1"), (1022, 6, "x86_64"),
                   (1008, 4, [1700000000 + n]), (1035, 8, [empty] * 40), (1037, 4, [0] * 38 + [1, 64]),
                   (1116, 4, [i % 2 for i in range(40)]), (1117, 8, names), (1118, 8, ["/usr/bin/", "/etc/"]),
                   (5011, 4, [8])])


def main():
    path, count = sys.argv[1], int(sys.argv[2])
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE 'Other' (x)")
    base.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
    base.executemany("INSERT INTO Packages (blob) VALUES (?)", ((package(n),) for n in range(count)))
    base.commit()
    base.close()
    if len(sys.argv) > 3:
        chance = random.Random(int(sys.argv[3]))
        with open(path, "r+b") as f:
            content = bytearray(f.read())
            for _ in range(chance.randrange(1, 60)):
                content[chance.randrange(16, len(content))] = chance.randrange(256)
            f.seek(0)
            f.write(content)


main()
