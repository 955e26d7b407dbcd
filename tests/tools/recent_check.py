#!/usr/bin/env python3
"""recent_check.py FOLDER TREE...: are FOLDER/bodyfile.txt and FOLDER/recent.jsonl right about everything in the trees?

Reads the body file as plaso's parser does (documented at https://plaso.readthedocs.io: fields from both ends of a line,
integers and floating point seconds, names without control characters) and as mactime does, and compares all of it with
what lstat(2) says. Says what is wrong and ends with 1.
"""
import base64
import datetime
import json
import os
import re
import stat
import subprocess
import sys

LETTERS = {stat.S_IFREG: "r", stat.S_IFDIR: "d", stat.S_IFLNK: "l", stat.S_IFIFO: "p", stat.S_IFSOCK: "h", stat.S_IFCHR: "c",
           stat.S_IFBLK: "b"}
TYPES = {"r": "file", "d": "directory", "l": "symlink", "p": "fifo", "h": "socket", "c": "character-device", "b": "block-device"}


def fail(*words):
    print(*(ascii(w)[:300] if not isinstance(w, str) else w[:300] for w in words))
    sys.exit(1)


def raw(text):
    "The bytes that an escaped name stands for."
    return re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), text.encode())


def number(text):
    "Seconds as a pair of integers, exactly."
    m = re.fullmatch(r"(-?)(\d+)(?:\.(\d{9}))?", text)
    if not m:
        fail("not a time:", text)
    ns = int(m[2]) * 10**9 + int(m[3] or 0)
    return -ns if m[1] else ns


def plaso(line, n):
    "One line, the way plaso takes it apart."
    values = line.split("|")
    if len(values) != 11: # plaso accepts more, and puts the name together again; ours never needs that
        fail("line", n, "has", len(values), "fields:", ascii(line))
    if values[0] != "0":
        fail("line", n, "has a digest:", values[0])
    times = values[7:11]
    for t in times:
        float(t)
    uid, gid, size = (int(v, 10) for v in values[4:7])
    inode, name = int(values[2], 10), values[1]
    if any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in name):
        fail("line", n, "has control characters:", ascii(name))
    target = None
    if values[3].startswith("l") and " -> " in name:
        name, _, target = name.rpartition(" -> ")
    return {"name": raw(name), "target": target if target is None else raw(target), "mode": values[3], "inode": inode, "uid": uid,
            "gid": gid, "size": size, "times": [number(t) for t in times], "text": values[1]}


def mode_text(mode):
    letter = LETTERS[stat.S_IFMT(mode)]
    return letter + "/" + letter + stat.filemode(mode)[1:]


def everything(top, at=None, name=None):
    "(path, its lstat, its link's target), step by step: paths may be longer than the kernel takes."
    name = name or top
    st = os.lstat(name, dir_fd=at)
    yield top, st, os.fsencode(os.readlink(name, dir_fd=at)) if stat.S_ISLNK(st.st_mode) else None
    if stat.S_ISDIR(st.st_mode):
        fd = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOATIME, dir_fd=at)
        for entry in os.listdir(fd):
            yield from everything(top + b"/" + os.fsencode(entry), fd, entry)
        os.close(fd)


def shown(ns):
    "A time in the body file: none outside the years that people count."
    return ns if -62135596800 <= ns // 10**9 <= 253402300799 else 0


def compare(row, path, st, target):
    want = {"name": path, "target": target, "mode": mode_text(st.st_mode), "inode": st.st_ino, "uid": st.st_uid, "gid": st.st_gid, "size": st.st_size}
    for key, value in want.items():
        if row[key] != value:
            fail(path, key, "is", row[key], "and not", value)
    if row["times"][1:3] != [shown(st.st_mtime_ns), shown(st.st_ctime_ns)]:
        fail(path, "times are", row["times"], st)


def nanoseconds(text):
    "Of a time in the JSON file."
    if text.startswith("@"):
        s, n = text[1:].split(".")
        return int(s) * 10**9 + int(n)
    d = datetime.datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=datetime.timezone.utc)
    return int((d - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)).total_seconds()) * 10**9 + int(text[20:29])


def compare_json(row, st, line, first):
    j = json.loads(line)
    origin = base64.b64decode(j["origin_b64"]) if "origin_b64" in j else j["origin"].encode()
    target = base64.b64decode(j["target_b64"]) if "target_b64" in j else j["target"].encode() if "target" in j else None
    times = {k: nanoseconds(j[k]) for k in ("btime", "ctime", "mtime") if k in j}
    since, started = nanoseconds(first["since"]), nanoseconds(first["started"])
    checks = [("origin", origin, row["name"]), ("target", target, row["target"]), ("inode", int(j["inode"]), row["inode"]),
              ("mode", int(j["mode"], 8), stat.S_IMODE(st.st_mode)), ("links", j["links"], st.st_nlink), ("uid", j["uid"], row["uid"]),
              ("gid", j["gid"], row["gid"]), ("size", int(j["size"]), row["size"]), ("type", j["type"], TYPES[row["mode"][0]]),
              ("mtime", times["mtime"], st.st_mtime_ns), ("ctime", times["ctime"], st.st_ctime_ns),
              ("device", j["device"], "%d:%d" % (os.major(st.st_dev), os.minor(st.st_dev))),
              ("rdevice", j.get("rdevice"), "%d:%d" % (os.major(st.st_rdev), os.minor(st.st_rdev)) if row["mode"][0] in "bc" else None),
              ("body", [shown(nanoseconds(j["atime"])), shown(times.get("btime", 0))], [row["times"][0], row["times"][3]]),
              ("within", j["within"], [k for k in sorted(times) if times[k] >= since]),
              ("future", j.get("future", []), [k for k in j["within"] if times[k] > started])]
    for key, got, want in checks:
        if got != want:
            fail(origin, "JSON", key, "is", got, "and not", want)


def mactime(path, rows):
    "Each time of each row on a line of its own, under the name as it stands."
    p = subprocess.run(["mactime", "-b", path, "-d", "-z", "UTC"], capture_output=True, check=True)
    if p.stderr:
        fail("mactime complains:", p.stderr.decode()[:500])
    lines = p.stdout.decode().rstrip("\n").split("\n")[1:]
    seconds = lambda ns: -(-ns // 10**9) if ns < 0 else ns // 10**9
    want = sorted('%d,%s,"%s"' % (row["inode"], "", row["text"].replace('"', '""')) for row in rows
                  for t in {seconds(t) for t in row["times"] if seconds(t) >= 0})
    got = sorted("%s,,%s" % tuple(line.split(",", 7)[6:]) for line in lines)
    if got != want:
        fail("mactime shows", len(got), "lines, not", len(want), sorted(set(got) ^ set(want))[:4])


def main():
    folder, trees = sys.argv[1], [os.fsencode(t) for t in sys.argv[2:]]
    with open(folder + "/bodyfile.txt", encoding="utf-8", newline="\n") as f:
        text = f.read()
    if text and not text.endswith("\n"):
        fail("the body file's last line does not end")
    rows = [plaso(line, n) for n, line in enumerate(text.split("\n")[:-1])]
    want = {path: (st, target) for tree in trees for path, st, target in everything(tree)}
    got = [row["name"] for row in rows]
    if len(got) != len(set(got)) or set(got) != set(want):
        fail("listed and there differ:", len(got), len(want), sorted(set(got) ^ set(want)))
    for row in rows:
        compare(row, row["name"], *want[row["name"]])
    with open(folder + "/recent.jsonl", encoding="utf-8", newline="\n") as f:
        lines = f.read().split("\n")[:-1]
    if len(lines) != len(rows) + 1:
        fail("recent.jsonl has", len(lines), "lines for", len(rows), "rows")
    for row, line in zip(rows, lines[1:]):
        compare_json(row, want[row["name"]][0], line, json.loads(lines[0]))
    mactime(folder + "/bodyfile.txt", rows)
    print(len(rows))


main()
