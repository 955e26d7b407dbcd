#!/usr/bin/python3
"""flip_files.py PROGRAM BUNDLE [--runs N] [--flips N] [--seed N]: flips one bit in each of so many files of an uncompressed bundle, in place, and asks
PROGRAM verify: each of these files must be named as altered, and nothing else. Then the bits are turned back. Exit 1 when an answer is not so."""
import argparse, json, mmap, random, subprocess, sys, tarfile, time

def contents(path):
    "[(name, offset, size)] of the payload that has bytes."
    with tarfile.open(path) as tar:
        names = ((m.name.partition("/")[2], m.offset_data, m.size) for m in tar)
        return [row for row in names if row[0].startswith("data/") and row[2]]

def ask(program, path):
    done = subprocess.run([program, "verify", "--json", path], capture_output=True, check=False)
    return done.returncode, json.loads(done.stdout)

def wrong(code, report, names):
    "None, or what is wrong with the answer about a bundle in which these files were altered."
    wanted = [("payload-altered", n) for n in names]
    found = [(f["code"], f.get("path")) for f in report["findings"]]
    if not names: return None if report["integrity"] == "intact" else "whole again, and %s" % report["integrity"]
    if code != 1 or report["verdict"] != "failed" or report["integrity"] != "altered": return "exit %d, %s, %s" % (code, report["verdict"], report["integrity"])
    return None if sorted(found) == sorted(wanted) else "not named: %s; named besides: %s" % (sorted(set(wanted) - set(found))[:3], sorted(set(found) - set(wanted))[:3])

def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("program"); p.add_argument("bundle")
    p.add_argument("--runs", type=int, default=1); p.add_argument("--flips", type=int, default=1000); p.add_argument("--seed", type=int, default=1)
    o = p.parse_args()
    files, chance, bad, begin = contents(o.bundle), random.Random(o.seed), 0, time.monotonic()
    with open(o.bundle, "r+b") as f, mmap.mmap(f.fileno(), 0) as data:
        for run in range(o.runs):
            chosen = [(n, at + chance.randrange(size), chance.randrange(8)) for n, at, size in chance.sample(files, o.flips)]
            for _, at, bit in chosen: data[at] ^= 1 << bit
            problem = wrong(*ask(o.program, o.bundle), [n for n, _, _ in chosen])
            for _, at, bit in chosen: data[at] ^= 1 << bit
            if problem: bad += 1; print("run %d: %s" % (run, problem), flush=True)
    problem = wrong(*ask(o.program, o.bundle), [])
    if problem: bad += 1; print(problem)
    print("%d runs of %d flips among %d files: %d not as it must be, %.0f s" % (o.runs, o.flips, len(files), bad, time.monotonic() - begin))
    return 1 if bad else 0

if __name__ == "__main__": sys.exit(main())
