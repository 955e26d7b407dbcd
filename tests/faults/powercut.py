#!/usr/bin/env python3
"""powercut.py PROGRAMS TOOLS SOURCE WORK [--whole] [--states N] [--seconds N] [--scene NAME]... [--seed N]

Logs what a command changes on the disk (fault log), and makes the states in which a power cut may leave it: at every moment, with
what was not synced there, lost, or there in part (torn at 512 bytes, or as zeros of the right length), and names that were not
synced there, lost, or some of them in order. In each of them what a scene (scenes.py) promises must hold: nothing that was
acknowledged is lost, nothing looks whole and is not. Exit code 1 when it does not."""
import argparse
import concurrent.futures
import copy
import os
import random
import subprocess
import sys
import time

import scenes

SECTOR = 512
SCENES = ("collect", "collect-zstd-database", "extract", "init", "person-add", "intake", "offer", "accept", "accept-recorded", "record", "checkpoint", "export", "collect-encrypted", "intake-wrap", "archive-put", "archive-get", "timestamp")
VARIANTS = [(names, data) for names in ("lost", "kept", "some") for data in ("lost", "kept", "torn", "zeros")]


def apply(content, op, chance, data):
    what, at, value = op
    if what == "size":
        return content[:at] + bytes(max(0, at - len(content)))
    if len(content) < at + len(value):
        content += bytes(at + len(value) - len(content))
    if data == "zeros":
        return content
    if data == "kept":
        return content[:at] + value + content[at + len(value):]
    for n in range(0, len(value), SECTOR):  # each sector by itself
        if chance.random() < 0.5:
            piece = value[n:n + SECTOR]
            content = content[:at + n] + piece + content[at + n + len(piece):]
    return content


def content_of(file, data, chance=None):
    """file: what is on the medium for certain, and what was written since."""
    content, pending = file
    for op in pending if data != "lost" else ():
        content = apply(content, op, chance, data)
    return content


class Disk:
    """Names lead to the key of a file, or to None for a folder. An operation on names: (folders it stands in, a function of the names)."""

    def __init__(self, folder):
        self.root, self.synced, self.pending, self.said = folder, {}, [], False
        self.files, self.present = {}, {}  # by key; the key of an inode's present file
        for path, names, files in os.walk(folder):
            for name in names:
                self.synced[os.path.join(path, name)] = None
            for name in files:
                whole = os.path.join(path, name)
                if not os.path.islink(whole):
                    with open(whole, "rb") as f:
                        self.synced[whole] = self.add(str(os.stat(whole).st_ino), f.read())

    def add(self, inode, content):
        key = self.present[inode] = len(self.files)
        self.files[key] = (content, ())
        return key

    def frozen(self):
        other = copy.copy(self)
        other.synced, other.pending, other.files = dict(self.synced), list(self.pending), dict(self.files)
        return other

    def names(self, operations):
        names = dict(self.synced)
        for _, operation in operations:
            operation(names)
        return names

    def change(self, operation, *paths):
        self.pending.append(({os.path.dirname(p) for p in paths}, operation))

    def open(self, inode, path):
        if inode not in self.present or self.names(self.pending).get(path) != self.present[inode]:
            made = self.add(inode, b"")
            self.change(lambda names: names.__setitem__(path, made), path)

    def rename(self, old, new):
        def move(names):
            for path in [p for p in names if p == old or p.startswith(old + "/")]:
                names[new + path[len(old):]] = names.pop(path)
        self.change(move, old, new)

    def link(self, old, new):
        self.change(lambda names: names.__setitem__(new, names[old]) if old in names else None, new)

    def unlink(self, path):
        self.change(lambda names: names.pop(path, None), path)

    def mkdir(self, path):
        self.change(lambda names: names.__setitem__(path, None), path)

    rmdir = unlink

    def wrote(self, inode, op):
        if inode in self.present:
            content, pending = self.files[self.present[inode]]
            self.files[self.present[inode]] = (content, (*pending, op))

    def sync_file(self, key):
        self.files[key] = (content_of(self.files[key], "kept"), ())

    def sync_names(self, folder):
        """What was done in a folder is on the medium; a file system keeps the order, so that all that went before is too."""
        last = max([i for i, (folders, _) in enumerate(self.pending) if folder in folders], default=-1)
        self.synced, self.pending = self.names(self.pending[:last + 1]), self.pending[last + 1:]

    def take(self, line):
        what, *rest = line.split("\t")
        text = lambda value: bytes.fromhex(value).decode()
        if what in ("rename", "link", "unlink", "mkdir", "rmdir"):
            getattr(self, what)(*map(text, rest))
        elif what == "open":
            self.open(rest[0], text(rest[1]))
        elif what == "write":
            self.wrote(rest[0], ("write", int(rest[1]), bytes.fromhex(rest[2])))
        elif what == "size":
            self.wrote(rest[0], ("size", int(rest[1]), b""))
        elif what == "sync":
            if rest[0] in self.present:
                self.sync_file(self.present[rest[0]])
            self.sync_names(text(rest[1]))
        elif what == "syncall":
            self.synced, self.pending = self.names(self.pending), []
            for key in self.files:
                self.sync_file(key)
        elif what == "said":
            self.said = True
        else:
            raise RuntimeError("what the log does not understand: %s" % line[:200])

    def write_state(self, target, names, data, chance):
        kept = {"lost": 0, "kept": len(self.pending), "some": chance.randint(0, len(self.pending))}[names]
        os.mkdir(target)
        for path, key in sorted(self.names(self.pending[:kept]).items()):
            at = target + path[len(self.root):]
            if key is None:
                os.makedirs(at, exist_ok=True)
            elif os.path.isdir(os.path.dirname(at)):
                with open(at, "wb") as f:
                    f.write(content_of(self.files[key], data, chance))


class Replay:
    def __init__(self, options):
        self.options, self.room = options, scenes.Room(options.programs, options.source, options.work)
        self.states, self.wrong, self.serial = 0, 0, 0

    def log_of(self, scene):
        folder = os.path.join(self.options.work, "log-" + scene.name)
        scene.furnish(self.room, folder)
        disk = Disk(folder)
        log = folder + ".log"
        done = subprocess.run([os.path.join(self.options.tools, "fault"), folder + ".report", "log", folder, log, "--", *scene.command(self.room)],
                              cwd=folder, env=self.room.environment, capture_output=True, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise RuntimeError("%s: %s" % (scene.name, done.stderr))
        problem = scene.left(self.room, folder, True)
        if problem:
            raise RuntimeError("%s: %s" % (scene.name, problem))
        scene.remove(folder)
        with open(log) as f:
            return disk, f.read().splitlines()

    def states_of(self, scene):
        """Every moment and variant: the disk, and where the cut is."""
        disk, lines = self.log_of(scene)
        yield scene, disk.frozen(), "before all"
        for n, line in enumerate(lines, 1):
            disk.take(line)
            yield scene, disk.frozen(), "%d %s" % (n, line.split("\t")[0])

    def attempt(self, scene, disk, moment, names, data, number):
        chance = random.Random("%d %s %s" % (self.options.seed, scene.name, number))
        target = os.path.join(self.options.work, "state%d" % number)
        disk.write_state(target, names, data, chance)
        problem = scene.left(self.room, target, disk.said)
        self.states += 1
        if problem:
            self.wrong += 1
            print("WRONG %s, cut behind %s, names %s, data %s: %s" % (scene.name, moment, names, data, problem), flush=True)
        if not (problem and self.options.keep):
            scene.remove(target)

    def chosen(self, moments, wanted, scene):
        """So many of them, a part of the way each: which, the seed says."""
        chance = random.Random("%d %s" % (self.options.seed, scene.name))
        if self.options.whole:
            return moments
        return [moments[n] for n in sorted({int(chance.random() * len(moments)) for _ in range(wanted)})]

    def replay(self):
        wanted = [scene for scene in scenes.scenes() if scene.name in SCENES and scene.name in (self.options.scene or SCENES)]
        end = time.monotonic() + (float("inf") if self.options.whole else self.options.seconds)
        number = 0
        for scene in wanted:
            scene.modes = False  # the log of what was written has none
            moments = [(s, d, m, names, data, number + i) for i, (s, d, m, (names, data)) in enumerate(
                (s, d, m, v) for s, d, m in self.states_of(scene) for v in VARIANTS)]
            before = self.states
            with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(lambda job: self.attempt(*job) if time.monotonic() < end else None,
                              self.chosen(moments, -(-self.options.states // len(wanted)), scene)))
            number += len(moments)
            print("%s: %d of %d states" % (scene.name, self.states - before, len(moments)), flush=True)


def main():
    p = argparse.ArgumentParser()
    for name in ("programs", "tools", "source", "work"):
        p.add_argument(name)
    p.add_argument("--whole", action="store_true")
    p.add_argument("--keep", action="store_true")
    p.add_argument("--states", type=int, default=150)
    p.add_argument("--seconds", type=float, default=900)
    p.add_argument("--seed", type=int, default=random.randrange(10**6))
    p.add_argument("--scene", action="append")
    options = p.parse_args()
    for name in ("programs", "tools", "source", "work"):
        setattr(options, name, os.path.abspath(getattr(options, name)))
    r = Replay(options)
    r.replay()
    print("%d states, seed %d; %d wrong" % (r.states, options.seed, r.wrong))
    sys.exit(1 if r.wrong or (r.states < min(20, options.states) and not options.scene) else 0)


main()
