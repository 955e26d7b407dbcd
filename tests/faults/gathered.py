"""What a collection holds, and whether one that calls itself complete holds what it always does."""
import hashlib
import json
import os
import sqlite3
import tarfile

from scenes import COLLECT, Collects

# What differs from one run to the next
VOLATILE = ("acquired_at", "atime", "salt", "since", "started")
OWN = ("blind", "system", "closing")  # sources that tell of the run itself

IMAGE = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\nann:x:1000:1000::/home/ann:/bin/bash\n",
    "etc/shadow": "root:*:1::::::\nann:$y$j9T$x:2::::::\n", "etc/group": "root:x:0:\nsudo:x:27:ann\n", "etc/hosts": "127.0.0.1 localhost\n",
    "etc/sudoers": "@includedir /etc/sudoers.d\n", "etc/sudoers.d/ann": "ann ALL=(ALL) NOPASSWD: ALL\n",
    "etc/cron.d/job": "* * * * * root /opt/evil\n", "etc/systemd/system/evil.service": "[Service]\nExecStart=/opt/evil\n",
    "etc/ld.so.preload": "/opt/evil\n", "opt/evil": "#!/bin/sh\n",
    "home/ann/.bash_history": "id\n", "home/ann/.bashrc": "alias ls=/opt/evil\n", "home/ghost/.bash_history": "curl x\n",
    "home/ghost/.ssh/authorized_keys": "ssh-ed25519 AAAA x\n", "root/.profile": "true\n",
    "usr/lib/python3/dist-packages/evil.pth": "import os\n", "var/log/wtmp": "\0" * 768, "var/log/wtmp.1": "\1" * 768,
    "var/log/auth.log": "a line\n", "var/log/apt/history.log": "another\n",
    "etc/ssh/sshd_config": "AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/keys/%u\n", "etc/ssh/keys/ann": "ssh-ed25519 BBBB y\n",
    "usr/bin/tool": "altered\n", "usr/bin/whole": "whole\n", "etc/profile.d/tool.sh": "true\n",
    "var/lib/dpkg/status": "Package: tool\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\nConffiles:\n"
                           " /etc/profile.d/tool.sh b326b5062b2f0e69046810717534cb09\n\n",
    "var/lib/dpkg/info/tool.list": "/.\n/usr/bin/tool\n/usr/bin/whole\n/opt/evil\n/etc/profile.d/tool.sh\n",
    "var/lib/dpkg/info/tool.md5sums": "b326b5062b2f0e69046810717534cb09  usr/bin/tool\n%s  usr/bin/whole\nb326b5062b2f0e69046810717534cb09  usr/bin/gone\n"
                                      "b326b5062b2f0e69046810717534cb09  opt/evil\n" % hashlib.md5(b"whole\n").hexdigest(),
    "etc/docker/daemon.json": "{}\n", "etc/containers/storage.conf": "[storage]\n",
    "srv/app/one/c.conf": "one\n", "srv/app/two/c.conf": "two\n", "srv/far/away/target": "far\n", "srv/plain": "plain\n",
}
LINKS = {"srv/app/link": "../far/middle", "srv/far/middle": "away/target", "srv/folder": "far/away", "etc/cron.d/linked": "/srv/far/away/target"}


def make_image(folder):
    for name, text in IMAGE.items():
        os.makedirs(os.path.join(folder, os.path.dirname(name)), exist_ok=True)
        with open(os.path.join(folder, name), "w") as f:
            f.write(text)
    for name, target in LINKS.items():
        os.symlink(target, os.path.join(folder, name))
    os.chmod(os.path.join(folder, "opt/evil"), 0o4755)
    for name in ("one", "two"):
        database = sqlite3.connect(os.path.join(folder, "srv/app", name, "some.db"))
        database.executescript("CREATE TABLE t (x)")
        database.close()


def write_profile(path, sources):
    with open(path, "w") as f:
        f.write("name: own\ntitle: {en: our own, ja: 自前}\ndescription: {en: for a test, ja: 試験用}\nsources:\n")
        f.writelines("  - %s\n" % source for source in sources)


def rows_of(archive, name):
    """The first one tells of the list itself."""
    rows = [json.loads(line) for line in archive.extractfile(name).read().decode().splitlines()]
    for row in rows:
        for key in VOLATILE:
            row.pop(key, None)
    return rows


class Held:
    """What there is, source and origin first. limited: listings that say themselves that they are not whole."""

    def __init__(self, path):
        self.facts, self.limited, self.absent = set(), set(), set()
        with tarfile.open(path) as archive:
            names = archive.getnames()
            top = names[0].split("/")[0]
            self.status = json.load(archive.extractfile(top + "/meta/acquisition.json"))["status"]
            for name in names:
                if name.startswith(top + "/meta/catalog-"):
                    self.add_files(rows_of(archive, name))
            for row in rows_of(archive, top + "/meta/objects.jsonl")[1:]:
                self.add(row["source"], row["origin"], "object", row.get("target"))
            for row in rows_of(archive, top + "/meta/absent.jsonl")[1:]:
                self.absent.add((row["source"], row.get("origin")))
            for name in names:
                parts = name.split("/")
                if name.endswith(".jsonl") and parts[1] == "data" and parts[2] not in OWN and len(parts) == 4:
                    for row in rows_of(archive, name):
                        self.add(parts[2], "/".join(parts[1:]), "row", json.dumps(row, sort_keys=True))

    def add(self, *fact):
        self.facts.add(fact)

    def add_files(self, rows):
        for row in rows:
            if row["source"] in OWN:
                continue
            if row["status"] == "limited":
                self.limited.add(row["path"])
            if "origin" in row:
                self.add(row["source"], row["origin"], "file", row["sha256"])
            else:
                self.add(row["source"], row["path"], "listing", None)

    def lost(self, now):
        """What now, of which it is said that nothing is missing, does not have. A row of its own is no loss."""
        gone = [fact for fact in self.facts - now.facts if not (fact[2] == "row" and fact[1] in now.limited)]
        return sorted(map(repr, gone + [(*row, "absent") for row in self.absent - now.absent if not now.has(row)]))

    def has(self, row):
        return any(fact[:2] == row for fact in self.facts)


class Gathers(Collects):
    """What is always found is found, or the record does not call itself complete. The image is the same for all runs: nothing is written there."""

    def __init__(self, name, sources):
        super().__init__(name, "collect", [*COLLECT, "--compress", "none", "--profile-file", "own.yaml"])
        self.sources, self.usually = sources, None

    def command(self, room):
        return [*super().command(room), "--root", os.path.join(room.ready, "image")]

    def prepare(self, room):
        if not os.path.exists(os.path.join(room.ready, "image")):
            make_image(os.path.join(room.ready, "image"))

    def furnish(self, room, folder):
        super().furnish(room, folder)
        write_profile(os.path.join(folder, "own.yaml"), self.sources)

    def held(self, folder):
        return Held(os.path.join(folder, "out", "i.tar"))

    def learn(self, room, folder):
        held = self.held(folder)
        if held.status != "complete":
            raise RuntimeError("%s: %s" % (self.name, held.status))
        self.usually = held

    def done(self, room, folder, out):
        held = self.held(folder)
        lost = self.usually.lost(held) if held.status == "complete" else []
        return "lost, and called complete: %s" % "; ".join(lost[:6]) if lost else None


def scenes():
    return [
        Gathers("gather-files", ['databases: {paths: ["/srv/app/*/*.db"]}', "logs",
                                 'files: {paths: ["/srv/app/*/c.conf", "/srv/app/link", "/srv/folder", "/srv/plain"]}']),
        Gathers("gather-recent", ["recent: {window: 240h}", "recent-files"]),
        Gathers("gather-people", ["sessions", "accounts"]),
        Gathers("gather-starts", ["persistence"]),
        Gathers("gather-packages", ["packages"]),
        Gathers("gather-rest", ["network", "firewall", "kernel", "containers"]),
    ]
