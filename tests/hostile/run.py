#!/usr/bin/python3
"""Hostile bundles: builds the corpus, and asks the oracle, hozen-verify and the expected answers about each. What is accepted must list alike in
GNU tar, bsdtar, Python and hozen-verify, and come out inert. With --mutants and --signed also random ones. Exit 1 when anything disagrees."""
import argparse, collections, multiprocessing, os, random, sys, tempfile

import corpus    # first: it finds tests/oracle
import agree, make, sshsig, verify
import judged, stock

class Bench:
    "What a worker has at hand: made once for each."
    def __init__(self, o):
        self.hozen = os.path.join(o.hozen, "hozen-verify")
        self.program = None if o.quick else agree.Hozen(self.hozen, judged.OPTIONS, o.pipe)
        self.judge = judged.Judge(o.judge, judged.OPTIONS) if o.judge else None
        self.signers, self.revoked = sshsig.read_signers(judged.LISTS[0]), sshsig.read_revoked(judged.LISTS[1])

    def oracle(self, data, beside): return verify.check(data, self.signers, self.revoked, beside)
    def accepted(self, path): return [] if not self.program else list(stock.differences(path, self.hozen)) + list(stock.living(self.hozen, path))

bench = None
def start(o):
    global bench
    bench = Bench(o)

def sample(job):
    "(case, problems) of one case of the corpus."
    name, out = job
    case = corpus.CASES[name]
    row = make.write(case, out)
    path = os.path.join(out, row["file"])
    with open(path, "rb") as f: data = f.read()
    mine = bench.oracle(data, verify.beside(path)) if bench.program else None
    problems = list(agree.differences(row, verify.EXIT[mine["verdict"]], mine, "oracle")) if mine else []
    for who, reader in (("hozen", bench.program), ("judge_bundles", bench.judge)):
        if reader:
            code, theirs = reader.check(path)
            problems += list(agree.differences(row, code, theirs, who)) + (list(agree.between(mine, theirs)) if mine else [])
    if case.kind == "good": problems += bench.accepted(path)
    os.unlink(path)
    return name, problems

def random_ones(job):
    "(what was tried, problems) of many mutants of good samples, or of deviations under a valid signature."
    kind, count, seed, folder, rows = job
    problems, reader = [], bench.judge or bench.program
    def complain(where, what): problems.append("%s: %s" % (where, what))
    if kind == "mutants": agree.mutants(folder, rows, count, seed, bench.oracle, reader, complain)
    else: agree.signed(count, seed, bench.oracle, reader, complain, lambda path: bench.accepted(path))
    return "%d %s of seed %s" % (count, kind, seed), problems

def shares(kind, count, o, rows):
    "In shares that two processors can have done at once."
    step = max(1, min(1000, -(-count // o.jobs)))
    return [(kind, min(step, count - i), "%s.%d" % (o.seed, i // step), agree.SPEC_VECTORS, rows) for i in range(0, count, step)]

def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--hozen", required=True, help="folder of the programs")
    p.add_argument("--judge", help="judge_bundles, which is quick; without it random ones go to the program")
    p.add_argument("--quick", action="store_true", help="hold the corpus against the expected answers alone, by judge_bundles")
    p.add_argument("--pipe", action="store_true", help="give the corpus to hozen-verify through a pipe")
    p.add_argument("--mutants", type=int, default=0, metavar="N", help="also N random mutants of good samples")
    p.add_argument("--signed", type=int, default=0, metavar="N", help="also N random deviations under a valid signature")
    p.add_argument("--only", default="", metavar="TEXT", help="only cases with this in their name; - for none")
    p.add_argument("--seed", default="1")
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    o = p.parse_args()
    for program in (o.judge, not o.quick and os.path.join(o.hozen, "hozen-verify")):
        if program and not os.access(program, os.X_OK): p.error("%s is not there" % program)    # a pool would ask for it for ever
    chosen = [c for c in corpus.cases() if o.only in c.name] if o.only != "-" else []
    random.Random(o.seed).shuffle(chosen)    # so that the long ones do not end together
    counted, bad = collections.Counter(c.code or "honest" for c in chosen), 0
    with tempfile.TemporaryDirectory() as out, multiprocessing.Pool(o.jobs, start, (o,)) as pool:
        for kind in ("good", "bad"): os.mkdir(os.path.join(out, kind))
        with open(os.path.join(agree.SPEC_VECTORS, "vectors.json"), encoding="utf-8") as f: rows = agree.json.load(f)
        jobs = shares("mutants", o.mutants, o, rows) + shares("signed", o.signed, o, rows)
        results = [(sample, [(c.name, out) for c in chosen]), (random_ones, jobs)]
        for function, work in results:
            for label, problems in pool.imap_unordered(function, work):
                for problem in problems: bad += 1; print("%s: %s" % (label, problem), flush=True)
    print("%d hostile and %d honest bundles (%s), %d mutants, %d signed deviations; %d disagreements" % (
        len(chosen) - counted["honest"], counted["honest"], ", ".join("%d %s" % (n, c) for c, n in sorted(counted.items()) if c != "honest"), o.mutants, o.signed, bad))
    return 1 if bad or not (chosen or jobs) else 0

if __name__ == "__main__": sys.exit(main())
