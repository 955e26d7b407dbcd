#!/usr/bin/python3
"""mutate.py [--count N] [--seed S] [--work DIR [--alive]] [--quick] [--commands NAME,...] [--file PATH]... [--list]

Mutants of the code that accepts or refuses: N of them (160), spread over the files, chosen by the seed. All are built at once, in
a copy of what is committed, and brought to life one after the other by an environment variable; each must make one of these fail:
  unit tests of formats/read, verify and custody; what hozen verify says of every vector and of every sample of the oracle and the hostile
  corpus; what the readers say of every offer, receipt and statement that the oracle makes, and of random runs of statements;
  tests of the command line of custody, exports, time stamps and evidence records (asked.py; --commands: of these files alone), for what none
  of these noticed, and unit tests that take long.
A test that does not reach a mutant is not asked, and those that take the least are asked first. Prints every mutant that nothing noticed;
docs/MUTATION.md says why those that are known cannot be noticed, or need not. --alive: DIR is brought to what is committed now, and only those
that were alive there, or not tried before it was stopped, are tried. Exit code 1 when fewer than 95 % of all were noticed."""
import argparse
import concurrent.futures
import filecmp
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

import asked
import points

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
READERS = """acquisition bag brought bundle catalog checkpoint disclosed disclosed_check disclosing ending entry ers ers_child ers_parse export
field finding format frame gunzip input inspection json keys ledger ledger_body ledger_checks ledger_copy ledger_evidence ledger_item ledger_member
ledger_person ledger_records ledger_rule ledger_text line listing lists manifest member merkle name offer payload policy policy_check proof
prooffile pubkey records settle signers sshsig sshwire stat statement statement_type tags tar timestamp timestamp_chain timestamp_child travel trust
whole wide window"""
VERDICTS = """evidence export_chains export_check export_folder export_keys export_names export_seen export_time exported policy reader_disclosed
timestamps verdict wire"""
CUSTODY = """audit_beside audit_doubts audit_entries audit_outside audit_schema audit_seen audit_tables audit_time audit_walk checkpoint cmd_accept
cmd_answer cmd_answer_again cmd_witness cosign handoff handoff_history known offering trusting verifier_read witness"""
FILES = ["%s/%s.c" % (folder, f) for folder, names in (("formats/read", READERS), ("verify", VERDICTS), ("custody", CUSTODY)) for f in names.split()]


def chosen(source, seed, files, count):
    """(how many are possible, [mutant]): an equal share for every file, then by chance from what is left; one point for a place. What is chosen
    in one file does not depend on the others."""
    shares = []
    for name in files:
        chance = random.Random("%s %s" % (seed, name))
        with open(os.path.join(source, name)) as f:
            text = f.read()
        by_place = {}
        for p in points.points(text):
            by_place.setdefault(p[:2], []).append(p)
        own = [chance.choice(options) for _, options in sorted(by_place.items())]
        own = [p for p in own if not any(q is not p and q[0] <= p[0] and p[1] <= q[1] for q in own)]  # none inside another
        chance.shuffle(own)
        shares.append([described(name, text, p) for p in own])
    rows = [own[i] for i in range(max(map(len, shares), default=0)) for own in shares if i < len(own)]
    return len(rows), rows[:count]


def described(name, text, point):
    return {"file": name, "line": text.count("\n", 0, point[0]) + 1, "what": point[2], "text": " ".join(text[point[0]:point[1]].split()), "point": point,
            "killer": None}


def title(row):
    return "%s:%d: %s: %s" % (row["file"], row["line"], row["what"], row["text"])


def synced(new, old):
    """Makes the second folder like the first, and touches nothing that is so already."""
    there = set()
    for folder, _, names in os.walk(new):
        to = os.path.join(old, os.path.relpath(folder, new))
        os.makedirs(to, exist_ok=True)
        for name in names:
            a, b = os.path.join(folder, name), os.path.normpath(os.path.join(to, name))
            there.add(b)
            if not os.path.islink(a) and os.path.exists(b) and filecmp.cmp(a, b, shallow=False):
                continue
            if os.path.lexists(b):
                os.unlink(b)
            shutil.copy(a, b, follow_symlinks=False)
    for folder, _, names in os.walk(old):
        for path in (os.path.join(folder, name) for name in names):
            if path not in there:
                os.unlink(path)


class Bed:
    """The copy, its build, and the mutants in it."""

    def __init__(self, options):
        self.options, self.work = options, options.work
        self.source, self.build = os.path.join(self.work, "source"), os.path.join(self.work, "build")
        self.kept = os.path.join(self.work, "mutants.json")

    def load(self):
        with open(self.kept) as f:
            self.possible, self.rows = json.load(f)

    def keep(self):
        with open(self.kept, "w") as f:
            json.dump([self.possible, self.rows], f, indent=1)

    def prepare(self):
        """The source with all mutants in it. Only files that differ are written, so that little is built again."""
        with tempfile.TemporaryDirectory(dir=self.work) as new:
            archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
            subprocess.run(["tar", "-x", "-m", "-C", new], input=archive, check=True)
            if self.options.alive:
                self.find_again(new)
            else:
                self.possible, self.rows = chosen(new, self.options.seed, self.options.file or FILES, self.options.count)
            self.instrument(new)
            synced(new, self.source)
        self.keep()

    def find_again(self, source):
        """Where the mutants are now; those whose code is gone lose their point."""
        for name in {row["file"] for row in self.rows}:
            with open(os.path.join(source, name)) as f:
                text = f.read()
            there = [described(name, text, p) for p in points.points(text)]
            for row in (r for r in self.rows if r["file"] == name):
                same = [t for t in there if (t["what"], t["text"]) == (row["what"], row["text"])]
                same.sort(key=lambda t: abs(t["line"] - row["line"]))
                row["point"] = same[0]["point"] if same else None
                row["line"] = same[0]["line"] if same else row["line"]

    def instrument(self, source):
        for name in {row["file"] for row in self.rows}:
            path = os.path.join(source, name)
            with open(path) as f:
                text = f.read()
            with open(path, "w") as f:
                f.write(points.instrumented(text, [(n, row["point"]) for n, row in enumerate(self.rows) if row["file"] == name and row["point"]]))

    def make(self):
        header = os.path.join(ROOT, "tests/mutation/mutant.h")
        subprocess.run(["cmake", "-S", self.source, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DHOZEN_TESTS=ON", "-DHOZEN_WERROR=OFF",
                        "-DCMAKE_C_FLAGS=-O1 -g0 -w -include %s" % header], check=True, stdout=subprocess.DEVNULL)
        listed = subprocess.run(["ninja", "-C", self.build, "-t", "targets", "all"], check=True, capture_output=True, text=True).stdout
        targets = sorted({line.split(":")[0] for line in listed.splitlines() if asked.TARGETS.match(line) and ": phony" in line})
        subprocess.run(["ninja", "-C", self.build, "-j", str(self.options.jobs), *targets, "hozen-verify", "hozen-custody", "hozen-judge", "hozen-judge-chain",
                        "judge_bundles", "judge_export", "hozen", "hozen-collect", "no_memory"], check=True, stdout=subprocess.DEVNULL)

    # --- asking ---------------------------------------------------------------------------------------------------------------
    def rehearse(self, tests):
        """Every test once with no mutant alive: [(time it takes, name, test, which mutants it reaches)], the quickest first."""
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
                if not good:
                    print("left out, since it fails without a mutant: %s" % name, flush=True)
                return (took, name, run, {n for n, byte in enumerate(f.read()) if byte}) if good else None

        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            told = [t for t in pool.map(one, tests) if t]
        print("%d tests, %.0f s in a row" % (len(told), sum(t[0] for t in told)), flush=True)
        return sorted(told, key=lambda t: t[0])

    @staticmethod
    def killer(tests, number):
        """The name of the test that notices the mutant; "" when none did."""
        for took, name, run, reached in tests:
            if number not in reached:
                continue
            try:
                if not run({"MUTANT_NOW": str(number)}, max(20, 30 * took)):
                    return name
            except subprocess.TimeoutExpired:
                return name + " (did not end)"
        return ""

    def ask(self, tests):
        """Shows the mutants that are still alive to these tests."""
        left = [n for n, row in enumerate(self.rows) if row["point"] and not row["killer"]]
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            for number, name in zip(left, pool.map(lambda n: self.killer(tests, n), left)):
                row = self.rows[number]
                row["killer"] = name
                row["reached"] = row.get("reached", False) or any(number in t[3] for t in tests)
                self.keep()
                if self.options.list:
                    print("%s: %s" % (title(row), "by " + name if name else "not yet"), flush=True)


def options():
    p = argparse.ArgumentParser()
    p.add_argument("--count", type=int, default=160)
    p.add_argument("--seed", default="1")
    p.add_argument("--work", help="a folder for the copy and its build, which is kept")
    p.add_argument("--alive", action="store_true", help="only those that were alive in the folder --work")
    p.add_argument("--quick", action="store_true", help="without the tests of the command line")
    p.add_argument("--commands", type=lambda names: names.split(","), default=asked.COMMANDS)
    p.add_argument("--file", action="append")
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    p.add_argument("--list", action="store_true", help="every mutant and what noticed it")
    return p.parse_args()


def tell(bed, began):
    alive = [row for row in bed.rows if row["point"] and not row["killer"]]
    gone = [row for row in bed.rows if not row["point"]]
    for row in gone:
        print("GONE %s" % title(row))
    for row in alive:
        print("ALIVE %s%s" % (title(row), "" if row["reached"] else " (nothing reaches it)"))
    total, slow = len(bed.rows) - len(gone), sum((row["killer"] or "").endswith("(did not end)") for row in bed.rows)
    print("%d mutants of %d possible ones in %d files, %d killed (%.1f %%; %d of them since a test did not end), %d alive, %.0f s" % (
        total, bed.possible, len({r["file"] for r in bed.rows}), total - len(alive), 100.0 * (total - len(alive)) / max(1, total), slow, len(alive),
        time.monotonic() - began))
    return 0 if total and total - len(alive) >= 0.95 * total else 1


def main():
    o = options()
    keep = o.work is not None
    o.work = os.path.abspath(o.work or tempfile.mkdtemp(prefix="hozen-mutants."))
    os.makedirs(o.work, exist_ok=True)
    began, bed = time.monotonic(), Bed(o)
    if o.alive:
        bed.load()
    bed.prepare()
    bed.make()
    print("built after %.0f s" % (time.monotonic() - began), flush=True)
    quick = [*asked.unit_tests(bed.build), *asked.Samples(bed.source, bed.build, os.path.join(bed.work, "made"), o.jobs).tests(),
             *asked.ledger_samples(bed.source, bed.build, bed.work)]
    bed.ask(bed.rehearse(quick))
    if not o.quick and any(row["point"] and not row["killer"] for row in bed.rows):
        bed.ask(bed.rehearse([*asked.command_line(bed.source, bed.build, bed.work, o.commands), *asked.unit_tests(bed.build, last=True)]))
    code = tell(bed, began)
    if not keep:
        shutil.rmtree(o.work)
    sys.exit(code)


if __name__ == "__main__":  # workers that make samples import this file
    main()
