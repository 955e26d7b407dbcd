"""The report of a measurement: text for docs/PERFORMANCE.md. What people wrote behind the mark stays."""
import os
import platform
import subprocess

MARK = "<!-- by hand -->"
LIMIT = 64 << 20


class Result:
    def __init__(self, row, middle, memory, runs):
        self.row, self.middle, self.memory, self.runs = row, middle, memory, runs

    @property
    def ratio(self):
        return self.middle["ours"] / self.middle["peer"]

    def verdict(self):
        if self.row.goal is None:
            return "-"
        return "met" if self.ratio <= self.row.goal else "**missed**"

    def cells(self):
        m = self.middle
        return [self.row.number, self.row.name, f"{m['ours']:.2f}", f"{m['peer']:.2f}", f"{self.ratio:.2f}",
                "-" if self.row.goal is None else f"{self.row.goal:.2f}", self.verdict(), f"{m['ours_cpu']:.2f}",
                f"{m['peer_cpu']:.2f}", f"{self.memory / (1 << 20):.0f}"]

    def line(self):
        return " | ".join(self.cells())


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def machine():
    cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
               "unknown")
    sha = any(" sha_ni" in line for line in open("/proc/cpuinfo") if line.startswith("flags"))
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    return (f"{os.cpu_count()} processors ({cpu}, SHA extensions: {'yes' if sha else 'no'}), "
            f"{memory / (1 << 20):.0f} GiB of memory, Linux {platform.release().split('-')[0]}")


def commit():
    done = subprocess.run(["git", "-C", os.path.dirname(os.path.abspath(__file__)), "rev-parse", "--short", "HEAD"],
                          capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


class Report:
    def __init__(self, scale, runs, made):
        self.scale, self.runs, self.made = scale, runs, made
        self.results, self.growth, self.service, self.triage = [], [], [], None

    def add(self, result):
        self.results.append(result)

    def add_growth(self, label, amount, collected, verified, size):
        self.growth.append((label, amount, collected, verified, size))

    def add_service(self, row):
        self.service.append(row)

    def peak(self):
        seen = [r.memory for r in self.results] + [c.memory for g in self.growth for c in (g[2], g[3])]
        seen += [self.triage.memory] if self.triage else []
        return max(seen, default=0)

    def memory_lines(self):
        if not self.peak():
            return []
        verdict = "met" if self.peak() <= LIMIT else "**missed**"
        return ["", f"Row 13, memory: the highest of all runs on this page (sum of VmHWM of a program and its children) "
                f"was {self.peak() / (1 << 20):.0f} MiB; goal 64 MiB: {verdict}."]

    def growth_lines(self):
        if not self.growth:
            return []
        rows = []
        for label, amount, c, v, size in self.growth:
            unit = 1e6 / amount
            rows.append([label, f"{c.seconds:.2f}", f"{c.seconds * unit:.1f}", f"{c.memory / (1 << 20):.0f}",
                         f"{v.seconds:.2f}", f"{v.seconds * unit:.1f}", f"{v.memory / (1 << 20):.0f}",
                         f"{size / (1 << 20):.0f}"])
        head = ["corpus", "collect s", "per file µs", "MiB", "verify s", "per file µs", "MiB", "bundle MiB"]
        for row, (label, amount, *_rest) in zip(rows, self.growth):
            if "GiB" in label:
                row[2], row[5] = "-", "-"
        return ["", "## Growth", "", "One run each, warm where memory allows.", ""] + table(head, rows)

    def service_lines(self):
        if not self.service:
            return []
        rows = [[label, str(count), f"{mid:.2f}", f"{p99:.2f}", f"{worst:.1f}", "-" if took is None else f"{took:.1f}"]
                for label, count, mid, p99, worst, took in self.service]
        head = ["commits", "count", "median ms", "p99 ms", "longest ms", "collection s"]
        return ["", "## A database service beside a collection", "",
                "SQLite in WAL mode, synchronous=FULL, a commit and a pause of 2 ms in turn, on the same disk as the "
                "corpus and the bundle; the collection takes the logs corpus again and again.", ""] + table(head, rows)

    def text(self):
        head = ["#", "work", "ours s", "peer s", "ratio", "goal", "", "ours CPU s", "peer CPU s", "ours MiB"]
        lines = ["# Performance", "",
                 f"Written by `tests/bench/run.sh` at scale {self.scale:g}, commit {commit()}, "
                 f"{self.made:%Y-%m-%d %H:%M} UTC, on {machine()}.", "",
                 f"Ours and the peer run in turn, {self.runs} times each; medians of elapsed seconds, their ratio, and "
                 "user and system CPU seconds. Ours includes metadata, change detection, signing and fsync; the peers "
                 "do none of these. Peers: rows 1 to 3 `tar cf - DIR \\| zstd -q -1 -T2`, row 4 `zstd -dcq BUNDLE \\| "
                 "openssl dgst -sha256`, row 5 `rhash --sha256 -r`, row 6 `tar cf - DIR \\| cat` after dropping caches, "
                 "row 7 `find / -xdev -mmin -60 -ls`, row 8 `ss -tanp`, row 9 `ps auxf`, row 10 as many "
                 "writes of 4 KiB, each with fdatasync, row 11 a bare SELECT of all entries, once beside the audit "
                 "that takes every signature for good and once beside the whole audit (which has no goal).", ""]
        lines += table(head, [r.cells() for r in sorted(self.results, key=lambda r: r.row.number)])
        lines += self.memory_lines()
        lines += self.triage.report() if self.triage else []
        lines += self.growth_lines() + self.service_lines()
        return "\n".join(lines) + "\n"

    def write(self, path):
        kept = ""
        if os.path.exists(path):
            with open(path) as f:
                old = f.read()
            kept = old[old.index(MARK):] if MARK in old else ""
        with open(path, "w") as f:
            f.write(self.text() + ("\n" + kept if kept else ""))
