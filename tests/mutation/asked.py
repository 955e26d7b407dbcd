"""The tests that a mutant is shown to: each a name and a function that says whether all is well. What they compare is what the normal tests
compare, no more; many samples are given to one process where that answers sooner."""
import concurrent.futures
import hashlib
import importlib
import json
import os
import re
import shutil
import subprocess
import sys

COMMANDS = """40-custody 41-custody-tamper 42-custody-errors 44-custody-hostile 48-time 55-two-ledgers 56-export 58-intake 64-exports 67-renewal
68-disclose 69-trust 93-renewal-due 95-renewal-digest""".split()
TARGETS = re.compile(r"^test_(read|verify|custody)_")
SLOW = re.compile(r"no_memory|flip|slow|large|wycheproof")  # minutes each, mostly about what others find in a second
LAST = re.compile(r"no_memory|slow")  # for what nothing else noticed
AT_ONCE = 50


def command(words, environment, folder):
    "A program that must end with 0."
    def run(extra, seconds=None):
        done = subprocess.run(words, env={**os.environ, **environment, **extra}, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=seconds or 1800)
        return done.returncode == 0
    return run


def unit_tests(build, last=False):
    shown = subprocess.run(["ctest", "--show-only=json-v1"], cwd=build, check=True, capture_output=True).stdout
    for test in json.loads(shown)["tests"]:
        if not TARGETS.match(test["name"]) or (not LAST.search(test["name"]) if last else SLOW.search(test["name"])):
            continue
        properties = {p["name"]: p["value"] for p in test["properties"]}
        environment = dict(pair.split("=", 1) for pair in properties.get("ENVIRONMENT", []))
        yield test["name"], command(test["command"], environment, properties.get("WORKING_DIRECTORY", build))


class Samples:
    "Bundles of tests/oracle and tests/hostile, made once; what hozen-verify says of each."

    def __init__(self, source, build, folder, jobs):
        self.source, self.build, self.folder, self.jobs = source, build, folder, jobs
        sys.dont_write_bytecode = True
        sys.path[:0] = [os.path.join(source, "tests/hostile"), os.path.join(source, "tests/oracle")]
        self.agree = importlib.import_module("agree")
        vectors = os.path.join(source, "formats/spec/vectors")
        self.lists = ["--signers", vectors + "/allowed_signers", "--revoked", vectors + "/revoked_keys"]

    def state(self):
        "Of all that says how the samples are made."
        folders = ("tests/oracle", "tests/hostile", "formats/spec/vectors")
        paths = sorted(os.path.join(at, name) for f in folders for at, _, names in os.walk(os.path.join(self.source, f)) for name in names)
        paths += [os.path.join(self.source, "formats/spec/VERIFY.%s.txt" % language) for language in ("en", "ja")]
        digest = hashlib.sha256()
        for path in paths:
            with open(path, "rb") as f:
                digest.update(b"%s %s\n" % (path.encode(), hashlib.sha256(f.read()).hexdigest().encode()))
        return digest.hexdigest()

    def made(self):
        "[(path, row)]: those that were made before when nothing has changed."
        kept, state = os.path.join(self.folder, "kept.json"), self.state()
        if os.path.exists(kept):
            with open(kept) as f:
                found = json.load(f)
            if found[0] == state:
                return found[1]
        shutil.rmtree(self.folder, ignore_errors=True)
        rows = self.make()
        with open(kept, "w") as f:
            json.dump([state, rows], f)
        return rows

    def make(self):
        for kind in ("good", "bad"):
            os.makedirs(os.path.join(self.folder, kind), exist_ok=True)
        vectors = os.path.join(self.source, "formats/spec/vectors")
        with open(os.path.join(vectors, "vectors.json"), encoding="utf-8") as f:
            found = [(os.path.join(vectors, row["file"]), row) for row in json.load(f)]
        corpus, cases = importlib.import_module("corpus"), importlib.import_module("cases")
        names = sorted(corpus.ORACLE - cases.KEPT) + [c.name for c in corpus.cases()]
        with concurrent.futures.ProcessPoolExecutor(self.jobs) as pool:
            rows = list(pool.map(make_one, names, [self.folder] * len(names), chunksize=8))
        return found + [(os.path.join(self.folder, row["file"]), row) for row in rows]

    def judged(self, path, row, code, report, before):
        "Whether an answer is as before, by what the tests compare."
        if list(self.agree.differences(row, code, report, "hozen")):
            return False
        if path not in before:  # it stands for the oracle's, which does not tell where a disclosed file was
            before[path] = {**report, **({"disclosed": {k: v for k, v in report["disclosed"].items() if k != "original"}} if "disclosed" in report else {})}
        return not list(self.agree.between(before[path], report))

    def tests(self):
        samples = self.made()
        for i in range(0, len(samples), AT_ONCE):
            yield "samples from %d on" % i, self.together(samples[i:i + AT_ONCE])
        for path, row in samples[::20]:  # in its jail, with its threads
            yield row["file"], self.alone(path, row)

    def together(self, samples):
        program, before = [os.path.join(self.build, "tests/judge_bundles"), *self.lists], {}

        def run(extra, seconds=None):
            paths = "".join(path + "\n" for path, _ in samples)
            done = subprocess.run(program, input=paths.encode(), env={**os.environ, **extra}, capture_output=True, timeout=seconds or 600)
            answers = [line.partition(b" ") for line in done.stdout.split(b"\n")[:-1]]
            if len(answers) != len(samples):
                return False
            try:
                answers = [(int(code), json.loads(report)) for code, _, report in answers]
            except ValueError:
                return False
            return all(report and self.judged(path, row, code, report, before) for (path, row), (code, report) in zip(samples, answers))
        return run

    def alone(self, path, row):
        program, before = [os.path.join(self.build, "bin/hozen-verify"), "verify", "--json", *self.lists, path], {}

        def run(extra, seconds=None):
            done = subprocess.run(program, env={**os.environ, **extra}, capture_output=True, timeout=seconds or 600)
            try:
                return self.judged(path, row, done.returncode, json.loads(done.stdout), before)
            except ValueError:
                return False
        return run


def make_one(name, folder):
    import corpus
    import make
    return make.write(corpus.CASES[name], folder)


def ledger_samples(source, build, work):
    oracle, judge = os.path.join(source, "tests/oracle"), os.path.join(build, "tests/hozen-judge")
    made = os.path.join(work, "ledger")
    subprocess.run([oracle + "/make_ledger.py", "--out", made], check=True, stdout=subprocess.DEVNULL)
    rows = []
    with open(made + "/ledger.json") as f:
        for row in json.load(f):
            d = os.path.join(made, row["sample"])
            words = {"offer": ["offer", d + "/offer.json"], "proof": ["proof", d + "/proof.json"], "proved": ["proof", d + "/proof.json", d + "/known.txt"],
                     "known": ["known", d + "/offer.json", d + "/known.txt"], "statement": ["statement", d + "/statement.json"],
                     "carried": ["carried", d + "/carried.json"], "witnessed": ["carried", d + "/witnessed.json"],
                     "receipt": ["receipt", d + "/receipt.json", d + "/offer.json"]}[row["check"]]
            rows.append(([judge, *words], row["exit"]))

    def handoffs(extra, seconds=None):
        return all(subprocess.run(words, env={**os.environ, **extra}, capture_output=True, timeout=seconds or 60).returncode == wanted for words, wanted in rows)
    yield "handoffs", handoffs
    statements = os.path.join(work, "statements")
    subprocess.run([oracle + "/make_statements.py", "--out", statements], check=True, stdout=subprocess.DEVNULL)
    with open(statements + "/answers") as f:
        wanted = [line.rstrip("\n").split("\t")[1] for line in f]
    yield "statements", same_output([judge, "statements", statements + "/statements"], "".join(w + "\n" for w in wanted))
    for seed in range(1, 26):  # as many as tests/cli/43-custody-oracle.bats has
        run = os.path.join(work, "chain%d" % seed)
        subprocess.run([oracle + "/make_chain.py", "--out", run, "--seed", str(seed)], check=True, stdout=subprocess.DEVNULL)
        theirs = subprocess.run([oracle + "/ledger_chain.py", run], check=True, capture_output=True, text=True).stdout
        answers = "".join(line + "\n" for line in theirs.split("\n") if line in ("ok", "denied"))
        yield "chain %d" % seed, same_output([judge + "-chain", run], theirs)
        yield "exported chain %d" % seed, same_output([os.path.join(build, "tests/judge_export"), run], answers)


def same_output(words, wanted):
    def run(extra, seconds=None):
        done = subprocess.run(words, env={**os.environ, **extra}, capture_output=True, text=True, errors="replace", timeout=seconds or 600)
        return done.stdout == wanted != ""
    return run


def command_line(source, build, work, files):
    "Each test of these files by itself."
    environment = {"HOZEN_PRESET": "release", "HOZEN_BIN": os.path.join(build, "bin"), "HOZEN_SOURCE": source}
    for name in files:
        path = os.path.join(source, "tests/cli", name + ".bats")
        with open(path) as f:
            titles = re.findall(r'^@test "(.*)" \{$', f.read(), re.M)
        for title in titles:
            only = "^" + re.sub(r"[^A-Za-z0-9 ,]", ".", title) + "$"
            yield "%s: %s" % (name, title), command(["bats", "-f", only, path], environment, work)
