"""What is measured: the rows of the table. A row has ours and a peer, run in turn, and a goal for the ratio of their
elapsed times; or a bound for memory."""
import os
import shutil
import subprocess
import sys


class Row:
    def __init__(self, number, name, ours, peer, goal, cold=False, whole_root=False, action=None):
        self.number, self.name, self.ours, self.peer, self.goal = number, name, ours, peer, goal
        self.cold, self.whole_root = cold, whole_root
        self.action = action  # not the whole run counts, but what its bundle says that this took


class Bench:
    """Commands over the corpora of one work directory."""

    def __init__(self, bin_dir, work):
        self.bin, self.work, self.out = bin_dir, work, f"{work}/out"
        self.key = f"{work}/bench.key"
        self.signers = f"{work}/bench.signers"

    def corpus(self, kind):
        return f"{self.work}/{kind}"

    def make_corpus(self, kind, *amount, name=None):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus.py")
        subprocess.run([sys.executable, script, kind, self.corpus(name or kind), *amount], check=True)

    def fresh(self):
        shutil.rmtree(self.out, ignore_errors=True)
        os.makedirs(self.out)

    def collect(self, args, compress, item="INC-1"):
        return [f"{self.bin}/hozen-collect", "--case", "INC-1", "--operator", "Sato Hanako", "--item", item, "--key",
                self.key, "--out", self.out, "--compress", compress, *args]

    def bundle(self, kind):
        return f"{self.work}/bundle-{kind}.tar.zst"

    def verify(self, bundle):
        return [f"{self.bin}/hozen-verify", "verify", bundle, "--signers", self.signers]

    def peer_tar(self, kind):
        return f"tar cf - -C {self.work} {kind} | zstd -q -1 -T2 > {self.out}/peer.tar.zst"

    def rows(self):
        def collect(number, kind, goal):
            return Row(number, f"collect {kind}, zstd, hashed", self.collect(["--path", self.corpus(kind)], "zstd"),
                       self.peer_tar(kind), goal)

        def check(kind, goal):
            return Row("4", f"verify {kind}", self.verify(self.bundle(kind)),
                       f"zstd -dcq {self.bundle(kind)} | openssl dgst -sha256", goal)

        small = ["--path", self.corpus("small")]
        recent = ["--recent", "60m", "--recent-root", "/"]
        return [
            collect("1", "small", 0.80),
            collect("2", "logs", 0.88),
            collect("3", "big", 0.80),
            check("small", 0.65),
            check("logs", 0.70),
            check("big", 0.63),
            Row("5", "collect small, uncompressed", self.collect(small, "none"),
                f"rhash --sha256 -r {self.corpus('small')}", 0.75),
            Row("6", "collect small, cold cache", self.collect(small, "none"),
                f"tar cf - -C {self.work} small | cat", 0.35, cold=True),
            Row("7", "recent files over the whole root", self.collect(recent, "zstd"), "find / -xdev -mmin -60 -ls", 0.50,
                whole_root=True),
        ]
