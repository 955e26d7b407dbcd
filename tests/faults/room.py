"""Programs, and a folder with everything that a scene may need."""
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile

SATO = ["--key", "sato.key"]
LEDGER = ["--ledger", "l.db", *SATO]


class Room:
    """Programs, and a folder with everything that a scene may need, made once."""

    def __init__(self, programs, source, folder):
        self.programs, self.source, self.ready = programs, source, os.path.join(folder, "ready")
        self.environment = {"PATH": os.environ["PATH"], "MALLOC_PERTURB_": "165", "TZ": "UTC",
                            "TMPDIR": os.path.join(folder, "tmp")}  # where those who are killed leave things
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        os.makedirs(self.ready)
        os.makedirs(self.environment["TMPDIR"])
        self.prepare()

    def program(self, name):
        return os.path.join(self.programs, "hozen-" + name)

    def run(self, name, *arguments, cwd=None, check=True):
        done = subprocess.run([self.program(name), *arguments], cwd=cwd or self.ready, capture_output=True, stdin=subprocess.DEVNULL,
                              env=self.environment, timeout=300)
        if check and done.returncode != 0:
            raise RuntimeError("%s: %s" % (arguments, done.stderr.decode(errors="replace")))
        return done

    def copy_ledger(self, name):
        shutil.copyfile(os.path.join(self.ready, "l.db"), os.path.join(self.ready, name))

    def prepare(self):
        vectors = os.path.join(self.source, "formats/spec/vectors")
        for name, to in (("good/p256.tar", "bundle.tar"), ("bad/content-altered.tar", "altered.tar"), ("allowed_signers", "signers")):
            shutil.copyfile(os.path.join(vectors, name), os.path.join(self.ready, to))
        os.makedirs(os.path.join(self.ready, "tree/folder"))
        for name in ("a", "folder/b"):
            with open(os.path.join(self.ready, "tree", name), "w") as f:
                f.write(name * 3000)
        os.symlink("a", os.path.join(self.ready, "tree/link"))
        with tarfile.open(os.path.join(self.ready, "other.tar.gz"), "w:gz") as archive:
            archive.add(os.path.join(self.ready, "tree"), "tree")
        with sqlite3.connect(os.path.join(self.ready, "some.db")) as database:
            database.executescript("PRAGMA journal_mode=WAL; CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(20000))")
        for name, who in (("sato", "Sato Hanako <sato@csirt.example>"), ("tanaka", "Tanaka Ken <tanaka@lab.example>"),
                          ("kondo", "Kondo Aoi <kondo@court.example>")):
            self.run("custody", "key", "new", "--for", "custody", "--name", who, "--out", name)
        self.run("collect", "--case", "C", "--operator", "O", "--out", ".", "--item", "packed", "--path", "tree")
        custody = lambda *a: self.run("custody", "custody", *a)
        custody("init", "l.db", "--organisation", "CSIRT Example", *SATO)
        custody("person", "add", "tanaka.key.pub", *LEDGER)
        self.copy_ledger("begun.db")
        custody("intake", "bundle.tar", *LEDGER, "--location", "evidence locker 3")
        self.item = json.loads(custody("show", "--json", "--ledger", "l.db").stdout)["items"][0]["item"]
        self.copy_ledger("taken.db")
        custody("offer", self.item, "--to", "tanaka.key.pub", "--purpose", "malware analysis", *LEDGER, "--out", "offer.json")
        self.copy_ledger("offered.db")
        custody("init", "theirs.db", "--organisation", "Lab Example", "--key", "tanaka.key")
        custody("accept", "offer.json", "--bundle", "bundle.tar", "--key", "tanaka.key", "--out", "receipt.json")
        custody("record", "receipt.json", *LEDGER)
        custody("checkpoint", *LEDGER, "--out", "held")
        self.copy_ledger("moved.db")
        custody("export", "folder", *LEDGER)
        self.prepare_archive()
        self.prepare_time()
        self.prepare_shelf()
        os.rename(os.path.join(self.ready, "l.db"), os.path.join(self.ready, "last.db"))
        tampered = os.path.join(self.ready, "tampered.db")
        shutil.copyfile(os.path.join(self.ready, "moved.db"), tampered)
        with sqlite3.connect(tampered) as database:
            database.execute("UPDATE item SET location = 'elsewhere'")
        self.clean()

    def prepare_archive(self):
        """Its target is recorded with its whole path: there alone it is looked for."""
        shutil.copyfile(os.path.join(self.ready, "taken.db"), os.path.join(self.ready, "archived.db"))
        os.mkdir(os.path.join(self.ready, "archive"))
        self.run("custody", "archive", "put", self.item, "--bundle", "bundle.tar", "--to", "archive", "--parity", "none", "--ledger", "archived.db", *SATO)

    def prepare_shelf(self):
        """A medium that is mounted elsewhere than when the copy was made, one with a damaged copy, and one whose evidence record was made."""
        custody = lambda *a: self.run("custody", "archive", *a, "--ledger", "shelved.db", *SATO)
        shutil.copyfile(os.path.join(self.ready, "taken.db"), os.path.join(self.ready, "shelved.db"))
        os.mkdir(os.path.join(self.ready, "shelf"))
        custody("put", self.item, "--bundle", "bundle.tar", "--to", "shelf", "--parity", "none")
        subprocess.run(["chattr", "-R", "-i", "shelf"], cwd=self.ready, capture_output=True)
        os.rename(os.path.join(self.ready, "shelf"), os.path.join(self.ready, "shelved"))
        shutil.copytree(os.path.join(self.ready, "shelved"), os.path.join(self.ready, "hurt"))
        with open(os.path.join(self.ready, "hurt", self.item + ".archive-1", "bundle.tar"), "r+b") as f:
            f.seek(5000)
            f.write(b"damage")
        shutil.copytree(os.path.join(self.ready, "shelved"), os.path.join(self.ready, "renewed"))
        custody("renew", "--query", "question", "--roots", "root.pem", "--at", "shelved")
        self.answer("question", "reply")
        before = os.path.join(self.ready, "before.db")
        shutil.copyfile(os.path.join(self.ready, "shelved.db"), before)
        custody("renew", "--query", "question", "--response", "reply", "--roots", "root.pem", "--at", "renewed")
        subprocess.run(["chattr", "-R", "-i", "renewed"], cwd=self.ready, capture_output=True)
        os.rename(before, os.path.join(self.ready, "shelved.db"))

    def answer(self, query, response):
        shell = '. "$0"; answer authority "$1" "$2"'
        subprocess.run(["bash", "-c", shell, os.path.join(self.source, "tests/cli/48-time.bash"), query, response], cwd=self.ready, check=True,
                       capture_output=True)

    def prepare_time(self):
        """A question about the checkpoint, and an authority's answer to it."""
        self.run("custody", "timestamp", "held", "--query", "query")
        subprocess.run(["bash", "-c", '. "$0"; make_authority authority', os.path.join(self.source, "tests/cli/48-time.bash")], cwd=self.ready, check=True,
                       capture_output=True)
        self.answer("query", "response")
        shutil.copyfile(os.path.join(self.ready, "authority/root.pem"), os.path.join(self.ready, "root.pem"))
        made = subprocess.run(["age-keygen"], cwd=self.ready, check=True, capture_output=True).stdout.decode()
        with open(os.path.join(self.ready, "age.key"), "w") as f:
            f.write(made)
        self.recipient = next(line.split()[-1] for line in made.splitlines() if "public key" in line)

    def clean(self):
        for name in os.listdir(self.ready):
            if name.endswith(("-wal", "-shm")):
                os.unlink(os.path.join(self.ready, name))
