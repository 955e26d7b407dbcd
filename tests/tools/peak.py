#!/usr/bin/env python3
"""peak.py MIB COMMAND...: runs the command; 99 when it or a child of it ever held more than MIB of memory, else its own code.
Says both peaks on standard error."""
import resource
import subprocess
import sys
import time


def peak_of(pid):
    try:
        with open("/proc/%s/status" % pid) as status:
            return max([int(line.split()[1]) for line in status if line.startswith("VmHWM:")], default=0)
    except OSError:
        return 0


def children_of(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as children:
            return children.read().split()
    except OSError:
        return []


def main():
    command = subprocess.Popen(sys.argv[2:])
    own = below = 0
    while command.poll() is None:
        own = max(own, peak_of(command.pid))
        below = max([below, *map(peak_of, children_of(command.pid))])
        time.sleep(0.002)
    print("peak: %d KiB, its child %d KiB" % (own, below), file=sys.stderr)
    # What ends between two looks is in the kernel's own account, as is this program at the moment of its fork.
    most = max(own, below, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    sys.exit(99 if most > int(sys.argv[1]) * 1024 else command.returncode)


main()
