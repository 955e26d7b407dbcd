#!/usr/bin/env python3
"""A database service that never rests, with an invariant that a torn copy breaks.

    db_busy.py make PATH MODE MEGABYTES     MODE: wal delete truncate persist
    db_busy.py write PATH [--exclusive] [--pause MS] [--latency FILE]   until SIGTERM; says "ready" when the first
                                            transactions are through
    db_busy.py checkpoint PATH              PASSIVE, RESTART and TRUNCATE in turn, until SIGTERM
    db_busy.py twice PATH FILE              a change; says "ready"; when FILE is there another one, and a checkpoint. Exit 0:
                                            nobody kept either waiting for ten seconds
    db_busy.py check PATH                   exit 0: integrity_check is ok and the invariant holds; 1: not

The invariant: the sum over all accounts; every document (larger than a page) has the digest beside it; all documents of
one batch are of the same edition."""
import hashlib, os, random, signal, sqlite3, sys, time

ACCOUNTS, TOTAL, BATCH, BODY = 5000, 5000 * 1000, 20, 9000
stop = False

def ended(*_):
    global stop
    stop = True

def body(document, edition):
    seed = hashlib.sha256(f"{document}/{edition}".encode()).digest()
    return (seed * (BODY // len(seed) + 1))[:BODY]

def connect(path, exclusive=False):
    db = sqlite3.connect(path, isolation_level=None, timeout=30)
    if exclusive: db.execute("PRAGMA locking_mode=EXCLUSIVE")
    db.execute("PRAGMA synchronous=OFF")
    return db

def make(path, mode, megabytes):
    db = connect(path)
    db.execute(f"PRAGMA journal_mode={mode}")
    db.execute("BEGIN")
    db.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL)")
    db.execute("CREATE INDEX account_by_balance ON account (balance)")
    db.execute("CREATE TABLE document (id INTEGER PRIMARY KEY, edition INTEGER, body BLOB, digest TEXT)")
    db.executemany("INSERT INTO account VALUES (?, 1000)", ((i,) for i in range(ACCOUNTS)))
    for i in range(megabytes * 1000 * 1000 // BODY // BATCH * BATCH):
        b = body(i, 0)
        db.execute("INSERT INTO document VALUES (?, 0, ?, ?)", (i, b, hashlib.sha256(b).hexdigest()))
    db.execute("COMMIT")
    db.close()

def transaction(db, batches):
    db.execute("BEGIN IMMEDIATE")
    for _ in range(20):
        a, b = random.sample(range(ACCOUNTS), 2)
        n = random.randrange(1, 50)
        db.execute("UPDATE account SET balance = balance - ? WHERE id = ?", (n, a))
        db.execute("UPDATE account SET balance = balance + ? WHERE id = ?", (n, b))
    first = random.randrange(batches) * BATCH
    edition = db.execute("SELECT edition FROM document WHERE id = ?", (first,)).fetchone()[0] + 1
    for i in range(first, first + BATCH):
        b = body(i, edition)
        db.execute("UPDATE document SET edition = ?, body = ?, digest = ? WHERE id = ?", (edition, b, hashlib.sha256(b).hexdigest(), i))
    db.execute("COMMIT")

def write(path, options):
    db = connect(path, "--exclusive" in options)
    pause = float(options[options.index("--pause") + 1]) / 1000 if "--pause" in options else 0.0
    out = open(options[options.index("--latency") + 1], "w") if "--latency" in options else None
    batches = db.execute("SELECT count(*) FROM document").fetchone()[0] // BATCH
    done = 0
    while not stop:
        start = time.monotonic()
        try: transaction(db, batches)
        except sqlite3.OperationalError as e:
            if "locked" not in str(e): raise
            if db.in_transaction: db.execute("ROLLBACK")
            continue
        if out: out.write(f"{time.time():.6f} {time.monotonic() - start:.6f}\n")
        done += 1
        if done == 5: print("ready", flush=True)
        if pause: time.sleep(pause)
    print(f"{done} transactions", flush=True)
    db.close()

def checkpoint(path):
    db = sqlite3.connect(path, isolation_level=None, timeout=0.2)
    n = 0
    while not stop:
        try: db.execute(f"PRAGMA wal_checkpoint({('PASSIVE', 'RESTART', 'TRUNCATE')[n % 3]})").fetchall()
        except sqlite3.OperationalError as e:
            if "locked" not in str(e): raise
        n += 1
        time.sleep(0.02)
    db.close()

def twice(path, go):
    db = sqlite3.connect(path, isolation_level=None, timeout=10)
    transaction(db, 1)
    print("ready", flush=True)
    while not os.path.exists(go): time.sleep(0.01)
    transaction(db, 1)
    return db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

def check(path):
    try:
        db = sqlite3.connect(path)
        answer = db.execute("PRAGMA integrity_check").fetchall()
        if answer != [("ok",)]: return f"integrity_check: {answer[0][0]}"
        if db.execute("SELECT sum(balance), count(*) FROM account").fetchone() != (TOTAL, ACCOUNTS): return "the sum over the accounts"
        for i, b, digest in db.execute("SELECT id, body, digest FROM document"):
            if hashlib.sha256(b).hexdigest() != digest: return f"the digest of document {i}"
        torn = db.execute(f"SELECT id / {BATCH} FROM document GROUP BY 1 HAVING min(edition) <> max(edition)").fetchall()
        return f"batch {torn[0][0]} has two editions" if torn else None
    except sqlite3.DatabaseError as e: return str(e)

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, ended)
    command, path = sys.argv[1:3]
    if command == "make": make(path, sys.argv[3], int(sys.argv[4]))
    elif command == "write": write(path, sys.argv[3:])
    elif command == "checkpoint": checkpoint(path)
    elif command == "twice": sys.exit(twice(path, sys.argv[3]))
    elif command == "check":
        wrong = check(path)
        print(wrong or "ok")
        sys.exit(1 if wrong else 0)
    else: sys.exit(__doc__)
