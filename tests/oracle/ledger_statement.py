"""Statements as the oracle reads them, from sections 1 and 2 of formats/spec/ledger.md (and the form of a policy, section 3) alone."""
import datetime, re

import grammar, sshsig
from grammar import HEX32, HEX64, ITEM, decimal, fits, need, parse, rx, stamp, unbase64

class Unknown(Exception): "of a type that this version does not know"

def line(v): return isinstance(v, str) and 0 < len(v.encode()) <= 2000 and v.strip(" ") == v and not re.search("[\0-\x1f\x7f-\x9f]", v)
def b64(v): return isinstance(v, str) and unbase64(v) is not None
def filled(v): return b64(v) and v != ""
def digest64(v): return isinstance(v, str) and len(unbase64(v)) == 32
def ascending(shape, most): return lambda v: isinstance(v, list) and len(v) <= most and all(map(shape, v)) and v == sorted(set(v), key=str.encode)
def moment(v):
    m = isinstance(v, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", v, re.A)
    try: return bool(m) and v[-6:] != "-00:00" and datetime.datetime.fromisoformat(v) is not None
    except ValueError: return False
def within(low, high): return lambda v: type(v) is int and low <= v <= high
def optional(names, shape=line): return {k + "?": shape for k in names.split()}

KEY = rx("SHA256:[A-Za-z0-9+/]{43}")
PERSON = {"name": line, "key": KEY, **optional("title organisation role contact")}
TO = {**PERSON, "public_key": line}
WHO = {"name": line, "key?": KEY, **optional("title organisation role contact")}
ADDED = {**TO, "checkpoint_signer": grammar.boolean, **optional("valid_from valid_until", moment)}
INTEGRITY = rx("intact|altered|undetermined")
EVIDENCE = {"verdict": rx("verified|failed|undetermined"), "integrity": INTEGRITY, "authenticity": rx("trusted|untrusted|invalid|absent"),
            "findings": ascending(rx("[a-z][a-z0-9-]{0,31}"), 64), "signers": ascending(KEY, 64),
            **optional("files bytes", decimal), **optional("case operator host"), **optional("started finished", stamp)}
SEEN = {"status": rx("verified|first-seen"), "size": lambda v: counted(v), "root": digest64}
def counted(v): return decimal(v) and v != "0"
DATABASE = {"path": line, "result": rx("ok|damaged|unchecked"), "detail?": line, "tables": [{"name": line, "rows": decimal}], "tables_more?": counted}
INSPECTION = {"databases": [DATABASE], "databases_more?": counted, "types": [{"type": line, "files": decimal}], "types_more?": counted, "trouble?": line}

THINGS = ("device", "paper", "other")
KIND = rx("bundle|file|image|device|paper|export|screenshot|archive|other")
SOURCE = optional("make model serial asset_tag host machine_id mac ip os seal description")
INTAKE = {"location": line, "tool": line, "condition?": line, "kind?": KIND, "evidence?": EVIDENCE, "exhibit?": line,
          "source?": SOURCE,
          "discovered?": {"at?": moment, **optional("location by")},
          "collected?": {"at?": moment, "tool_sha256?": HEX64, **optional("location by authority reason method tool command_line gaps changes")},
          "clock?": {"offset": line, "known_by?": line}, "witnesses?": [line], "responsible?": line,
          "listing?": {"format": line, "members": decimal, "sha256": HEX64}, "sha512?": rx("[0-9a-f]{128}"), "size?": decimal,
          "inspection?": INSPECTION, "offer?": filled, "offered_as?": ITEM, "receipt?": filled}

# --- section 3, policy: its form ---------------------------------------------------------------------------------------------
EXEMPT = ("genesis", "policy", "rotation", "revocation", "acceptance", "decline")
def governed(v): return isinstance(v, str) and v in BODY and v not in EXEMPT
def some(shape, most): return lambda v: ascending(shape, most)(v) and v != []
ARCHIVE = {"case?": line, "copies?": within(1, 64), "media?": within(1, 64), "targets?": some(line, 16),
           "renew_before_days?": within(1, 36500), "renew_every_days?": within(1, 36500),
           "check_hours?": lambda v: isinstance(v, list) and 1 <= len(v) <= 8 and all(map(within(1, 876000), v)) and v == sorted(set(v))}
RULE = {"name": ITEM, "types": some(governed, 64), "roles?": some(line, 16), "requires?": some(line, 16), "persons?": within(2, 4), "targets?": some(line, 16), "checkpoint_signer?": lambda v: v is True}
POLICY = {"rules?": [RULE], "recheck_days?": within(1, 36500), "copies?": within(1, 64), "archive?": [ARCHIVE]}

def policy(v):
    need(isinstance(v, dict), "rules: not an object")
    shaped(v, POLICY)
    names = [r["name"] for r in v.get("rules", [])]
    cases = [a.get("case") for a in v.get("archive", [])]
    need(len(cases) <= 64 and len(cases) == len(set(cases)), "archive: too many, or a case twice")
    need(len(names) <= 64 and len(names) == len(set(names)), "rules: too many, or two of one name")
    return v

REST = [{"file": line, "sha256": HEX64, "version?": line}]
SEALED = {"target": line, "volume?": ITEM, "file": line, "read_back": rx("direct|dropped|cached|store"), "mode?": rx("0444"), "immutable?": rx("yes"), "beside?": REST, "legal_hold?": rx("yes"), "verity?": HEX64, "parity?": decimal, "size?": decimal, "version?": line,
          "retain_until?": moment}

BODY = {
    "genesis": {"organisation": line, "person": ADDED, "tool": line},
    "person": {"person": ADDED},
    "rotation": {"old": KEY, "person": ADDED, "reason?": line},
    "revocation": {"key": KEY, "reason": rx("compromised|retired|lost"), "since?": moment},
    "policy": {"rules": lambda v: policy(v) is v},
    "witness": {"proof": filled, "origin?": line},
    "timestamp": {"checkpoint": SEEN, "token": filled},
    "fixity": {"checks": [{"item": ITEM, "copy": ITEM, "sha256": HEX64, "beside?": [{"file": line, "sha256?": HEX64}]}], "tool": line},
    "renewal": {"records": [{"item": ITEM, "copy": ITEM, "sha256": HEX64, "version?": line}], "expires?": moment, "tool": line},
    "case": {"detected?": moment, **optional("title severity code_name privilege reporter method symptoms impact responsible")},
    "note": {"text": line, "kind?": rx("general|containment|analysis|access|other"), "at?": moment},
    "photograph": {"sha256": HEX64, "description": line, "file?": line, "taken?": moment, "by?": line},
    "intake": INTAKE,
    "offer": {"to": TO, "purpose": line, "expires": moment, "integrity": INTEGRITY, "kind?": KIND, "source?": SOURCE, **optional("condition seal transport tracking")},
    "courier": {"name": line, "at?": moment, **optional("organisation contact transport tracking seal")},
    "withdrawal": optional("reason"),
    "acceptance": {"evidence?": EVIDENCE, **optional("compared condition location"), "checkpoint": SEEN},
    "decline": {"evidence?": EVIDENCE, "condition?": line, "reason": line, "checkpoint": SEEN},
    "settlement": {"custodian": KEY, "reason": line},
    "reassign": {"to": TO, "authority": line, "reason": line, "location?": line},
    "copy": {"copy": ITEM, "role": rx("original|working|archive"), "sha256": HEX64, "sealed?": SEALED, "rest?": REST, **optional("medium place")},
    "checkout": {"copy": ITEM, "to": WHO, "purpose": line, "due?": moment},
    "return": {"copy": ITEM, "sha256?": HEX64, **optional("condition place")},
    "move": {"copy?": ITEM, "place": line, "reason?": line},
    "recheck": {"copy?": ITEM, "evidence?": EVIDENCE, "tool": line, "repaired?": {"by": rx("parity|copy"), "from?": ITEM}, "rest?": REST},
    "resolution": {"copy?": ITEM, "outcome": rx("repaired|replaced|accepted"), "reason": line},
    "destruction": {"copy": ITEM, "method": line, "authority": line, "witness?": line},
    "hold": {"hold": ITEM, "authority": line, "reason": line, "scope?": line},
    "lift": {"hold": ITEM, "authority": line, "reason": line},
    "disposal-plan": {"method": line, "authority": line, "reason?": line},
    "disposal": {"method": line, "authority": line, "witness?": line},
    "owner-return": {"to": WHO, "authority": line, "condition?": line}}
LEDGER = ("genesis", "person", "rotation", "revocation", "policy", "witness", "timestamp", "fixity", "renewal") # about no case and no item
BEHIND = ("offer", "courier", "withdrawal", "acceptance", "decline", "settlement", "reassign", "disposal-plan", "disposal", "owner-return")
STATEMENT = {"schema": grammar.text, "type": grammar.text, "nonce": HEX32, "ledger?": HEX64, "actor": PERSON, "case?": line, "item?": ITEM,
             "content_id?": HEX64, "file_sha256?": HEX64, "previous?": HEX64, "time": moment, "body": lambda v: isinstance(v, dict)}

def shaped(v, shape):
    "As grammar.fits, but keys that begin x- are known nowhere."
    extra = []
    fits(v, shape, extra)
    need(not extra, "unknown key")

def body(s, own):
    "What a shape cannot say."
    for person in (own.get("person"), own.get("to")):
        if person and "public_key" in person: need(sshsig.fingerprint(unbase64(person["public_key"].split(" ")[-1])) == person["key"], "key is not that of public_key")
        if person and "valid_until" in person and "valid_from" in person: need(instant(person["valid_from"]) <= instant(person["valid_until"]), "validity ends before it begins")
    for key in ("source", "discovered", "collected"): need(own.get(key) != {}, key + " says nothing")
    need(1 <= len(own.get("witnesses", [0])) <= 16, "witnesses: number")
    inside = own.get("inspection", {"databases": [], "types": []})
    need(len(inside["databases"]) <= 16 and len(inside["types"]) <= 64 and sum(len(d["tables"]) for d in inside["databases"]) <= 256, "inspection: too long")
    need(s["type"] != "case" or set(own) - {"override"}, "a case of which nothing is said")
    for key in own.keys() & {"checks", "records"}:
        pairs = [(c["item"], c["copy"]) for c in own[key]]
        need(1 <= len(pairs) <= 256 and pairs == sorted(set(pairs)), key + ": number or order")
    lists = [c["beside"] for c in (own.get("sealed"), *own.get("checks", [])) if isinstance(c, dict) and "beside" in c]
    for files in ([b["file"] for b in one] for one in lists): need(files and files == sorted(set(files), key=str.encode), "beside: none, or their order")
    need(sum(map(len, lists)) <= 128, "beside: number")
    rest = [b["file"] for b in own.get("rest", [])]
    need("rest" not in own or (1 <= len(rest) <= 128 and rest == sorted(set(rest), key=str.encode)), "rest: number or order")
    need("rest" not in own or own.keys() & {"sealed", "evidence"}, "rest: of no copy that is sealed or was verified")
    need("sealed" not in own or own["role"] == "archive", "sealed: not of the archive")
    need("repaired" not in own or "evidence" in own, "repaired: not verified")
    need(("offer" in own) == ("receipt" in own) or s["type"] != "intake", "offer and receipt")

def instant(text): return datetime.datetime.fromisoformat(text)

def outer(s, own):
    kind, copy, looked = s["type"], "file_sha256" in s, "evidence" in own
    need(("ledger" in s) == (kind != "genesis"), "ledger")
    if kind in LEDGER: need("item" not in s and "case" not in s, "about an item or a case")
    elif kind == "case": need("item" not in s and "case" in s, "a case, and no item")
    elif kind in ("note", "photograph"): need("item" in s or "case" in s, "about nothing")
    else: need("item" in s, "item")
    need(copy or "content_id" not in s, "content_id alone")
    if kind == "intake":
        what = own.get("kind", "bundle")
        need(copy and looked if what == "bundle" else copy or what in THINGS and not looked and "sha512" not in own and "size" not in own, "what was hashed")
    elif kind in ("acceptance", "decline", "recheck"): need(copy == looked, "digests without evidence, or evidence without digests")
    elif kind != "offer": need(not copy, "file_sha256 of no copy at hand")
    need("offered_as" not in own or "offer" in own and own["offered_as"] != s["item"], "offered_as: the item's own name, or nothing was offered")
    need(("previous" in s) == (kind in BEHIND or kind == "intake" and "receipt" in own), "previous")

def statement(raw):
    need(len(raw) <= 256 << 10, "statement over 256 KiB")
    s = parse(raw)
    shaped(s, STATEMENT)
    if s["schema"] != "hozen-statement/1": raise Unknown("a statement of schema " + s["schema"])
    if s["type"] not in BODY: raise Unknown("a statement of type " + s["type"])
    own = {k: v for k, v in s["body"].items() if not k.startswith("x-")}
    need(all(line(v) for k, v in s["body"].items() if k not in own), "x- keys hold text")
    shaped(own, {**BODY[s["type"]], "override?": {"rule": line, "reason": line}})
    body(s, own)
    outer(s, own)
    return s
