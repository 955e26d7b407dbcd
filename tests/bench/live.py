"""Rows 8 and 9: sockets with their owners, and the process table, on a machine with as many as a busy server has. They are
processes of the bench itself, in its own process and network namespaces (run.sh)."""
import os
import subprocess
import sys

import rows

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "tools")
SLEEPERS = """
import os, signal, sys
children = []
for i in range(int(sys.argv[1])):
    pid = os.fork()
    if pid == 0:
        while True:
            signal.pause()
    children.append(pid)
print("ready", flush=True)
sys.stdin.read()
for pid in children:
    os.kill(pid, signal.SIGKILL)
"""


class Load:
    """A command that prints "ready", and ends with its standard input."""

    def __init__(self, argv):
        self.argv = argv

    def __enter__(self):
        self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.process.stdout.readline() != b"ready\n":
            raise RuntimeError(f"{self.argv[0]} did not get ready")

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def table(bench, scale):
    """(row, what runs beside it)"""
    processes, sleepers = max(5, int(500 * min(1, scale))), max(5, int(2000 * min(1, scale)))
    return [
        (rows.Row("8", f"sockets with owners (first look): {processes * 10:,} of {processes:,} processes",
                  bench.collect(["--source", "network"], "none"), "ss -tanp", 0.65, action="network"),
         Load([os.path.join(TOOLS, "socket_load.py"), str(processes), "10"])),
        (rows.Row("8", f"all that is taken of the network, and {processes * 10:,} sockets once more at the end",
                  bench.collect(["--source", "network"], "none"), "ss -tanp", 0.65),
         Load([os.path.join(TOOLS, "socket_load.py"), str(processes), "10"])),
        (rows.Row("9", f"the process table (first look): {sleepers:,} processes",
                  bench.collect(["--source", "processes"], "none"), "ps auxf", 1.0, action="process-table"),
         Load([sys.executable, "-c", SLEEPERS, str(sleepers)])),
        (rows.Row("9", f"all that is taken of {sleepers:,} processes, views that show hidden ones",
                  bench.collect(["--source", "processes"], "none"), "ps auxf", 1.0),
         Load([sys.executable, "-c", SLEEPERS, str(sleepers)])),
    ]


def run(bench, wanted, scale, measure):
    """measure: is given a row while its load is there."""
    chosen = [(row, load) for row, load in table(bench, scale) if wanted is None or row.number in wanted]
    if chosen:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for row, load in chosen:
        with load:
            measure(row)
