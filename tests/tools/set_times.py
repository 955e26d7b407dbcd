#!/usr/bin/env python3
"""set_times.py DIR: gives everything below DIR, and DIR, atime 2020-01-01 and mtime 2020-01-02, links themselves included."""
import os
import sys

TIMES = (1577836800 * 10**9, 1577923200 * 10**9)

for _, folders, files, at in os.fwalk(os.fsencode(sys.argv[1]), topdown=False):
    for name in folders + files:
        os.utime(name, ns=TIMES, dir_fd=at, follow_symlinks=False)
os.utime(sys.argv[1], ns=TIMES)
