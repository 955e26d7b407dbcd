#!/usr/bin/python3
"""An independent check of a bundle, written from formats/spec/bundle.md alone; the section numbers are its own. The tar
container is in container.py and packed.py, names and records in grammar.py, signatures in sshsig.py. Needs Python, ssh-keygen and python3-zstandard.
Exit: 0 verified, 1 failed, 2 usage, 3 undetermined."""
import argparse, glob, hashlib, json, os, re, sys, time

import grammar, sshsig
from container import Stop, members
from grammar import Bad, Limit, need, sha, sha512

SPEC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "formats", "spec")
HEAD = ["bagit.txt", "meta/format.json"]
TAIL = ["meta/objects.jsonl", "meta/absent.jsonl", "meta/actions.jsonl", "meta/acquisition.json", "meta/merkle-root.txt",
        "meta/VERIFY.ja.txt", "meta/VERIFY.en.txt", "bag-info.txt", "manifest-sha256.txt", "manifest-sha512.txt", "tagmanifest-sha512.txt", "tagmanifest-sha256.txt"]
MANIFEST512, TAGMANIFEST512, TAGMANIFEST = TAIL[-3:]
ACQUISITION, FORMAT = "meta/acquisition.json", "meta/format.json"
LARGEST = {FORMAT: 4096, ACQUISITION: 1 << 20, "bag-info.txt": 16384, TAGMANIFEST: 1 << 20, TAGMANIFEST512: 2 << 20}
UNDETERMINED = {"container-unsupported", "limit-exceeded"}
AUTHENTICITY = {"signature-missing", "signature-invalid", "signer-untrusted", "signer-outside-validity", "signer-revoked", "signers-too-few"}
SEGMENT, SIGNATURE = re.compile(r"meta/catalog-(\d{6})\.jsonl", re.A), re.compile(r"signatures/([0-9a-f]{64})\.sshsig")

class Report:
    def __init__(self): self.findings, self.notices, self.signers, self.facts = {}, [], [], {}
    def add(self, code, path="", detail=""): self.findings.setdefault((code, path), detail)
    def held(self, path, function, *arguments):
        "What a record is outside its grammar, or over a bound, becomes a finding of its file."
        try: return function(*arguments)
        except Limit as e: self.add("limit-exceeded", path, str(e))
        except Bad as e: self.add("manifest-malformed", path, str(e))

# --- section 1: layout ------------------------------------------------------------------------------------------------
class Layout:
    "Sorts members into tags, runs of payload with the segment that follows each, and signatures."
    def __init__(self, report):
        self.report, self.item, self.seen, self.rank = report, None, set(), 0
        self.tags, self.runs, self.signatures, self.sources, self.last = {}, [[None, []]], {}, [], None
        self.wide = None    # with SHA-512; None: format.json does not say

    def required(self): return [n for n in HEAD + TAIL if self.wide or n not in (MANIFEST512, TAGMANIFEST512)]

    def add(self, full, content):
        item, _, name = full.partition("/")
        if self.item is None:
            self.item = item
            if not grammar.ITEM(item): raise Stop("member-forbidden", full, "not an item name")
        rank = self.place(name)
        if item != self.item or rank is None: return self.report.add("member-forbidden", name if item == self.item else full)
        if name in self.seen: return self.report.add("member-duplicate", name)
        if rank < self.rank: self.report.add("container-malformed", name, "order")
        self.seen.add(name); self.rank = max(rank, self.rank)
        if len(content) > LARGEST.get(name, 8192 if rank == 99 else len(content)): self.report.add("limit-exceeded", name)
        if name.startswith("data/"): self.payload(name, content)
        elif rank == 99: self.signature(name, content)
        else: self.tags[name] = content
        if name == FORMAT: self.version(content)

    def place(self, name):
        "The rank of a member in the table of section 1; None for a name that has no place in it."
        if self.wide is False and name in (MANIFEST512, TAGMANIFEST512): return None
        if name in HEAD + TAIL: return (HEAD + ["data"] + TAIL).index(name)
        if m := SEGMENT.fullmatch(name):
            number = sum(1 for segment, _ in self.runs if segment) + 1
            if name not in self.seen and int(m[1]) != number: return None
            if name not in self.seen: self.runs[-1][0] = name; self.runs.append([None, []])
            return 2
        if SIGNATURE.fullmatch(name): return 99
        return 2 if grammar.payload_name(name) else None

    def payload(self, path, content):
        source = path.split("/")[1]
        if not self.sources or source != self.sources[-1]:
            if source in self.sources or (source == "blind" and self.sources): self.report.add("member-forbidden", path, "source")
            self.sources.append(source)
            if len(set(self.sources)) == 65: self.report.add("limit-exceeded", path, "more than 64 sources")
        elif (old := self.last.lower().split("/")) >= (new := path.lower().split("/")) or new[:len(old)] == old:
            code = "member-forbidden" if new[:len(old)] == old else "container-malformed"
            self.report.add(code, path, "case twin, folder of a file, or order")
        if source == "blind":
            if path != "data/blind/blind.txt": self.report.add("member-forbidden", path, "source")
            elif not re.fullmatch(rb"[0-9a-f]{64}\n", content): self.report.facts["blind"] = False
        self.last = path
        self.runs[-1][1].append((path, len(content), sha(content), sha512(content) if self.wide else None))

    def signature(self, name, content):
        if list(self.signatures) and max(self.signatures) > name: self.report.add("container-malformed", name, "order")
        self.signatures[name] = content
        if len(self.signatures) == 17: self.report.add("limit-exceeded", name, "more than 16 signatures")

    def version(self, content):
        "Section 5: another schema, other digests: another format."
        try: v = grammar.parse(content[:-1])
        except (Bad, Limit): return
        strings = isinstance(v.get("digests"), list) and all(isinstance(d, str) for d in v["digests"])
        known = [["sha256"], ["sha256", "sha512"]]
        if isinstance(v.get("schema"), str) and (v["schema"] != "hozen-bundle/1" or strings and v["digests"] not in known):
            raise Stop("container-unsupported", FORMAT, "another version or other digests")
        if strings and v["digests"] in known: self.wide = len(v["digests"]) == 2

# --- sections 4 to 6: what the lists say of each other -----------------------------------------------------------------
def intact_tags(layout, report):
    "Names of the tag members that agree with the tag manifest; findings for the others."
    there = [n for n in layout.tags if n not in (TAGMANIFEST512, TAGMANIFEST)]
    if layout.wide and TAGMANIFEST512 not in layout.tags: report.add("tag-altered", TAGMANIFEST512, "missing")
    if TAGMANIFEST not in layout.tags: report.add("tag-altered", TAGMANIFEST, "missing"); return set()
    rows = report.held(TAGMANIFEST, digests, layout.tags[TAGMANIFEST], lambda n: n in HEAD + TAIL[:-2] or SEGMENT.fullmatch(n))
    if rows is None: return set()
    listed = {name: digest for digest, name in rows}
    required = set(layout.required()) - {TAGMANIFEST512, TAGMANIFEST}
    for name in required | {"meta/catalog-000001.jsonl", *there, *listed}:
        if name not in listed or name not in layout.tags: report.add("tag-altered", name, "missing")
        elif sha(layout.tags[name]) != listed[name]: report.add("tag-altered", name)
    if set(listed) == set(there) and [n for _, n in rows] != there: report.add("manifest-malformed", TAGMANIFEST, "order")
    report.facts["all"] = set(listed) <= set(there)
    intact = {n for n in there if listed.get(n) == sha(layout.tags[n])}
    if layout.wide and len(layout.tags.get(TAGMANIFEST512, bytes(3 << 20))) <= LARGEST[TAGMANIFEST512] and intact >= {*there, *listed, *required}:
        again = b"".join(b"%s  %s\n" % (sha512(layout.tags[n]).encode(), n.encode()) for _, n in rows)
        same(report, "tag-altered", TAGMANIFEST512, ("not what the tag files give", layout.tags[TAGMANIFEST512], again))
    return intact

def digests(data, allowed, longest=None, digits=64):
    if longest and any(len(line) > longest for line in data.split(b"\n")): raise Limit("a line over %d bytes" % longest)
    rows = [re.fullmatch(rb"([0-9a-f]{%d})  ([!-~]{1,1000})" % digits, line) for line in grammar.lines(data)]
    need(all(rows) and all(allowed(m[2].decode()) for m in rows), "a line outside the grammar")
    return [(m[1].decode(), m[2].decode()) for m in rows]

def catalog_line(raw, notices):
    v = grammar.parse(raw)
    grammar.fits(v, grammar.CATALOG, notices); grammar.coherent(v)
    need(grammar.payload_name(v["path"]) and v["path"].split("/")[1] == v["source"], "path or source")
    need("origin" in v or v["source"] != "long", "long without origin")
    need("origin" not in v or grammar.maps_to(grammar.raw_path(v, "origin"), v["path"]), "path is not the mapping of origin")
    return v

def catalog(layout, intact, report):
    "Compares each run of payload with its segment. All lines with their bytes, or None when that cannot be told."
    out, whole, runs = [], report.facts.get("all", False), layout.runs
    if not runs[-1][1]: runs = runs[:-1]
    if not runs or not runs[0][1] or runs[0][1][0][0] != "data/blind/blind.txt": report.add("payload-missing", "data/blind/blind.txt")
    for i, (segment, files) in enumerate(runs):
        if segment is None and whole:
            for path, *_ in files: report.add("payload-unlisted", path)
        rows = segment in intact and report.held(segment, grammar.lines, layout.tags[segment])
        entries = rows and report.held(segment, lambda: [catalog_line(r, report.notices) for r in rows])
        if not entries: whole = whole and segment is None; continue
        if len(entries) > 4096 or len(entries) < 4096 and i + 1 < len(layout.runs) - 1: report.add("manifest-malformed", segment, "lines")
        listed, there = {e["path"]: e for e in entries}, {f[0]: f for f in files}
        for path in set(listed) - set(there): report.add("payload-missing", path)
        for path in set(there) - set(listed): report.add("payload-unlisted", path)
        for path in set(there) & set(listed):
            if listed[path]["sha256"] != there[path][2]: report.add("payload-altered", path)
            elif int(listed[path]["size"]) != there[path][1]: report.add("catalog-mismatch", path, "size")
        if [e["path"] for e in entries if e["path"] in there] != [p for p in there if p in listed]: report.add("catalog-mismatch", segment, "order")
        out += zip(rows, entries)
    return out if whole and out else None

def tree(leaves):
    if len(leaves) == 1: return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree(leaves[:k]) + tree(leaves[k:])).digest()

def same(report, code, path, *pairs):
    for what, a, b in pairs:
        if a != b: report.add(code, path, what)

def bag_info(data):
    keys = ["External-Identifier", "Bagging-Date", "Payload-Oxum", "Source-Organization", "Contact-Name",
            "Internal-Sender-Identifier", "Bag-Software-Agent"]
    try: rows = [r.partition(": ") for r in data.decode().split("\n")]
    except UnicodeDecodeError: raise Bad("not UTF-8")
    need(rows.pop() == ("", "", "") and [r[0] for r in rows] in (keys, keys[:3] + keys[4:]), "keys or final line feed")
    for _, _, value in rows:
        need(0 < len(value.encode()) <= 500 and value.strip(" ") == value and not re.search("[\0-\x1f\x7f-\x9f]", value), "value")
    need(re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)", rows[2][2], re.A), "Payload-Oxum")
    return {r[0]: r[2] for r in rows}

def contents(layout, intact, report):
    "Everything the tag files say, compared; returns the acquisition record when it can be trusted to be one."
    def tag(name, function): return report.held(name, function, layout.tags[name]) if name in intact else None
    def shaped(name, shape):
        def read(data):
            need(data.endswith(b"\n"), "no final line feed")
            v = grammar.parse(data[:-1]); grammar.fits(v, shape, report.notices)
            return v
        return tag(name, read)
    def fixed(bytes_): return lambda data: need(data == bytes_, "not the fixed text")
    def records(name, shape):
        return tag("meta/%s.jsonl" % name, lambda d: grammar.jsonl(d, "hozen-%s/1" % name, shape, report.notices))
    tag("bagit.txt", fixed(b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"))
    for name in ("VERIFY.ja.txt", "VERIFY.en.txt"): tag("meta/" + name, fixed(open(os.path.join(SPEC, name), "rb").read()))
    lines = catalog(layout, intact, report)
    if not report.facts.get("blind", True) and ("payload-altered", "data/blind/blind.txt") not in report.findings:
        report.add("manifest-malformed", "data/blind/blind.txt")
    form, acquisition = shaped(FORMAT, grammar.FORMAT), shaped(ACQUISITION, grammar.ACQUISITION)
    objects, absent = records("objects", grammar.OBJECTS), records("absent", grammar.ABSENT)
    records("actions", grammar.ACTIONS)
    manifest = tag("manifest-sha256.txt", lambda d: digests(d, grammar.payload_name, 1100))
    wide = layout.wide and tag(MANIFEST512, lambda d: digests(d, grammar.payload_name, 1100, 128))
    root = tag("meta/merkle-root.txt", lambda d: re.fullmatch(rb"(0|[1-9]\d{0,18})\n([0-9a-f]{64})\n", d) or need(False, "form"))
    info = tag("bag-info.txt", bag_info)
    if form:
        start = grammar.nanoseconds(form["started"]) // 10**9
        same(report, "container-malformed", FORMAT, ("mtime", report.facts["mtime"], start if 0 <= start < 8**11 else 0))
    if lines is not None:
        if root: same(report, "merkle-mismatch", "meta/merkle-root.txt", ("root", (int(root[1]), root[2].decode()), (
            len(lines), tree([hashlib.sha256(b"\0" + raw).digest() for raw, _ in lines]).hex())))
        if manifest: same(report, "catalog-mismatch", "manifest-sha256.txt", (
            "lines", manifest, [(e["sha256"], e["path"]) for _, e in lines]))
        if wide and not any(code.startswith("payload-") for code, _ in report.findings): same(report, "catalog-mismatch", MANIFEST512, (
            "lines", wide, [(f[3], f[0]) for _, run in layout.runs for f in run]))
        if info: same(report, "catalog-mismatch", "bag-info.txt", (
            "Payload-Oxum", info["Payload-Oxum"], "%d.%d" % (sum(int(e["size"]) for _, e in lines), len(lines))))
    if info: same(report, "catalog-mismatch", "bag-info.txt", ("External-Identifier", info["External-Identifier"], layout.item))
    if info and form: same(report, "catalog-mismatch", "bag-info.txt", (
        "Bagging-Date", info["Bagging-Date"], "0001-01-01" if form["started"][0] == "@" else form["started"][:10]))
    if not acquisition: return None
    a = acquisition
    if info: same(report, "catalog-mismatch", "bag-info.txt", ("case", info["Internal-Sender-Identifier"], a["case"]), (
        "operator", info["Contact-Name"], a["operator"]["name"]), ("organisation", info.get("Source-Organization"), a.get("organisation")))
    same(report, "catalog-mismatch", ACQUISITION, ("item", a["item"], layout.item), ("started", a["started"], form["started"] if form else a["started"]))
    if None not in (lines, objects, absent):
        counts(a, layout.sources, [e["source"] for _, e in lines], [o["source"] for o in objects], [x["source"] for x in absent], report)
    return a

def counts(a, in_tar, *kinds):
    *kinds, report = kinds
    def expected(numbers): return {"asked": str(sum(numbers)), **dict(zip(("collected", "recorded", "absent"), map(str, numbers)))}
    names, order = [s["name"] for s in a["sources"]], [s for s in dict.fromkeys(in_tar) if s != "blind" and s in kinds[0]]
    def four(c): return {k: c[k] for k in grammar.COUNTS}
    same(report, "catalog-mismatch", ACQUISITION, ("counts", four(a["counts"]), expected([len(k) for k in kinds])), ("sources", "blind" in names, False),
         ("sources", [n for n in names if n in order], order), ("sources", sorted(names), sorted(set(sum(kinds, order)) - {"blind"} | set(names))))
    for s in a["sources"]:
        same(report, "catalog-mismatch", ACQUISITION, (s["name"], four(s["counts"]), expected([k.count(s["name"]) for k in kinds])))

# --- section 7: who signed ----------------------------------------------------------------------------------------------
def authenticity(layout, acquisition, sidecars, signers, revoked, report, required=1):
    message, valid, bad = layout.tags.get(TAGMANIFEST), {}, []
    inside = [(n, SIGNATURE.fullmatch(n)[1], s, "hozen-bundle-v1", "collector") for n, s in layout.signatures.items()]
    beside = [(n, k, s, "hozen-countersign-v1", "operator") for n, k, s in sidecars]
    for name, keyid, armour, namespace, role in inside + beside:
        try:
            if message is None: raise sshsig.Invalid("nothing to check it against")
            key, known = sshsig.verify(armour, namespace, message)
            if sshsig.keyid(key) != keyid: raise sshsig.Invalid("is not by the key of its name")
            if known: valid[name] = (key, namespace, role, sshsig.flags(armour))
            else: report.notices.append(("unknown-algorithm", name, "not checked, does not count"))
        except sshsig.Invalid as e:
            if role == "operator": report.notices.append(("sidecar-invalid", name, str(e))); continue
            report.add("signature-invalid", name, str(e)); bad.append(name)
    if not bad and not any(r == "collector" for _, _, r, _ in valid.values()): report.add("signature-missing", "signatures")
    for keyid in (acquisition or {}).get("keys_expected", []):
        name = "signatures/%s.sshsig" % keyid
        if name not in valid and name not in bad: report.add("signature-missing", name)
    now = time.time()
    claimed = grammar.nanoseconds(acquisition["finished"]) / 10**9 if acquisition else now
    verdicts = {n: sshsig.judge(key, ns, signers or [], revoked, claimed, now, said) for n, (key, ns, _, said) in valid.items()}
    for n, (key, _, role, _) in valid.items():
        report.signers.append({"key": sshsig.fingerprint(key), "role": role, "trusted": verdicts[n][1] is None,
                               **({"principal": verdicts[n][0]} if verdicts[n][0] else {})})
    persons = {who.lower() for who, code in verdicts.values() if code is None}
    trusted = len(persons) >= required
    if persons and not trusted: report.add("signers-too-few", "signatures", "%d of %d" % (len(persons), required))
    if persons: report.notices.append(("time-unproven", "", "judged at the time that the bundle claims, and today"))
    for n, (_, code) in verdicts.items():
        if trusted and code: report.notices.append(("signer-not-trusted", n, code))
        elif code and signers is not None: report.add(code, n)
    codes = {code for code, _ in report.findings}
    if codes & {"signature-invalid", "signer-outside-validity", "signer-revoked"}: return "invalid"
    return "absent" if "signature-missing" in codes else "trusted" if trusted else "untrusted"

import disclosure  # noqa: E402 - it builds on what stands above

def check(data, signers=None, revoked=frozenset(), sidecars=(), required=1):
    "signers: what sshsig.read_signers gives, or None; sidecars: (name, keyid, bytes). Returns the report as a dict."
    report = Report()
    one = disclosure.is_one(data)
    layout, who = (disclosure.Layout if one else Layout)(report), "absent"
    try:
        for name, content in members(data, report): layout.add(name, content)
        acquisition = disclosure.contents(layout, report) if one else contents(layout, intact_tags(layout, report), report)
        who = authenticity(layout, acquisition, sidecars, signers, revoked, report, required)
    except Stop as e: report.add(*e.args)
    codes = {code for code, _ in report.findings}
    wrong, unclear = codes - AUTHENTICITY - UNDETERMINED, codes & UNDETERMINED
    verdict = "failed" if codes - UNDETERMINED else "undetermined" if unclear or who != "trusted" else "verified"
    files = [f for _, run in layout.runs for f in run]
    out = {"schema": "hozen-verify-disclosure/1" if one else "hozen-verify/1", "verdict": verdict, "integrity": "altered" if wrong else "undetermined" if unclear else "intact",
           "authenticity": who, "file_sha256": sha(data), "signers": report.signers, "files": len(files), "bytes": str(sum(f[1] for f in files)),
           "notices": [{"code": c, "detail": d, **({"path": p} if p else {})} for c, p, d in sorted(set(report.notices))],
           "findings": [{"code": c, "path": p, "detail": d} for (c, p), d in sorted(report.findings.items())]}
    if "disclosed" in report.facts: out["disclosed"] = report.facts["disclosed"]
    if layout.item: out["bundle"] = layout.item
    if TAGMANIFEST in layout.tags: out["content_id"] = sha(layout.tags[TAGMANIFEST])
    return out

EXIT = {"verified": 0, "failed": 1, "undetermined": 3}

def beside(path):
    "Signatures that lie beside a bundle file: (name, keyid, bytes)."
    found = [(f, re.fullmatch(r"\.([0-9a-f]{64})\.sshsig", f[len(path):])) for f in sorted(glob.glob(glob.escape(path) + ".*"))]
    return [(os.path.basename(f), m[1], open(f, "rb").read()) for f, m in found if m]

def main():
    p = argparse.ArgumentParser(description="Check a hozen bundle by its specification.")
    p.add_argument("bundle"); p.add_argument("--signers"); p.add_argument("--revoked"); p.add_argument("--json", action="store_true"); p.add_argument("--require", type=int, default=1)
    o = p.parse_args()
    try:
        signers = sshsig.read_signers(o.signers) if o.signers else None
        revoked = sshsig.read_revoked(o.revoked) if o.revoked else frozenset()
        data = sys.stdin.buffer.read() if o.bundle == "-" else open(o.bundle, "rb").read()
    except (OSError, sshsig.Invalid) as e: print("verify.py: %s" % e, file=sys.stderr); return 3
    r = check(data, signers, revoked, [] if o.bundle == "-" else beside(o.bundle), o.require)
    if o.json: print(grammar.canonical(r)); return EXIT[r["verdict"]]
    for key in ("verdict", "integrity", "authenticity", "content_id", "file_sha256"): print("%s: %s" % (key, r.get(key, "-")))
    for f in r["findings"]: print("finding: %s %s %s" % (f["code"], ascii(f["path"])[1:-1], ascii(f["detail"])[1:-1]))
    for n in r["notices"]: print("notice: %s %s" % (n["code"], ascii(n.get("path", ""))[1:-1]))
    return EXIT[r["verdict"]]

if __name__ == "__main__": sys.exit(main())
