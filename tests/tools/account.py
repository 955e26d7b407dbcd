#!/usr/bin/env python3
"""account.py BUNDLE SOURCE...  < names   (find -print0 of what was asked for)

Is every name in the bundle, once, as collected, recorded or absent, and nothing else? Are the contents those of the host
now? Knows nothing of the writer: reads the records with tarfile and json. Exit 0: everything is accounted for.
"""
import base64
import hashlib
import json
import os
import sys
import tarfile


def open_deep(path):
    """Like os.open, also for paths longer than PATH_MAX."""
    at = os.open("/", os.O_RDONLY)
    for part in path.split(b"/")[1:]:
        below = os.open(part, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=at)
        os.close(at)
        at = below
    return at


def origin(row):
    if "origin_b64" in row:
        return base64.b64decode(row["origin_b64"])
    return os.fsencode(row["origin"]) if "origin" in row else None


def digest(path):
    with os.fdopen(open_deep(path), "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def rows(tar):
    for member in tar:
        folder, _, name = member.name.partition("/")
        if name.startswith("meta/") and name.endswith(".jsonl") and "actions" not in name:
            for line in tar.extractfile(member):
                row = json.loads(line)
                if "source" in row:
                    row["list"] = name[5:].split("-")[0].split(".")[0]
                    yield row


def main():
    wanted = set(filter(None, sys.stdin.buffer.read().split(b"\0")))
    wrong = []
    seen = set()
    with tarfile.open(sys.argv[1]) as tar:
        for row in rows(tar):
            path = origin(row)
            if row["source"] not in sys.argv[2:] or path is None:
                continue
            if path in seen:
                wrong.append(("twice", path))
            seen.add(path)
            if row["list"] == "catalog" and row["status"] == "collected" and digest(path) != row["sha256"]:
                wrong.append(("other content", path))
    wrong += [("not accounted for", path) for path in wanted - seen]
    wrong += [("not asked for", path) for path in seen - wanted]
    for what, path in wrong:
        print(what, repr(path))
    if not wanted:
        print("no names on stdin")
    sys.exit(1 if wrong or not wanted else 0)


main()
