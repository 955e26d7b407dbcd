#!/usr/bin/python3
"""A random run of statements about a few items, most of them possible, for two readers of section 3 of formats/spec/ledger.md to follow.

    make_chain.py --out FILE --seed N --count N"""
import argparse, base64, copy, datetime, json, os, random

from grammar import canonical, sha
from ledger_chain import CUSTODIAN, Denied, Ledger, STATES
from make_ledger import NS, b64, fingerprint, node, path
from make_statements import EVIDENCE, TYPES
import make
from make import sign

KEYS = ("operator", "stranger", "other", "p256", "ed25519", "expired", "future", "revoked")
PUBLIC = {fingerprint(k): " ".join(open(os.path.join(make.KEYS, k + ".pub")).read().split()[:2]) for k in KEYS}
FINGERPRINTS = list(PUBLIC)
FILES = ["f" * 64, "e" * 64]
SECOND = 10**9
START = 1456880400 # 2016-03-02T01:00:00Z

def moment(t): return datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S+00:00")

def foreign(releaser, receiver, item, file, accepted, expires, own=None, kind="acceptance", purpose="p"):
    "The files of a handoff in another ledger (own: in that one), where the offer is the second entry."
    names = {fingerprint(k): k for k in KEYS}
    def person(key): return {"name": "Person " + key[7:10], "key": key, "public_key": PUBLIC[key]}
    def signed(key, raw): return [sign(names[key], raw, NS).decode()]
    def statement(kind, key, body, **more):
        return canonical({"schema": "hozen-statement/1", "type": kind, "nonce": "0" * 32, "actor": {"name": "Somebody", "key": key}, "time": accepted, "body": body,
                          **{k: v for k, v in more.items() if v is not None}}).encode()
    def entry(raw, number, signatures):
        return canonical({"schema": "hozen-entry/1", "ledger": ledger, "sequence": number, "recorded_at": "2016-03-02T00:00:00.000000000Z", "statement": b64(raw), "signatures": signatures}).encode()
    genesis = statement("genesis", releaser, {"organisation": "Lab", "person": {**person(releaser), "checkpoint_signer": True}, "tool": "t"})
    ledger, about = own or sha(genesis), {"item": item, "file_sha256": file}
    raw = statement("offer", releaser, {"to": person(receiver), "purpose": purpose, "expires": moment(expires), "integrity": "intact"}, ledger=ledger, previous="5" * 64, **about)
    offered = signed(releaser, raw)
    entries = [entry(genesis, 0, ["-"]), entry(raw, 1, offered)]
    root = b64(node(entries))
    text = "hozen-ledger/%s\n2\n%s\n" % (ledger, root)
    head = {"checkpoint": text, "checkpoint_signatures": signed(releaser, text.encode())}
    answer = statement(kind, receiver, {**({"reason": "r"} if kind == "decline" else {}), "checkpoint": {"status": "first-seen", "size": "2", "root": root}, **({"evidence": EVIDENCE} if file else {})}, ledger=ledger, previous=sha(raw), **about)
    offer = {"schema": "hozen-offer/1", "statement": b64(raw), "signatures": offered, "entry": b64(entries[1]), "inclusion": [b64(d) for d in path(1, entries)], **head}
    receipt = {"schema": "hozen-receipt/1", "offer": sha(raw), "statement": b64(answer), "signatures": signed(receiver, answer), **head}
    return [canonical(v).encode() + b"\n" for v in (offer, receipt)]

class Run:
    def __init__(self, seed): self.r, self.model, self.now, self.rows, self.number, self.ledger, self.offered = random.Random(seed), Ledger(), START, [], 0, None, 0

    def often(self, right, *wrong):
        "The right value nine times out of ten."
        return right if not wrong or self.r.random() < 0.9 else self.r.choice(wrong)

    def person(self, key, added=False):
        p = {"name": "Person " + key[7:10], "key": key, "public_key": PUBLIC[key]}
        if not added: return p
        p["checkpoint_signer"] = self.r.random() < 0.5
        if self.r.random() < 0.3: p["role"] = self.r.choice(["analyst", "custodian"])
        if self.r.random() < 0.2: p["valid_until"] = moment(self.now + self.r.randrange(-100, 3000))
        elif self.r.random() < 0.1: p["valid_from"] = moment(self.now + self.r.randrange(-100, 300))
        return p

    def send(self, kind, actor, others, body, time=None, **outer):
        self.number += 1
        s = {"schema": "hozen-statement/1", "type": kind, "nonce": "%032x" % self.number, "actor": {"name": "Somebody", "key": actor}, "time": moment(time or self.now), "body": body,
             **{k: v for k, v in outer.items() if v is not None}}
        if self.ledger: s["ledger"] = self.ledger
        raw = canonical(s).encode()
        self.ledger = self.ledger or sha(raw)
        signers = sorted({self.often(actor, *FINGERPRINTS) if self.rows else actor, *others})[:4]
        at = datetime.datetime.fromtimestamp(self.now, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000000000Z")
        self.rows.append({"recorded_at": at, "signers": signers, "statement": base64.b64encode(raw).decode()})
        before = copy.deepcopy(self.model)
        try: self.model.apply(at, signers, raw)
        except Denied: self.model = before

    def known(self): return self.r.choice([k for k in self.model.persons if k not in self.model.ended] or FINGERPRINTS)
    def some(self, n): return [self.known() for _ in range(self.r.randrange(n + 1))]

    def about_ledger(self):
        r, m = self.r, self.model
        kind = r.choice(["person"] * 4 + ["rotation", "revocation", "policy", "case", "note", "fixity"])
        fresh = [k for k in FINGERPRINTS if k not in m.persons] or FINGERPRINTS
        if kind == "person": body = {"person": self.person(self.often(r.choice(fresh), r.choice(FINGERPRINTS)), True)}
        elif kind == "rotation":
            new, actor = r.choice(fresh), self.known()
            return self.send(kind, actor, [self.often(new, actor), *self.some(2)], {"old": self.often(actor, self.known()), "person": self.person(new, True)})
        elif kind == "revocation": body = {"key": self.known(), "reason": r.choice(["lost", "compromised", "retired"])}
        elif kind == "policy": body = {"rules": r.choice([{}, {}, {"rules": [{"name": "two", "types": ["copy", "move"], "persons": 2}, {"name": "role", "types": ["hold", "note"], "roles": ["analyst"]},
                                                                            {"name": "why", "types": ["move", "recheck"], "requires": ["case", "reason"]}, {"name": "head", "types": ["intake"], "checkpoint_signer": True}, {"name": "vault", "types": ["copy", "note"], "targets": ["/v"], "roles": ["archivist"]}]}])}
        elif kind == "fixity": return self.fixity()
        elif kind == "case": return self.send(kind, self.known(), self.some(1), {r.choice(["title", "severity", "impact"]): r.choice("abc")}, case=r.choice(["C-1", "C-2"]))
        else: body = {"text": "x"}; return self.send(kind, self.known(), [], body, case="C-1")
        self.send(kind, self.known(), self.some(2), body)

    def fixity(self):
        pairs = [(i, n, c["sha256"]) for i, item in sorted(self.model.items.items()) for n, c in sorted(item["copies"].items()) if c["sha256"]]
        picked = sorted(self.r.sample(pairs, min(len(pairs), self.r.randrange(1, 4))))
        if picked: self.send("fixity", self.known(), self.some(1), {"checks": [{"item": i, "copy": n, "sha256": self.often(d, FILES[1])} for i, n, d in picked], "tool": "t"})

    def about_item(self):
        r, m = self.r, self.model
        name = r.choice(["I-1", "I-2", "I-3", "I-4"])
        item = m.items.get(name)
        state = m.state(item, self.now * SECOND)
        kind = self.often(r.choice([k for k, states in STATES.items() if state in states]), *STATES)
        body = {k: v for k, v in TYPES[kind][1].items()}
        if item is None: item = {"custodian": self.known(), "moved": "1" * 64, "offer": None, "to": self.known(), "file": FILES[0], "content": None, "plan": None, "dispute": None, "copies": {}, "holds": {}}
        copies, holds = list(item["copies"]) or ["original"], list(item["holds"]) or ["H-1"]
        outer, time = {"case": r.choice([None, None, "C-1"])}, None
        actor = self.often(item["custodian"] if kind in CUSTODIAN or kind == "settlement" else self.known(), self.known())
        others = self.some(2)
        previous = {"offer": "moved", "reassign": "moved", "disposal-plan": "moved", "owner-return": "moved", "courier": "offer", "withdrawal": "offer", "acceptance": "offer", "decline": "offer",
                    "settlement": "dispute", "disposal": "plan"}.get(kind)
        if previous: outer["previous"] = self.often(item[previous] or "2" * 64, "3" * 64)
        if kind in ("offer", "reassign"): body["to"] = self.person(r.choice(FINGERPRINTS))
        if kind == "offer": body["expires"] = moment(self.now + r.choice([5, 30, 300]))
        if kind in ("acceptance", "decline"): actor, time = self.often(item["to"] or self.known(), self.known()), self.now - r.choice([0, 0, 0, 20])
        if kind == "settlement": others, body["custodian"] = [self.often(item["to"] or actor, actor), *others], r.choice([item["custodian"], item["to"] or actor])
        if kind in ("intake", "offer", "acceptance"): outer["file_sha256"] = item["file"] if kind != "intake" else FILES[0]
        if kind in ("offer", "acceptance"): outer["file_sha256"] = self.often(outer["file_sha256"], FILES[1])
        if kind == "intake" and name in m.items and r.random() < 0.8: return self.home(name, m.items[name])
        if kind == "intake" and r.random() < 0.2: body.update(kind="device"); del body["evidence"]; outer["file_sha256"] = None
        if kind == "acceptance" and outer["file_sha256"] is None: del body["evidence"]
        if kind == "decline": body.pop("evidence", None)
        if kind == "recheck": outer["file_sha256"] = r.choice(FILES[:1] * 3 + FILES)
        if kind == "intake" and outer["file_sha256"] and r.random() < 0.4: outer["content_id"] = "c" * 64
        if kind in ("offer", "acceptance") and outer["file_sha256"]: outer["content_id"] = item["content"]
        if kind == "recheck": outer["content_id"] = r.choice([None, "c" * 64, "c" * 64, "d" * 64])
        if kind == "recheck" and r.random() < 0.2: outer["content_id"] = None; del body["evidence"]; outer["file_sha256"] = None
        if "evidence" in body: body["evidence"] = {**EVIDENCE, **r.choice([{}, {}, {"verdict": "failed", "integrity": "altered"}, {"verdict": "failed"}, {"verdict": "undetermined", "integrity": "undetermined"}])}
        if kind == "copy": body.update(copy=r.choice(["w1", "w2", "a1"]), sha256=r.choice(FILES), place=r.choice(["lab", "safe"]))
        if kind == "copy" and r.random() < 0.5: body.update(role="archive", sealed={"target": r.choice(["/v", "/w"]), "file": "f", "read_back": "direct"})
        if kind in ("checkout", "return", "destruction"): body["copy"] = r.choice(copies)
        if kind in ("move", "recheck", "resolution") and r.random() < 0.6: body["copy"] = r.choice(copies)
        if kind == "return" and r.random() < 0.5: body["sha256"] = r.choice(FILES)
        if kind == "return" and r.random() < 0.3: body["place"] = "back"
        if kind == "move" and r.random() < 0.5: body["reason"] = "r"
        if kind == "resolution": body["outcome"] = r.choice(["accepted", "repaired", "replaced"])
        if kind == "hold": body["hold"] = r.choice(["H-1", "H-2", "H-3"])
        if kind == "lift": body["hold"] = r.choice(holds)
        if r.random() < 0.1: body["override"] = {"rule": r.choice(["two", "role", "why", "head"]), "reason": "r"}
        self.send(kind, actor, others, body, time, item=name, **outer)

    def home(self, name, item):
        "It comes back: released to somebody in another ledger, by whom this one knows as its custodian; or one thing of that is not so."
        r, actor = self.r, self.known()
        wrong = self.r.choice([None] * 8 + ["releaser", "receiver", "item", "file", "offered-file", "late", "previous", "declined", "ledger", "receipt", "expired", "again"])
        def right(what, value, *others): return r.choice([o for o in others if o != value]) if wrong == what else value
        file = right("file", item["file"], *FILES)
        local = r.random() < 0.3 # the other ledger has it under another name
        theirs, until = "X-1" if local else name, self.now + (-1 if wrong == "expired" else 300)
        self.offered = self.offered if wrong == "again" else self.offered + 1
        files = foreign(right("releaser", item["custodian"], *FINGERPRINTS), right("receiver", actor, *FINGERPRINTS), right("item", theirs, "I-9"), right("offered-file", file, *FILES),
                        moment(until + (300 if wrong == "late" else 0)), until, right("ledger", None, self.ledger), right("declined", "acceptance", "decline"), "p%d" % self.offered)
        offer, receipt = files if wrong != "receipt" else (files[0], files[1].replace(b'"hozen-receipt/1"', b'"hozen-receipt/2"'))
        previous = sha(base64.b64decode(json.loads(offer)["statement"]))
        body = {"location": "home", "tool": "t", "offer": base64.b64encode(offer).decode(), "receipt": base64.b64encode(receipt).decode()}
        if local: body["offered_as"] = theirs
        if file is None: body["kind"] = "device"
        else: body["evidence"] = {**EVIDENCE, **r.choice([{}, {"verdict": "failed", "integrity": "altered"}])}
        self.send("intake", actor, self.some(1), body, item=name, file_sha256=file, previous=right("previous", previous, "3" * 64), case=r.choice([None, "C-2"]))

    def go(self, count):
        first = self.r.choice(FINGERPRINTS)
        self.send("genesis", first, [], {"organisation": "CSIRT", "person": {**self.person(first), "checkpoint_signer": True}, "tool": "t"})
        while len(self.rows) < count:
            self.now += self.r.choice([0, 1, 1, 2, 10])
            (self.about_ledger if self.r.random() < (0.5 if len(self.rows) < 20 else 0.08) else self.about_item)()

def main():
    p = argparse.ArgumentParser(description="Make a random run of statements.")
    p.add_argument("--out", required=True); p.add_argument("--seed", type=int, required=True); p.add_argument("--count", type=int, default=400)
    o = p.parse_args()
    run = Run(o.seed)
    run.go(o.count)
    with open(o.out, "w") as f: f.writelines(canonical(row) + "\n" for row in run.rows)

if __name__ == "__main__": main()
