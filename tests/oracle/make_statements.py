#!/usr/bin/python3
"""Builds statements of every type from sections 1 and 2 of formats/spec/ledger.md: whole ones, ones with what they must have and no more, and ones in
which a single thing is wrong. Writes FOLDER/statements (one in base64 per line) and FOLDER/answers (name, tab, what a reader must answer)."""
import argparse, base64, copy, os

from grammar import canonical
from make_ledger import fingerprint, known, person

SATO, TANAKA = "operator", "stranger"
D = lambda digit: digit * 64
T, T2 = "2016-03-02T10:00:00+09:00", "2016-03-03T10:00:00+09:00"
EVIDENCE = {"verdict": "verified", "integrity": "intact", "authenticity": "trusted", "findings": [], "signers": [fingerprint("p256")]}
ADDED = {**known(TANAKA), "checkpoint_signer": False}
SEEN = {"status": "first-seen", "size": "5", "root": base64.b64encode(bytes(32)).decode()}
WHO = {"name": "Mori Jun"}
FILE = base64.b64encode(b"x").decode()

SEALED = {"target": "/archive", "volume": D("1")[:32], "file": "I.a1/I.tar", "read_back": "direct", "mode": "0444", "immutable": "yes", "beside": [{"file": "I.tar.sshsig", "sha256": D("7")}, {"file": "I.tar.sshsig.tsr", "sha256": D("8"), "version": "v2"}], "legal_hold": "yes", "verity": D("d"), "parity": "10", "size": "10240", "version": "v", "retain_until": T}
REST = [{"file": "VERIFY.en.txt", "sha256": D("7")}, {"file": "custody/checkpoint", "sha256": D("8"), "version": "v2"}]
# type: (outer keys it must have, body it must have, body it may have)
I, IP, IF = {"item": "SAMPLE-1"}, {"item": "SAMPLE-1", "previous": D("a")}, {"item": "SAMPLE-1", "file_sha256": D("f")}
TYPES = {
    "genesis": ({}, {"organisation": "CSIRT", "person": ADDED, "tool": "t"}, {}),
    "person": ({}, {"person": ADDED}, {}),
    "rotation": ({}, {"old": fingerprint(SATO), "person": ADDED}, {"reason": "r"}),
    "revocation": ({}, {"key": fingerprint(SATO), "reason": "lost"}, {"since": T}),
    "policy": ({}, {"rules": {}}, {}),
    "witness": ({}, {"proof": FILE}, {"origin": "o"}),
    "timestamp": ({}, {"checkpoint": SEEN, "token": FILE}, {}),
    "fixity": ({}, {"checks": [{"item": "A", "copy": "a1", "sha256": D("b")}, {"item": "A", "copy": "a2", "sha256": D("b"), "beside": [{"file": "a"}, {"file": "b", "sha256": D("d")}]}, {"item": "B", "copy": "a1", "sha256": D("c")}], "tool": "t"}, {}),
    "renewal": ({}, {"records": [{"item": "A", "copy": "a1", "sha256": D("b")}, {"item": "A", "copy": "a2", "sha256": D("b")}, {"item": "B", "copy": "a1", "sha256": D("c")}], "tool": "t"}, {"expires": T}),
    "case": ({"case": "C"}, {"title": "breach"}, {"severity": "high", "code_name": "heron", "privilege": "p", "detected": T, "reporter": "r", "method": "m", "symptoms": "s",
                                                  "impact": "i", "responsible": "r"}),
    "note": (I, {"text": "x"}, {"kind": "containment", "at": T}),
    "photograph": (I, {"sha256": D("b"), "description": "d"}, {"file": "a.jpg", "taken": T, "by": "b"}),
    "intake": (IF, {"location": "l", "tool": "t", "evidence": EVIDENCE}, {
        "condition": "c", "kind": "bundle", "exhibit": "A-1", "responsible": "r", "sha512": D("c") * 2, "size": "7", "witnesses": ["w", "v"],
        "source": {k: k for k in ("make", "model", "serial", "asset_tag", "host", "machine_id", "mac", "ip", "os", "seal", "description")},
        "discovered": {"at": T, "location": "l", "by": "b"}, "clock": {"offset": "+1 s", "known_by": "NTP"},
        "collected": {"at": T, "tool_sha256": D("d"), **{k: k for k in ("location", "by", "authority", "reason", "method", "tool", "command_line", "gaps", "changes")}},
        "listing": {"format": "zip", "members": "3", "sha256": D("e")}, "inspection": {"databases": [], "types": []}}),
    "offer": (IP, {"to": known(TANAKA), "purpose": "p", "expires": T, "integrity": "intact"}, {"kind": "device", "source": {"make": "m"}, **{k: k for k in ("condition", "seal", "transport", "tracking")}}),
    "courier": (IP, {"name": "n"}, {"at": T, **{k: k for k in ("organisation", "contact", "transport", "tracking", "seal")}}),
    "withdrawal": (IP, {}, {"reason": "r"}),
    "acceptance": ({**IP, **IF}, {"evidence": EVIDENCE, "checkpoint": SEEN}, {"compared": "v", "condition": "c", "location": "l"}),
    "decline": (IP, {"reason": "r", "checkpoint": SEEN}, {"condition": "c"}),
    "settlement": (IP, {"custodian": fingerprint(SATO), "reason": "r"}, {}),
    "reassign": (IP, {"to": known(TANAKA), "authority": "a", "reason": "r"}, {"location": "l"}),
    "copy": (I, {"copy": "w1", "role": "archive", "sha256": D("b")}, {"medium": "m", "place": "p", "sealed": SEALED, "rest": REST}),
    "checkout": (I, {"copy": "w1", "to": WHO, "purpose": "p"}, {"due": T}),
    "return": (I, {"copy": "w1"}, {"condition": "c", "sha256": D("b"), "place": "p"}),
    "move": (I, {"place": "p"}, {"copy": "w1", "reason": "r"}),
    "recheck": (IF, {"evidence": EVIDENCE, "tool": "t"}, {"copy": "w1", "repaired": {"by": "copy", "from": "a2"}, "rest": REST}),
    "resolution": (I, {"outcome": "repaired", "reason": "r"}, {"copy": "w1"}),
    "destruction": (I, {"copy": "w1", "method": "m", "authority": "a"}, {"witness": "w"}),
    "hold": (I, {"hold": "H-1", "authority": "a", "reason": "r"}, {"scope": "s"}),
    "lift": (I, {"hold": "H-1", "authority": "a", "reason": "r"}, {}),
    "disposal-plan": (IP, {"method": "m", "authority": "a"}, {"reason": "r"}),
    "disposal": (IP, {"method": "m", "authority": "a"}, {"witness": "w"}),
    "owner-return": (IP, {"to": WHO, "authority": "a"}, {"condition": "c"})}
OVERRIDE = {"override": {"rule": "two", "reason": "nobody else was there"}}
LEDGER = ("genesis", "person", "rotation", "revocation", "policy", "witness", "timestamp", "fixity", "renewal")
MEMBERS = {k: v for _, must, may in TYPES.values() for k, v in {**must, **may}.items()}
OUT = []

def put(name, s, answer):
    raw = s if isinstance(s, bytes) else canonical(s).encode()
    OUT.append((name, answer, base64.b64encode(raw).decode()))

def base(kind, more=False):
    outer, must, may = copy.deepcopy(TYPES[kind])
    s = {"schema": "hozen-statement/1", "type": kind, "nonce": "0" * 32, "ledger": D("1"), "actor": person(SATO), "time": T, "body": {**must, **(may if more else {})}, **outer}
    if kind == "genesis": del s["ledger"]
    if more: s["body"].update(copy.deepcopy(OVERRIDE))
    if more and "item" in s: s["case"] = "C"
    if more and "file_sha256" in s: s["content_id"] = D("9")
    return s

def without(s, key):
    s = copy.deepcopy(s)
    del s[key]
    return s

def members(kind):
    whole, least = base(kind, True), base(kind)
    put(kind + "-whole", whole, "holds")
    put(kind + "-least", least, "holds")
    for key in list(whole["body"]):
        s = copy.deepcopy(whole)
        del s["body"][key]
        linked = (kind, key) in (("decline", "evidence"), ("copy", "sealed"))
        put("%s-without-%s" % (kind, key), s, "does not hold" if key in TYPES[kind][1] and (kind != "case") or linked else "holds")
        if key in OVERRIDE: continue
        s = copy.deepcopy(whole)
        s["body"][key] = 7
        put("%s-number-for-%s" % (kind, key), s, "does not hold")
        if isinstance(whole["body"][key], str):
            for bad, value in (("empty", ""), ("control", "a\u001bb")):
                s = copy.deepcopy(whole)
                s["body"][key] = value
                put("%s-%s-%s" % (kind, bad, key), s, "does not hold")
        if isinstance(whole["body"][key], dict) and key not in ("inspection", "rules"):
            s = copy.deepcopy(whole)
            s["body"][key]["note"] = "x"
            put("%s-more-in-%s" % (kind, key), s, "does not hold")
            s = copy.deepcopy(whole)
            s["body"][key] = {}
            put("%s-nothing-in-%s" % (kind, key), s, "does not hold")
    for key, value in MEMBERS.items():
        if key in whole["body"] or kind == "decline" and key == "evidence": continue
        s = copy.deepcopy(whole)
        s["body"][key] = value
        put("%s-with-%s" % (kind, key), s, "does not hold")

def outer(kind):
    s = base(kind)
    for key in ("schema", "type", "nonce", "actor", "time", "body", *([] if kind == "genesis" else ["ledger"])):
        put("%s-no-%s" % (kind, key), without(s, key), "does not hold")
    if kind == "genesis": put("genesis-ledger", {**s, "ledger": D("1")}, "does not hold")
    for key in TYPES[kind][0]:
        t = without(s, key)
        put("%s-no-%s" % (kind, key), t, "does not hold")
    if kind in LEDGER: foreign = {"item": "SAMPLE-1", "case": "C", "previous": D("a"), "file_sha256": D("f"), "content_id": D("c")}
    elif kind == "case": foreign = {"item": "SAMPLE-1", "previous": D("a"), "file_sha256": D("f")}
    elif kind in ("intake", "recheck"): foreign = {"previous": D("a")}
    elif kind in ("offer", "acceptance"): foreign = {}
    else: foreign = {"file_sha256": D("f"), "content_id": D("c"), **({} if "previous" in s else {"previous": D("a")})}
    for key, value in foreign.items(): put("%s-%s" % (kind, key), {**s, key: value}, "does not hold")

def change(kind, name, answer, **parts):
    "Outer keys, or body for members of the body; None removes."
    s = base(kind)
    for key, value in parts.items():
        target = s
        if key == "body": target, items = s["body"], value.items()
        else: items = [(key, value)]
        for k, v in items:
            if v is None: target.pop(k, None)
            else: target[k] = v
    put("%s-%s" % (kind, name), s, answer)

def particular():
    yes, no = "holds", "does not hold"
    change("note", "of-a-case", yes, item=None, case="C"); change("note", "of-nothing", no, item=None); change("photograph", "of-a-case", yes, item=None, case="C")
    for kind in ("general", "containment", "analysis", "access", "other", "bundle", ""): change("note", "kind-" + kind, yes if kind not in ("bundle", "") else no, body={"kind": kind})
    for kind in ("file", "image", "device", "paper", "export", "screenshot", "archive", "other"):
        thing = kind in ("device", "paper", "other")
        change("intake", kind + "-not-hashed", yes if thing else no, file_sha256=None, body={"kind": kind, "evidence": None})
        change("intake", kind + "-hashed", yes, body={"kind": kind, "evidence": None})
        change("intake", kind + "-with-evidence", yes, body={"kind": kind})
        change("intake", kind + "-evidence-not-hashed", no, file_sha256=None, body={"kind": kind})
        change("intake", kind + "-size-not-hashed", no, file_sha256=None, body={"kind": kind, "evidence": None, "size": "1"})
        change("intake", kind + "-sha512-not-hashed", no, file_sha256=None, body={"kind": kind, "evidence": None, "sha512": D("0") * 2})
    change("intake", "bundle-without-evidence", no, body={"kind": "bundle", "evidence": None}); change("intake", "kind-note", no, body={"kind": "note"})
    change("intake", "brought", yes, previous=D("a"), body={"offer": FILE, "receipt": FILE}); change("intake", "brought-alone", no, body={"offer": FILE, "receipt": FILE})
    for name, verdict in (("SAMPLE-9", yes), ("SAMPLE-1", no), ("a b", no), ("", no)): change("intake", "offered-as-" + name, verdict, previous=D("a"), item="SAMPLE-1", body={"offer": FILE, "receipt": FILE, "offered_as": name})
    change("intake", "offered-as-nothing", no, body={"offered_as": "SAMPLE-9"}); change("acceptance", "offered-as", no, body={"offered_as": "SAMPLE-9"})
    change("intake", "offer-alone", no, previous=D("a"), body={"offer": FILE}); change("intake", "offer-empty", no, previous=D("a"), body={"offer": "", "receipt": ""})
    change("intake", "witnesses-none", no, body={"witnesses": []}); change("intake", "witnesses-16", yes, body={"witnesses": ["w"] * 16}); change("intake", "witnesses-17", no, body={"witnesses": ["w"] * 17})
    change("intake", "clock-without-offset", no, body={"clock": {"known_by": "x"}}); change("intake", "listing-without-digest", no, body={"listing": {"format": "zip", "members": "1"}})
    change("intake", "sha512-short", no, body={"sha512": D("0")}); change("intake", "collected-at-utc", no, body={"collected": {"at": "2016-03-02T01:00:00Z"}})
    for key in ("started", "finished"):
        change("intake", key, yes, body={"evidence": {**EVIDENCE, key: "2016-03-02T01:00:00.000000000Z"}}); change("intake", key + "-form", no, body={"evidence": {**EVIDENCE, key: "yesterday"}})
    change("acceptance", "of-a-thing", yes, file_sha256=None, body={"evidence": None}); change("acceptance", "without-evidence", no, body={"evidence": None}); change("acceptance", "not-hashed", no, file_sha256=None)
    change("decline", "with-evidence", yes, file_sha256=D("f"), body={"evidence": EVIDENCE}); change("decline", "evidence-alone", no, body={"evidence": EVIDENCE})
    change("offer", "digests", yes, file_sha256=D("f"), content_id=D("c")); change("offer", "content-alone", no, content_id=D("c"))
    change("offer", "kind-note", no, body={"kind": "note"})
    change("recheck", "content", yes, content_id=D("c")); change("recheck", "of-no-file", no, file_sha256=None)
    change("recheck", "missing", yes, file_sha256=None, body={"evidence": None}); change("recheck", "missing-and-repaired", no, file_sha256=None, body={"evidence": None, "repaired": {"by": "copy"}})
    change("recheck", "repaired-by", no, body={"repaired": {"by": "hand"}}); change("recheck", "repaired-by-parity", yes, body={"repaired": {"by": "parity"}}); change("recheck", "repaired-from", no, body={"repaired": {"from": "a1"}})
    change("copy", "working-sealed", no, body={"role": "working", "sealed": SEALED}); change("copy", "sealed-little", yes, body={"sealed": {k: SEALED[k] for k in ("target", "file", "read_back")}})
    for key, wrong in (("target", None), ("file", None), ("read_back", None), ("read_back", "seen"), ("mode", "0644"), ("immutable", "no"), ("legal_hold", "no"), ("beside", []), ("beside", SEALED["beside"][::-1]), ("beside", [{"file": "a"}]), ("beside", [{"file": "%03d" % i, "sha256": D("1")} for i in range(129)]), ("verity", "x"), ("parity", "ten"), ("size", "-1"), ("volume", "a b"), ("retain_until", "x")):
        change("copy", "sealed-%s-%.60s" % (key, wrong), no, body={"sealed": {k: v for k, v in {**SEALED, key: wrong}.items() if v is not None}})
    rests = (("none", []), ("order", REST[::-1]), ("twice", REST[:1] * 2), ("no-digest", [{"file": "a"}]), ("more", [{**REST[0], "size": "1"}]), ("129", [{"file": "%03d" % i, "sha256": D("1")} for i in range(129)]))
    for name, wrong in rests: change("copy", "rest-" + name, no, body={"sealed": SEALED, "rest": wrong}); change("recheck", "rest-" + name, no, body={"rest": wrong})
    change("copy", "rest-128", yes, body={"sealed": SEALED, "rest": rests[-1][1][1:]}); change("copy", "rest-not-sealed", no, body={"rest": REST}); change("recheck", "rest", yes, body={"rest": REST}); change("recheck", "rest-missing", no, file_sha256=None, body={"evidence": None, "rest": REST})
    check = lambda item, copy="a1", digest=D("b"): {"item": item, "copy": copy, "sha256": digest}
    change("renewal", "expires", yes, body={"expires": "2031-03-02T10:00:00+09:00"}); change("renewal", "expires-form", no, body={"expires": "2031"})
    change("renewal", "of-nothing", no, body={"records": []}); change("renewal", "256", yes, body={"records": [check("I%03d" % i) for i in range(256)]}); change("renewal", "257", no, body={"records": [check("I%03d" % i) for i in range(257)]})
    change("renewal", "twice", no, body={"records": [check("A"), check("A")]}); change("renewal", "order", no, body={"records": [check("B"), check("A")]}); change("renewal", "order-of-copies", no, body={"records": [check("A", "a2"), check("A", "a1")]})
    change("renewal", "digest", no, body={"records": [check("A", "a1", "x")]}); change("renewal", "name", no, body={"records": [check("a/b")]}); change("renewal", "version", yes, body={"records": [{**check("A"), "version": "v"}]}); change("renewal", "version-none", no, body={"records": [{**check("A"), "version": ""}]}); change("renewal", "more", no, body={"records": [{**check("A"), "beside": []}]})
    change("fixity", "of-nothing", no, body={"checks": []}); change("fixity", "256", yes, body={"checks": [check("I%03d" % i) for i in range(256)]}); change("fixity", "257", no, body={"checks": [check("I%03d" % i) for i in range(257)]})
    change("fixity", "twice", no, body={"checks": [check("A"), check("A")]}); change("fixity", "order", no, body={"checks": [check("B"), check("A")]}); change("fixity", "order-of-copies", no, body={"checks": [check("A", "a2"), check("A", "a1")]})
    for name, answer, lists in (("one", yes, [[{"file": "a"}]]), ("none", no, [[]]), ("order", no, [[{"file": "b"}, {"file": "a"}]]), ("twice", no, [[{"file": "a"}] * 2]), ("unnamed", no, [[{"sha256": D("1")}]]), ("version", no, [[{"file": "a", "version": "v"}]]),
                                ("digest", no, [[{"file": "a", "sha256": "x"}]]), ("128", yes, [[{"file": "%03d" % i} for i in range(64)]] * 2), ("129", no, [[{"file": "%03d" % i} for i in range(n)] for n in (64, 65)])):
        change("fixity", "beside-" + name, answer, body={"checks": [{**check("I%d" % i), "beside": files} for i, files in enumerate(lists)]})
    change("fixity", "digest", no, body={"checks": [check("A", "a1", "x")]}); change("fixity", "name", no, body={"checks": [check("a/b")]}); change("fixity", "more", no, body={"checks": [{**check("A"), "note": "x"}]})
    for name, answer, archive in (("one", yes, [{"copies": 2}]), ("cases", yes, [{"case": "C", "media": 2}, {"check_hours": [24, 48]}]), ("twice", no, [{"case": "C"}, {"case": "C"}]), ("two-others", no, [{}, {}]), ("hours-none", no, [{"check_hours": []}]),
                                  ("hours-order", no, [{"check_hours": [48, 24]}]), ("hours-0", no, [{"check_hours": [0]}]), ("hours-9", no, [{"check_hours": list(range(1, 10))}]), ("hours-long", no, [{"check_hours": [876001]}]), ("targets", yes, [{"targets": ["/a", "/b"]}]),
                                  ("targets-order", no, [{"targets": ["/b", "/a"]}]), ("copies-0", no, [{"copies": 0}]), ("media-65", no, [{"media": 65}]), ("renew", yes, [{"renew_before_days": 36500, "renew_every_days": 1}]), ("renew-before-0", no, [{"renew_before_days": 0}]), ("renew-every-36501", no, [{"renew_every_days": 36501}]), ("unknown", no, [{"colour": 1}]), ("64", yes, [{"case": "C%d" % i} for i in range(64)]), ("65", no, [{"case": "C%d" % i} for i in range(65)])):
        change("policy", "archive-" + name, answer, body={"rules": {"archive": archive}})
    for name, answer, targets in (("one", yes, ["/a"]), ("none", no, []), ("order", no, ["b", "a"]), ("number", no, [1]), ("text", no, "/a")): change("policy", "targets-" + name, answer, body={"rules": {"rules": [{"name": "a", "types": ["copy"], "targets": targets}]}})
    change("case", "of-nothing", no, body={"title": None}); change("case", "override-alone", no, body={"title": None, **OVERRIDE})
    for reason in ("compromised", "retired", "lost", "bored"): change("revocation", reason, no if reason == "bored" else yes, body={"reason": reason})
    for role in ("original", "working", "archive", "spare"): change("copy", "role-" + role, no if role == "spare" else yes, body={"role": role})
    for outcome in ("repaired", "replaced", "accepted", "forgotten"): change("resolution", outcome, no if outcome == "forgotten" else yes, body={"outcome": outcome})
    for name, value in (("slash", "a/b"), ("long", "x" * 101), ("longest", "x" * 100), ("dot-first", ".a"), ("blank", "a b")):
        for kind, key in (("copy", "copy"), ("move", "copy"), ("hold", "hold"), ("lift", "hold")): change(kind, key + "-" + name, yes if name == "longest" else no, body={key: value})
    for kind in ("checkout", "owner-return"):
        change(kind, "to-with-key", yes, body={"to": {**WHO, "key": fingerprint(TANAKA), "title": "t", "organisation": "o", "role": "r", "contact": "c"}})
        change(kind, "to-with-public-key", no, body={"to": known(TANAKA)}); change(kind, "to-nameless", no, body={"to": {"contact": "c"}})
    for kind in ("offer", "reassign"): change(kind, "to-without-public-key", no, body={"to": person(TANAKA)}); change(kind, "to-signer", no, body={"to": ADDED}); change(kind, "to-validity", no, body={"to": {**known(TANAKA), "valid_from": T}})
    for kind in ("person", "rotation"):
        change(kind, "validity", yes, body={"person": {**ADDED, "title": "t", "valid_from": T, "valid_until": T2}}); change(kind, "validity-of-a-moment", yes, body={"person": {**ADDED, "valid_from": T, "valid_until": T}})
        change(kind, "validity-backwards", no, body={"person": {**ADDED, "valid_from": T2, "valid_until": T}}); change(kind, "validity-form", no, body={"person": {**ADDED, "valid_from": "2016-03-02"}})
        change(kind, "key-of-another", no, body={"person": {**ADDED, "key": fingerprint(SATO)}}); change(kind, "not-said-whether-signer", no, body={"person": known(TANAKA)})
    change("person", "actor-title", yes, actor={**person(SATO), "title": "t"}); change("person", "actor-public-key", no, actor=known(SATO)); change("person", "actor-validity", no, actor={**person(SATO), "valid_from": T})
    for kind in TYPES:
        change(kind, "override-without-reason", no, body={"override": {"rule": "two"}}); change(kind, "x-text", yes, body={"x-lab": "7"}); change(kind, "x-alone", yes, body={"x-": "7"}); change(kind, "x-alone-number", no, body={"x-": 7}); change(kind, "x-blank", no, body={"x-lab": " 7"}); change(kind, "x-number", no, body={"x-lab": 7}); change(kind, "x-outside", no, **{"x-lab": "7"})
    change("intake", "x-below", no, body={"source": {"make": "m", "x-lab": "7"}}); change("offer", "x-in-person", no, body={"to": {**known(TANAKA), "x-lab": "7"}})
    put("type-unknown", {**base("note"), "type": "exchange"}, "cannot tell"); put("schema-2", {**base("note"), "schema": "hozen-statement/2"}, "cannot tell")

def policies():
    rule = {"name": "two", "types": ["copy", "move"]}
    for name, value, good in (
            ("list", [], 0), ("unknown-key", {"note": 1}, 0), ("x-key", {"x-lab": "1"}, 0), ("rule", {"rules": [rule]}, 1), ("numbers", {"recheck_days": 36500, "copies": 64}, 1),
            ("days-0", {"recheck_days": 0}, 0), ("days-over", {"recheck_days": 36501}, 0), ("days-text", {"recheck_days": "90"}, 0), ("copies-0", {"copies": 0}, 0), ("copies-65", {"copies": 65}, 0),
            ("copies-true", {"copies": True}, 0), ("two-of-one-name", {"rules": [rule, rule]}, 0), ("64-rules", {"rules": [{**rule, "name": "r%d" % n} for n in range(64)]}, 1),
            ("65-rules", {"rules": [{**rule, "name": "r%d" % n} for n in range(65)]}, 0), ("rules-object", {"rules": {}}, 0)): change("policy", "with-" + name, "holds" if good else "does not hold", body={"rules": value})
    for name, part, good in (
            ("whole", {"roles": ["a", "b"], "requires": ["case", "witness"], "persons": 2, "checkpoint_signer": True}, 1), ("no-name", {"name": None}, 0), ("no-types", {"types": None}, 0), ("types-none", {"types": []}, 0),
            ("types-order", {"types": ["move", "copy"]}, 0), ("types-twice", {"types": ["copy", "copy"]}, 0), ("types-prefix", {"types": ["disposal", "disposal-plan"]}, 1), ("types-prefix-order", {"types": ["disposal-plan", "disposal"]}, 0),
            ("types-unknown", {"types": ["exchange"]}, 0), ("types-number", {"types": [1]}, 0), ("name-form", {"name": "a b"}, 0), ("persons-1", {"persons": 1}, 0), ("persons-5", {"persons": 5}, 0), ("persons-4", {"persons": 4}, 1),
            ("signer-false", {"checkpoint_signer": False}, 0), ("roles-none", {"roles": []}, 0), ("roles-order", {"roles": ["b", "a"]}, 0), ("roles-17", {"roles": sorted("r%02d" % n for n in range(17))}, 0),
            ("roles-16", {"roles": sorted("r%02d" % n for n in range(16))}, 1), ("requires-blank", {"requires": [" a"]}, 0), ("more", {"note": "x"}, 0),
            *((("types-" + t, {"types": [t]}, 0)) for t in ("genesis", "policy", "rotation", "revocation", "acceptance", "decline"))):
        change("policy", "rule-" + name, "holds" if good else "does not hold", body={"rules": {"rules": [{k: v for k, v in {**rule, **part}.items() if v is not None}]}})

def main():
    p = argparse.ArgumentParser(description="Build sample statements of every type.")
    p.add_argument("--out", required=True, metavar="FOLDER")
    o = p.parse_args()
    for kind in TYPES: members(kind); outer(kind)
    particular(); policies()
    os.makedirs(o.out, exist_ok=True)
    with open(os.path.join(o.out, "statements"), "w") as f: f.writelines(raw + "\n" for _, _, raw in OUT)
    with open(os.path.join(o.out, "answers"), "w") as f: f.writelines("%s\t%s\n" % (name, answer) for name, answer, _ in OUT)
    print("%d statements" % len(OUT))

if __name__ == "__main__": main()
