#!/usr/bin/env python3
"""sweep.py PROGRAMS TOOLS SOURCE WORK [--whole [--state FILE]] [--runs N] [--seconds N] [--jobs N] [--scene NAME]... [--kind KIND]... [--seed N]

Runs every scene (scenes.py) with one thing failing at a time: each system call that can fail so, each allocation, SIGKILL before
each call. TOOLS has the programs fault and faultmem.so. Whatever fails, the answer must be honest:
  exit code 0 (4 for collect) and the very result that there always is, or 3 with one message; what is left behind is whole or
  cannot be taken for whole; nothing hangs, nothing crashes, nothing runs on. A collection that calls itself complete has all that
  one has in which nothing fails (gathered.py).
Without --whole so many runs, spread over all of it; which ones, the seed says, not the machine. --seconds: when to stop in any case.
With --state what was run is kept in a file, and another --whole goes on behind it. Says how many runs there were; exit code 1 when
one was wrong."""
import argparse
import collections
import concurrent.futures
import hashlib
import itertools
import json
import os
import random
import re
import struct
import subprocess
import sys
import threading
import time

import gathered
import scenes

KINDS = {
    "kill": ("once",), "EIO": ("once", "on"), "late": ("once",), "ENOSPC": ("once", "on"), "EINTR": ("once", "other"), "short": ("once", "other", "on"),
    "ENOMEM": ("once", "on"), "EMFILE": ("once", "on"), "EACCES": ("once",), "ENOSYS": ("once",), "memory": ("once", "on"),
}
NO_MEMORY = "out of memory|Cannot allocate memory"
# Where the kernel's reason is lost on the way: in stdio's buffer, in pthread_create(3), in SQLite, which opens for reading what it cannot for writing
STDOUT, THREAD, READING = "|standard output: write failed", "|cannot start a thread", "|the ledger cannot be written"
FAILED = "Input/output error|disk I/O error" + STDOUT
MEANING = {"EIO": FAILED, "late": FAILED, "ENOSPC": "No space left|no space is left|database or disk is full" + STDOUT, "ENOMEM": NO_MEMORY + THREAD + "|cannot be loaded",
           "EMFILE": "Too many open files" + READING, "EACCES": "Permission denied" + READING, "memory": NO_MEMORY + THREAD}
SHARED = 1 << 22
PIECE = 500  # runs that are kept together in the file of the state


def state_of(folder):
    """A digest of all that lies there. What SQLite shares in memory says nothing where no log stands beside it."""
    digest = hashlib.blake2b()
    for path, names, files in os.walk(folder):
        names.sort()
        for name in sorted(files):
            whole = os.path.join(path, name)
            log = whole[:-4] + "-wal"
            if name.endswith("-shm") and not (os.path.exists(log) and os.path.getsize(log)):
                continue
            digest.update(repr((os.path.relpath(whole, folder), os.path.getsize(whole) if not os.path.islink(whole) else os.readlink(whole))).encode())
            if not os.path.islink(whole):
                with open(whole, "rb") as f:
                    digest.update(f.read())
        digest.update(repr(names).encode())
    return digest.digest()


class Try:
    """One run: what failed, and what came of it."""

    def __init__(self, scene, kind, mode, number):
        self.scene, self.kind, self.mode, self.number = scene, kind, mode, number

    def name(self):
        return "%s %s %s %d" % (self.scene.name, self.kind, self.mode, self.number)


class Sweep:
    def __init__(self, options):
        self.options = options
        self.room = scenes.Room(options.programs, options.source, options.work)
        self.lock = threading.Lock()
        self.serial = 0
        self.judged = {}  # what was said of a folder of this content
        self.begin()

    def begin(self):
        self.runs, self.missed, self.known, self.wrong, self.unnamed = {}, 0, 0, [], {}

    def folder(self):
        with self.lock:
            self.serial += 1
            return os.path.join(self.options.work, "run%d" % self.serial)

    def arguments(self, t, report):
        fault = os.path.join(self.options.tools, "fault")
        if t.kind == "memory":
            return [fault, report, "count", "exit", "--"]
        if t.mode == "count":
            return [fault, report, "count", "all", "--"]
        if t.kind == "kill":
            return [fault, report, "kill", str(t.number), "--"]
        return [fault, report, "fail", t.kind, str(t.number), t.mode, "--"]

    def shared(self, t, folder):
        """The file that the preloaded library maps: counters, and which allocation fails."""
        path = folder + ".memory"
        with open(path, "wb") as f:
            f.write(struct.pack("<5Q", 0, t.number, t.mode == "on", 0, t.mode == "places"))
            f.truncate(SHARED)
        return path

    def execute(self, t):
        folder = self.folder()
        t.scene.furnish(self.room, folder)
        report = folder + ".report"
        environment = dict(self.room.environment)
        if t.kind == "memory":
            shared = self.shared(t, folder)
            environment.update(FAULT_MEMORY=shared, FAULT_PRELOAD=os.path.join(self.options.tools, "faultmem.so"))
            if self.options.trace:
                environment["FAULT_TRACE"] = "1"
        done = subprocess.run([*self.arguments(t, report), *t.scene.command(self.room)], cwd=folder, env=environment, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=300)
        t.out, t.err, t.folder = done.stdout, done.stderr, folder
        if done.returncode != 0:
            raise RuntimeError("fault itself ended with %d: %s" % (done.returncode, done.stderr))
        with open(report, errors="replace") as f:
            t.report = [line.rstrip("\n").split(" ") for line in f]
        t.hit = next((line[1:] for line in t.report if line[0] == "hit"), None)
        t.calls = next(int(line[1]) for line in t.report if line[0] == "calls")
        t.ended = next((line[1:] for line in t.report if line[0] == "ended"), ["nothing"])
        os.unlink(report)
        if t.kind == "memory":
            with open(shared, "rb") as f:
                t.calls, _, _, failed, _ = struct.unpack("<5Q", f.read(40))
                t.places = struct.unpack("<%dQ" % t.calls, f.read(8 * t.calls)) if t.mode == "places" else ()
            t.hit = ["allocation"] if failed else None
            os.unlink(shared)
        return t

    def finish(self, t):
        t.scene.remove(t.folder)

    def left(self, t, acknowledged):
        key = (t.scene.name, acknowledged, state_of(t.folder))
        if key not in self.judged:
            self.judged[key] = t.scene.left(self.room, t.folder, acknowledged)
        return self.judged[key]

    def judge(self, t):
        """None, or what is wrong."""
        if b"in libgcrypt" in t.err and any(line in (["crashed", "6"], ["ended", "signal", "6"]) for line in t.report):
            t.known = True  # it ends the program when it cannot see whether the kernel wants FIPS, before it can be told not to
            return self.left(t, False)
        crashed = [line[1] for line in t.report if line[0] == "crashed"]
        if crashed and t.kind in ("memory", "ENOMEM") and all("/libmagic.so" in line[-1] for line in t.report if line[0] == "at" and "from" in line):
            t.known = True  # 5.44 frees what it never had when memory is out: its jail is there for that
        elif crashed:
            return "a process crashed: signal %s" % crashed[0]
        if any(line[0] == "left" for line in t.report):
            return "a process ran on"
        if t.kind == "kill":
            if t.ended != ["signal", "9"] and t.ended[0] != "exit":
                return "ended: %s" % t.ended
            return self.left(t, t.ended[0] == "exit" or bool(t.out))
        if t.ended[0] != "exit":
            return "ended: %s" % " ".join(t.ended)
        code = int(t.ended[1])
        good = (t.scene.expected, 4) if t.scene.partial else (t.scene.expected,)
        if code in good and not (code == 3 and not t.out):
            return t.scene.done(self.room, t.folder, t.out) or self.left(t, True)
        if code != 3:
            return "exit code %d" % code
        if not t.err.strip():
            return "no message"
        if t.kind in MEANING and not re.search(MEANING[t.kind].encode(), t.err):
            self.unnamed.setdefault((t.scene.name, t.err.decode(errors="replace").strip()[:160], t.kind), []).append((t.number, t.mode, " ".join(t.hit)))
        return self.left(t, False)

    def attempt(self, t):
        try:
            self.execute(t)
            problem = self.judge(t)
            with self.lock:
                self.missed += not t.hit
                self.known += hasattr(t, "known")
                self.runs[t.kind] = self.runs.get(t.kind, 0) + 1
        except Exception as e:  # what a run did to the sweep is a finding too
            problem = "%s: %s" % (type(e).__name__, e)
        if problem:
            with self.lock:
                self.wrong.append(t.name())
                places = " ".join(" ".join(line[1:]) for line in getattr(t, "report", []) if line[0] == "at")
                print("WRONG %s (%s): %s %s\n      %s" % (t.name(), " ".join(getattr(t, "hit", None) or ["-"]), problem, places,
                                                   getattr(t, "err", b"").decode(errors="replace").strip()[-600:]), flush=True)
            if self.options.keep:
                return
        if hasattr(t, "folder"):
            self.finish(t)

    def measure(self, scene):
        """The scene as it always goes, and how often each kind can fail in it."""
        usual = self.execute(Try(scene, "all", "count", 0))
        if usual.ended != ["exit", str(scene.expected)]:
            raise RuntimeError("%s: %s %s" % (scene.name, usual.ended, usual.err))
        scene.usual = usual.out
        problem = scene.left(self.room, usual.folder, True)
        if problem:
            raise RuntimeError("%s: %s" % (scene.name, problem))
        scene.learn(self.room, usual.folder)
        self.finish(usual)
        counts = {line[1]: int(line[2]) for line in usual.report if line[0] == "kind"}
        counted = self.execute(Try(scene, "memory", "count", 0))
        self.finish(counted)
        return {kind: {"kill": usual.calls, "memory": counted.calls}.get(kind) or counts[kind] for kind in self.kinds()}

    def places(self, scene):
        """Of the allocations the first from every place in the program, which is all calls that lead there."""
        counted = self.execute(Try(scene, "memory", "places", 0))
        self.finish(counted)
        first = {}
        for n, place in enumerate(counted.places, 1):
            first.setdefault(place, n)
        return sorted(first.values())

    def kinds(self):
        return [kind for kind in KINDS if kind in (self.options.kind or KINDS)]

    def measured(self):
        more = gathered.scenes() if self.options.scene or self.options.whole else []
        chosen = [scene for scene in scenes.scenes() + more if scene.name in (self.options.scene or [scene.name])]
        for scene in chosen:
            scene.prepare(self.room)
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            return list(zip(chosen, pool.map(self.measure, chosen)))

    def sample(self, measured):
        """Every scene and every kind in turn. Where in a scene is a part of its length: that moves little when it has a call more."""
        pairs = [(scene, kind, counts[kind]) for scene, counts in measured for kind in self.kinds() if counts[kind]]
        random.Random(self.options.seed).shuffle(pairs)
        most = sum(count * len(KINDS[kind]) for _, kind, count in pairs)
        if most <= self.options.runs:
            return [Try(scene, kind, mode, n) for scene, kind, count in pairs for mode in KINDS[kind] for n in range(1, count + 1)], most
        tries = {}
        for turn in itertools.count():
            for scene, kind, count in pairs:
                if len(tries) == self.options.runs:
                    return list(tries.values()), most
                chance = random.Random("%d %s %s %d" % (self.options.seed, scene.name, kind, turn))
                one = Try(scene, kind, chance.choice(KINDS[kind]), 1 + int(chance.random() * count))
                tries.setdefault(one.name(), one)

    def attempt_all(self, tries):
        end = time.monotonic() + self.options.seconds
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            list(pool.map(lambda t: self.attempt(t) if time.monotonic() < end else None, tries))

    def say(self):
        for (scene, said, kind), where in sorted(self.unnamed.items()):
            print("reason not named: %s %s, %d times, as %s: %s" % (scene, kind, len(where), where[0], said), flush=True)

    def some(self):
        began = time.monotonic()
        tries, most = self.sample(self.measured())
        self.attempt_all(tries)
        self.say()
        runs = sum(self.runs.values())
        print("%d of %d runs in %.0f s (%s), seed %d; %d reached nothing to fail, %d crashed in libgcrypt or libmagic; %d wrong" % (
            runs, most, time.monotonic() - began, ", ".join("%s %d" % k for k in sorted(self.runs.items())), self.options.seed, self.missed,
            self.known, len(self.wrong)))
        return 1 if self.wrong or runs < min(20, len(tries)) else 0

    def whole(self):
        """Piece by piece, small scenes first, memory last; each that was run is a line in the file of the state."""
        state = State(self.options.state or os.path.join(self.options.work, "state"))
        measured = self.measured()
        for scene, counts in measured:
            if scene.name not in state.numbers:
                state.put_numbers(scene.name, {kind: self.places(scene) if kind == "memory" else count for kind, count in counts.items()})
        size = {scene.name: sum(count for kind, count in counts.items() if kind != "memory") for scene, counts in measured}
        jobs = [(scene, kind, mode) for scene, _ in measured for kind in self.kinds() for mode in KINDS[kind]]
        for scene, kind, mode in sorted(jobs, key=lambda job: (job[1] == "memory", size[job[0].name])):
            numbers = state.numbers[scene.name][kind]
            numbers = numbers if kind == "memory" else range(1, numbers + 1)
            for first in range(0, len(numbers), PIECE):
                if (scene.name, kind, mode, first) not in state.pieces:
                    self.begin()
                    self.attempt_all([Try(scene, kind, mode, n) for n in numbers[first:first + PIECE]])
                    self.say()
                    state.put(scene.name, kind, mode, first, self)
        return state.say()


class State:
    """What of a whole sweep was run, a line of JSON for each piece."""

    def __init__(self, path):
        self.path, self.pieces, self.numbers = path, {}, {}
        if os.path.exists(path):
            with open(path) as f:
                for line in f:
                    piece = json.loads(line)
                    if "numbers" in piece:
                        self.numbers[piece["scene"]] = piece["numbers"]
                    else:
                        self.pieces[tuple(piece["piece"])] = piece

    def write(self, line):
        with open(self.path, "a") as f:
            f.write(json.dumps(line, sort_keys=True) + "\n")

    def put_numbers(self, scene, numbers):
        self.numbers[scene] = numbers
        self.write({"scene": scene, "numbers": numbers})

    def put(self, scene, kind, mode, first, sweep):
        piece = {"piece": [scene, kind, mode, first], "runs": sum(sweep.runs.values()), "missed": sweep.missed, "known": sweep.known,
                 "wrong": sweep.wrong, "unnamed": sum(map(len, sweep.unnamed.values()))}
        self.pieces[(scene, kind, mode, first)] = piece
        self.write(piece)

    def say(self):
        sums = collections.defaultdict(collections.Counter)
        for (scene, kind, _, _), piece in self.pieces.items():
            for row in (scene, kind, "all"):
                sums[row].update(runs=piece["runs"], wrong=len(piece["wrong"]), unnamed=piece["unnamed"], missed=piece["missed"], known=piece["known"])
        for row, counts in sums.items():
            print("%-24s %s" % (row, ", ".join("%s %d" % pair for pair in counts.items())))
        return 1 if sums["all"]["wrong"] or not sums["all"]["runs"] else 0


def main():
    p = argparse.ArgumentParser()
    for name in ("programs", "tools", "source", "work"):
        p.add_argument(name)
    for name in ("--whole", "--keep", "--trace"):
        p.add_argument(name, action="store_true")
    p.add_argument("--state")
    p.add_argument("--runs", type=int, default=300)
    p.add_argument("--seconds", type=float, default=900)
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    p.add_argument("--seed", type=int, default=random.randrange(10**6))
    p.add_argument("--scene", action="append")
    p.add_argument("--kind", action="append")
    options = p.parse_args()
    for name in ("programs", "tools", "source", "work"):
        setattr(options, name, os.path.abspath(getattr(options, name)))
    s = Sweep(options)
    if options.whole:
        options.seconds = float("inf")
    sys.exit(s.whole() if options.whole else s.some())


main()
