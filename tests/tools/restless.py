#!/usr/bin/env python3
"""restless.py OUT DIR: files that do not hold still while a collection runs that writes into OUT.

Makes DIR, prints "ready", and then acts when the unfinished bundle has grown to certain sizes, so that each file moves
while it is being read (they are taken in the order of their names, each of SIZE bytes):
  1-changes   bytes in its middle are replaced        2-grows   bytes are appended
  3-shrinks   it is cut                               4-vanishes  it is removed before its turn comes
rewritten is truncated and rewritten as fast as it goes, all the time. Says at the end how often.
"""
import glob
import os
import sys
import threading
import time

SIZE = 64 << 20
HERE = SIZE // 4  # into a file: that far it has been read for sure, and not yet to its end


def rewrite(path, stop, count):
    fd = os.open(path, os.O_WRONLY)
    while not stop.is_set():
        os.ftruncate(fd, 0)
        os.pwrite(fd, b"%d" % (count[0] % 10) * (1 + count[0] % 5000), 0)
        count[0] += 1
        time.sleep(0)
    os.close(fd)


def unfinished(out):
    for path in glob.glob(out + "/*.partial"):
        try:
            return os.stat(path).st_size
        except FileNotFoundError:
            pass
    return -1


def wait_for(out, size):
    end = time.monotonic() + 600
    while unfinished(out) < size:
        if time.monotonic() > end:
            sys.exit("no unfinished bundle of %d bytes" % size)
        time.sleep(0.0002)


def change(path):
    with open(path, "r+b", buffering=0) as f:
        f.seek(SIZE - 1)
        f.write(b"!")


def grow(path):
    with open(path, "ab", buffering=0) as f:
        f.write(b"more")


def main():
    out, top = sys.argv[1:3]
    os.mkdir(top)
    paths = [os.path.join(top, name) for name in ("1-changes", "2-grows", "3-shrinks", "4-vanishes", "rewritten")]
    for path in paths[:3]:
        with open(path, "wb") as f:
            f.truncate(SIZE)
    for path in paths[3:]:
        open(path, "wb").close()
    stop, count = threading.Event(), [0]
    rewriter = threading.Thread(target=rewrite, args=(paths[4], stop, count))
    rewriter.start()
    print("ready", flush=True)
    try:
        wait_for(out, HERE)
        change(paths[0])
        os.unlink(paths[3])
        wait_for(out, SIZE + HERE)
        grow(paths[1])
        wait_for(out, 2 * SIZE + HERE)
        os.truncate(paths[2], SIZE // 2)
        while unfinished(out) >= 0:
            time.sleep(0.001)
    finally:
        stop.set()
        rewriter.join()
    print("rewritten %d times" % count[0], flush=True)


main()
