#!/usr/bin/env python3
"""Takes `version` out of the records of the latest renewal in a ledger, as the entries of an earlier program are. The
signature of that entry does not hold then."""
import base64
import json
import sqlite3
import sys


def canonical(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


db = sqlite3.connect(sys.argv[1])
row = db.execute("SELECT e.sequence, e.bytes FROM statement m JOIN entry e ON e.sequence = m.entry WHERE m.type = 'renewal' ORDER BY e.sequence DESC").fetchone()
entry = json.loads(row[1])
statement = json.loads(base64.b64decode(entry["statement"]))
for record in statement["body"]["records"]:
    record.pop("version", None)
entry["statement"] = base64.b64encode(canonical(statement) + b"\n" * base64.b64decode(entry["statement"]).endswith(b"\n")).decode()
kept = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'entry'").fetchall()
with db:
    for name, _ in kept:
        db.execute('DROP TRIGGER "%s"' % name)
    db.execute("UPDATE entry SET bytes = ? WHERE sequence = ?", (canonical(entry) + b"\n" * row[1].endswith(b"\n"), row[0]))
    for _, sql in kept:
        db.execute(sql)
