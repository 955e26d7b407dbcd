#!/usr/bin/env python3
"""proc_check.py BEFORE LISTING AFTER: processes.jsonl beside two runs of
    ps -ww -eo pid=,ppid=,ruid=,euid=,rgid=,ni=,nlwp=,stat=,comm=,args=
that bracket it. Every process that is the same in both must be the same in the listing. Prints how many were compared."""
import json
import sys


def rows(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            words = line.split(None, 9)
            yield int(words[0]), words[1:7] + [words[7][0], words[8], words[9].rstrip("\n") if len(words) > 9 else ""]


def listed(path):
    with open(path, encoding="utf-8") as f:
        next(f)
        for line in f:
            p = json.loads(line)
            args = " ".join(p.get("cmdline", [])) or "[%s]" % p["comm"] + (" <defunct>" if p["state"] == "Z" else "")
            yield p["pid"], [str(v) for v in (p["ppid"], p["uid"]["real"], p["uid"]["effective"], p["gid"]["real"], p["nice"],
                                              p["threads"], p["state"], p["comm"], args)]


before, after, ours = dict(rows(sys.argv[1])), dict(rows(sys.argv[3])), dict(listed(sys.argv[2]))
compared = 0
for pid, row in before.items():
    if after.get(pid) != row or row[8].startswith("ps "):
        continue
    if row[7] != ours.get(pid, [""] * 9)[7] or row[:6] != ours[pid][:6] or row[8].split() != ours[pid][8].split():
        sys.exit("pid %d: ps says %r, the listing %r" % (pid, row, ours.get(pid)))
    compared += 1
print(compared)
