"""Growth: the same work at ten times the size should take ten times as long and the same memory."""
import os
import shutil

import measure

FILES = [10_000, 100_000, 1_000_000]
GIBS = [1, 10]


def both(bench, path):
    """Collects and verifies; their costs and the number of bytes of the bundle."""
    bench.fresh()
    collected = measure.run(bench.collect(["--path", path], "zstd"), memory=True)
    bundle = f"{bench.out}/INC-1.tar.zst"
    verified = measure.run(bench.verify(bundle), memory=True)
    return collected, verified, os.path.getsize(bundle)


def add(bench, out, say, label, amount, path):
    collected, verified, size = both(bench, path)
    out.add_growth(label, amount, collected, verified, size)
    say(f"growth {label}: collect {collected.seconds:.2f} s {collected.memory >> 20} MiB, "
        f"verify {verified.seconds:.2f} s {verified.memory >> 20} MiB")


def run(bench, scale, ten_million, out, say):
    counts = [max(100, int(n * scale)) for n in FILES + ([10_000_000] if ten_million else [])]
    for count in counts:
        bench.make_corpus("tiny", "--count", str(count))
        add(bench, out, say, f"{count:,} files", count, bench.corpus("tiny"))
        shutil.rmtree(bench.corpus("tiny"))
    for gib in GIBS:
        part = gib / 4 * scale  # the big corpus is 4 GiB at scale 1
        bench.make_corpus("big", "--scale", str(part), name="grown")
        add(bench, out, say, f"{gib * scale:g} GiB in one file", gib * scale, bench.corpus("grown"))
        shutil.rmtree(bench.corpus("grown"))
