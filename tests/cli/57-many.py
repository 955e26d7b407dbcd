#!/usr/bin/env python3
"""Many processes write notes about one item to one ledger, some of them are killed, and others read meanwhile.

    57-many.py PROGRAM LEDGER KEY ITEM WRITERS KILLS SEED

After each kill the ledger is audited. After every 100, and at the end: what was acknowledged stands in the log under the
number that was said, nothing stands there twice, no number is missing; then all begin anew with the ledger as it was at
first, so that an audit is about some hundred entries and not about all that were ever written.
Prints counts as JSON; exit 1 names what does not hold."""
import base64, contextlib, json, os, random, shutil, signal, sqlite3, subprocess, sys, threading, time

program, ledger, key, item = sys.argv[1:5]
writers, wanted, seed = (int(n) for n in sys.argv[5:8])
ROUND = 100 # kills
wrong, acknowledged, shown = [], {}, []
lock, auditing = threading.Lock(), threading.Lock()
counts = {"rounds": 0, "kills": 0, "audits": 0, "runs": 0, "busy": 0, "acknowledged": 0, "entries": 0}
usual = [0.05]  # seconds that a run takes


def custody(*args):
    return subprocess.Popen([program, "custody", *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def audit():
    with auditing:
        p = custody("audit", "--ledger", ledger, "--json")
        out, said = p.communicate()
        counts["audits"] += 1
    if p.returncode != 0 or json.loads(out)["verdict"] != "consistent":
        wrong.append("audit after a kill: exit %d %s%s" % (p.returncode, out, said))


def note(text, chance):
    "One run. Kills it at some moment, if it lives so long."
    p = custody("note", item, "--text", text, "--ledger", ledger, "--key", key, "--json")
    began = time.monotonic()
    if chance.random() < 0.5:
        try:
            p.wait(chance.uniform(0, 1.2 * usual[0]))
        except subprocess.TimeoutExpired:
            p.send_signal(signal.SIGKILL)
    out, said = p.communicate()
    with lock:
        counts["runs"] += 1
        if p.returncode == 0:
            acknowledged[text] = json.loads(out)["entry"]
            usual[0] += (time.monotonic() - began - usual[0]) / 20
        elif p.returncode == -signal.SIGKILL:
            counts["kills"] += 1
        elif p.returncode == 3 and "another process" in said:
            counts["busy"] += 1
        else:
            wrong.append("note: exit %d %s" % (p.returncode, said))
    if p.returncode == -signal.SIGKILL:
        audit()


def write(number, chance, until):
    i = 0
    while counts["kills"] < until and not wrong:
        note("writer %d, note %d" % (number, i), chance)
        i += 1


def look(ended):
    while not ended.is_set():
        began = time.monotonic()
        p = custody("show", item, "--ledger", ledger, "--json")
        out, said = p.communicate()
        shown.append(1000 * (time.monotonic() - began))
        if p.returncode != 0 or json.loads(out)["items"][0]["item"] != item:
            wrong.append("show: exit %d %s%s" % (p.returncode, out, said))
        time.sleep(0.02)


def compare():
    "The log's notes against what was acknowledged."
    with contextlib.closing(sqlite3.connect(ledger)) as c: # closed now: left open it would take away the next round's log
        rows, found = c.execute("SELECT sequence, bytes FROM entry ORDER BY sequence").fetchall(), {}
    if [n for n, _ in rows] != list(range(len(rows))):
        wrong.append("the numbers of the entries have a gap")
    for n, raw in rows:
        s = json.loads(base64.b64decode(json.loads(raw)["statement"]))
        if s["type"] == "note":
            if s["body"]["text"] in found: wrong.append("twice in the log: " + s["body"]["text"])
            found[s["body"]["text"]] = n
    for text, n in acknowledged.items():
        if found.get(text) != n: wrong.append("%s: acknowledged as entry %s, found as %s" % (text, n, found.get(text)))
    return len(rows)


def one_round(chances):
    acknowledged.clear()
    until, ended = min(wanted, counts["kills"] + ROUND), threading.Event()
    reader = threading.Thread(target=look, args=(ended,))
    threads = [threading.Thread(target=write, args=(n, chance, until)) for n, chance in enumerate(chances)]
    for t in [reader, *threads]: t.start()
    for t in threads: t.join()
    ended.set()
    reader.join()
    audit()
    counts["rounds"] += 1
    counts["acknowledged"] += len(acknowledged)
    counts["entries"] = compare() # of this round


def begin_anew():
    for suffix in ("-wal", "-shm"):
        if os.path.exists(ledger + suffix): os.remove(ledger + suffix)
    shutil.copyfile(ledger + ".first", ledger)


if os.path.exists(ledger + "-wal"): sys.exit("the ledger is in use")
shutil.copyfile(ledger, ledger + ".first")
chances = [random.Random("%d %d" % (seed, n)) for n in range(writers)]
one_round(chances)
while counts["kills"] < wanted and not wrong:
    begin_anew()
    one_round(chances)
shown.sort()
print(json.dumps({**counts, "shows": len(shown), "show_p50_ms": round(shown[len(shown) // 2], 1),
                  "show_p99_ms": round(shown[min(len(shown) - 1, 99 * len(shown) // 100)], 1), "seed": seed}))
for w in wrong[:20]: print(w, file=sys.stderr)
sys.exit(1 if wrong else 0)
