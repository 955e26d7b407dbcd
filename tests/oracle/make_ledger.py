#!/usr/bin/python3
"""Builds offer and receipt files and statements from formats/spec/ledger.md, right ones and ones where a single thing is wrong under valid
signatures; with --out writes them and the ledger.json that says what each must cause."""
import argparse, base64, hashlib, json, os

import make
from grammar import canonical, sha
from make import sign

NS, COSIGN = "hozen-ledger-v1", "hozen-countersign-v1"
SATO, TANAKA, OTHER = "operator", "stranger", "other"  # public test keys of formats/spec/vectors/keys
TOKENS = ("sk-p256", "sk-ed25519")
NAMES = {SATO: "Sato Hanako", TANAKA: "Tanaka Ken", OTHER: "Sample Person", **{k: "Kondo Aoi" for k in TOKENS}}
CASES = {}

def b64(data): return base64.b64encode(data).decode()
def fingerprint(key): return "SHA256:" + b64(hashlib.sha256(make.public(key)).digest()).rstrip("=")
def person(key): return {"name": NAMES[key], "contact": key + "@csirt.example", "key": fingerprint(key)}
def known(key): return {**person(key), "public_key": " ".join(open(os.path.join(make.KEYS, key + ".pub")).read().split()[:2])}

def node(leaves):
    if len(leaves) == 1: return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + node(leaves[:k]) + node(leaves[k:])).digest()

def path(m, leaves):
    "RFC 9162 section 2.1.3.1."
    if len(leaves) == 1: return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return path(m, leaves[:k]) + [node(leaves[k:])] if m < k else path(m - k, leaves[k:]) + [node(leaves[:k])]

def consistency(m, leaves, whole=True):
    "RFC 9162 section 2.1.4.1."
    if m == len(leaves): return [] if whole else [node(leaves)]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if m <= k: return consistency(m, leaves[:k], whole) + [node(leaves[k:])]
    return consistency(m - k, leaves[k:], False) + [node(leaves[:k])]

class Handoff:
    "A ledger of a few entries, an offer from it and the receipt. change(stage, function): sees that stage before it is signed or written."
    def __init__(self, **on):
        self.on, self.number, self.entries, self.after, self.signer, self.cosigner, self.cp_signer = on, 0, [], 2, SATO, TANAKA, SATO
        self.cosign_as, Handoff.latest = COSIGN, self
        self.receiver = TANAKA

    def hook(self, stage, value):
        changed = self.on[stage](value) if stage in self.on else None
        return value if changed is None else changed

    def statement(self, key, type_, body, **more):
        self.number += 1
        s = {"schema": "hozen-statement/1", "type": type_, "nonce": "%032x" % self.number, "actor": person(key), "time": "2016-03-02T10:00:00+09:00", "body": body, **more}
        return self.hook("bytes-" + type_, canonical(self.hook(type_, s)).encode())

    def entry(self, raw, signatures):
        e = {"schema": "hozen-entry/1", "ledger": self.ledger, "sequence": len(self.entries), "recorded_at": "2016-03-02T01:00:%02d.000000000Z" % len(self.entries),
             "statement": b64(raw), "signatures": signatures}
        return canonical(self.hook("entry", e) if e["statement"] == getattr(self, "offered", None) else e).encode()

    def log(self, raw, key):
        self.entries.append(self.entry(raw, [sign(key, raw, NS).decode()]))
        return raw

    def build(self):
        about = {"case": "INC-2016-001", "item": "SAMPLE-1", "content_id": "c" * 64, "file_sha256": "f" * 64}
        evidence = {"verdict": "verified", "integrity": "intact", "authenticity": "trusted", "findings": [], "signers": [fingerprint("p256")], "files": "4", "bytes": "118"}
        genesis = self.statement(SATO, "genesis", {"organisation": "CSIRT (sample)", "person": {**known(SATO), "checkpoint_signer": True}, "tool": "sample 1"})
        self.ledger = sha(genesis)
        self.log(genesis, SATO)
        intake = self.log(self.statement(SATO, "intake", {"location": "locker 3", "evidence": evidence, "tool": "sample 1"}, ledger=self.ledger, **about), SATO)
        early = "hozen-ledger/%s\n%d\n%s\n" % (self.ledger, len(self.entries), b64(node(self.entries)))
        raw = self.statement(SATO, "offer", {"to": known(TANAKA), "purpose": "malware analysis", "expires": "2016-03-09T10:00:00+09:00", "integrity": "intact", "seal": "A-1001"},
                             ledger=self.ledger, previous=sha(intake), **about)
        self.offered = b64(raw)
        self.signed = raw
        signatures = self.hook("offer-signatures", [(key, sign(key, raw, NS).decode()) for key in sorted({self.signer, OTHER}, key=lambda k: sha(make.public(k)))])
        signatures = [s for key, s in signatures if key == self.signer or "offer-signatures" in self.on]
        sequence = len(self.entries)
        self.entries.append(self.entry(raw, signatures))
        for i in range(self.after):
            self.log(self.statement(SATO, "person", {"person": {**known(OTHER), "checkpoint_signer": False}}, ledger=self.ledger), SATO)
        text = self.hook("checkpoint", "hozen-ledger/%s\n%d\n%s\n" % (self.ledger, len(self.entries), b64(node(self.entries))))
        offer = self.hook("offer-file", {
            "schema": "hozen-offer/1", "statement": b64(raw), "signatures": signatures, "entry": b64(self.entries[sequence]), "checkpoint": text,
            "checkpoint_signatures": [sign(self.cp_signer, text.encode(), NS).decode()], "inclusion": [b64(d) for d in path(sequence, self.entries)],
            "consistency": {"from": "2", "proof": [b64(d) for d in consistency(2, self.entries)]}})
        type_ = self.on.get("receipt-type", "acceptance")
        reply = self.statement(self.receiver, type_, {"evidence": evidence, "condition": "seal intact", **({"reason": "changed on the way"} if type_ == "decline" else {"location": "lab"}), "checkpoint": {
            "status": "first-seen", "size": str(len(self.entries)), "root": b64(node(self.entries))}}, ledger=self.ledger, previous=sha(raw), **about)
        receipt = self.hook("receipt-file", {"schema": "hozen-receipt/1", "offer": sha(raw), "checkpoint": text, "checkpoint_signatures": offer.get("checkpoint_signatures", []), "statement": b64(reply), "signatures": [sign(self.receiver, reply, NS).decode()],
                                             "cosignature": sign(self.cosigner, text.encode(), self.cosign_as).decode()})
        proof = self.hook("proof-file", {"schema": "hozen-proof/1", "checkpoint": text, "checkpoint_signatures": [sign(self.cp_signer, text.encode(), NS).decode()],
                                         "consistency": {"from": "2", "proof": [b64(d) for d in consistency(2, self.entries)]}})
        files = {"proof.json": self.hook("proof-bytes", canonical(proof).encode() + b"\n"), "offer.json": self.hook("offer-bytes", canonical(offer).encode() + b"\n"), "receipt.json": canonical(receipt).encode() + b"\n", "known.txt": early.encode(), "statement.json": intake}
        common = {"schema": "hozen-statement/1", "nonce": "f" * 32, "actor": person(TANAKA), "time": "2016-03-02T11:00:00+09:00", "ledger": "5" * 64}
        home = {**common, "type": "intake", "previous": sha(raw), **about, "body": {"location": "lab", "tool": "sample 1", "evidence": evidence, "offer": b64(files["offer.json"]), "receipt": b64(files["receipt.json"])}}
        witness = {**common, "type": "witness", "body": {"proof": b64(files["proof.json"])}}
        return {**files, "carried.json": canonical(self.hook("home", home)).encode(), "witnessed.json": canonical(self.hook("seen", witness)).encode()}

def case(name, what, verdict, **changes):
    "what: the file whose check must answer verdict."
    CASES[name] = (what, verdict, changes)

def at(way, value):
    "A change of one member; None removes it."
    def change(v):
        *steps, last = way.split(".")
        for k in steps: v = v[k]
        if value is None: del v[last]
        else: v[last] = value(v[last]) if callable(value) else value
    return change

def flip(text): return text[:-2] + ("A" if text[-2] != "A" else "B") + text[-1]

for n, changes in {"plain": {}, "declined": {"receipt-type": "decline", "decline": at("file_sha256", "0" * 64)}, "declined-unseen": {"receipt-type": "decline", "decline": lambda s: [s.pop("content_id"), s.pop("file_sha256"), s["body"].pop("evidence")] and None}, "x-key": {"offer": at("body.x-lab", "7")}, "no-cosignature": {"receipt-file": at("cosignature", None)},
                   "alone": {"after": 0}, "last-of-many": {"after": 6}}.items():
    case("offer-" + n, "offer", "holds", **changes); case("receipt-" + n, "receipt", "holds", **changes)
case("offer-known", "known", "holds")
case("offer-of-a-thing", "offer", "holds", offer=lambda s: [s.pop("content_id"), s.pop("file_sha256")] and None)
case("receipt-of-a-thing", "receipt", "holds", offer=lambda s: [s.pop("content_id"), s.pop("file_sha256")] and None,
     acceptance=lambda s: [s.pop("content_id"), s.pop("file_sha256"), s["body"].pop("evidence")] and None)
case("receipt-of-a-thing-hashed", "receipt", "does not hold", offer=lambda s: [s.pop("content_id"), s.pop("file_sha256")] and None)
for n, changes in {
        "signed-by-other": {"signer": OTHER}, "statement-altered": {"offer-file": at("statement", lambda t: t[:40] + ("A" if t[40] != "A" else "B") + t[41:])}, "signature-altered": {"offer-file": at("signatures", lambda s: [s[0].replace("A", "B", 1)])},
        "entry-of-other": {"entry": at("statement", b64(b"{}"))}, "entry-other-ledger": {"entry": at("ledger", "0" * 64)}, "entry-other-sequence": {"entry": at("sequence", 1)}, "entry-signed-otherwise": {"entry": at("signatures", lambda s: [sign(OTHER, Handoff.latest.signed, NS).decode()])}, "entry-unsigned": {"entry": at("signatures", [])},
        "checkpoint-too-early": {"after": 0, "checkpoint": lambda t: t.replace("\n3\n", "\n2\n")}, "checkpoint-other-ledger": {"checkpoint": lambda t: t.replace("hozen-ledger/", "hozen-ledger/" + "0" * 64 + "\n", 1)[:78] + t[78:]},
        "checkpoint-other-root": {"checkpoint": lambda t: flip(t[:-1]) + "\n"}, "checkpoint-size-form": {"checkpoint": lambda t: t.replace("\n5\n", "\n05\n")}, "checkpoint-unsigned": {"offer-file": at("checkpoint_signatures", [])},
        "inclusion-altered": {"offer-file": at("inclusion", lambda p: [flip(p[0])] + p[1:])}, "inclusion-short": {"offer-file": at("inclusion", lambda p: p[:-1])}, "inclusion-long": {"offer-file": at("inclusion", lambda p: p + p[:1])},
        "not-canonical": {"offer-bytes": lambda d: d.replace(b'","', b'", "', 1)}, "no-final-line-feed": {"offer-bytes": lambda d: d[:-1]}, "unknown-key": {"offer-file": at("note", "x")},
        "statement-unknown-key": {"offer": at("note", "x")}, "statement-blank": {"bytes-offer": lambda d: d.replace(b'","', b'", "', 1)}, "statement-newline": {"bytes-offer": lambda d: d + b"\n"},
        "x-outside-body": {"offer": at("x-lab", "7")}, "x-not-text": {"offer": at("body.x-lab", 7)}, "no-item": {"offer": at("item", None)}, "no-previous": {"offer": at("previous", None)}, "no-expiry": {"offer": at("body.expires", None)},
        "time-utc-form": {"offer": at("time", "2016-03-02T01:00:00Z")}, "time-minus-zero": {"offer": at("time", "2016-03-02T01:00:00-00:00")}, "purpose-control": {"offer": at("body.purpose", "\x1b[2J")}, "purpose-empty": {"offer": at("body.purpose", "")},
        "purpose-blank": {"offer": at("body.purpose", "x ")}, "to-oneself": {"offer": at("body.to", known(SATO))}, "to-other-key": {"offer": at("body.to.key", fingerprint(OTHER))}, "to-checkpoint-signer": {"offer": at("body.to.checkpoint_signer", True)}, "actor-other-key": {"offer": at("actor.key", fingerprint(OTHER))}}.items():
    case("offer-" + n, "offer", "does not hold", **changes)
case("offer-signed-by-two", "offer", "holds", **{"offer-signatures": lambda s: s})
def first_by_token(flags):
    "A token signed too; its key stands before the actor's."
    key = min(TOKENS, key=lambda k: sha(make.public(k)))
    return lambda s: sorted([(OTHER, dict(s)[OTHER]), (key, sign(key, Handoff.latest.signed, NS, flags=flags).decode())], key=lambda p: sha(make.public(p[0])))

case("offer-signed-by-token", "offer", "holds", signer=OTHER, offer=at("actor", person(OTHER)), **{"offer-signatures": first_by_token(1)})
case("offer-signed-by-untouched", "offer", "does not hold", signer=OTHER, offer=at("actor", person(OTHER)), **{"offer-signatures": first_by_token(0)})
case("offer-signed-out-of-order", "offer", "does not hold", **{"offer-signatures": lambda s: s[::-1]})
case("receipt-of-a-note", "receipt", "does not hold", **{"receipt-type": "note", "note": lambda s: [s.update(body={"text": "x"}), [s.pop(k) for k in ("previous", "content_id", "file_sha256")]] and None})
case("receipt-signed-by-other", "receipt", "does not hold", **{"receipt-file": lambda r: r.update(signatures=[sign(OTHER, base64.b64decode(r["statement"]), NS).decode()])})
case("offer-other-type", "offer", "cannot tell", offer=at("type", "exchange"))
case("offer-entry-other-schema", "offer", "cannot tell", entry=at("schema", "hozen-entry/2"))
case("known-inconsistent", "known", "does not hold", **{"offer-file": at("consistency.proof", lambda p: [flip(p[0])] + p[1:])})
case("known-no-proof", "known", "does not hold", **{"offer-file": at("consistency", None)})
for n, changes in {
        "by-other": {"receiver": OTHER}, "of-other-offer": {"receipt-file": at("offer", "0" * 64)}, "previous-other": {"acceptance": at("previous", "0" * 64)}, "item-other": {"acceptance": at("item", "SAMPLE-2")}, "ledger-other": {"acceptance": at("ledger", "0" * 64)},
        "digest-other": {"acceptance": at("file_sha256", "0" * 64)}, "content-other": {"acceptance": at("content_id", "0" * 64)}, "content-missing": {"acceptance": at("content_id", None)}, "too-late": {"acceptance": at("time", "2016-03-09T01:00:01+00:00")},
        "cosigned-by-other": {"cosigner": OTHER}, "cosigned-as-checkpoint": {"cosign_as": NS}, "checkpoint-other": {"acceptance": at("body.checkpoint.size", "9")}, "decline-with-location": {"receipt-type": "decline", "decline": at("body.location", "lab")},
        "decline-digest-unseen": {"receipt-type": "decline", "decline": at("body.evidence", None)}, "decline-no-digest": {"receipt-type": "decline", "decline": at("file_sha256", None)},
        "cosigned-text": {"receipt-file": at("cosignature", "x")}, "unsigned": {"receipt-file": at("signatures", [])}, "signed-five": {"receipt-file": at("signatures", lambda s: s * 5)},
        "decline-no-reason": {"receipt-type": "decline", "decline": at("body.reason", None)}, "type-offer": {"receipt-file": at("schema", "hozen-offer/1")}, "findings-unsorted": {"acceptance": at("body.evidence.findings", ["tag-altered", "payload-altered"])}}.items():
    case("receipt-" + n, "receipt", "does not hold", **changes)

def signed_again(which, key, flags):
    "The signature or the cosignature made once more, with what a token says of it."
    def change(v):
        if which == "signatures": v[which] = [sign(key, base64.b64decode(v["statement"]), NS, flags=flags).decode()]
        else: v[which] = sign(key, v["checkpoint"].encode(), COSIGN, flags=flags).decode()
    return change

for key in TOKENS:
    token = {"receiver": key, "cosigner": key, "offer": at("body.to", known(key))}
    case("receipt-" + key, "receipt", "holds", **token)
    for which in ("signatures", "cosignature"):
        for n, flags, verdict in (("pin", 5, "holds"), ("untouched", 0, "does not hold"), ("pin-untouched", 4, "does not hold")):
            case("receipt-%s-%s-%s" % (key, which, n), "receipt", verdict, **token, **{"receipt-file": signed_again(which, key, flags)})

for n, changes in {"plain": {}, "alone": {"proof-file": at("consistency", None)}, "from-same": {"proof-file": at("consistency", {"from": "5", "proof": []})}}.items():
    case("proof-" + n, "proof", "holds", **changes)
case("proved-plain", "proved", "holds")
for n, change in {
        "unsigned": at("checkpoint_signatures", []), "signed-five": at("checkpoint_signatures", lambda s: s * 5), "signature-altered": at("checkpoint_signatures", lambda s: [s[0].replace("A", "B", 1)]), "other-text": at("checkpoint", lambda t: t.replace("\n5\n", "\n6\n")),
        "no-text": at("checkpoint", ""), "from-none": at("consistency.from", "0"), "from-larger": at("consistency.from", "6"), "from-number": at("consistency.from", 2), "from-missing": at("consistency.from", None), "proof-missing": at("consistency.proof", None),
        "digest-short": at("consistency.proof", ["AAAA"]), "unknown-key": at("note", "x"), "x-key": at("x-note", "x"), "other-schema": at("schema", "hozen-proof/2"), "no-schema": at("schema", None)}.items():
    case("proof-" + n, "proof", "does not hold", **{"proof-file": change})
case("proof-no-final-line-feed", "proof", "does not hold", **{"proof-bytes": lambda d: d[:-1]})
case("proof-blank", "proof", "does not hold", **{"proof-bytes": lambda d: b" " + d})
case("proved-inconsistent", "proved", "does not hold", **{"proof-file": at("consistency.proof", lambda p: [flip(p[0])] + p[1:])})
case("proved-no-proof", "proved", "does not hold", **{"proof-file": at("consistency", None)})
case("proved-from-other", "proved", "does not hold", **{"proof-file": at("consistency.from", "3")})
for n, change in {"text-missing": at("checkpoint", None), "text-other": at("checkpoint", lambda t: t.replace("\n5\n", "\n4\n")), "text-unsigned": at("checkpoint_signatures", []), "text-signed-by-nobody": at("checkpoint_signatures", None),
                  "text-signature-altered": at("checkpoint_signatures", lambda s: [s[0].replace("A", "B", 1)])}.items():
    case("receipt-" + n, "receipt", "does not hold", **{"receipt-file": change})

# what an intake in the receiver's own ledger carries, and a witness
for n, changes in {"plain": {}, "no-cosignature": {"receipt-file": at("cosignature", None)}, "last-moment": {"acceptance": at("time", "2016-03-09T10:00:00+09:00")}, "other-name": {"home": lambda s: s.update(item="LAB-7", body={**s["body"], "offered_as": "SAMPLE-1"})}}.items(): case("carried-" + n, "carried", "holds", **changes)

def within(key):
    "The statement of the files that an intake carries."
    return lambda s: json.loads(base64.b64decode(json.loads(base64.b64decode(s["body"][key]))["statement"]))

def taken_from(leaf, **changes):
    "One of the files is that of another run of the same ledger."
    after = changes.pop("after", 2)
    def change(s):
        h = Handoff(**changes)
        h.after = after
        s["body"][leaf.split(".")[0]] = b64(h.build()[leaf])
    return change

for n, changes in {
        "previous-other": {"home": at("previous", "0" * 64)}, "item-other": {"home": at("item", "SAMPLE-2")}, "offered-as-other": {"home": lambda s: s.update(item="LAB-7", body={**s["body"], "offered_as": "SAMPLE-2"})}, "file-other": {"home": at("file_sha256", "0" * 64)}, "content-other": {"home": at("content_id", "0" * 64)},
        "content-missing": {"home": at("content_id", None)}, "by-other": {"home": at("actor", person(OTHER))}, "by-releaser": {"home": at("actor", person(SATO))}, "same-ledger": {"home": lambda s: s.update(ledger=within("offer")(s)["ledger"])},
        "declined": {"receipt-type": "decline"}, "accepted-by-other": {"receiver": OTHER}, "accepted-late": {"acceptance": at("time", "2016-03-09T10:00:01+09:00")}, "answer-to-other": {"acceptance": at("previous", "0" * 64), "receipt-file": at("offer", "0" * 64)},
        "answer-other-item": {"acceptance": at("item", "SAMPLE-2"), "home": at("item", "SAMPLE-2")}, "answer-other-ledger": {"acceptance": at("ledger", "0" * 64)}, "answer-other-file": {"acceptance": at("file_sha256", "0" * 64), "home": at("file_sha256", "0" * 64)},
        "answer-other-content": {"acceptance": at("content_id", "0" * 64), "home": at("content_id", "0" * 64)}, "answer-unsigned-by-receiver": {"receipt-file": lambda r: r.update(signatures=[sign(OTHER, base64.b64decode(r["statement"]), NS).decode()])},
        "cosigned-by-other": {"cosigner": OTHER}, "cosigned-as-checkpoint": {"cosign_as": NS}, "offer-by-other": {"signer": OTHER}, "offer-inclusion": {"offer-file": at("inclusion", lambda p: [flip(p[0])] + p[1:])},
        "offer-no-line-feed": {"offer-bytes": lambda d: d[:-1]}, "later-checkpoint": {"home": taken_from("receipt.json", after=6, **{"receipt-file": at("cosignature", None)})}, "later-checkpoint-cosigned": {"home": taken_from("receipt.json", after=6)},
        "offer-other": {"home": taken_from("offer.json", offer=at("body.purpose", "trial"))}, "files-exchanged": {"home": lambda s: s["body"].update(offer=s["body"]["receipt"], receipt=s["body"]["offer"])}}.items():
    case("carried-" + n, "carried", "does not hold", **changes)
case("witnessed-plain", "witnessed", "holds")
case("witnessed-alone", "witnessed", "holds", **{"proof-file": at("consistency", None)})
for n, changes in {"own": {"seen": lambda s: s.update(ledger=json.loads(base64.b64decode(s["body"]["proof"]))["checkpoint"].split("\n")[0][13:])}, "unsigned": {"proof-file": at("checkpoint_signatures", [])},
                   "signature-altered": {"proof-file": at("checkpoint_signatures", lambda s: [s[0].replace("A", "B", 1)])}, "no-line-feed": {"proof-bytes": lambda d: d[:-1]}}.items():
    case("witnessed-" + n, "witnessed", "does not hold", **changes)

def table(n): return {"name": "t%d" % n, "rows": str(n)}
def database(n, tables=()): return {"path": "data/databases/srv/%d.db" % n, "result": "ok", "tables": list(tables)}
PLAIN = {"databases": [{**database(1, [table(0), table(1)]), "tables_more": "7"},
                       {"path": "data/databases/x", "result": "damaged", "detail": "row 3 missing from index i", "tables": []},
                       {"path": "data/databases/y", "result": "unchecked", "detail": "not an SQLite database, or an encrypted one", "tables": []}],
         "databases_more": "1", "types": [{"type": "text/plain", "files": "3"}, {"type": "unchecked", "files": "1"}], "types_more": "2", "trouble": "the type of some files could not be told"}

def inside(*steps, value):
    "The intake with an inspection in which one thing is changed; None removes it."
    def change(s):
        new = s["body"]["inspection"] = json.loads(json.dumps(PLAIN))
        *way, last = steps
        for k in way: new = new[k]
        if value is None: del new[last]
        else: new[last] = value
    return change

for n, change in {
        "none": lambda s: None, "whole": inside("types_more", value="3"), "empty": lambda s: s["body"].update(inspection={"databases": [], "types": []}),
        "databases-16": inside("databases", value=[database(n) for n in range(16)]), "types-64": inside("types", value=[{"type": "a/%d" % n, "files": "1"} for n in range(64)]),
        "tables-256": inside("databases", value=[database(1, map(table, range(200))), database(2, map(table, range(56)))]), "rows-most": inside("databases", 0, "tables", 0, "rows", value=str(2**64 - 1)),
        "name-quotes": inside("databases", 0, "tables", 0, "name", value='a"b\\c \u00e9 \ufffd')}.items():
    case("statement-" + n, "statement", "holds", intake=change)
for n, change in {
        "databases-17": inside("databases", value=[database(n) for n in range(17)]), "types-65": inside("types", value=[{"type": "a/%d" % n, "files": "1"} for n in range(65)]),
        "tables-257": inside("databases", value=[database(1, map(table, range(200))), database(2, map(table, range(57)))]), "no-databases": inside("databases", value=None),
        "no-types": inside("types", value=None), "no-tables": inside("databases", 0, "tables", value=None), "no-result": inside("databases", 0, "result", value=None),
        "no-rows": inside("databases", 0, "tables", 0, "rows", value=None), "rows-number": inside("databases", 0, "tables", 0, "rows", value=3), "rows-form": inside("databases", 0, "tables", 0, "rows", value="03"),
        "rows-negative": inside("databases", 0, "tables", 0, "rows", value="-1"), "rows-over": inside("databases", 0, "tables", 0, "rows", value=str(2**64)),
        "result-other": inside("databases", 0, "result", value="good"), "more-zero": inside("databases_more", value="0"), "types-more-zero": inside("types_more", value="0"),
        "tables-more-zero": inside("databases", 0, "tables_more", value="0"), "unknown-key": inside("note", value="x"), "unknown-key-below": inside("databases", 0, "note", value="x"),
        "x-below": inside("x-lab", value="x"), "control": inside("databases", 0, "tables", 0, "name", value="\x1b[2J"), "line-feed": inside("databases", 1, "detail", value="a\nb"),
        "c1-control": inside("databases", 0, "tables", 0, "name", value="a\u0085b"), "empty-name": inside("databases", 0, "tables", 0, "name", value=""), "blank": inside("trouble", value=" x"),
        "long": inside("trouble", value="x" * 2001), "not-an-object": lambda s: s["body"].update(inspection=[]), "elsewhere": lambda s: s.update(inspection=PLAIN)}.items():
    case("statement-" + n, "statement", "does not hold", intake=change)
case("statement-in-offer", "offer", "does not hold", offer=at("body.inspection", PLAIN))

def build(name):
    what, verdict, changes = CASES[name]
    h = Handoff(**{k: v for k, v in changes.items() if callable(v) or k == "receipt-type"})
    for k in ("after", "signer", "cosigner", "cosign_as", "receiver"):
        if k in changes: setattr(h, k, changes[k])
    return what, verdict, h.build()

def main():
    p = argparse.ArgumentParser(description="Build sample offers and receipts.")
    p.add_argument("--out", required=True, help="folder; a folder per sample and ledger.json are made in it")
    p.add_argument("names", nargs="*", help="only these")
    o = p.parse_args()
    rows = []
    for name in o.names or sorted(CASES):
        what, verdict, files = build(name)
        os.makedirs(os.path.join(o.out, name), exist_ok=True)
        for leaf, data in files.items():
            if leaf.startswith(what) or leaf == "offer.json" or what in ("known", "proved") and leaf in ("known.txt", "proof.json"):
                with open(os.path.join(o.out, name, leaf), "wb") as f: f.write(data)
        rows.append({"sample": name, "check": what, "answer": verdict, "exit": {"holds": 0, "does not hold": 1, "cannot tell": 3}[verdict]})
    with open(os.path.join(o.out, "ledger.json"), "w", encoding="utf-8") as f: f.write("[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n")
    print("%d samples" % len(rows))

if __name__ == "__main__": main()
