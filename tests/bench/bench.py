#!/usr/bin/env python3
"""Measures hozen against what people use today and writes a report. See docs/PERFORMANCE.md for how to read it.

Everything is made below --work and removed at the end (unless --keep): corpora, bundles, keys."""
import argparse
import datetime
import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile

import growth
import ledger
import live
import measure
import report
import rows
import service
import triage


def say(text):
    print(text, file=sys.stderr, flush=True)


def drop_caches():
    subprocess.run(["sync"], check=True)
    with open("/proc/sys/vm/drop_caches", "w") as f:
        f.write("3\n")


def one(bench, command, cold, memory=False):
    bench.fresh()
    if cold:
        drop_caches()
    return measure.run(command, memory=memory, accept=(0, 1) if isinstance(command, str) and "find" in command else (0, 4))


def of_action(bench, cost, action):
    """The cost of one action of a run: seconds as the bundle has them; of CPU seconds only the whole run is known."""
    with tarfile.open(f"{bench.out}/INC-1.tar") as bundle:
        rows = [json.loads(line) for line in bundle.extractfile("INC-1/meta/actions.jsonl")]
    found = next(r for r in rows if r.get("action") == action)
    cost.seconds = float(found["end_boottime"]) - float(found["start_boottime"])
    return cost


def measure_row(bench, row, runs):
    """Ours and the peer in turn, so that what else the machine does falls on both."""
    if not row.cold:
        one(bench, row.ours, False)
        one(bench, row.peer, False)
    ours, peer = [], []
    for _ in range(runs):
        cost = one(bench, row.ours, row.cold)
        ours.append(of_action(bench, cost, row.action) if row.action else cost)
        peer.append(one(bench, row.peer, row.cold))
    watched = one(bench, row.ours, row.cold, memory=True)
    middle = {
        "ours": statistics.median(c.seconds for c in ours), "peer": statistics.median(c.seconds for c in peer),
        "ours_cpu": statistics.median(c.cpu for c in ours), "peer_cpu": statistics.median(c.cpu for c in peer),
    }
    return report.Result(row, middle, watched.memory, runs)


def measure_rows(bench, table, runs, out):
    for row in table:
        result = measure_row(bench, row, runs)
        out.add(result)
        say(result.line())


def make_key(bench):
    stem = bench.key[:-len(".key")]
    subprocess.run([f"{bench.bin}/hozen-custody", "key", "new", "--for", "collect", "--name",
                    "Sato Hanako <sato@csirt.example>", "--out", stem],
                   check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def make_bundles(bench, kinds):
    for kind in kinds:
        bench.fresh()
        measure.run(bench.collect(["--path", bench.corpus(kind)], "zstd"))
        os.replace(f"{bench.out}/INC-1.tar.zst", bench.bundle(kind))


MARK = ".hozen-bench"  # what lies beside it is ours to remove
PARTS = {str(n) for n in range(1, 13)} | {"growth", "service"}


def above_zero(kind):
    def read(text):
        try:
            value = kind(text)
        except ValueError:
            value = 0
        if not 0 < value < 1000000:
            raise argparse.ArgumentTypeError(f"{text} is no number above 0, or far too large")
        return value
    return read


def parts(text):
    named = set(text.split(","))
    if not named <= PARTS:
        raise argparse.ArgumentTypeError(f"{text}: the rows are 1 to 12, growth and service")
    return named


def is_ours(work):
    return not os.path.lexists(work) or os.path.isdir(work) and (not os.listdir(work) or
                                                                 os.path.exists(f"{work}/{MARK}"))


def take(work):
    os.makedirs(work, exist_ok=True)
    with open(f"{work}/{MARK}", "w"):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", help="directory of the programs")
    parser.add_argument("--work", help="directory on a disk with room, 20 GiB at scale 1: new, empty, or left by --keep")
    parser.add_argument("--scale", type=above_zero(float), default=1.0)
    parser.add_argument("--runs", type=above_zero(int), default=5)
    parser.add_argument("--rows", type=parts, dest="wanted", help="only these, e.g. 1,4,12,growth,service")
    parser.add_argument("--ten-million", action="store_true", help="growth with 10,000,000 files too")
    parser.add_argument("--report", help="file to write; what stands behind its line '<!-- by hand -->' is kept")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--check", action="store_true", help="look at the arguments, and do nothing")
    a = parser.parse_args()
    if a.work and not is_ours(a.work):
        parser.error(f"--work {a.work} holds other things, and would be removed: name a new or an empty directory")
    if a.check:
        return 0
    if not (a.bin and a.work):
        parser.error("--bin and --work are needed")
    wanted = a.wanted
    bench = rows.Bench(os.path.abspath(a.bin), os.path.abspath(a.work))
    table = [r for r in bench.rows() if wanted is None or r.number in wanted]
    take(bench.work)
    made = datetime.datetime.now(datetime.timezone.utc)
    out = report.Report(a.scale, a.runs, made)
    try:
        make_key(bench)
        measure_rows(bench, [r for r in table if r.whole_root], a.runs, out)  # corpora would be its recent files
        live.run(bench, wanted, a.scale, lambda row: measure_rows(bench, [row], a.runs, out))
        ledger.run(bench, wanted, a.scale, lambda row: measure_rows(bench, [row], a.runs, out))
        if wanted is None or "12" in wanted:
            out.triage = triage.Triage(bench, a.scale, a.runs)
            say(out.triage.line())
        if any(not r.whole_root for r in table) or wanted is None or wanted & {"growth", "service"}:
            say("making corpora")
            for kind in ("small", "logs", "big"):
                bench.make_corpus(kind, "--scale", str(a.scale))
        if any(r.number == "4" for r in table):
            make_bundles(bench, ["small", "logs", "big"])
        measure_rows(bench, [r for r in table if not r.whole_root], a.runs, out)
        if wanted is None or "growth" in wanted:
            growth.run(bench, a.scale, a.ten_million, out, say)
        if wanted is None or "service" in wanted:
            service.run(bench, a.scale, out, say)
    finally:
        if not a.keep:
            shutil.rmtree(bench.work, ignore_errors=True)
    if a.report:
        out.write(a.report)
    else:
        sys.stdout.write(out.text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
