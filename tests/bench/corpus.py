#!/usr/bin/env python3
"""Corpora for measuring, made from a seed: the same arguments give the same bytes.

  corpus.py small DIR --scale S   100,000 files of 0 to 16 KiB: three in four words, one in four random bytes
  corpus.py logs DIR --scale S    2 GiB of log lines in 40 files
  corpus.py big DIR --scale S     one file of 4 GiB: by the MiB a quarter zeros, a quarter random bytes, half log lines
  corpus.py tiny DIR --count N    N files of 20 to 60 bytes, at most 1,000,000 to a directory

A scale below 1 makes fewer files (small), smaller files (logs, big). An existing corpus of the same arguments is kept."""
import argparse
import os
import random
import shutil
import sys

MIB = 1 << 20
WORD_COUNT = 4000


def words(rng):
    letters = b"abcdefghijklmnopqrstuvwxyz"
    return [bytes(rng.choices(letters, k=rng.randint(3, 9))) for _ in range(WORD_COUNT)]


def log_lines(rng, size):
    """About `size` bytes of lines as a web server or sshd writes them."""
    out, length, second = [], 0, rng.randrange(86400)
    programs = ["sshd[%d]", "nginx[%d]", "systemd[%d]", "cron[%d]"]
    texts = ["Failed password for invalid user u%d from 192.0.2.%d port %d ssh2",
             "GET /api/v1/items/%d?page=%d HTTP/1.1 200 %d",
             "Started session %d of user app%d, took %d ms",
             "connection %d from 198.51.100.%d closed after %d bytes"]
    while length < size:
        second += rng.randrange(3)
        line = "2026-03-01T%02d:%02d:%02d.%06dZ web%02d %s: %s\n" % (
            second // 3600 % 24, second // 60 % 60, second % 60, rng.randrange(1000000), rng.randrange(4),
            rng.choice(programs) % rng.randrange(32768),
            rng.choice(texts) % (rng.randrange(100000), rng.randrange(250), rng.randrange(65536)))
        out.append(line)
        length += len(line)
    return "".join(out).encode()[:size]


def write_file(path, data):
    with open(path, "wb") as f:
        f.write(data)


def small(rng, root, scale):
    pool = words(rng)
    for i in range(max(1, int(100000 * scale))):
        folder = f"{root}/d{i // 1000:03d}"
        if i % 1000 == 0:
            os.makedirs(folder)
        size = rng.randint(0, 16384)
        data = rng.randbytes(size) if i % 4 == 0 else b" ".join(rng.choices(pool, k=size // 6 + 1))[:size]
        write_file(f"{folder}/f{i:06d}.txt", data)


def logs(rng, root, scale):
    os.makedirs(root)
    size = max(4096, int((2048 * MIB // 40) * scale))
    for i in range(40):
        write_file(f"{root}/service-{i:02d}.log", log_lines(rng, size))


def big(rng, root, scale):
    os.makedirs(root)
    pool = log_lines(rng, 48 * MIB if scale >= 0.1 else 4 * MIB)
    with open(f"{root}/disk.img", "wb") as f:
        for i in range(max(4, int(4096 * scale))):
            if i % 4 == 0:
                f.write(bytes(MIB))
            elif i % 4 == 1:
                f.write(rng.randbytes(MIB))
            else:
                at = rng.randrange(len(pool) - MIB)
                f.write(pool[at:at + MIB])


def tiny(rng, root, count):
    pool = rng.randbytes(4096)
    for i in range(count):
        if i % 1000000 == 0:
            folder = f"{root}/d{i // 1000000:02d}"
            os.makedirs(folder)
        fd = os.open(f"{folder}/evidence-{i:08d}.log", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        at = i * 37 % 4000
        os.write(fd, pool[at:at + 20 + i % 41])
        os.close(fd)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["small", "logs", "big", "tiny"])
    parser.add_argument("directory")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=7)
    a = parser.parse_args()
    amount = a.count if a.kind == "tiny" else a.scale
    mark, label = a.directory.rstrip("/") + ".made", f"{a.kind} {amount} {a.seed} 1\n"
    if os.path.exists(mark) and open(mark).read() == label:
        return
    shutil.rmtree(a.directory, ignore_errors=True)
    rng = random.Random(f"{a.kind} {a.seed}")
    {"small": small, "logs": logs, "big": big, "tiny": tiny}[a.kind](rng, a.directory, amount)
    with open(mark, "w") as f:
        f.write(label)


if __name__ == "__main__":
    sys.exit(main())
