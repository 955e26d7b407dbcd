#!/usr/bin/env python3
"""sweep.py PROGRAMS TOOLS SOURCE WORK [--whole] [--seconds N] [--scene NAME]... [--kind KIND]... [--seed N]

Runs every scene (scenes.py) with one thing failing at a time: each system call that can fail so, each allocation, SIGKILL before
each call. TOOLS has the programs fault and faultmem.so. Whatever fails, the answer must be honest:
  exit code 0 (4 for collect) and the very result that there always is, or 3 with one message; what is left behind is whole or
  cannot be taken for whole; nothing hangs, nothing crashes, nothing runs on.
Without --whole a sample that fits into the seconds, spread over all of it. Says how many runs there were; exit code 1 when one was wrong."""
import argparse
import concurrent.futures
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import threading
import time

import scenes

KINDS = {
    "EIO": ("once", "on"), "late": ("once",), "ENOSPC": ("once", "on"), "EINTR": ("once", "other"), "short": ("once", "other", "on"),
    "ENOMEM": ("once", "on"), "EMFILE": ("once", "on"), "EACCES": ("once",), "ENOSYS": ("once",), "memory": ("once", "on"), "kill": ("once",),
}
MEANING = {"EIO": "Input/output error|disk I/O error", "ENOSPC": "No space left|no space is left|database or disk is full", "ENOMEM": "out of memory|Cannot allocate memory",
           "late": "Input/output error|disk I/O error", "EMFILE": "Too many open files", "EACCES": "Permission denied", "memory": "out of memory|Cannot allocate memory"}
SHARED = 1 << 22


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
        number, on, stacks = (0, 0, 1) if t.mode == "count" else (t.number, t.mode == "on", 0)
        with open(path, "wb") as f:
            f.write(struct.pack("<5Q", 0, number, on, 0, stacks))
            f.truncate(SHARED)
        return path

    def execute(self, t):
        folder = self.folder()
        t.scene.furnish(self.room, folder)
        report = folder + ".report"
        environment = dict(self.room.environment)
        if t.kind == "memory":
            shared = self.shared(t, folder)
            environment.update(FAULT_MEMORY=shared, LD_PRELOAD=os.path.join(self.options.tools, "faultmem.so"))
            if self.options.trace:
                environment["FAULT_TRACE"] = "1"
        done = subprocess.run([*self.arguments(t, report), *t.scene.command(self.room)], cwd=folder, env=environment, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=200)
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
                t.places = struct.unpack("<%dQ" % min(t.calls, SHARED // 8 - 5), f.read(8 * min(t.calls, SHARED // 8 - 5))) if t.mode == "count" else ()
            t.hit = ["allocation"] if failed else None
            os.unlink(shared)
        return t

    def finish(self, t):
        shutil.rmtree(t.folder, ignore_errors=True)

    def judge(self, t):
        """None, or what is wrong."""
        if b"in libgcrypt" in t.err and any(line in (["crashed", "6"], ["ended", "signal", "6"]) for line in t.report):
            t.known = True  # it ends the program when it cannot see whether the kernel wants FIPS, before it can be told not to
            return t.scene.left(self.room, t.folder, False)
        crashed = [line[1] for line in t.report if line[0] == "crashed"]
        if crashed:
            return "a process crashed: signal %s" % crashed[0]
        if any(line[0] == "left" for line in t.report):
            return "a process ran on"
        if t.kind == "kill":
            if t.ended != ["signal", "9"] and t.ended[0] != "exit":
                return "ended: %s" % t.ended
            return t.scene.left(self.room, t.folder, t.ended[0] == "exit" or bool(t.out))
        if t.ended[0] != "exit":
            return "ended: %s" % " ".join(t.ended)
        code = int(t.ended[1])
        good = (t.scene.expected, 4) if t.scene.program == "collect" else (t.scene.expected,)
        if code in good and not (code == 3 and not t.out):
            return t.scene.done(self.room, t.folder, t.out) or t.scene.left(self.room, t.folder, True)
        if code != 3:
            return "exit code %d" % code
        if not t.err.strip():
            return "no message"
        if t.kind in MEANING and not re.search(MEANING[t.kind].encode(), t.err):
            self.unnamed.setdefault((t.scene.name, t.err.decode(errors="replace").strip()[:160], t.kind), []).append((t.number, t.mode, " ".join(t.hit)))
        return t.scene.left(self.room, t.folder, False)

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
                places = " ".join(line[1] for line in getattr(t, "report", []) if line[0] == "at")
                print("WRONG %s (%s): %s %s\n      %s" % (t.name(), " ".join(getattr(t, "hit", None) or ["-"]), problem, places,
                                                   getattr(t, "err", b"").decode(errors="replace").strip()[-600:]), flush=True)
            if self.options.keep:
                return
        if hasattr(t, "folder"):
            self.finish(t)

    def plan(self):
        """Every run that there could be, in an order that makes the beginning a sample of the whole."""
        groups, chance = [], random.Random(self.options.seed)
        for scene in scenes.scenes():
            if self.options.scene and scene.name not in self.options.scene:
                continue
            usual = self.execute(Try(scene, "all", "count", 0))
            if usual.ended != ["exit", str(scene.expected)]:
                raise RuntimeError("%s: %s %s" % (scene.name, usual.ended, usual.err))
            scene.usual = usual.out
            problem = scene.left(self.room, usual.folder, True)
            if problem:
                raise RuntimeError("%s: %s" % (scene.name, problem))
            self.finish(usual)
            counts = {line[1]: int(line[2]) for line in usual.report if line[0] == "kind"}
            counts["kill"] = usual.calls
            for kind in self.options.kind or KINDS:
                numbers = self.allocations(scene) if kind == "memory" else range(1, counts[kind] + 1)
                own = [Try(scene, kind, mode, n) for mode in KINDS[kind] for n in numbers]
                chance.shuffle(own)
                groups.append(own)
        chance.shuffle(groups)
        # every command and every kind in turn
        return [own[i] for i in range(max(map(len, groups))) for own in groups if i < len(own)]

    def allocations(self, scene):
        """Which are to fail: all of them, or the first from every place in the program."""
        counted = self.execute(Try(scene, "memory", "count", 0))
        self.finish(counted)
        if self.options.whole:
            return range(1, counted.calls + 1)
        first = {}
        for n, place in enumerate(counted.places, 1):
            first.setdefault(place, n)
        return sorted(first.values())

    def sweep(self):
        tries = self.plan()
        print("%d runs are possible" % len(tries), flush=True)
        end = time.monotonic() + self.options.seconds
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            def one(t):
                if self.options.whole or time.monotonic() < end:
                    self.attempt(t)
            list(pool.map(one, tries))
        return len(tries)


def main():
    p = argparse.ArgumentParser()
    for name in ("programs", "tools", "source", "work"):
        p.add_argument(name)
    p.add_argument("--whole", action="store_true")
    p.add_argument("--keep", action="store_true")
    p.add_argument("--trace", action="store_true")
    p.add_argument("--seconds", type=float, default=40)
    p.add_argument("--seed", type=int, default=random.randrange(10**6))
    p.add_argument("--scene", action="append")
    p.add_argument("--kind", action="append")
    options = p.parse_args()
    for name in ("programs", "tools", "source", "work"):
        setattr(options, name, os.path.abspath(getattr(options, name)))
    began = time.monotonic()
    s = Sweep(options)
    possible = s.sweep()
    for (scene, said, kind), where in sorted(s.unnamed.items()):
        print("reason not named: %s %s, %d times, as %s: %s" % (scene, kind, len(where), where[0], said))
    runs = sum(s.runs.values())
    print("%d of %d runs in %.0f s (%s), seed %d; %d reached nothing to fail, %d ended by libgcrypt; %d wrong" % (
        runs, possible, time.monotonic() - began, ", ".join("%s %d" % k for k in sorted(s.runs.items())), options.seed, s.missed, s.known, len(s.wrong)))
    sys.exit(1 if s.wrong or runs < 100 else 0)


main()
