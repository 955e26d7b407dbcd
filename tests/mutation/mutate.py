#!/usr/bin/python3
"""mutate.py [--count N] [--seed S] [--work DIR] [--file PATH]... [--list]

Mutants of the code that accepts or refuses: N of them (160), spread over the files, chosen by the seed. All are built at once, in
a copy of what is committed, and brought to life one after the other by an environment variable; each must make one of these fail:
  unit tests of formats/read, verify and custody; what hozen verify says of every vector and every sample of the oracle;
  what the readers say of every offer, receipt and statement that the oracle makes, and of random runs of statements;
  command-line tests of custody and of exports (COMMANDS), for what none of these noticed.
A test that does not reach a mutant is not asked. Prints every mutant that nothing noticed; docs/MUTATION.md says why those that are known
cannot be noticed, or need not. Exit code 1 when fewer than 95 % were."""
import argparse
import concurrent.futures
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

import points

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
FILES = """acquisition bag brought bundle catalog checkpoint entry export field frame gunzip inspection json ledger ledger_body
ledger_checks ledger_copy ledger_evidence ledger_item ledger_member ledger_person ledger_rule ledger_text line listing lists member
manifest merkle name offer payload policy policy_check proof prooffile pubkey records settle signers sshsig sshwire stat statement
statement_type tags tar timestamp timestamp_chain travel trust whole wide window""".split()
FILES = ["formats/read/%s.c" % f for f in FILES] + ["verify/%s.c" % f for f in "verdict policy export_check export_chains export_keys".split()]
COMMANDS = ("40-custody", "55-two-ledgers", "56-export")
TARGETS = re.compile(r"^test_(read|verify|custody)_")
SLOW = re.compile(r"no_memory|flip|slow|large|wycheproof")  # minutes each, about what others find in a second


class Bed:
    """The copy, its build, and the tests."""

    def __init__(self, options):
        self.options, self.work = options, options.work
        self.source, self.build = os.path.join(self.work, "source"), os.path.join(self.work, "build")
        self.chosen = {}

    def copy(self):
        os.makedirs(self.source)
        archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", self.source], input=archive, check=True)

    def again(self):
        """Whether the folder has it all already."""
        path = os.path.join(self.work, "chosen.json")
        if not os.path.exists(path):
            return False
        with open(path) as f:
            self.possible, rows = json.load(f)
        self.chosen = dict(enumerate(rows))
        return True

    def keep(self):
        with open(os.path.join(self.work, "chosen.json"), "w") as f:
            json.dump([self.possible, list(self.chosen.values())], f)

    def choose(self):
        """An equal share for every file, then by chance from what is left; one point for a place."""
        chance = random.Random(self.options.seed)
        places = []
        for name in self.options.file or FILES:
            with open(os.path.join(self.source, name)) as f:
                by_place = {}
                for p in points.points(f.read()):
                    by_place.setdefault(p[:2], []).append(p)
            own = [(name, chance.choice(options)) for _, options in sorted(by_place.items())]
            # none inside another
            own = [(n, p) for n, p in own if not any(q is not p and q[0] <= p[0] and p[1] <= q[1] for _, q in own)]
            chance.shuffle(own)
            places.append(own)
        rows = [own[i] for i in range(max(map(len, places), default=0)) for own in places if i < len(own)]
        self.possible = len(rows)
        self.chosen = dict(enumerate(rows[:self.options.count]))

    def instrument(self):
        for name in {row[0] for row in self.chosen.values()}:
            path = os.path.join(self.source, name)
            with open(path) as f:
                text = f.read()
            for number, (where, point, *_) in self.chosen.items():
                if where == name:
                    self.chosen[number] = (where, point, text.count("\n", 0, point[0]) + 1, " ".join(text[point[0]:point[1]].split()))
            with open(path, "w") as f:
                f.write(points.instrumented(text, [(n, row[1]) for n, row in self.chosen.items() if row[0] == name]))

    def make(self):
        header = os.path.join(ROOT, "tests/mutation/mutant.h")
        subprocess.run(["cmake", "-S", self.source, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DHOZEN_TESTS=ON", "-DHOZEN_WERROR=OFF",
                        "-DCMAKE_C_FLAGS=-O1 -w -include %s" % header], check=True, stdout=subprocess.DEVNULL)
        listed = subprocess.run(["ninja", "-C", self.build, "-t", "targets", "all"], check=True, capture_output=True, text=True).stdout
        targets = sorted({line.split(":")[0] for line in listed.splitlines() if TARGETS.match(line) and ": phony" in line})
        subprocess.run(["ninja", "-C", self.build, "-j", str(self.options.jobs), *targets, "hozen-verify", "hozen-custody", "hozen-judge", "hozen-judge-chain"], check=True,
                       stdout=subprocess.DEVNULL)

    # --- the tests: a name, and a function that says whether all is well -----------------------------------------------------
    def unit_tests(self):
        shown = subprocess.run(["ctest", "--show-only=json-v1"], cwd=self.build, check=True, capture_output=True).stdout
        for test in json.loads(shown)["tests"]:
            if not TARGETS.match(test["name"]) or SLOW.search(test["name"]):
                continue
            properties = {p["name"]: p["value"] for p in test["properties"]}
            environment = dict(pair.split("=", 1) for pair in properties.get("ENVIRONMENT", []))
            yield test["name"], self.command(test["command"], environment, properties.get("WORKING_DIRECTORY", self.build))

    @staticmethod
    def command(words, environment, folder, seconds=60):
        def run(extra):
            done = subprocess.run(words, env={**os.environ, **environment, **extra}, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, timeout=seconds)
            return done.returncode == 0
        return run

    def samples(self):
        oracle = os.path.join(self.source, "tests/oracle")
        sys.path.insert(0, oracle)
        sys.dont_write_bytecode = True
        import agree
        made = os.path.join(self.work, "made")
        subprocess.run([os.path.join(oracle, "make.py"), "--all", "--out", made], check=True, stdout=subprocess.DEVNULL)
        vectors = os.path.join(self.source, "formats/spec/vectors")
        program = [os.path.join(self.build, "bin/hozen-verify"), "verify", "--json", "--signers", vectors + "/allowed_signers", "--revoked", vectors + "/revoked_keys"]
        for folder in (vectors, made):
            with open(os.path.join(folder, "vectors.json"), encoding="utf-8") as f:
                for row in json.load(f):
                    yield row["file"], self.sample(agree, row, program + [os.path.join(folder, row["file"])])

    @staticmethod
    def sample(agree, row, command):
        first = []

        def run(extra):
            done = subprocess.run(command, env={**os.environ, **extra}, capture_output=True, timeout=60)
            try:
                report = json.loads(done.stdout)
            except ValueError:
                return False
            if list(agree.differences(row, done.returncode, report, "hozen")):
                return False
            for key in ("jail", "timestamps"):
                report.pop(key, None)
            if not first:
                first.append(report)
            return report == first[0]
        return run

    def ledger_samples(self):
        oracle, judge = os.path.join(self.source, "tests/oracle"), os.path.join(self.build, "tests/hozen-judge")
        made = os.path.join(self.work, "ledger")
        subprocess.run([oracle + "/make_ledger.py", "--out", made], check=True, stdout=subprocess.DEVNULL)
        rows = []
        with open(made + "/ledger.json") as f:
            for row in json.load(f):
                d = os.path.join(made, row["sample"])
                words = {"offer": ["offer", d + "/offer.json"], "proof": ["proof", d + "/proof.json"], "proved": ["proof", d + "/proof.json", d + "/known.txt"],
                         "known": ["known", d + "/offer.json", d + "/known.txt"], "statement": ["statement", d + "/statement.json"],
                         "receipt": ["receipt", d + "/receipt.json", d + "/offer.json"]}[row["check"]]
                rows.append(([judge, *words], row["exit"]))

        def handoffs(extra):
            return all(subprocess.run(words, env={**os.environ, **extra}, capture_output=True, timeout=60).returncode == wanted for words, wanted in rows)
        yield "handoffs", handoffs
        statements = os.path.join(self.work, "statements")
        subprocess.run([oracle + "/make_statements.py", "--out", statements], check=True, stdout=subprocess.DEVNULL)
        with open(statements + "/answers") as f:
            wanted = [line.rstrip("\n").split("\t")[1] for line in f]
        yield "statements", self.same_output([judge, "statements", statements + "/statements"], lambda out: out.split("\n")[:-1] == wanted)
        for seed in range(1, 13):
            run = os.path.join(self.work, "chain%d" % seed)
            subprocess.run([oracle + "/make_chain.py", "--out", run, "--seed", str(seed)], check=True, stdout=subprocess.DEVNULL)
            theirs = subprocess.run([oracle + "/ledger_chain.py", run], check=True, capture_output=True, text=True).stdout
            yield "chain %d" % seed, self.same_output([judge + "-chain", run], lambda out, theirs=theirs: out == theirs and theirs != "")

    @staticmethod
    def same_output(words, good):
        def run(extra):
            done = subprocess.run(words, env={**os.environ, **extra}, capture_output=True, text=True, errors="replace", timeout=60)
            return good(done.stdout)
        return run

    def command_line(self):
        for name in COMMANDS:
            path = os.path.join(self.source, "tests/cli", name + ".bats")
            environment = {"HOZEN_PRESET": "release", "HOZEN_BIN": os.path.join(self.build, "bin"), "HOZEN_SOURCE": self.source}
            yield name, self.command(["bats", path], environment, self.work, 900)

    def rehearse(self):
        """Every test once with no mutant alive: (time it takes, which mutants it reaches)."""
        def one(test):
            name, run = test
            with tempfile.NamedTemporaryFile(dir=self.work) as f:
                f.truncate(65536)
                began = time.monotonic()
                try:
                    good = run({"MUTANT_REACHED": f.name})
                except subprocess.TimeoutExpired:
                    good = False
                took = time.monotonic() - began
                f.seek(0)
                return took, name, run, {n for n, byte in enumerate(f.read()) if byte}, good

        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            told = list(pool.map(one, [*self.unit_tests(), *self.samples(), *self.ledger_samples(), *self.command_line()]))
        for _, name, _, _, good in told:
            if not good:
                print("left out, since it fails without a mutant: %s" % name, flush=True)
        self.tests = [t[:4] for t in told if t[4]]
        self.tests.sort(key=lambda t: t[0])

    def kill(self, number):
        """The name of the test that notices the mutant, "nothing reaches it", or None."""
        asked = False
        for _, name, run, reached in self.tests:
            if number not in reached:
                continue
            asked = True
            try:
                if not run({"MUTANT_NOW": str(number)}):
                    return name
            except subprocess.TimeoutExpired:
                return name + " (did not end)"
        return None if asked else ""


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--count", type=int, default=160)
    p.add_argument("--seed", default="1")
    p.add_argument("--work", help="a folder for the copy and its build, which is kept and used again")
    p.add_argument("--file", action="append")
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    p.add_argument("--list", action="store_true", help="every mutant and what noticed it")
    options = p.parse_args()
    keep = options.work is not None
    options.work = os.path.abspath(options.work or tempfile.mkdtemp(prefix="hozen-mutants."))
    began = time.monotonic()
    bed = Bed(options)
    if not bed.again():
        bed.copy()
        bed.choose()
        bed.instrument()
        bed.make()
        bed.keep()
    print("%d of %d mutants in %d files, there after %.0f s" % (len(bed.chosen), bed.possible, len({r[0] for r in bed.chosen.values()}), time.monotonic() - began), flush=True)
    bed.rehearse()
    print("%d tests, %.0f s in a row" % (len(bed.tests), sum(t[0] for t in bed.tests)), flush=True)
    survivors = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for number, killer in zip(bed.chosen, pool.map(bed.kill, bed.chosen)):
            name, point, line, text = bed.chosen[number]
            row = "%s:%d: %s: %s" % (name, line, point[2], text)
            if not killer:
                survivors += 1
                print("ALIVE %s%s" % (row, "" if killer is None else " (nothing reaches it)"), flush=True)
            elif options.list:
                print("killed %s: by %s" % (row, killer), flush=True)
    killed = len(bed.chosen) - survivors
    print("%d mutants, %d killed (%.1f %%), %d alive, seed %s, %.0f s" % (len(bed.chosen), killed, 100.0 * killed / max(1, len(bed.chosen)), survivors,
                                                                        options.seed, time.monotonic() - began))
    if not keep:
        shutil.rmtree(options.work)
    sys.exit(0 if killed >= 0.95 * len(bed.chosen) and bed.chosen else 1)


main()
