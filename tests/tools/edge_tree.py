#!/usr/bin/env python3
"""edge_tree.py SEED DIRECTORY: a tree of files whose sizes and names lie at the edges of the pieces in which they are read (1 MiB, blocks of 512
bytes, headers of one block or of more), small ones between them. The same seed, the same tree."""
import os
import random
import sys

MIB = 1 << 20


def size_of(r):
    kind = r.random()
    if kind < 0.6:
        return r.choice((0, 1, 511, 512, 513, r.randrange(4096), r.randrange(20000)))
    if kind < 0.8:
        return r.randrange(100000)
    edge = r.choice((1, 1, 2, 2, 3)) * MIB - r.choice((0, 512, 1024, 1536, 2048, r.randrange(4096)))
    return max(0, edge + r.choice((-1, 0, 1, r.randrange(-600, 600))))


def name_of(r, number):
    length = r.choice((0, 0, 0, 60, 78, 82, 84, 86, 88, 90, 92, 95, 99, 100, 101, 150, 245))
    return f"{r.randrange(16 ** 4):04x}{number}".ljust(length, "n")[:255]


def main():
    r = random.Random(int(sys.argv[1]))
    top = sys.argv[2]
    for folder in range(r.randrange(1, 8)):
        at = os.path.join(top, *(name_of(r, folder)[:200] for _ in range(r.choice((1, 1, 2, 4)))))
        os.makedirs(at, exist_ok=True)
        for number in range(r.choice((3, 20, 60, 200))):
            path = os.path.join(at, name_of(r, number))
            with open(path, "wb") as f:
                size = size_of(r)
                f.write(number.to_bytes(2, "big") * (min(size, 64) // 2))
                f.truncate(size)


main()
