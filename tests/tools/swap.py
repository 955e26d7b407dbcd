#!/usr/bin/env python3
"""swap.py TREE OUTSIDE: 100 names in TREE, each of which is now a folder or file of its own, now a link to OUTSIDE or a file
in it, now a pipe that nobody writes: exchanged with renameat2(2) as fast as it goes, until ended (at most 1800 seconds)."""
import ctypes
import os
import random
import sys
import time

NAMES, EXCHANGE, HERE = 100, 2, -100
libc = ctypes.CDLL(None, use_errno=True)


def make(tree, outside):
    for n in range(NAMES):
        place, spare = "%s/t%03d" % (tree, n), "%s/s%03d" % (tree, n)
        if n % 2:
            for name, size in ((place, 10), (spare, 3000)):
                with open(name, "w") as f:
                    f.write("inside\n" * size)
        else:
            os.mkdir(place)
            for k in range(1, 9):
                with open("%s/%d" % (place, k), "w") as f:
                    f.write("inside\n")
            os.symlink(outside, spare)
        other = "%s/o%03d" % (tree, n)
        if n % 4 == 1:
            os.symlink("%s/%d" % (outside, n % 8 + 1), other)
        else:
            os.mkfifo(other)


def main():
    tree, outside = sys.argv[1:]
    make(tree, outside)
    kinds = [["%s/%s%03d" % (tree, kind, n) for kind in "tso"] for n in range(NAMES)]
    print("ready", flush=True)
    end = time.monotonic() + 1800
    while time.monotonic() < end:
        a, b = random.sample(random.choice(kinds), 2)
        if libc.renameat2(HERE, a.encode(), HERE, b.encode(), EXCHANGE) != 0:
            sys.exit("renameat2: %s" % os.strerror(ctypes.get_errno()))


main()
