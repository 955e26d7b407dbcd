#!/usr/bin/env python3
"""Edits of a ledger's SQLite file, one after the other, and what the audit must say of each.

    41-custody-tamper.py AUDIT LEDGER FOLDER     AUDIT: the hozen-custody program; LEDGER: a sound ledger; FOLDER: for copies
    41-custody-tamper.py --flips N SEED AUDIT LEDGER FOLDER

Exit 1 names every edit that was not found, or found as something else."""
import base64, hashlib, json, os, random, re, shutil, sqlite3, subprocess, sys

PROJECTIONS = {"statement": "entry", "person": "key", "item": "item", "node": "level, position", "witness": "ledger, size, keyid",
               "cosigner": "entry, key", "ended": "key", "policy": "entry", "fact": "case_id, name", "copy": "item, copy", "hold": "item, hold"}

def audit(program, path, *more):
    p = subprocess.run([program, "custody", "audit", "--json", "--ledger", path, *more], capture_output=True, text=True)
    return p.returncode, json.loads(p.stdout) if p.stdout else None, p.stderr

def connect(path):
    c = sqlite3.connect(path, isolation_level=None)
    c.execute("PRAGMA ignore_check_constraints=ON"); c.execute("PRAGMA foreign_keys=OFF"); c.execute("PRAGMA synchronous=OFF")
    return c

class Unguarded:
    "Takes the triggers away, lets somebody edit, and puts them back as they were."
    def __init__(self, path): self.c = connect(path)
    def __enter__(self):
        self.triggers = self.c.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in self.triggers: self.c.execute("DROP TRIGGER " + name)
        return self.c
    def __exit__(self, *_):
        for _, sql in self.triggers:
            try: self.c.execute(sql)
            except sqlite3.OperationalError: pass # what it was for is no table any more
        self.c.close()

def other(value):
    "Something else of the same type and, where that is possible, of the same form."
    if value is None: return "x"
    if isinstance(value, int): return value + 1000
    if isinstance(value, bytes): return bytes([value[0] ^ 1]) + value[1:]
    if re.fullmatch("[0-9a-f]{64}", value): return ("0" if value[0] != "0" else "1") + value[1:]
    return value[:-1] + ("y" if value[-1:] != "y" else "z")

def edit_entry(path, sequence, change):
    "Changes an entry's own JSON, and its leaf with it."
    with Unguarded(path) as c:
        e = json.loads(c.execute("SELECT bytes FROM entry WHERE sequence = ?", [sequence]).fetchone()[0])
        change(e)
        raw = json.dumps(e, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        c.execute("UPDATE entry SET bytes = ?, leaf = ? WHERE sequence = ?", [raw, hashlib.sha256(b"\0" + raw).digest(), sequence])

def edit_statement(path, sequence, change):
    def inside(e):
        s = json.loads(base64.b64decode(e["statement"]))
        change(s)
        e["statement"] = base64.b64encode(json.dumps(s, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()).decode()
    edit_entry(path, sequence, inside)

def sql(*statements):
    def run(path):
        with Unguarded(path) as c:
            for s in statements: c.execute(s)
    return run

def raw_sql(*statements):
    "Without taking the triggers away first, and with the schema open to be written."
    def run(path):
        c = connect(path)
        c.execute("PRAGMA writable_schema=ON")
        for s in statements: c.execute(s)
        c.close()
    return run

def patch(offset, data):
    def run(path):
        with open(path, "r+b") as f: f.seek(offset); f.write(data)
    return run

def columns(path):
    "Every column of every row of every table, changed."
    c = connect(path)
    for table, key in {"entry": "sequence", "checkpoint": "size, keyid", **PROJECTIONS}.items():
        names = [row[1] for row in c.execute("PRAGMA table_info(%s)" % table)]
        keys = key.split(", ")
        for row in c.execute("SELECT * FROM %s ORDER BY %s" % (table, key)).fetchall():
            values = dict(zip(names, row))
            for name in names:
                yield table, name, values, keys, other(values[name])
    c.close()

def column_edits(path):
    for table, name, values, keys, value in columns(path):
        where = " AND ".join("%s = ?" % k for k in keys)
        def run(copy, table=table, name=name, where=where, value=value, at=[values[k] for k in keys]):
            with Unguarded(copy) as c: c.execute("UPDATE %s SET %s = ? WHERE %s" % (table, name, where), [value, *at])
        about = "%s.%s of %s" % (table, name, "/".join(str(values[k])[:12] for k in keys))
        if table == "entry": codes, first = {"sequence": ("record-missing",), "bytes": ("record-altered",), "leaf": ("record-altered",)}[name], values["sequence"]
        elif table == "checkpoint": codes, first = ("checkpoint-inconsistent", "rollback"), None
        else: codes, first = ("projection-altered",), (None if name in ("entry", "level", "position", *keys) else values["entry"])
        yield about, run, codes, first

def moved(c, a, b):
    x, y = (c.execute("SELECT bytes, leaf FROM entry WHERE sequence = ?", [n]).fetchone() for n in (a, b))
    return x, y

def swap(path):
    with Unguarded(path) as c:
        x, y = moved(c, 2, 3)
        c.execute("UPDATE entry SET bytes = ?, leaf = ? WHERE sequence = 2", y)
        c.execute("UPDATE entry SET bytes = ?, leaf = ? WHERE sequence = 3", x)

def later(e): e["recorded_at"] = e["recorded_at"][:-2] + ("1Z" if e["recorded_at"][-2] != "1" else "2Z")

def rewrite(path):
    "Everything but the signatures made to fit a changed recorded_at: entry, leaf, statement, nodes."
    edit_entry(path, 2, later)
    with Unguarded(path) as c:
        e = json.loads(c.execute("SELECT bytes FROM entry WHERE sequence = 2").fetchone()[0])
        c.execute("UPDATE statement SET recorded_at = ? WHERE entry = 2", [e["recorded_at"]])
        level = [row[0] for row in c.execute("SELECT leaf FROM entry ORDER BY sequence")]
        n = 1
        while len(level) > 1:
            level = [hashlib.sha256(b"\1" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
            for i, h in enumerate(level): c.execute("UPDATE node SET hash = ? WHERE level = ? AND position = ?", [h, n, i])
            n += 1

def backwards(path):
    edit_entry(path, 3, lambda e: e.__setitem__("recorded_at", "2001-01-01T00:00:00.000000000Z"))

def key_of(path):
    c = connect(path); key = c.execute("SELECT key FROM person ORDER BY entry DESC").fetchone()[0]; c.close()
    return key

def edits(path):
    yield from column_edits(path)
    last = connect(path).execute("SELECT max(sequence) FROM entry").fetchone()[0]
    R = lambda *codes: codes
    yield "an entry deleted", sql("DELETE FROM entry WHERE sequence = 2"), R("record-missing"), 2
    yield "the first entry deleted", sql("DELETE FROM entry WHERE sequence = 0"), R("record-missing"), 0
    yield "all entries deleted", sql("DELETE FROM entry"), R("record-missing"), 0
    yield "the last entry deleted", sql("DELETE FROM entry WHERE sequence = %d" % last), R("rollback"), last
    yield "the tail cut off, with what was made of it", sql(*("DELETE FROM %s WHERE %s >= %d" % (t, k, last) for t, k in
        (("entry", "sequence"), *((t, "entry") for t in PROJECTIONS if t not in ("item", "copy"))))), R("rollback"), last
    yield "two entries swapped", swap, R("record-reordered"), 2
    yield "an entry doubled at the end", sql("INSERT INTO entry SELECT %d, bytes, leaf FROM entry WHERE sequence = 2" % (last + 1)), R("record-reordered"), last + 1
    yield "an entry replaced by an earlier one", sql("UPDATE entry SET (bytes, leaf) = (SELECT bytes, leaf FROM entry WHERE sequence = 1) WHERE sequence = 2"), R("record-reordered"), 2
    yield "an entry put in between", sql("UPDATE entry SET sequence = sequence + 100 WHERE sequence > 2", "UPDATE entry SET sequence = sequence - 99 WHERE sequence > 100",
        "INSERT INTO entry SELECT 3, bytes, leaf FROM entry WHERE sequence = 2"), R("record-reordered"), 3
    yield "garbage for an entry", sql("UPDATE entry SET bytes = x'7b7d' WHERE sequence = 2"), R("record-altered"), 2
    yield "an entry of 50 MB", sql("UPDATE entry SET bytes = zeroblob(50000000) WHERE sequence = 2"), R("record-altered"), 2
    yield "a name of 50 MB", sql("UPDATE person SET name = printf('%.*c', 50000000, 'x') WHERE entry = 0"), R("projection-altered"), None
    yield "an empty entry", sql("UPDATE entry SET bytes = x'' WHERE sequence = 2"), R("record-altered"), 2
    yield "recorded_at inside an entry", lambda p: edit_entry(p, 2, later), R("checkpoint-inconsistent"), 2
    yield "recorded_at, and all that is derived from it", rewrite, R("checkpoint-inconsistent"), 2
    yield "recorded_at before the entry before", backwards, R("time-backwards"), 3
    yield "the ledger inside an entry", lambda p: edit_entry(p, 2, lambda e: e.__setitem__("ledger", "0" * 64)), R("record-altered"), 2
    yield "the sequence inside an entry", lambda p: edit_entry(p, 2, lambda e: e.__setitem__("sequence", 7)), R("record-reordered"), 2
    yield "a key added to an entry", lambda p: edit_entry(p, 2, lambda e: e.__setitem__("note", "x")), R("record-altered"), 2
    yield "a signature taken from another entry", lambda p: edit_entry(p, 2, lambda e: e.__setitem__("signatures",
        json.loads(connect(p).execute("SELECT bytes FROM entry WHERE sequence = 1").fetchone()[0])["signatures"])), R("record-signature-invalid"), 2
    yield "a signature twice", lambda p: edit_entry(p, 2, lambda e: e.__setitem__("signatures", 2 * e["signatures"])), R("record-signature-invalid"), 2
    yield "no signature", lambda p: edit_entry(p, 2, lambda e: e.__setitem__("signatures", [])), R("record-altered"), 2
    yield "a signature with one letter changed", lambda p: edit_entry(p, 2, lambda e: e.__setitem__("signatures",
        [e["signatures"][0].replace("\n", "\n", 1)[:200] + ("A" if e["signatures"][0][200] != "A" else "B") + e["signatures"][0][201:]])), R("record-signature-invalid"), 2
    yield "who acted", lambda p: edit_statement(p, 1, lambda s: s["actor"].__setitem__("name", "Somebody Else")), R("record-signature-invalid"), 1
    yield "where it is kept", lambda p: edit_statement(p, 1, lambda s: s["body"].__setitem__("location", "elsewhere")), R("record-signature-invalid"), 1
    yield "whom the item is offered to", lambda p: edit_statement(p, 3, lambda s: s["body"]["to"].__setitem__("name", "Somebody Else")), R("record-signature-invalid"), 3
    yield "another item", lambda p: edit_statement(p, 3, lambda s: s.__setitem__("item", "OTHER")), R("record-signature-invalid"), 3
    yield "the statement before", lambda p: edit_statement(p, 3, lambda s: s.__setitem__("previous", "0" * 64)), R("record-signature-invalid"), 3
    yield "a checkpoint's signature from another size", sql("UPDATE checkpoint SET signature = (SELECT signature FROM checkpoint WHERE size = 1) WHERE size = 2"), R("checkpoint-inconsistent"), 1
    yield "a checkpoint of a larger log", sql("UPDATE checkpoint SET size = 99, text = replace(text, char(10) || '2' || char(10), char(10) || '99' || char(10)) WHERE size = 2"), R("checkpoint-inconsistent"), None
    for table in PROJECTIONS:
        if connect(path).execute("SELECT count(*) FROM " + table).fetchone()[0]:
            yield "table %s emptied" % table, sql("DELETE FROM " + table), R("projection-altered"), None
            yield "a row of %s deleted" % table, sql("DELETE FROM {0} WHERE ({1}) = (SELECT {1} FROM {0} ORDER BY {1} LIMIT 1)".format(table, PROJECTIONS[table])), R("projection-altered"), None
    yield "a person who is not in the log", sql("INSERT INTO person SELECT 'SHA256:x', name, title, organisation, role, contact, public_key, 1, valid_from, valid_until, 1 FROM person LIMIT 1"), R("projection-altered"), None
    yield "an item that is not in the log", sql("CREATE TEMP TABLE more AS SELECT * FROM item LIMIT 1", "UPDATE more SET item = 'X'", "INSERT INTO item SELECT * FROM more"), R("projection-altered"), None
    yield "a witness that is not in the log", sql("INSERT INTO witness VALUES ('l', 1, 't', 'k', 's', 1)"), R("projection-altered"), None
    yield "an item made a number", raw_sql("DROP TRIGGER statement_update", "UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'statement'"), R("schema-altered"), None
    for (trigger,) in connect(path).execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        yield "trigger %s dropped" % trigger, raw_sql("DROP TRIGGER " + trigger), R("schema-altered"), None
    yield "a trigger that does nothing", raw_sql("DROP TRIGGER entry_delete", "CREATE TRIGGER entry_delete BEFORE DELETE ON entry BEGIN SELECT 1; END"), R("schema-altered"), None
    yield "a table more", raw_sql("CREATE TABLE more (x)"), R("schema-altered"), None
    yield "a view more", raw_sql("CREATE VIEW more AS SELECT * FROM entry"), R("schema-altered"), None
    yield "a trigger more", raw_sql("CREATE TRIGGER more AFTER INSERT ON entry BEGIN SELECT 1; END"), R("schema-altered"), None
    yield "an index more", raw_sql("CREATE INDEX more ON entry (leaf)"), R("schema-altered"), None
    yield "an index dropped", raw_sql("DROP INDEX statement_by_item"), R("schema-altered"), None
    yield "an index on something else", raw_sql("DROP INDEX statement_by_item", "CREATE INDEX statement_by_item ON statement (item)"), R("schema-altered"), None
    yield "a column more", raw_sql("ALTER TABLE item ADD COLUMN note TEXT"), R("schema-altered"), None
    yield "a column renamed", raw_sql("ALTER TABLE item RENAME COLUMN location TO place"), R("schema-altered"), None
    yield "a blank in the schema", raw_sql("UPDATE sqlite_schema SET sql = replace(sql, 'name TEXT NOT NULL', 'name  TEXT NOT NULL') WHERE name = 'person'"), R("schema-altered"), None
    yield "a check less", raw_sql("UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (length(leaf) = 32)', '') WHERE name = 'entry'"), R("schema-altered"), None
    yield "entries that are a view", sql("ALTER TABLE entry RENAME TO hidden", "CREATE VIEW entry AS SELECT * FROM hidden"), R("schema-altered"), None
    yield "a view without an end", sql("ALTER TABLE entry RENAME TO hidden",
        "CREATE VIEW entry AS WITH RECURSIVE r(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM r) SELECT n AS sequence, x'00' AS bytes, x'00' AS leaf FROM r"), R("schema-altered"), None
    yield "checkpoints that are a view", sql("ALTER TABLE checkpoint RENAME TO hidden", "CREATE VIEW checkpoint AS SELECT * FROM hidden WHERE size > 2"), R("schema-altered"), None
    yield "the application_id", patch(68, b"HzL2"), R("schema-altered"), None
    yield "the user_version 0", patch(60, b"\0\0\0\0"), R("schema-altered"), None
    yield "the user_version 2", patch(60, b"\0\0\0\2"), R("schema-altered"), None

def judge(program, copy, about, codes, first):
    status, answer, said = audit(program, copy)
    if status == 0 or answer is None or answer["verdict"] != "failed":
        return "%s: exit %d, %s %s" % (about, status, answer and answer["verdict"], said.strip())
    found = [(f["code"], f.get("entry")) for f in answer["findings"] if f["code"] != "integrity-failed"]
    if not any(code in codes and (first is None or entry == first) for code, entry in found):
        return "%s: %s, expected %s at %s" % (about, found, codes, first)
    with_entry = [entry for _, entry in found if entry is not None]
    if first is not None and with_entry and min(with_entry) < first:
        return "%s: names entry %d, the first bad one is %d" % (about, min(with_entry), first)
    return None

def tamper(program, ledger, folder):
    wrong, count = [], 0
    for about, run, codes, first in edits(ledger):
        copy = os.path.join(folder, "edited.db")
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(copy + suffix): os.remove(copy + suffix)
        shutil.copyfile(ledger, copy)
        run(copy)
        problem = judge(program, copy, about, codes, first)
        if problem: wrong.append(problem)
        count += 1
    print("\n".join(wrong + ["%d edits, %d not found as they should be" % (count, len(wrong))]))
    return 1 if wrong or count < 150 else 0

def dump(path):
    "Everything that the ledger says; None when that cannot be read."
    try:
        c = sqlite3.connect("file:%s?mode=ro&immutable=1" % path, uri=True)
        c.text_factory = bytes
        tables = ["entry", "checkpoint", *PROJECTIONS]
        return ([c.execute("PRAGMA " + p).fetchone() for p in ("application_id", "user_version")],
                c.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name, type").fetchall(),
                [sorted(c.execute("SELECT * FROM " + t).fetchall(), key=repr) for t in tables])
    except (sqlite3.Error, OverflowError): return None

def flips(program, ledger, folder, n, seed):
    rng, wrong, noticed = random.Random(seed), [], 0
    with open(ledger, "rb") as f: sound = f.read()
    expected, copy = dump(ledger), os.path.join(folder, "flipped.db")
    for i in range(n):
        at, data = rng.randrange(len(sound)), bytearray(sound)
        data[at] ^= rng.randrange(1, 256)
        for suffix in ("-wal", "-shm"):
            if os.path.exists(copy + suffix): os.remove(copy + suffix)
        with open(copy, "wb") as f: f.write(data)
        status, answer, said = audit(program, copy)
        if status not in (0, 1, 3) or (status == 1 and answer["verdict"] != "failed"): wrong.append("byte %d: exit %d %s" % (at, status, said))
        elif status == 0 and dump(copy) != expected: wrong.append("byte %d, %02x to %02x: consistent" % (at, sound[at], data[at]))
        noticed += status != 0
    print("\n".join(wrong + ["%d flips, %d noticed, %d wrong" % (n, noticed, len(wrong))]))
    return 1 if wrong or not noticed else 0

if __name__ == "__main__":
    if sys.argv[1] == "--flips": sys.exit(flips(*sys.argv[4:7], int(sys.argv[2]), int(sys.argv[3])))
    sys.exit(tamper(*sys.argv[1:4]))
