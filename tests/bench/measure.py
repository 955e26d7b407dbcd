"""Runs one command and says what it cost: seconds, user and system CPU seconds, and memory as the sum of VmHWM of the
program and its children (the program's own threads count once, as they share it)."""
import os
import subprocess
import threading
import time


class Cost:
    def __init__(self, seconds, user, system, memory, status):
        self.seconds, self.user, self.system, self.memory, self.status = seconds, user, system, memory, status

    @property
    def cpu(self):
        return self.user + self.system


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            direct = [int(p) for p in f.read().split()]
    except OSError:
        return []
    return direct + [p for child in direct for p in children(child)]


def peak_bytes(pid):
    try:
        with open(f"/proc/{pid}/status") as f:
            for line in f:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def watch(pid, peaks, ended):
    """VmHWM only grows, so the last look at each process is its peak up to then."""
    while not ended.wait(0.005):
        for p in [pid] + children(pid):
            peaks[p] = max(peaks.get(p, 0), peak_bytes(p))


def run(command, memory=False, accept=(0,), output=None):
    """command: an argument list, or a shell line. memory: watch it (costs a little, so timed runs go without)."""
    shell = isinstance(command, str)
    argv = ["/bin/bash", "-c", "set -o pipefail; " + command] if shell else command
    before, start = os.times(), time.monotonic()
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output or subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    peaks, ended = {}, threading.Event()
    watcher = threading.Thread(target=watch, args=(process.pid, peaks, ended)) if memory else None
    if watcher:
        watcher.start()
    errors = process.stderr.read()
    status = process.wait()
    seconds, after = time.monotonic() - start, os.times()
    if watcher:
        ended.set()
        watcher.join()
    if status not in accept:
        raise RuntimeError(f"{command}: status {status}: {errors.decode(errors='replace')[-2000:]}")
    return Cost(seconds, after.children_user - before.children_user, after.children_system - before.children_system,
                sum(peaks.values()), status)
