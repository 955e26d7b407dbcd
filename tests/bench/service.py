"""A database service beside a collection: how long its commits take alone, beside hozen, and beside hozen --max-rate."""
import os
import sqlite3
import statistics
import subprocess
import threading
import time


class Writer(threading.Thread):
    """Commits one row after another, each durable, with a short pause, and notes how long each commit took."""

    def __init__(self, path):
        super().__init__()
        self.path, self.ended, self.latencies = path, threading.Event(), []

    def run(self):
        db = sqlite3.connect(self.path, isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE IF NOT EXISTS orders(id INTEGER PRIMARY KEY, note TEXT)")
        while not self.ended.is_set():
            start = time.monotonic()
            db.execute("INSERT INTO orders(note) VALUES (?)", ("x" * 200,))
            self.latencies.append(time.monotonic() - start)
            time.sleep(0.002)
        db.close()


def beside(bench, command, seconds):
    """Latencies of commits while the command is repeated; without one, for as long as `seconds`."""
    path = f"{bench.work}/service.db"
    writer = Writer(path)
    writer.start()
    until, rounds, start = time.monotonic() + seconds, 0, time.monotonic()
    while command and (rounds == 0 or time.monotonic() < until):
        bench.fresh()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        rounds += 1
    if not command:
        time.sleep(seconds)
    taken = (time.monotonic() - start) / max(1, rounds)
    writer.ended.set()
    writer.join()
    for end in ("", "-wal", "-shm"):
        if os.path.exists(path + end):
            os.unlink(path + end)
    return writer.latencies, taken


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def run(bench, scale, out, say):
    seconds = max(1.0, 15 * scale)
    logs = ["--path", bench.corpus("logs")]
    rate = f"{max(1, int(50 * min(1, scale * 4)))}M"
    cases = [("alone", None), ("beside collect", bench.collect(logs, "zstd")),
             (f"beside collect --max-rate {rate}", bench.collect([*logs, "--max-rate", rate], "zstd"))]
    for label, command in cases:
        latencies, taken = beside(bench, command, seconds)
        row = (label, len(latencies), statistics.median(latencies) * 1e3, percentile(latencies, 0.99) * 1e3,
               max(latencies) * 1e3, taken if command else None)
        out.add_service(row)
        say("service %s: %d commits, median %.2f ms, p99 %.2f ms, longest %.1f ms" % row[:5])
