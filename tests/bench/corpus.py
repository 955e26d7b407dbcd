#!/usr/bin/env python3
"""Corpora for measuring, made from a seed: the same arguments give the same bytes.

  corpus.py small DIR --scale S   100,000 files of 0 to 16 KiB: three in four text, one in four random bytes
  corpus.py logs DIR --scale S    2 GiB of lines of a web server and sshd in 40 files
  corpus.py big DIR --scale S     one file of 4 GiB: by the MiB a quarter zeros, a quarter random bytes, half log lines
  corpus.py tiny DIR --count N    N files of 20 to 60 bytes, at most 1,000,000 to a directory

A scale below 1 makes fewer files (small), smaller files (logs, big). An existing corpus of the same arguments is kept."""
import argparse
import os
import random
import shutil
import sys

MIB = 1 << 20


def words(rng, count):
    letters = b"abcdefghijklmnopqrstuvwxyz"
    return [bytes(rng.choices(letters, k=rng.randint(3, 9))) for _ in range(count)]


class Text:
    """Text as in source and configuration files: each file repeats a few dozen phrases of its own, with numbers."""

    def __init__(self, rng):
        pool = words(rng, 4000)
        self.rng = rng
        self.phrases = [b" ".join(rng.choices(pool, k=rng.randint(2, 7))) for _ in range(20000)]

    def make(self, size):
        own, lines, length = self.rng.sample(self.phrases, 48), [], 0
        while length < size:
            line = b"%s%s = %d;\n" % (b"    " * self.rng.randrange(3), self.rng.choice(own), self.rng.randrange(100))
            lines.append(line)
            length += len(line)
        return b"".join(lines)[:size]


def log_lines(rng, size):
    """About `size` bytes of lines as a web server and sshd write them: a few hundred clients, ids that count up."""
    clients = [f"{rng.choice(['192.0.2', '198.51.100', '203.0.113'])}.{rng.randrange(254)}" for _ in range(300)]
    paths = ["/api/v1/items", "/api/v1/items/%d", "/login", "/static/app.js", "/static/site.css", "/report/%d", "/health"]
    users = ["root", "admin", "deploy", "backup", "postgres", "git", "ubuntu", "test"]
    agents = ["Mozilla/5.0 (X11; Linux x86_64)", "curl/7.88.1", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"]
    out, length, milliseconds, request, pid = [], 0, rng.randrange(86400000), rng.randrange(100000), 1200
    while length < size:
        milliseconds += int(rng.expovariate(1 / 40))
        s = milliseconds // 1000
        stamp = "2026-03-01T%02d:%02d:%02d.%03dZ" % (s // 3600 % 24, s // 60 % 60, s % 60, milliseconds % 1000)
        client = clients[min(299, int(rng.expovariate(1 / 30)))]
        if rng.random() < 0.8:
            request += 1
            path = rng.choice(paths)
            path = path % rng.randrange(2000) if "%d" in path else path
            line = '%s web01 nginx[812]: %s "GET %s HTTP/1.1" 200 %d "%s" id=%d\n' % (
                stamp, client, path, rng.choice([512, 1380, 4096, 20480]), rng.choice(agents), request)
        else:
            pid += rng.random() < 0.2
            line = "%s web01 sshd[%d]: Failed password for invalid user %s from %s port %d ssh2\n" % (
                stamp, pid, rng.choice(users), client, rng.randrange(32768, 61000))
        out.append(line)
        length += len(line)
    return "".join(out).encode()[:size]


def write_file(path, data):
    with open(path, "wb") as f:
        f.write(data)


def small(rng, root, scale):
    text = Text(rng)
    for i in range(max(1, int(100000 * scale))):
        folder = f"{root}/d{i // 1000:03d}"
        if i % 1000 == 0:
            os.makedirs(folder)
        size = rng.randint(0, 16384)
        data = rng.randbytes(size) if i % 4 == 0 else text.make(size)
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
    mark, label = a.directory.rstrip("/") + ".made", f"{a.kind} {amount} {a.seed} 2\n"
    if os.path.exists(mark) and open(mark).read() == label:
        return
    shutil.rmtree(a.directory, ignore_errors=True)
    rng = random.Random(f"{a.kind} {a.seed}")
    {"small": small, "logs": logs, "big": big, "tiny": tiny}[a.kind](rng, a.directory, amount)
    with open(mark, "w") as f:
        f.write(label)


if __name__ == "__main__":
    sys.exit(main())
