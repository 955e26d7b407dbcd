#!/usr/bin/python3
"""An independent check of the files that travel in a handoff, written from formats/spec/ledger.md alone (the section numbers
are its own): an offer, and a receipt against its offer; and of the form of a statement. Exit: 0 holds, 1 does not, 2 usage,
3 cannot tell.

    ledger.py offer OFFER.json [--known CHECKPOINT] [--signers FILE]
    ledger.py receipt RECEIPT.json --offer OFFER.json
    ledger.py statement STATEMENT.json
    ledger.py proof PROOF.json [--known CHECKPOINT]"""
import argparse, base64, datetime, hashlib, re, sys

import grammar, sshsig
from grammar import HEX32, HEX64, ITEM, Bad, decimal, fits, need, parse, rx, sha, stamp, unbase64

NAMESPACE = "hozen-ledger-v1"
COSIGN = "hozen-countersign-v1"
CHECKPOINT = re.compile(r"hozen-ledger/([0-9a-f]{64})\n([1-9]\d{0,18})\n([A-Za-z0-9+/]{43}=)\n", re.A)

class Unknown(Exception): "of a type that this version does not know"

# --- section 1 and 2: statements ------------------------------------------------------------------------------------------
def line(v): return isinstance(v, str) and 0 < len(v.encode()) <= 2000 and v.strip(" ") == v and not re.search("[\0-\x1f\x7f-\x9f]", v)
def b64(v): return isinstance(v, str) and unbase64(v) is not None
def digest64(v): return isinstance(v, str) and len(unbase64(v)) == 32
def codes(v): return isinstance(v, list) and len(v) <= 64 and v == sorted(set(v)) and all(rx("[a-z]+(-[a-z]+)*")(c) for c in v)
def keys(v): return isinstance(v, list) and len(v) <= 64 and v == sorted(set(v)) and all(KEY(k) for k in v)
def moment(v):
    m = isinstance(v, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", v, re.A)
    try: return bool(m) and v[-6:] != "-00:00" and datetime.datetime.fromisoformat(v) is not None
    except ValueError: return False

KEY = rx("SHA256:[A-Za-z0-9+/]{43}")
PERSON = {"name": line, "organisation?": line, "role?": line, "contact?": line, "key": KEY}
TO = {**PERSON, "public_key": line}
ADDED = {**TO, "checkpoint_signer": grammar.boolean}
INTEGRITY = rx("intact|altered|undetermined")
EVIDENCE = {"verdict": rx("verified|failed|undetermined"), "integrity": INTEGRITY, "authenticity": rx("trusted|untrusted|invalid|absent"),
            "findings": codes, "files?": decimal, "bytes?": decimal, "signers": keys,
            **{k + "?": line for k in ("case", "operator", "host", "started", "finished")}}
SEEN = {"status": rx("verified|first-seen"), "size": decimal, "root": digest64}
def counted(v): return decimal(v) and v != "0"
DATABASE = {"path": line, "result": rx("ok|damaged|unchecked"), "detail?": line, "tables": [{"name": line, "rows": decimal}], "tables_more?": counted}
INSPECTION = {"databases": [DATABASE], "databases_more?": counted, "types": [{"type": line, "files": decimal}], "types_more?": counted, "trouble?": line}
BODY = {
    "genesis": {"organisation": line, "person": ADDED, "tool": line},
    "person": {"person": ADDED},
    "intake": {"location": line, "condition?": line, "evidence": EVIDENCE, "inspection?": INSPECTION, "tool": line, "offer?": b64, "receipt?": b64},
    "offer": {"to": TO, "purpose": line, "expires": moment, "integrity": INTEGRITY, **{k + "?": line for k in ("condition", "seal", "transport", "tracking")}},
    "acceptance": {"evidence": EVIDENCE, "condition?": line, "location?": line, "checkpoint": SEEN},
    "decline": {"evidence?": EVIDENCE, "condition?": line, "reason": line, "checkpoint": SEEN}}
STATEMENT = {"schema": rx("hozen-statement/1"), "type": grammar.text, "nonce": HEX32, "ledger?": HEX64, "actor": PERSON, "case?": line, "item?": ITEM,
             "content_id?": HEX64, "file_sha256?": HEX64, "previous?": HEX64, "time": moment, "body": lambda v: isinstance(v, dict)}
ENTRY = {"schema": rx("hozen-entry/1"), "ledger": HEX64, "sequence": grammar.number, "recorded_at": stamp, "statement": b64, "signatures": [grammar.text]}
OFFER = {"schema": rx("hozen-offer/1"), "statement": b64, "signatures": [grammar.text], "entry": b64, "checkpoint": grammar.text,
         "checkpoint_signatures": [grammar.text], "inclusion": [digest64], "consistency?": {"from": decimal, "proof": [digest64]}}
RECEIPT = {"schema": rx("hozen-receipt/1"), "offer": HEX64, "statement": b64, "signatures": [grammar.text], "cosignature?": grammar.text,
           "checkpoint": grammar.text, "checkpoint_signatures": [grammar.text]}
PROOF = {"schema": rx("hozen-proof/1"), "checkpoint": grammar.text, "checkpoint_signatures": [grammar.text], "consistency?": {"from": decimal, "proof": [digest64]}}

def shaped(v, shape):
    "As grammar.fits, but keys that begin x- are known nowhere."
    extra = []
    fits(v, shape, extra)
    need(not extra, "unknown key")

def statement(raw):
    need(len(raw) <= 256 << 10, "statement over 256 KiB")
    s = parse(raw)
    shaped(s, STATEMENT)
    if s["type"] not in BODY: raise Unknown("a statement of type " + s["type"])
    own = {k: v for k, v in s["body"].items() if not k.startswith("x-")}
    need(all(line(v) for k, v in s["body"].items() if k not in own), "x- keys hold text")
    shaped(own, BODY[s["type"]])
    for person in (own.get("person"), own.get("to")):
        if person: need(sshsig.fingerprint(unbase64(person["public_key"].split(" ")[-1])) == person["key"], "key is not that of public_key")
    inside = own.get("inspection", {"databases": [], "types": []})
    need(len(inside["databases"]) <= 16 and len(inside["types"]) <= 64 and sum(len(d["tables"]) for d in inside["databases"]) <= 256, "inspection: too long")
    evidence = s["type"] not in ("genesis", "person")
    seen = evidence and (s["type"] != "decline" or "evidence" in own)
    need(("item" in s) == evidence and ("file_sha256" in s) == seen and (seen or "content_id" not in s), "item and its digests")
    need(("ledger" in s) == (s["type"] != "genesis"), "ledger")
    need(("offer" in own) == ("receipt" in own), "offer and receipt")
    need(("previous" in s) == (s["type"] in ("offer", "acceptance", "decline") or "receipt" in own), "previous")
    return s

def signers(message, armours, namespace=NAMESPACE):
    "The fingerprints of those who signed, by ascending keyid; Invalid when one signature does not hold."
    need(1 <= len(armours) <= 4, "signatures: number")
    blobs = []
    for a in armours:
        key, known = sshsig.verify(a.encode(), namespace, message)
        if not known: raise Unknown("a signature of an unknown algorithm")
        if not sshsig.touched((), sshsig.flags(a.encode())): raise sshsig.Invalid("a token signed without a touch")
        blobs.append(key)
    need(blobs and [sshsig.keyid(b) for b in blobs] == sorted({sshsig.keyid(b) for b in blobs}), "signatures: order")
    return [sshsig.fingerprint(b) for b in blobs]

# --- section 4: log and checkpoint ----------------------------------------------------------------------------------------
def node(left, right): return hashlib.sha256(b"\1" + left + right).digest()

def included(leaf, index, size, proof, root):
    "RFC 9162 section 2.1.3.2."
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        need(sn, "inclusion: too long")
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn: fn, sn = fn >> 1, sn >> 1
        else: r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and r == root, "inclusion: another root")

def consistent(first, root1, second, root2, proof):
    "RFC 9162 section 2.1.4.2."
    need(0 < first <= second, "consistency: sizes")
    if first == second: return need(not proof and root1 == root2, "consistency: another root of the same size")
    path = [root1] * (first & (first - 1) == 0) + proof
    need(path, "consistency: empty")
    fn, sn = first - 1, second - 1
    while fn & 1: fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        need(sn, "consistency: too long")
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn: fn, sn = fn >> 1, sn >> 1
        else: sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and fr == root1 and sr == root2, "consistency: another root")

def checkpoint(text):
    m = CHECKPOINT.fullmatch(text)
    need(m, "not a checkpoint")
    return m[1], int(m[2]), unbase64(m[3])

# --- section 5: files that travel -------------------------------------------------------------------------------------------
def read(path, shape):
    with open(path, "rb") as f: data = f.read()
    need(data.endswith(b"\n"), "no final line feed")
    v = parse(data[:-1], 16 << 20)
    shaped(v, shape)
    return v

def check_offer(path, known=None, trusted=None):
    "Returns what the receiver is shown."
    o = read(path, OFFER)
    raw = unbase64(o["statement"])
    s = statement(raw)
    need(s["type"] == "offer", "not an offer")
    need(s["body"]["to"]["key"] != s["actor"]["key"], "an offer to oneself")
    need(s["actor"]["key"] in signers(raw, o["signatures"]), "not signed by its actor")
    entry = unbase64(o["entry"])
    e = parse(entry)
    shaped(e, ENTRY)
    need(e["ledger"] == s["ledger"] and e["statement"] == o["statement"] and e["signatures"] == o["signatures"], "entry: of another statement")
    ledger, size, root = checkpoint(o["checkpoint"])
    need(ledger == s["ledger"] and size > e["sequence"], "checkpoint: of another ledger, or too early")
    by = signers(o["checkpoint"].encode(), o["checkpoint_signatures"])
    included(hashlib.sha256(b"\0" + entry).digest(), e["sequence"], size, [unbase64(p) for p in o["inclusion"]], root)
    if known: continues(o, known)
    if trusted is not None:
        names = {sshsig.fingerprint(blob) for _, blob, options in trusted if NAMESPACE in options.get("namespaces", NAMESPACE).split(",")}
        need(s["actor"]["key"] in names and set(by) & names, "signed by nobody on the list")
    return o, s

def continues(file, known):
    "The checkpoint of an offer or proof file continues the one that is known."
    ledger, size, root = checkpoint(file["checkpoint"])
    with open(known, encoding="utf-8") as f: theirs = checkpoint(f.read())
    need("consistency" in file and theirs[0] == ledger and int(file["consistency"]["from"]) == theirs[1], "no proof from the known checkpoint")
    consistent(theirs[1], theirs[2], size, root, [unbase64(p) for p in file["consistency"]["proof"]])

def check_proof(path, known=None):
    "A checkpoint in a file of its own. Returns ledger, size, and who signed."
    p = read(path, PROOF)
    ledger, size, _ = checkpoint(p["checkpoint"])
    by = signers(p["checkpoint"].encode(), p["checkpoint_signatures"])
    need("consistency" not in p or 0 < int(p["consistency"]["from"]) <= size, "a proof from no smaller log")
    if known: continues(p, known)
    return ledger, size, by

def check_receipt(path, offer_path):
    o, offer = check_offer(offer_path)
    r = read(path, RECEIPT)
    raw = unbase64(r["statement"])
    s = statement(raw)
    need(s["type"] in ("acceptance", "decline"), "neither acceptance nor decline")
    need(r["offer"] == s["previous"] == sha(unbase64(o["statement"])), "of another offer")
    need(s["ledger"] == offer["ledger"] and s["item"] == offer["item"], "of another ledger or item")
    need(s["actor"]["key"] == offer["body"]["to"]["key"] and s["actor"]["key"] in signers(raw, r["signatures"]), "not signed by the recipient")
    if s["type"] == "acceptance":
        need(all(s.get(k) == offer.get(k) for k in ("content_id", "file_sha256")), "other digests than offered")
        need(datetime.datetime.fromisoformat(s["time"]) <= datetime.datetime.fromisoformat(offer["body"]["expires"]), "after the offer expired")
    _, size, root = checkpoint(o["checkpoint"])
    need(r["checkpoint"] == o["checkpoint"] and signers(r["checkpoint"].encode(), r["checkpoint_signatures"]), "another checkpoint beside it than the offer's")
    seen = s["body"]["checkpoint"]
    need((int(seen["size"]), unbase64(seen["root"])) == (size, root), "another checkpoint than the offer's")
    if "cosignature" in r:
        need(signers(o["checkpoint"].encode(), [r["cosignature"]], COSIGN) == [s["actor"]["key"]], "cosigned by somebody else")
    return s

def main():
    p = argparse.ArgumentParser(description="Check an offer file, a receipt against its offer, or the form of a statement.")
    p.add_argument("what", choices=["offer", "receipt", "statement", "proof"]); p.add_argument("file")
    p.add_argument("--offer"); p.add_argument("--known", metavar="CHECKPOINT"); p.add_argument("--signers")
    o = p.parse_args()
    if (o.what == "receipt") != bool(o.offer): p.error("a receipt needs --offer, others have none")
    try:
        if o.what == "proof":
            ledger, size, by = check_proof(o.file, o.known)
            print("holds: checkpoint of ledger %s, %d entries, by %s" % (ledger, size, ", ".join(by)))
            return 0
        trusted = sshsig.read_signers(o.signers) if o.signers else None
        if o.what == "statement":
            with open(o.file, "rb") as f: s = statement(f.read())
        else: s = check_offer(o.file, o.known, trusted)[1] if o.what == "offer" else check_receipt(o.file, o.offer)
    except (Bad, sshsig.Invalid, UnicodeDecodeError) as e: print("does not hold: %s" % ascii(str(e))[1:-1]); return 1
    except (OSError, Unknown, grammar.Limit) as e: print("cannot tell: %s" % e); return 3
    print("holds: %s of %s in ledger %s by %s, %s" % (s["type"], s.get("item"), s.get("ledger"), s["actor"]["key"], s["time"]))
    return 0

if __name__ == "__main__": sys.exit(main())
