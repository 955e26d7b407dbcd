#!/usr/bin/python3
"""An independent check of the files that travel in a handoff, written from formats/spec/ledger.md alone (the section numbers
are its own): an offer, and a receipt against its offer; and of the form of a statement. Exit: 0 holds, 1 does not, 2 usage,
3 cannot tell.

    ledger.py offer OFFER.json [--known CHECKPOINT] [--signers FILE]
    ledger.py receipt RECEIPT.json --offer OFFER.json
    ledger.py statement STATEMENT.json
    ledger.py carried STATEMENT.json             and what it carries: the files of a handoff, a checkpoint of another ledger
    ledger.py statements FILE                    one in base64 per line; prints the answer to each
    ledger.py proof PROOF.json [--known CHECKPOINT]"""
import argparse, base64, datetime, hashlib, re, sys

import grammar, sshsig
from grammar import HEX64, Bad, decimal, need, parse, rx, sha, stamp, unbase64
from ledger_statement import Unknown, b64, digest64, shaped, statement

NAMESPACE = "hozen-ledger-v1"
COSIGN = "hozen-countersign-v1"
CHECKPOINT = re.compile(r"hozen-ledger/([0-9a-f]{64})\n([1-9]\d{0,18})\n([A-Za-z0-9+/]{43}=)\n", re.A)

ENTRY = {"schema": grammar.text, "ledger": HEX64, "sequence": grammar.number, "recorded_at": stamp, "statement": b64, "signatures": [grammar.text]}
OFFER = {"schema": rx("hozen-offer/1"), "statement": b64, "signatures": [grammar.text], "entry": b64, "checkpoint": grammar.text,
         "checkpoint_signatures": [grammar.text], "inclusion": [digest64], "consistency?": {"from": decimal, "proof": [digest64]}}
RECEIPT = {"schema": rx("hozen-receipt/1"), "offer": HEX64, "statement": b64, "signatures": [grammar.text], "cosignature?": grammar.text,
           "checkpoint": grammar.text, "checkpoint_signatures": [grammar.text]}
PROOF = {"schema": rx("hozen-proof/1"), "checkpoint": grammar.text, "checkpoint_signatures": [grammar.text], "consistency?": {"from": decimal, "proof": [digest64]}}

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
    "path: of a file, or its bytes."
    data = path
    if not isinstance(path, bytes):
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
    if e["schema"] != "hozen-entry/1": raise Unknown("an entry of another schema")
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

def brought(s):
    "What an intake carries is the handoff that it continues. Returns who released it there, and until when that could be taken up."
    offer, answer = (unbase64(s["body"][k]) for k in ("offer", "receipt"))
    _, theirs = check_offer(offer)
    said = check_receipt(answer, offer)
    need(said["type"] == "acceptance" and s["previous"] == said["previous"] and s["body"].get("offered_as", s["item"]) == said["item"] and s["actor"]["key"] == said["actor"]["key"], "of another handoff")
    need(all(s.get(k) == said.get(k) for k in ("content_id", "file_sha256")) and theirs["ledger"] != s["ledger"], "other digests, or the same ledger")
    return theirs["actor"]["key"], theirs["body"]["expires"]

def carried(path):
    with open(path, "rb") as f: s = statement(f.read())
    if s["type"] == "witness": need(check_proof(unbase64(s["body"]["proof"]))[0] != s["ledger"], "a checkpoint of this ledger itself")
    if s["type"] == "intake" and "offer" in s["body"]: brought(s)
    return s

def each_statement(path):
    with open(path) as f:
        for row in f:
            try: statement(unbase64(row.strip())); print("holds")
            except (Bad, UnicodeDecodeError): print("does not hold")
            except (Unknown, grammar.Limit): print("cannot tell")

def main():
    p = argparse.ArgumentParser(description="Check an offer file, a receipt against its offer, or the form of a statement.")
    p.add_argument("what", choices=["offer", "receipt", "statement", "statements", "proof", "carried"]); p.add_argument("file")
    p.add_argument("--offer"); p.add_argument("--known", metavar="CHECKPOINT"); p.add_argument("--signers")
    o = p.parse_args()
    if (o.what == "receipt") != bool(o.offer): p.error("a receipt needs --offer, others have none")
    try:
        if o.what == "statements": each_statement(o.file); return 0
        if o.what == "proof":
            ledger, size, by = check_proof(o.file, o.known)
            print("holds: checkpoint of ledger %s, %d entries, by %s" % (ledger, size, ", ".join(by)))
            return 0
        trusted = sshsig.read_signers(o.signers) if o.signers else None
        if o.what == "carried": s = carried(o.file)
        elif o.what == "statement":
            with open(o.file, "rb") as f: s = statement(f.read())
        else: s = check_offer(o.file, o.known, trusted)[1] if o.what == "offer" else check_receipt(o.file, o.offer)
    except (Bad, sshsig.Invalid, UnicodeDecodeError) as e: print("does not hold: %s" % ascii(str(e))[1:-1]); return 1
    except (OSError, Unknown, grammar.Limit) as e: print("cannot tell: %s" % e); return 3
    print("holds: %s of %s in ledger %s by %s, %s" % (s["type"], s.get("item"), s.get("ledger"), s["actor"]["key"], s["time"]))
    return 0

if __name__ == "__main__": sys.exit(main())
