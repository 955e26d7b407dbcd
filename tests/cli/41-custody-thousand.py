#!/usr/bin/env python3
"""Kinds of tampering with a ledger of a thousand entries, and what the audit must say of each, first of all.

    41-custody-thousand.py PROGRAM FOLDER    with l.db (the ledger), at800.db (the same, earlier), fork.db (at800.db continued otherwise),
                                             other.db (another ledger), live.db and live.db-wal (l.db with more in its log), receipt.json

Prints a line for each; exit 1 names what was not found, or found as something else."""
import hashlib, importlib.util, json, os, shutil, sqlite3, sys
spec = importlib.util.spec_from_file_location("tamper", os.path.join(os.path.dirname(os.path.abspath(__file__)), "41-custody-tamper.py"))
tamper = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tamper)

N = 700 # the entry that most edits are about; a head is signed behind every tenth
sql, raw_sql, edit_entry, edit_statement = tamper.sql, tamper.raw_sql, tamper.edit_entry, tamper.edit_statement

def swap(path):
    with tamper.Unguarded(path) as c:
        x, y = tamper.moved(c, N, N + 1)
        c.execute("UPDATE entry SET bytes = ?, leaf = ? WHERE sequence = ?", [*y, N])
        c.execute("UPDATE entry SET bytes = ?, leaf = ? WHERE sequence = ?", [*x, N + 1])

def nodes(c):
    "Makes the tree fit the leaves."
    level, n = [row[0] for row in c.execute("SELECT leaf FROM entry ORDER BY sequence")], 1
    while len(level) > 1:
        level = [hashlib.sha256(b"\1" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        c.executemany("UPDATE node SET hash = ? WHERE level = ? AND position = ?", [(h, n, i) for i, h in enumerate(level)])
        n += 1

def rewrite(path):
    edit_entry(path, N, tamper.later)
    with tamper.Unguarded(path) as c:
        e = json.loads(c.execute("SELECT bytes FROM entry WHERE sequence = ?", [N]).fetchone()[0])
        c.execute("UPDATE statement SET recorded_at = ? WHERE entry = ?", [e["recorded_at"], N])
        nodes(c)

def foreign(path, sequence, at, insert):
    "An entry of another ledger, made to say that it is of this one."
    row = sqlite3.connect("other.db").execute("SELECT bytes FROM entry WHERE sequence = ?", [sequence]).fetchone()
    with tamper.Unguarded(path) as c:
        e = json.loads(row[0])
        e.update(ledger=json.loads(c.execute("SELECT bytes FROM entry WHERE sequence = 0").fetchone()[0])["ledger"], sequence=at,
                 recorded_at=json.loads(c.execute("SELECT bytes FROM entry WHERE sequence = ?", [at - 1]).fetchone()[0])["recorded_at"])
        raw = json.dumps(e, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        values = [raw, hashlib.sha256(b"\0" + raw).digest(), at]
        c.execute("INSERT INTO entry (bytes, leaf, sequence) VALUES (?, ?, ?)" if insert else "UPDATE entry SET bytes = ?, leaf = ? WHERE sequence = ?", values)

def merge(path):
    for i in range(20): foreign(path, 3 + i, N + i, False)

def page_of(path, table):
    return sqlite3.connect(path).execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", [table]).fetchone()[0]

def flip(path):
    at = open(path, "rb").read().index(b'"sequence":%d,' % N) # in the page that holds this entry
    with open(path, "r+b") as f: f.seek(at + 40); old = f.read(1); f.seek(at + 40); f.write(bytes([old[0] ^ 1]))

def page(path):
    size, number = 4096, page_of(path, "entry")
    data = open("other.db", "rb").read()[(page_of("other.db", "entry") - 1) * size:][:size]
    with open(path, "r+b") as f: f.seek((number - 1) * size); f.write(data)

def hollow(path):
    "An index with nothing in it, under the definition of the real one."
    c = tamper.connect(path)
    text, = c.execute("SELECT sql FROM sqlite_schema WHERE name = 'statement_by_item'").fetchone()
    c.execute("DROP INDEX statement_by_item")
    c.execute("CREATE INDEX statement_by_item ON statement (item, entry) WHERE entry < 0")
    c.execute("PRAGMA writable_schema=ON")
    c.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'statement_by_item'", [text])
    c.close()

def beside(name):
    def run(path): shutil.copyfile(name, path + "-wal")
    return run

def replaced(name):
    def run(path): shutil.copyfile(name, path)
    return run

R, last, HELD = lambda *codes: codes, 1000, ["--offer", "receipt.json"]
swapped_signature = lambda p: edit_entry(p, N, lambda e: e.__setitem__("signatures",
    json.loads(tamper.connect(p).execute("SELECT bytes FROM entry WHERE sequence = ?", [N - 1]).fetchone()[0])["signatures"]))
# what, how, what the audit says, about which entry (None: about the file), with what from outside
KINDS = [
    ("edit: the bytes of an entry", sql("UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'hozen-entry/1', 'hozen-entry/l') AS BLOB) WHERE sequence = %d" % N), R("record-altered"), N, []),
    ("edit: a statement, and the leaf made to fit", lambda p: edit_statement(p, N, lambda s: s["actor"].__setitem__("name", "Somebody Else")), R("record-signature-invalid"), N, []),
    ("edit: the signature of the statement before", swapped_signature, R("record-signature-invalid"), N, []),
    ("edit: recorded_at, and all that is derived from it", rewrite, R("checkpoint-inconsistent"), N, []),
    ("delete: an entry", sql("DELETE FROM entry WHERE sequence = %d" % N), R("record-missing"), N, []),
    ("delete: the first entry", sql("DELETE FROM entry WHERE sequence = 0"), R("record-missing"), 0, []),
    ("swap: two entries", swap, R("record-reordered"), N, []),
    ("duplicate: an entry again at the end", sql("INSERT INTO entry SELECT %d, bytes, leaf FROM entry WHERE sequence = %d" % (last, N)), R("record-reordered"), last, []),
    ("insert: an entry in between", sql("UPDATE entry SET sequence = sequence + 5000 WHERE sequence >= %d" % N, "UPDATE entry SET sequence = sequence - 4999 WHERE sequence >= 5000",
        "INSERT INTO entry SELECT %d, bytes, leaf FROM entry WHERE sequence = %d" % (N, N - 1)), R("record-reordered"), N, []),
    ("truncate: the last entry", sql("DELETE FROM entry WHERE sequence = %d" % (last - 1)), R("rollback"), last - 1, []),
    ("truncate: the ledger as it was at 800 entries", replaced("at800.db"), R("rollback"), 800, HELD),
    ("rewrite with a stolen key: from entry 800 on, with a new counterparty", replaced("fork.db"), R("fork"), 0, HELD),
    ("fork: the same, and an earlier checkpoint is known", replaced("fork.db"), R("fork"), 800, [*HELD, "--checkpoint", "cp800"]),
    ("backdate: recorded before the entry before", lambda p: edit_entry(p, N, lambda e: e.__setitem__("recorded_at", "2001-01-01T00:00:00.000000000Z")), R("time-backwards"), N, []),
    ("replay: an entry of another ledger at the end", lambda p: foreign(p, 5, last, True), R("record-altered"), last, []),
    ("merge: entries of another ledger in place of these", merge, R("record-altered"), N, []),
    ("swap: an item's name in a statement", lambda p: edit_statement(p, N, lambda s: s.__setitem__("item", "OTHER")), R("record-signature-invalid"), N, []),
    ("column: what a statement is about", sql("UPDATE statement SET item = 'OTHER' WHERE entry = %d" % N), R("projection-altered"), N, []),
    ("column: who has an item", sql("UPDATE item SET custodian = (SELECT key FROM person WHERE key <> custodian LIMIT 1)"), R("projection-altered"), None, []),
    ("column: a node of the tree", sql("UPDATE node SET hash = zeroblob(32) WHERE entry = %d" % (N + 1)), R("projection-altered"), N + 1, []),
    ("row: a person whom nobody added", sql("INSERT INTO person SELECT 'SHA256:x', name, title, organisation, role, contact, public_key, 1, valid_from, valid_until, 1 FROM person LIMIT 1"), R("projection-altered"), 1, []),
    ("trigger dropped", raw_sql("DROP TRIGGER entry_delete"), R("schema-altered"), None, []),
    ("index: another order under the same name", raw_sql("DROP INDEX statement_by_item", "CREATE INDEX statement_by_item ON statement (item)"), R("schema-altered"), None, []),
    ("index: one that holds nothing", hollow, R("projection-altered"), None, []),
    ("type: a table that is no longer strict", raw_sql("UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'statement'"), R("schema-altered"), None, []),
    ("hostile schema: entries are a view without an end", sql("ALTER TABLE entry RENAME TO hidden",
        "CREATE VIEW entry AS WITH RECURSIVE r(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM r) SELECT n AS sequence, x'00' AS bytes, x'00' AS leaf FROM r"), R("schema-altered"), None, []),
    ("checkpoint: the signature of another size", sql("UPDATE checkpoint SET signature = (SELECT signature FROM checkpoint WHERE size = 600) WHERE size = %d" % N), R("checkpoint-inconsistent"), N - 10, []),
    ("log removed: what was recorded last stood in it", replaced("live.db"), R("rollback"), last, ["--checkpoint", "cp-live"]),
    ("log of another ledger", beside("other.db-wal"), R("schema-altered", "projection-altered", "record-altered", "record-missing"), None, HELD),
    ("page: one of another ledger", page, R("projection-altered", "record-altered", "record-missing", "record-reordered"), None, []),
    ("page: a bit of an entry", flip, R("record-altered", "record-signature-invalid"), N, []),
]

def judge(program, copy, codes, first, outside):
    status, answer, said = tamper.audit(program, copy, *outside)
    if status != 1 or answer["verdict"] != "failed":
        return None, "exit %d, %s %s" % (status, answer and answer["verdict"], said.strip())
    found = [(f["code"], f.get("entry")) for f in answer["findings"] if f["code"] not in ("integrity-failed", "authenticity-failed")]
    hits = [f for f in found if f[0] in codes and (first is None or f[1] == first)]
    numbers = [entry for _, entry in found if entry is not None]
    if not hits: return None, "%s, expected %s at %s" % (found[:5], codes, first)
    if first is not None and min(numbers) < first: return None, "names entry %d, the first bad one is %d" % (min(numbers), first)
    return hits[0], None

def main(program, folder):
    os.chdir(folder)
    wrong = 0
    for about, run, codes, first, outside in KINDS:
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists("edited.db" + suffix): os.remove("edited.db" + suffix)
        shutil.copyfile("l.db", "edited.db")
        run("edited.db")
        hit, problem = judge(program, "edited.db", codes, first, outside)
        wrong += hit is None
        print("%s | %s" % (about, "NOT AS IT SHALL BE: " + problem if problem else "%s | %s" % (hit[0], "the file" if hit[1] is None else hit[1])))
    print("%d kinds, %d not found as they should be" % (len(KINDS), wrong))
    return 1 if wrong else 0

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
