"""Rows 10 and 11: one record made durable while the next one is signed and checked, and the audit of a long ledger, the
chain and the tables by themselves and with every signature. The ledger is made by tests/tools/ledger_make, many entries
to a transaction, a checkpoint to 500."""
import os
import subprocess
import sys

import rows

WRITES = ("import os, sys\n"
          "f = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)\n"
          "for _ in range(int(sys.argv[2])):\n    os.write(f, b'x' * 4096)\n    os.fdatasync(f)\n")
SELECT = ("import sqlite3, sys\n"
          "for row in sqlite3.connect(sys.argv[1]).execute('SELECT sequence, bytes, leaf FROM entry'):\n    pass\n")


class Ledger:
    """Ledgers of two people below the work directory."""

    def __init__(self, bench):
        self.bench, self.tools = bench, os.path.join(os.path.dirname(bench.bin), "tests")
        self.keys = [f"{bench.work}/{name}" for name in ("from", "to")]

    def custody(self, *args):
        subprocess.run([f"{self.bench.bin}/hozen-custody", *args], check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self, path):
        first, second = self.keys
        for key, name in ((first, "Sato Hanako <sato@csirt.example>"), (second, "Tanaka Ken <tanaka@lab.example>")):
            if not os.path.exists(key + ".key"):
                self.custody("key", "new", "--for", "custody", "--name", name, "--out", key)
        self.custody("custody", "init", path, "--organisation", "CSIRT Example", "--key", first + ".key")
        self.custody("custody", "person", "add", second + ".key.pub", "--ledger", path, "--key", first + ".key")

    def make(self, path, count, *batch):
        return [f"{self.tools}/ledger_make", path, str(count), self.keys[0] + ".key", self.keys[1] + ".key", *batch]


def append_row(ledger, count):
    short, copy = f"{ledger.bench.work}/short.db", f"{ledger.bench.out}/l.db"
    ledger.start(short)
    ours = " ".join(["cp", short, copy, "&&", "HOZEN_ALONE=1", *ledger.make(copy, 2 + count, "1")])  # as commands do it
    return rows.Row("10", f"append to the ledger, {count:,} records, each durable", ours,
                    [sys.executable, "-c", WRITES, f"{ledger.bench.out}/writes", str(count)], 1 / 0.9)


def audit_rows(ledger, count):
    path = f"{ledger.bench.work}/long.db"
    ledger.start(path)
    subprocess.run(ledger.make(path, count), check=True)
    peer = [sys.executable, "-c", SELECT, path]
    return [rows.Row("11", f"audit of {count:,} entries, chain and tables", [f"{ledger.tools}/ledger_derive", path],
                     peer, 3),
            rows.Row("11", f"audit of {count:,} entries, with signatures",
                     [f"{ledger.bench.bin}/hozen-custody", "custody", "audit", "--ledger", path], peer, None)]


def run(bench, wanted, scale, measure):
    """measure: is given a row while its ledger is there."""
    ledger = Ledger(bench)
    if wanted is None or "10" in wanted:
        bench.fresh()
        measure(append_row(ledger, max(20, int(2000 * min(1, scale)))))
    if wanted is None or "11" in wanted:
        for row in audit_rows(ledger, max(200, int(1000000 * scale))):
            measure(row)
