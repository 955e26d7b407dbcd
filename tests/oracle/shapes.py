#!/usr/bin/python3
"""Do JSON texts have the shape of their schemas (formats/spec/schema)? Needs python3-jsonschema. Checks the records in the
samples of folders with vectors.json, what the oracle and hozen-verify answer about them, and JSON files that are named."""
import argparse, base64, io, json, os, subprocess, sys, tarfile, urllib.parse, warnings

warnings.filterwarnings("ignore", category=DeprecationWarning)
import jsonschema  # noqa: E402

import packed, sshsig, verify  # noqa: E402

urllib.parse.uses_relative.append("urn")  # else urljoin forgets a urn: base, and jsonschema 4.10 takes "#/..." for the first document's

SCHEMAS = os.path.join(verify.SPEC, "schema")
RECORDS = {"objects.jsonl": "objects-line", "absent.jsonl": "absent-line", "actions.jsonl": "actions-line", "format.json": "format",
           "acquisition.json": "acquisition"}
# A deviation in one of these is for a schema to find; others (order, mapping, days of a month) only a program can tell.
REFUSED = {"unknown-key", "missing-salt", "uid-2-32", "btime-alone", "xattr-no-name", "absent-errno-long", "absent-origin", "object-origin-relative", "tool-uid", "format-digests-number", "format-digests-nested", "missing-status", "salt-capitals", "digest-short", "mode-three", "mode-type", "size-zero-first", "inode-number", "device-form",
           "status-unknown", "method-form", "json-null", "json-number", "json-bool", "json-negative", "json-big", "real-size-needless", "real-size-missing", "stat-incomplete",
           "stat-of-produced", "time-no-zone", "time-milliseconds", "time-24", "origin-relative", "origin-b64-alone", "xattrs-empty", "xattrs-false", "path-absolute",
           "acquisition-unknown", "acquisition-no-operator", "acquisition-schema", "keys-twice", "keys-form", "status-other", "offset-form", "boottime-form", "object-type", "xattrs-object", "operator-text", "witnesses-text", "object-b64-alone", "x-null", "x-big", "x-float",
           "object-no-origin", "absent-status", "absent-errno", "absent-no-reason", "action-count", "action-boottime", "action-unknown", "format-no-salt"}

class Shapes:
    def __init__(self):
        schemas = {}
        for name in sorted(os.listdir(SCHEMAS)):
            with open(os.path.join(SCHEMAS, name), encoding="utf-8") as f: schemas[name.split(".")[0]] = json.load(f)
        store = {s["$id"]: s for s in schemas.values()}
        for s in schemas.values(): jsonschema.Draft202012Validator.check_schema(s)
        self.checks = {n: jsonschema.Draft202012Validator(s, resolver=jsonschema.RefResolver(s["$id"], s, store=store)) for n, s in schemas.items()}
        self.counted = dict.fromkeys(schemas, 0)
    def wrong(self, name, value):
        "The first thing that is wrong, or None."
        self.counted[name] += 1
        e = jsonschema.exceptions.best_match(self.checks[name].iter_errors(value))
        return e and "%s: %s" % ("/".join(map(str, e.absolute_path)), e.message[:200])

def records(data):
    "(schema, value) of each JSON record in a bundle."
    with tarfile.open(fileobj=io.BytesIO(packed.unpack(data).content)) as t:
        for m in t:
            leaf = m.name.rsplit("/", 1)[-1]
            name = "catalog-line" if verify.SEGMENT.fullmatch("meta/" + leaf) else RECORDS.get(leaf)
            if "/meta/" not in m.name or name is None: continue
            for row in t.extractfile(m).read().decode().rstrip("\n").split("\n"): yield name, json.loads(row)

def samples(folder, shapes, hozen, complain):
    with open(os.path.join(folder, "vectors.json"), encoding="utf-8") as f: rows = json.load(f)
    lists = [os.path.join(verify.SPEC, "vectors", n) for n in ("allowed_signers", "revoked_keys")]
    signers, revoked = sshsig.read_signers(lists[0]), sshsig.read_revoked(lists[1])
    for row in rows:
        path, name = os.path.join(folder, row["file"]), os.path.basename(row["file"]).split(".tar")[0]
        with open(path, "rb") as f: data = f.read()
        reports = [verify.check(data, signers, revoked, verify.beside(path))]
        if hozen: reports.append(run([hozen, "verify", "--json", "--signers", lists[0], "--revoked", lists[1], path]))
        for r in reports:
            if e := shapes.wrong("verify-disclosure" if "disclosure" in r.get("schema", "") else "verify", r): complain(row["file"], "report: " + e)
        if row["verdict"] == "verified":
            for line in listing(hozen, path) if hozen else []:
                if e := shapes.wrong("list-line", line): complain(row["file"], "list: " + e)
            for schema, value in records(data):
                if e := shapes.wrong(schema, value): complain(row["file"], "%s: %s" % (schema, e))
        elif name in REFUSED and not any([shapes.wrong(*r) for r in records(data)]): complain(row["file"], "no schema refuses it")

def handoffs(folder, shapes, complain):
    "The offers and receipts that make_ledger.py made: what the oracle answers, and what the schemas say of those that hold."
    with open(os.path.join(folder, "ledger.json"), encoding="utf-8") as f: rows = json.load(f)
    for row in rows:
        offer, receipt, known, alone, proof = (os.path.join(folder, row["sample"], n) for n in ("offer.json", "receipt.json", "known.txt", "statement.json", "proof.json"))
        arguments = {"offer": ["offer", offer], "receipt": ["receipt", receipt, "--offer", offer], "known": ["offer", offer, "--known", known], "statement": ["statement", alone],
                     "proof": ["proof", proof], "proved": ["proof", proof, "--known", known],
                     **{c: ["carried", os.path.join(folder, row["sample"], c + ".json")] for c in ("carried", "witnessed")}}[row["check"]]
        done = subprocess.run([os.path.join(os.path.dirname(os.path.abspath(__file__)), "ledger.py")] + arguments, capture_output=True, text=True)
        if done.returncode != row["exit"] or row["answer"] not in done.stdout: complain(row["sample"], "expected %s, got %s" % (row["answer"], done.stdout + done.stderr))
        if row["exit"]: continue
        with open(arguments[1], encoding="utf-8") as f: v = json.load(f)
        schema = {"known": "offer", "proved": "proof", "carried": "statement", "witnessed": "statement"}.get(row["check"], row["check"])
        parts = [(schema, v)]
        if schema not in ("statement", "proof"): parts += [("statement", decoded(v["statement"]))]
        if "entry" in v: parts += [("entry", decoded(v["entry"])), ("checkpoint", v["checkpoint"])]
        for schema, value in parts:
            if e := shapes.wrong(schema, value): complain(row["sample"], "%s: %s" % (schema, e))

def decoded(text): return json.loads(base64.b64decode(text))

def listing(hozen, path):
    done = subprocess.run([hozen, "list", "--json", path], capture_output=True, timeout=900)
    return [json.loads(line) for line in done.stdout.splitlines()] or [done.stderr.decode(errors="replace")]

def run(command):
    done = subprocess.run(command, capture_output=True, timeout=900)
    try: return json.loads(done.stdout)
    except ValueError: return {"not JSON": done.stdout.decode(errors="replace")[:200] + done.stderr.decode(errors="replace")[:200]}

def main():
    p = argparse.ArgumentParser(description="Check JSON against the schemas.")
    p.add_argument("folders", nargs="*", help="folders with vectors.json")
    p.add_argument("--hozen", help="folder of hozen-verify; its answers are checked too")
    p.add_argument("--handoffs", help="folder with ledger.json")
    p.add_argument("--file", nargs=2, action="append", default=[], metavar=("SCHEMA", "FILE"), help="one JSON file or - against one schema; repeatable")
    p.add_argument("--lines", nargs=2, action="append", default=[], metavar=("SCHEMA", "FILE"), help="each line of a file against one schema; repeatable")
    o = p.parse_args()
    shapes, problems = Shapes(), []
    def complain(where, what): problems.append(where); print("%s: %s" % (where, what), flush=True)
    for folder in o.folders: samples(folder, shapes, o.hozen and os.path.join(o.hozen, "hozen-verify"), complain)
    if o.handoffs: handoffs(o.handoffs, shapes, complain)
    for schema, path in o.file:
        with (sys.stdin if path == "-" else open(path, encoding="utf-8")) as f: value = json.load(f)
        if e := shapes.wrong(schema, value): complain(path, e)
    for schema, path in o.lines:
        with open(path, encoding="utf-8") as f: values = list(map(json.loads, f))
        for value in values:
            if e := shapes.wrong(schema, value): complain(path, e)
    print(", ".join("%s %d" % (n, c) for n, c in shapes.counted.items() if c) or "schemas only", "-", len(problems), "wrong")
    return 1 if problems else 0

if __name__ == "__main__": sys.exit(main())
