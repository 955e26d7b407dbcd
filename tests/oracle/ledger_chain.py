#!/usr/bin/python3
"""What a run of entries means, from section 3 of formats/spec/ledger.md alone: who may sign, the state of items, copies, holds, keys, policy.

    ledger_chain.py FILE     a line of JSON per entry: {"recorded_at", "signers" (keys whose signatures hold), "statement" (base64)}

Prints ok or denied for each, and what is known at the end; with --otherwise behind FILE then the entries that call their signer, or their receiver, something else than the ledger. (Not here: witnesses, time stamps.)"""
import datetime, json, sys

import ledger
from grammar import Bad, Limit, nanoseconds, sha, unbase64
from ledger_statement import EXEMPT, Unknown, statement
from sshsig import Invalid

LAST = ("disposed", "returned")
LIVE = ("there", "out")
ANSWERS = ("acceptance", "decline")
TWO = ("policy", "reassign", "lift", "resolution", "disposal", "rotation") # persons
SIGNER = ("policy", "reassign") # one of them a checkpoint signer
KNOWN = ("person", "rotation", "revocation", "policy", "witness", "timestamp", "fixity", "renewal", "case", "note", "photograph", "intake", "recheck", "hold", "lift", "reassign")
CUSTODIAN = ("offer", "courier", "withdrawal", "copy", "checkout", "return", "move", "destruction", "disposal-plan", "owner-return", "resolution", "disposal")
STATES = {"intake": ("none", "held"), "offer": ("held",), "courier": ("offered",), "withdrawal": ("offered", "in-transit"), "settlement": ("disputed",), "destruction": ("held",), "disposal-plan": ("held",),
          "disposal": ("held",), "owner-return": ("held",), **dict.fromkeys(("copy", "checkout", "return", "move"), ("held", "offered", "in-transit")),
          **dict.fromkeys(ANSWERS, ("held", "offered", "in-transit")), **dict.fromkeys(("reassign", "recheck", "resolution", "hold", "lift"), ("held", "offered", "in-transit", "disputed")),
          **dict.fromkeys(("note", "photograph"), ("held", "offered", "in-transit", "disputed", *LAST))}

class Denied(Exception): pass
def need(ok):
    if not ok: raise Denied()
def instant(text): return round(datetime.datetime.fromisoformat(text).timestamp()) * 10**9

def brought(s):
    try: return ledger.brought(s)
    except (Bad, Invalid, Unknown, Limit, ValueError): raise Denied()

class Ledger:
    def __init__(self):
        self.offers, self.otherwise, self.receivers = {}, [], [] # digest: to; entries
        self.persons, self.ended, self.items, self.policy, self.facts, self.size = {}, {}, {}, None, {}, 0

    def good(self, key): return key in self.persons and key not in self.ended

    # --- whose statement it is ---
    def named(self, s, digest):
        actor, answer = s["actor"], s["type"] in ANSWERS
        known = s["body"]["person"] if s["type"] == "genesis" else self.persons.get(actor["key"])
        if known is None and answer: known = self.offers.get(s["previous"])
        if s["type"] == "offer": self.offers[digest] = s["body"]["to"]
        fields = [k for k in ("name", "title", "organisation", "role", "contact") if k in actor and known is not None and (k in known or not answer)]
        if any(actor[k] != known.get(k) for k in fields): self.otherwise.append(self.size)
        to = s["body"].get("to", {})
        if "key" in to:
            person, names = self.persons.get(to["key"]), [p["name"] for p in self.persons.values()]
            same = all(to[k] == person.get(k) for k in ("name", "title", "organisation", "role", "contact") if k in to) if person else to["name"] not in names
            if not same: self.receivers.append("receiver %d" % self.size)

    # --- who signs ---
    def signing(self, s, signers, now):
        kind, b, actor = s["type"], s["body"], s["actor"]["key"]
        need(actor in signers and (kind == "genesis") == (self.size == 0))
        for key in signers:
            p = self.persons.get(key)
            if p is None: continue
            need(key not in self.ended)
            for t in [instant(s["time"])] + ([] if kind in ANSWERS else [now]):
                need(("valid_from" not in p or instant(p["valid_from"]) <= t) and ("valid_until" not in p or t <= instant(p["valid_until"])))
        known = [k for k in signers if k in self.persons]
        heads = [k for k in known if self.persons[k]["checkpoint_signer"]]
        if kind == "genesis": need(actor == b["person"]["key"] and "override" not in b); return
        if kind in KNOWN: need(actor in known)
        if kind == "person":
            added = b["person"]["key"]
            need(actor in heads and added not in self.persons)
            if b["person"]["checkpoint_signer"]: need({*known, *({added} & set(signers))} - {actor})
        if kind == "rotation":
            new = b["person"]["key"]
            need(b["old"] == actor and new in signers and new not in self.persons and set(known) - {actor, new})
            need(not b["person"]["checkpoint_signer"] or actor in heads)
        if kind == "revocation":
            key = b["key"]
            need(self.good(key))
            if key != actor: need(len(set(known) - {key}) >= 2 and set(heads) - {key})
            if self.persons[key]["checkpoint_signer"]: need(any(p["checkpoint_signer"] for k, p in self.persons.items() if k != key and k not in self.ended))
        if kind in TWO: need(set(known) - {actor})
        if kind in SIGNER: need(heads)
        self.governed(s, known, heads)

    def governed(self, s, known, heads):
        actor, b, used = s["actor"]["key"], s["body"], False
        for r in (self.policy or {}).get("rules", []) if s["type"] not in EXEMPT else []:
            if s["type"] not in r["types"]: continue
            if "targets" in r and b.get("sealed", {}).get("target") not in r["targets"]: continue
            fits = ("roles" not in r or self.persons.get(actor, {}).get("role") in r["roles"]) and len(known) >= r.get("persons", 0) and (heads or not r.get("checkpoint_signer"))
            fits = fits and all(stated(s, m) for m in r.get("requires", []))
            over = b.get("override", {}).get("rule") == r["name"]
            need(fits or over and set(heads) - {actor})
            used |= over and not fits
        need(used or "override" not in b)

    # --- items ---
    def state(self, item, now):
        if item is None: return "none"
        return "held" if item["state"] in ("offered", "in-transit") and instant(item["expires"]) < now else item["state"]

    def item(self, s, signers, now, digest):
        kind, b, actor = s["type"], s["body"], s["actor"]["key"]
        item = self.items.get(s["item"])
        need(self.state(item, now) in STATES[kind])
        if kind == "intake" and "offer" in b:
            releaser, until = brought(s)
            if item is not None:
                need(s["previous"] not in item["came"] and now <= instant(until))
                self.home(item, releaser, s, digest)
                return item["came"].add(s["previous"])
        if kind == "intake":
            need(item is None)
            e = b.get("evidence", {})
            item = self.items[s["item"]] = {"state": "held", "custodian": actor, "moved": digest, "content": s.get("content_id"), "file": s.get("file_sha256"), "offer": None, "to": None, "expires": None,
                "dispute": None, "plan": None, "verdict": e.get("verdict"), "integrity": e.get("integrity", "undetermined"), "decided": False, "location": b["location"], "case": s.get("case"), "copies": {}, "holds": {}, "came": {s["previous"]} if "offer" in b else set()}
            item["copies"]["original"] = {"state": "there", "sha256": s.get("file_sha256"), "integrity": item["integrity"], "decided": False, "place": b["location"], "holder": None}
            return
        if kind in CUSTODIAN: need(item["custodian"] == actor)
        if kind in ("destruction", "disposal-plan", "disposal", "owner-return"): need(not any(item["holds"].values()))
        getattr(self, "do_" + kind.replace("-", "_"))(item, s, b, signers, now, digest)
        if "case" in s and kind not in ("note", "photograph"): item["case"] = s["case"]

    def home(self, item, releaser, s, digest):
        "It comes back from another ledger."
        need(item["custodian"] == releaser and (s.get("content_id"), s.get("file_sha256")) == (item["content"], item["file"]))
        self.to(item, s["actor"]["key"], digest, s["body"]["location"])
        if "evidence" in s["body"]: self.checked(item, "original", s)
        if "case" in s: item["case"] = s["case"]

    def to(self, item, key, digest, location):
        "Custody moves."
        item.update(state="held", custodian=key, moved=digest, offer=None, to=None, expires=None, dispute=None, plan=None, location=location)
        item["copies"]["original"]["place"] = location

    def do_note(self, *_): pass
    do_photograph = do_note

    def do_offer(self, item, s, b, signers, now, digest):
        need(b["to"]["key"] != s["actor"]["key"] and s["previous"] == item["moved"] and s.get("content_id") == item["content"] and s.get("file_sha256") == item["file"])
        item.update(state="offered", offer=digest, to=b["to"]["key"], expires=b["expires"])

    def do_courier(self, item, s, *_): need(s["previous"] == item["offer"]); item["state"] = "in-transit"
    def do_withdrawal(self, item, s, *_): need(s["previous"] == item["offer"]); item["state"] = "held"

    def do_acceptance(self, item, s, b, signers, now, digest):
        need(item["offer"] == s["previous"] and item["to"] == s["actor"]["key"] and instant(s["time"]) <= instant(item["expires"]))
        need(s.get("content_id") == item["content"] and s.get("file_sha256") == item["file"])
        if item["state"] != "held" and now <= instant(item["expires"]): self.to(item, s["actor"]["key"], digest, b.get("location"))
        else:
            item.update(state="disputed", dispute=digest, offer=None, expires=None, plan=None)
            if "location" in b: item["location"] = b["location"]
        if "evidence" in b: self.checked(item, "original", s)

    def do_decline(self, item, s, *_):
        need(item["offer"] == s["previous"] and item["to"] == s["actor"]["key"])
        item.update(state="held", offer=None, to=None, expires=None)

    def do_settlement(self, item, s, b, signers, now, digest):
        need({item["custodian"], item["to"]} <= set(signers) and s["previous"] == item["dispute"] and b["custodian"] in (item["custodian"], item["to"]))
        self.to(item, b["custodian"], digest, None)

    def do_reassign(self, item, s, b, signers, now, digest):
        gone = lambda key: self.ended.get(key, "rotated") != "rotated"
        need(s["previous"] == item["moved"] and self.good(b["to"]["key"]) and (gone(item["custodian"]) or item["state"] == "disputed" and gone(item["to"])))
        self.to(item, b["to"]["key"], digest, b.get("location"))

    # --- copies ---
    def others(self, item, name, wanted): return [c for n, c in item["copies"].items() if n != name and c["state"] in LIVE and wanted(c["integrity"])]

    def holding(self, item, but): return [c for n, c in item["copies"].items() if n != but and self.holds(item, c)]
    def holds(self, item, c): return c["state"] in LIVE and c["integrity"] != "altered" and (c["sha256"] == item["file"] or c["integrity"] == "intact")

    def altered(self, item, name):
        c = item["copies"][name]
        concerned = c["sha256"] == item["file"] or c["integrity"] == "intact"
        c["integrity"] = "altered"
        if not concerned or self.others(item, name, lambda i: i == "intact"): return
        sound = self.holding(item, name)
        integrity = "undetermined" if sound else "altered"
        item["decided"] = item["decided"] and item["integrity"] == integrity
        item.update(verdict="undetermined" if sound else "failed", integrity=integrity)

    def checked(self, item, name, s):
        e, c = s["body"]["evidence"], item["copies"][name]
        if c["state"] in LIVE:
            if e["integrity"] == "altered" or c["sha256"] not in (None, s["file_sha256"]): return self.altered(item, name)
            same = c["sha256"] == item["file"] or item["content"] is not None and s.get("content_id") == item["content"]
            c.update(integrity=e["integrity"] if same else "undetermined", decided=False)
            if not same: return
        item["decided"] = item["decided"] and (item["verdict"], item["integrity"]) == (e["verdict"], e["integrity"])
        item.update(verdict=e["verdict"], integrity=e["integrity"])

    def live(self, item, b):
        name = b.get("copy", "original")
        need(name in item["copies"] and item["copies"][name]["state"] in LIVE)
        return name, item["copies"][name]

    def there(self, item, b):
        name, c = self.live(item, b)
        need(c["state"] == "there")
        return name, c

    def count(self, item): return sum(c["state"] in LIVE for c in item["copies"].values())

    def do_copy(self, item, s, b, *_):
        need(b["copy"] not in item["copies"])
        item["copies"][b["copy"]] = {"state": "there", "sha256": b["sha256"], "integrity": item["integrity"] if b["sha256"] == item["file"] else "undetermined", "decided": False, "place": b.get("place"), "holder": None}

    def do_checkout(self, item, s, b, *_): self.there(item, b)[1].update(state="out", holder=b["to"]["name"])

    def do_return(self, item, s, b, *_):
        name, c = self.live(item, b)
        need(c["state"] == "out")
        c.update(state="there", holder=None)
        if "sha256" in b and c["sha256"] not in (None, b["sha256"]): self.altered(item, name)
        if "place" in b:
            c["place"] = b["place"]
            if name == "original": item["location"] = b["place"]

    def do_move(self, item, s, b, *_):
        name, c = self.there(item, b)
        c["place"] = b["place"]
        if name == "original": item["location"] = b["place"]

    def do_recheck(self, item, s, b, *_):
        if "evidence" in b: self.checked(item, self.live(item, b)[0], s)
        else: self.altered(item, self.there(item, b)[0])

    def fixity(self, s, now):
        for check in s["body"]["checks"]:
            item = self.items.get(check["item"])
            need(self.state(item, now) in ("held", "offered", "in-transit", "disputed"))
            c = self.there(item, check)[1]
            need(c["sha256"] == check["sha256"] and c["integrity"] != "altered")

    def do_resolution(self, item, s, b, *_):
        name, c = self.live(item, b)
        failed = item["verdict"] == "failed"
        need(c["integrity"] == "altered" or name == "original" and failed)
        if b["outcome"] == "accepted":
            c["decided"], item["decided"] = True, failed
            return
        if b["outcome"] == "replaced": need(self.holding(item, name)); c["state"] = "replaced"
        else: c["integrity"] = "undetermined"
        c["decided"] = False
        if failed: item.update(verdict="undetermined", integrity="intact" if self.others(item, name, lambda i: i == "intact") else "undetermined", decided=False)

    def do_destruction(self, item, s, b, *_):
        name, c = self.there(item, b)
        need(self.count(item) > 1 and (not self.holds(item, c) or self.holding(item, name)))
        c["state"] = "destroyed"

    # --- the end ---
    def do_hold(self, item, s, b, *_): need(b["hold"] not in item["holds"]); item["holds"][b["hold"]] = True; item["plan"] = None
    def do_lift(self, item, s, b, *_): need(item["holds"].get(b["hold"])); item["holds"][b["hold"]] = False
    def do_disposal_plan(self, item, s, b, signers, now, digest): need(s["previous"] == item["moved"]); item["plan"] = digest
    def do_disposal(self, item, s, *_):
        need(item["plan"] is not None and s["previous"] == item["plan"] and not any(c["state"] == "out" for c in item["copies"].values()))
        item.update(state="disposed", plan=None, offer=None, to=None, expires=None)
    def do_owner_return(self, item, s, *_): need(s["previous"] == item["moved"]); item.update(state="returned", plan=None, offer=None, to=None, expires=None)

    # --- all ---
    def apply(self, recorded_at, signers, raw):
        s, now, b = statement(raw), nanoseconds(recorded_at), None
        b = s["body"]
        self.signing(s, signers, now)
        if s["type"] in ("genesis", "person", "rotation"): self.persons[b["person"]["key"]] = b["person"]
        if s["type"] == "rotation":
            self.ended[b["old"]] = "rotated"
            for i in self.items.values():
                if i["custodian"] == b["old"]: i["custodian"] = b["person"]["key"]
                if i["state"] == "disputed" and i["to"] == b["old"]: i["to"] = b["person"]["key"]
        if s["type"] == "revocation": self.ended[b["key"]] = b["reason"]
        if s["type"] == "policy": self.policy = b["rules"]
        if s["type"] == "fixity": self.fixity(s, now)
        if s["type"] == "case": self.facts.setdefault(s["case"], {}).update({k: v for k, v in b.items() if k != "override" and not k.startswith("x-")})
        if "item" in s: self.item(s, signers, now, sha(raw))
        self.named(s, sha(raw))
        self.size += 1

    def said(self):
        rows = [("ended", k, v) for k, v in self.ended.items()] + [("fact", c, k, v) for c, f in self.facts.items() for k, v in f.items()]
        for name, i in self.items.items():
            rows.append(("item", name, *(i[k] for k in ("state", "custodian", "moved", "offer", "to", "dispute", "plan", "verdict", "integrity")), int(i["decided"]), i["location"], i["case"]))
            rows += [("copy", name, n, *(c[k] for k in ("state", "sha256", "integrity")), int(c["decided"]), c["place"], c["holder"] if c["state"] == "out" else None) for n, c in i["copies"].items()]
            rows += [("hold", name, h, "open" if on else "lifted") for h, on in i["holds"].items()]
        return sorted("|".join("" if v is None else str(v) for v in row) for row in rows)

def stated(s, member):
    if member == "case": return "case" in s
    v = s["body"]
    for part in member.split("."): v = v.get(part) if isinstance(v, dict) else None
    return isinstance(v, str)

def main():
    run = Ledger()
    with open(sys.argv[1]) as f:
        for row in map(json.loads, f):
            try: run.apply(row["recorded_at"], row["signers"], unbase64(row["statement"])); print("ok")
            except Denied: print("denied")
    for row in run.said() if sys.argv[2:] != ["--otherwise"] else run.otherwise + run.receivers: print(row)

if __name__ == "__main__": main()
