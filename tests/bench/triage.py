"""Row 12: what a collection takes that is asked for nothing else, the profile triage, of the machine that this runs on, beside a
few hundred processes of the bench's own. There is no peer: what counts is seconds, and processes started. The bundles are
removed at once."""
import json
import os
import statistics
import subprocess
import sys
import tarfile

import live
import measure


def entries():
    """How many names the file system of the root has."""
    found = subprocess.run(["find", "/", "-xdev", "-printf", "x"], stdout=subprocess.PIPE, check=False)
    return len(found.stdout)


def started(command, work):
    """Processes that the command starts: calls of the fork and exec family, and of clone where no thread is made."""
    trace = f"{work}/starts"
    subprocess.run(["strace", "-f", "-qq", "-o", trace, "-e", "trace=fork,vfork,clone,clone3,execve,execveat", *command],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    forks = execs = 0
    with open(trace, errors="replace") as lines:
        for line in lines:
            name = line.split(maxsplit=1)[1].split("(")[0] if "(" in line else ""
            if name in ("execve", "execveat"):
                execs += 1
            elif name in ("fork", "vfork") or name in ("clone", "clone3") and "CLONE_THREAD" not in line:
                forks += 1
    os.unlink(trace)
    return forks, execs - 1  # strace's own start of the command


def sources(bundle):
    """(source, seconds) as the bundle's own records have them."""
    with tarfile.open(bundle) as taken:
        rows = [json.loads(line) for line in taken.extractfile("INC-1/meta/actions.jsonl")]
    return [(r["source"], float(r["end_boottime"]) - float(r["start_boottime"]))
            for r in rows if r.get("action") == "collect" and "source" in r]


LIVE = [word for name in ("system", "network", "processes", "firewall", "kernel", "sessions", "accounts", "containers")
        for word in ("--source", name)]


class Triage:
    """What was measured, and the lines of the report."""

    def __init__(self, bench, scale, runs):
        self.processes, self.names = max(5, int(300 * min(1, scale))), entries()
        self.whole = scale >= 1
        asked = [] if scale >= 1 else LIVE  # a slice: what walks the whole root is left out
        command = bench.collect(asked, "zstd")
        with live.Load([sys.executable, "-c", live.SLEEPERS, str(self.processes)]):
            costs = []
            for run in range(runs + 1):
                bench.fresh()
                costs.append(measure.run(command, accept=(0, 4)))
            self.costs = costs[1:]  # the first one warms the caches
            bench.fresh()
            self.started = started(command, bench.work)
            bench.fresh()
            self.memory = measure.run(bench.collect(asked, "none"), memory=True, accept=(0, 4)).memory
            self.sources = sources(f"{bench.out}/INC-1.tar")
        bench.fresh()

    @property
    def seconds(self):
        return statistics.median(c.seconds for c in self.costs)

    def line(self):
        return (f"12 | the whole triage: {self.names:,} names, {self.processes} processes | {self.seconds:.2f} s | "
                f"CPU {statistics.median(c.cpu for c in self.costs):.2f} s | {self.memory / (1 << 20):.0f} MiB | "
                f"{self.started[0]} forks, {self.started[1]} execs")

    def report(self):
        each = ", ".join(f"{c.seconds:.2f}" for c in self.costs)
        parts = ", ".join(f"{name} {seconds:.2f}" for name, seconds in self.sources)
        return ["", "## The whole triage (row 12)", "",
                f"`hozen collect` asked for {'nothing but its default' if self.whole else 'live sources alone'}, on this machine: {self.names:,} names on the file "
                f"system of the root, {self.processes} processes of the bench in a namespace of their own. Median of "
                f"{len(self.costs)} warm runs {self.seconds:.2f} s ({each}), "
                f"{statistics.median(c.cpu for c in self.costs):.2f} s of CPU, {self.memory / (1 << 20):.0f} MiB; "
                f"processes started: {self.started[0]} forks, {self.started[1]} execs (strace). Seconds by source in "
                f"one more run, as its records have them: {parts}."]
