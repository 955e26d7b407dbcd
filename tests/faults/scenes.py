"""The commands that are tried, what each needs, and what may be left behind, whatever failed.

A scene is judged twice: `done`, when the command says that all went well, and `left`, whatever it says or when it was ended. Both
return None or what is wrong. What a scene makes stands in its own folder, a copy of the files that it needs."""
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess

from room import LEDGER, SATO, Room


def digest_tree(path):
    rows = []
    for folder, names, files in os.walk(path):
        names.sort()
        for name in sorted(files):
            whole = os.path.join(folder, name)
            with open(whole, "rb") as f:
                rows.append((os.path.relpath(whole, path), hashlib.sha256(f.read()).hexdigest()))
    return sorted(rows)


class Scene:
    """files: what is copied, and under which name. expected: the exit code when nothing fails. partial: 4 may be one, too."""
    partial = False

    def __init__(self, name, program, arguments, files=(), expected=0):
        self.name, self.program, self.arguments, self.expected = name, program, list(arguments), expected
        self.files = [f if isinstance(f, tuple) else (f, f) for f in files]
        self.usual = None  # standard output when nothing fails

    def furnish(self, room, folder):
        os.mkdir(folder)
        beside = [(n, n) for name, _ in self.files for n in os.listdir(room.ready) if n.startswith(name + ".") and n.endswith(".sshsig")]
        for name, to in self.files + beside:
            origin = os.path.join(room.ready, name)
            target = os.path.join(folder, to)
            if os.path.isdir(origin):
                shutil.copytree(origin, target, symlinks=True)
            else:
                shutil.copyfile(origin, target)

    def command(self, room):
        named = {"ITEM": room.item, "FILE": os.path.join(room.ready, "tree/a"), "RECIPIENT": room.recipient,
                 "SHELVED": os.path.join("shelf", room.item + ".archive-1", "bundle.tar")}
        return [room.program(self.program), *[named.get(a, a) for a in self.arguments]]

    def prepare(self, room):
        """Before all runs."""

    def learn(self, room, folder):
        """From a run in which nothing fails."""

    def done(self, room, folder, out):
        return None

    def left(self, room, folder, acknowledged):
        return None

    def remove(self, folder):
        shutil.rmtree(folder, ignore_errors=True)


class Reads(Scene):
    """Says something and writes nothing: what it says is what it always says."""

    def done(self, room, folder, out):
        return None if out == self.usual else "another answer: %r" % out[:200]


class Verifies(Reads):
    """Layers of the jail that a fault took away are told, and change nothing else."""

    def done(self, room, folder, out):
        answers = [json.loads(text) for text in (out, self.usual)]
        for answer in answers:
            answer.pop("jail", None)
            answer["notices"] = [n for n in answer.get("notices", []) if n["code"] != "sandbox-incomplete"]
        return None if answers[0] == answers[1] else "another answer: %r" % out[:200]


class Extracts(Scene):
    def left(self, room, folder, acknowledged):
        target = os.path.join(folder, "out")
        if not os.path.exists(target):
            return "nothing was extracted" if acknowledged else None
        return None if digest_tree(target) == self.wanted(room) else "what was extracted is not what lies in the bundle"

    def wanted(self, room):
        if not hasattr(self, "kept"):
            target = os.path.join(room.ready, "wanted-" + self.name)
            room.run("verify", *[a if a != "out" else target for a in self.arguments])
            self.kept = digest_tree(target)
        return self.kept


class Collects(Scene):
    partial = True
    suffix = ".tar"

    def left(self, room, folder, acknowledged):
        out = os.path.join(folder, "out")
        names = os.listdir(out)
        whole = "i" + self.suffix
        if set(names) - {whole, whole + ".partial"}:
            return "files left: %s" % names
        if whole not in names:
            return "no bundle" if acknowledged else None
        answer = self.verify(room, os.path.join(out, whole))
        if answer.returncode != 3 or json.loads(answer.stdout)["integrity"] != "intact":
            return "a bundle that is not intact: %s" % (answer.stdout or answer.stderr)[:300]
        return None

    def verify(self, room, path):
        return room.run("verify", "verify", "--json", path, check=False)

    def furnish(self, room, folder):
        super().furnish(room, folder)
        os.mkdir(os.path.join(folder, "out"))


class Writes(Scene):
    """A command that adds to a ledger: everything that was there is there, and what is new is all of it or nothing."""

    def __init__(self, name, arguments, files=(), adds=1, ledger="l.db", made=(), program="custody", audit=()):
        super().__init__(name, program, arguments, files)
        self.adds, self.ledger, self.made, self.audit = adds, ledger, made, list(audit)
        self.before = None

    @staticmethod
    def entries(path, how="mode=ro"):
        connection = sqlite3.connect("file:%s?%s" % (path, how), uri=True)
        try:
            return [bytes(row[0]) for row in connection.execute("SELECT bytes FROM entry ORDER BY sequence")]
        finally:
            connection.close()

    def left(self, room, folder, acknowledged):
        path = os.path.join(folder, self.ledger)
        if self.before is None:
            origin = [name for name, to in self.files if to == self.ledger]
            self.before = self.entries(os.path.join(room.ready, origin[0]), "immutable=1") if origin else []
        if not os.path.exists(path):
            return "no ledger" if acknowledged or self.before else self.files_wrong(room, folder, 0, acknowledged)
        answer = room.run("custody", "custody", "audit", "--json", "--ledger", path, check=False)
        if answer.returncode != 0:
            return "the audit says: %s" % (answer.stdout or answer.stderr)[:400]
        now = self.entries(path)
        if now[:len(self.before)] != self.before:
            return "entries were lost"
        added = len(now) - len(self.before)
        if added not in ((self.adds,) if acknowledged else (0, self.adds)):
            return "%d entries were added" % added
        return self.files_wrong(room, folder, added, acknowledged)

    def files_wrong(self, room, folder, added, acknowledged):
        for name in self.made:
            there = os.path.exists(os.path.join(folder, name))
            if there and self.adds and not added:
                return "%s is there, what it says is recorded is not" % name
            if acknowledged and not there:
                return "no %s" % name
            if there and self.audit:
                answer = room.run("custody", "custody", "audit", "--ledger", self.ledger, *self.audit, name, cwd=folder, check=False)
                if answer.returncode != 0:
                    return "the audit with %s says: %s" % (name, (answer.stdout or answer.stderr)[:400])
        return None


class Exports(Writes):
    def files_wrong(self, room, folder, added, acknowledged):
        target = os.path.join(folder, "new")
        if not os.path.exists(target):
            return "nothing was exported" if acknowledged else None
        answer = room.run("verify", "verify", "--json", target, check=False)
        return None if answer.returncode == 3 and json.loads(answer.stdout)["integrity"] == "intact" else "the export does not hold: %s" % answer.stdout[:300]


class Reports(Scene):
    def left(self, room, folder, acknowledged):
        path = os.path.join(folder, "new.html")
        if not os.path.exists(path):
            return "no report" if acknowledged else None
        with open(path, "rb") as f:
            return None if f.read().endswith(b"</html>\n") else "half a report"


class Discloses(Scene):
    def left(self, room, folder, acknowledged):
        path = os.path.join(folder, "new.tar")
        if not os.path.exists(path):
            return "no disclosure" if acknowledged else None
        answer = room.run("verify", "verify", "--json", path, check=False)
        return None if answer.returncode == 3 and json.loads(answer.stdout)["integrity"] == "intact" else "a disclosure that does not hold"


class Keys(Scene):
    def left(self, room, folder, acknowledged):
        names = set(os.listdir(folder)) - {n for _, n in self.files}
        wanted = {"new.key", "new.key.pub", "new.signers"}
        if acknowledged:
            return None if names == wanted and all(os.path.getsize(os.path.join(folder, n)) for n in names) else "made: %s" % names
        return "an empty file" if any(n in names and not os.path.getsize(os.path.join(folder, n)) for n in wanted) else None


class Packs(Collects):
    suffix = ".tar.zst"


class Encrypts(Collects):
    """What has its name opens, and is a bundle."""
    suffix = ".tar.zst.age"

    def verify(self, room, path):
        plain = path + ".plain"
        opened = subprocess.run(["age", "-d", "-i", os.path.join(room.ready, "age.key"), "-o", plain, path], capture_output=True)
        return super().verify(room, plain) if opened.returncode == 0 else opened


class Profiles(Collects):
    """The live picture of a namespace with nothing else in it."""

    def furnish(self, room, folder):
        super().furnish(room, folder)
        with open(os.path.join(folder, "own.yaml"), "w") as f:
            f.write("name: own\ntitle: {en: our own, ja: 自前}\ndescription: {en: for a test, ja: 試験用}\nsources: [%s]\n" % ", ".join(
                ("network", "processes", "firewall", "kernel", "sessions", "accounts", "closing")))


class Wraps(Writes):
    """The bundle that is made of loose files is whole under its name, recorded or not."""
    partial = True

    def furnish(self, room, folder):
        super().furnish(room, folder)
        os.mkdir(os.path.join(folder, "usb"))

    def files_wrong(self, room, folder, added, acknowledged):
        path = os.path.join(folder, "usb/W.tar.zst")
        if not os.path.exists(path):
            return "the bundle that was taken in is gone" if added else None
        answer = room.run("verify", "verify", "--json", path, check=False)
        return None if answer.returncode == 3 and json.loads(answer.stdout)["integrity"] == "intact" else "a bundle that is not intact: %s" % answer.stdout[:300]


class Archives(Writes):
    """A copy that has its name in the archive is the bundle; one that is recorded is there, sealed, with all that lies beside it."""
    recorded = None  # what lies beside it, as the entry names it when nothing fails
    modes = True  # whether the files judged have those they were given

    def furnish(self, room, folder):
        super().furnish(room, folder)
        os.mkdir(os.path.join(folder, "archive"))

    def files_wrong(self, room, folder, added, acknowledged):
        path = os.path.join(folder, "archive", room.item + ".archive-1", "bundle.tar")
        if not os.path.exists(path):
            return "the copy that is recorded is not there" if added else None
        if not self.same(path, os.path.join(room.ready, "bundle.tar")):
            return "a copy that is not the bundle"
        return self.whole(room, folder, os.path.dirname(path)) if added else None

    def whole(self, room, folder, copy):
        log = room.run("custody", "custody", "log", "--json", "--ledger", os.path.join(folder, self.ledger)).stdout
        body = json.loads(log.splitlines()[-1])["statement"]["body"]
        named = sorted(x["file"] for x in body.get("beside", []) + body.get("rest", []))
        self.recorded = self.recorded or named
        if named != self.recorded:
            return "recorded beside the copy is %s, not %s" % (named, self.recorded)
        if not self.modes:
            return None
        left = [os.path.join(path, name) for path, names, files in os.walk(copy) for name in names + files]
        return next(("%s is not sealed" % name for name in [copy, *left] if os.stat(name).st_mode & 0o222), None)

    @staticmethod
    def same(a, b):
        with open(a, "rb") as x, open(b, "rb") as y:
            return x.read() == y.read()

    def remove(self, folder):
        subprocess.run(["chattr", "-R", "-i", folder], capture_output=True)  # what was sealed
        super().remove(folder)


class Gets(Archives):
    def files_wrong(self, room, folder, added, acknowledged):
        path = os.path.join(folder, "archive", "bundle.tar")
        if not os.path.exists(path):
            return "nothing was taken out" if acknowledged else None
        return None if self.same(path, os.path.join(room.ready, "bundle.tar")) else "what was taken out is not the bundle"


class Repairs(Archives):
    """What has the name of the copy is the damaged bundle or the mended one, and recorded it is mended."""

    def furnish(self, room, folder):
        Writes.furnish(self, room, folder)

    def files_wrong(self, room, folder, added, acknowledged):
        there = os.path.join("shelf", room.item + ".archive-1", "bundle.tar")
        mended = self.same(os.path.join(folder, there), os.path.join(room.ready, "bundle.tar"))
        if added and not mended:
            return "the copy that is recorded as mended is not"
        return None if mended or self.same(os.path.join(folder, there), os.path.join(room.ready, "hurt", there[6:])) else "another copy"


class Renews(Repairs):
    """The copy is as it was; the record beside it is there when it is recorded, and whole."""
    partial = True

    def files_wrong(self, room, folder, added, acknowledged):
        copy = os.path.join("shelf", room.item + ".archive-1", "bundle.tar")
        record = os.path.join(folder, copy + ".er")
        if not self.same(os.path.join(folder, copy), os.path.join(room.ready, "bundle.tar")):
            return "the copy was changed"
        if not os.path.exists(record):
            return "no evidence record" if added else None
        return None if self.same(record, os.path.join(room.ready, "renewed", copy[6:] + ".er")) else "another evidence record"


class Stamps(Scene):
    """The token beside the checkpoint is the one that was answered."""

    def left(self, room, folder, acknowledged):
        made = [name for name in os.listdir(folder) if name.startswith("held.") and name.endswith(".tsr")]
        if acknowledged and len(made) != 1:
            return "no token"
        for name in made:
            answer = room.run("custody", "custody", "audit", "--json", "--ledger", "l.db", "--checkpoint", "held", "--timestamp-roots", "root.pem", cwd=folder, check=False)
            if b'"proven"' not in answer.stdout:
                return "a token that proves nothing: %s" % (answer.stdout or answer.stderr)[:300]
        return None


COLLECT = ["--case", "C", "--operator", "O", "--out", "out", "--item", "i"]
K = ["sato.key", "sato.key.pub"]


def scenes():
    taken, offered, moved = [(name, "l.db") for name in ("taken.db", "offered.db", "moved.db")]
    receiver = ["bundle.tar", "offer.json", "tanaka.key", "tanaka.key.pub"]
    return [
        Collects("collect", "collect", [*COLLECT, "--compress", "none", "--path", "tree"], ["tree"]),
        Packs("collect-zstd-database", "collect", [*COLLECT, "--path", "tree/folder", "--db", "some.db"], ["tree", "some.db"]),
        Verifies("verify", "verify", ["verify", "--json", "--signers", "signers", "bundle.tar"], ["bundle.tar", "signers"]),
        Verifies("verify-zstd", "verify", ["verify", "--json", "packed.tar.zst"], ["packed.tar.zst"], expected=3),
        Verifies("verify-altered", "verify", ["verify", "--json", "--signers", "signers", "altered.tar"], ["altered.tar", "signers"], expected=1),
        Verifies("verify-export", "verify", ["verify", "--json", "folder"], ["folder"], expected=3),
        Reads("list", "verify", ["list", "--json", "bundle.tar"], ["bundle.tar"]),
        Extracts("extract", "verify", ["extract", "bundle.tar", "--to", "out"], ["bundle.tar"]),
        Discloses("disclose", "verify", ["disclose", "packed.tar.zst", "FILE", "--to", "new.tar"], ["packed.tar.zst"]),
        Reads("diff", "verify", ["diff", "--json", "packed.tar.zst", "packed.tar.zst"], ["packed.tar.zst"], expected=3),
        Reads("show", "verify", ["show", "--raw", "packed.tar.zst", "FILE"], ["packed.tar.zst"]),
        Keys("key-new", "custody", ["key", "new", "--for", "custody", "--name", "Mori Yui <mori@lab.example>", "--out", "new"]),
        Writes("init", ["custody", "init", "l.db", "--organisation", "CSIRT Example", *SATO], K),
        Writes("person-add", ["custody", "person", "add", "kondo.key.pub", *LEDGER], [*K, "kondo.key.pub", ("begun.db", "l.db")]),
        Writes("intake", ["custody", "intake", "bundle.tar", *LEDGER, "--location", "locker"], [*K, "bundle.tar", ("begun.db", "l.db")]),
        Writes("intake-archive", ["custody", "intake", "--file", "other.tar.gz", "--kind", "archive", "--item", "ARCHIVE", "--listing", "new.jsonl", *LEDGER,
                                  "--location", "locker"], [*K, "other.tar.gz", ("begun.db", "l.db")]),
        Writes("offer", ["custody", "offer", "ITEM", "--to", "tanaka.key.pub", "--purpose", "analysis", *LEDGER, "--out", "new.json"],
               [*K, "tanaka.key.pub", taken], made=["new.json"], audit=["--offer"]),
        Writes("accept", ["custody", "accept", "offer.json", "--bundle", "bundle.tar", "--key", "tanaka.key", "--out", "new.json"],
               [*receiver, offered], adds=0, made=["new.json"]),
        Writes("accept-recorded", ["custody", "accept", "offer.json", "--bundle", "bundle.tar", "--key", "tanaka.key", "--out", "new.json",
                                   "--ledger", "theirs.db", "--location", "lab"], [*receiver, "theirs.db"], ledger="theirs.db", made=["new.json"]),
        Writes("record", ["custody", "record", "receipt.json", *LEDGER], [*K, "receipt.json", offered]),
        Writes("note", ["custody", "note", "ITEM", "--text", "x", *LEDGER], [*K, moved]),
        Writes("checkpoint", ["custody", "checkpoint", *LEDGER, "--out", "new"], [*K, moved], adds=0, made=["new"], audit=["--checkpoint"]),
        Reads("audit", "custody", ["custody", "audit", "--json", "--ledger", "l.db", "--checkpoint", "held"], ["held", moved]),
        Reads("audit-tampered", "custody", ["custody", "audit", "--json", "--ledger", "l.db"], [("tampered.db", "l.db")], expected=1),
        Reads("custody-show", "custody", ["custody", "show", "--json", "--ledger", "l.db"], [moved]),
        Reads("log", "custody", ["custody", "log", "--json", "--ledger", "l.db"], [moved]),
        Exports("export", ["custody", "export", "new", *LEDGER], [*K, moved], adds=0),
        Encrypts("collect-encrypted", "collect", [*COLLECT, "--encrypt-to", "RECIPIENT", "--path", "tree"], ["tree"]),
        *[Profiles("collect-profile", "collect", [*COLLECT, "--compress", "none", "--profile-file", "own.yaml"])
          for _ in range("HOZEN_FAULTS_ALONE" in os.environ)],
        Wraps("intake-wrap", ["custody", "intake", "--item", "W", "--case", "C", "--wrap", "tree", "--out", "usb", *LEDGER, "--location", "locker"],
              [*K, "tree", ("begun.db", "l.db")]),
        Archives("archive-put", ["archive", "put", "ITEM", "--bundle", "bundle.tar", "--to", "archive", "--parity", "none", *LEDGER], [*K, "bundle.tar", taken]),
        Writes("archive-check", ["archive", "check", "--all", "--json", *LEDGER], [*K, ("archived.db", "l.db")]),
        Gets("archive-get", ["archive", "get", "ITEM", "--to", "archive", *LEDGER], [*K, ("archived.db", "l.db")]),
        Repairs("archive-repair", ["archive", "repair", "ITEM", "--copy", "archive-1", "--from", "bundle.tar", "--at", "shelf", *LEDGER],
                [*K, "bundle.tar", ("hurt", "shelf"), ("shelved.db", "l.db")]),
        Renews("archive-renew", ["archive", "renew", "--query", "question", "--response", "reply", "--roots", "root.pem", "--at", "shelf", *LEDGER],
               [*K, "question", "reply", "root.pem", ("shelved", "shelf"), ("shelved.db", "l.db")]),
        Verifies("verify-evidence", "verify", ["verify", "--json", "--timestamp-roots", "root.pem", "SHELVED"], ["root.pem", ("renewed", "shelf")], expected=3),
        Stamps("timestamp", "custody", ["timestamp", "held", "--query", "query", "--response", "response", "--roots", "root.pem"],
               ["held", "query", "response", "root.pem", moved]),
        Reports("report", "custody", ["report", "ITEM", "--ledger", "l.db", "--out", "new.html"], [moved]),
    ]
