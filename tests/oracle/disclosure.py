"""An independent check of a disclosure, from formats/spec/disclosure.md alone; what it shares with bundles is in verify.py, which calls it."""
import hashlib, re

import grammar, verify
from container import Stop, members
from grammar import Bad, need, sha

TEXT, LINE, PROOF = "disclosure.txt", "disclosure-line.json", "disclosure-proof.json"
ROOT, INFO = "meta/merkle-root.txt", "bag-info.txt"
ORDER = [TEXT, "bagit.txt", verify.FORMAT, "data", LINE, PROOF, ROOT, INFO, verify.TAGMANIFEST]
FIXED = b"hozen-disclosure/1\nOne file of an evidence bundle, and the proof that it belongs to it.\n"
TRAVELS = ["bagit.txt", verify.FORMAT, ROOT, INFO]
verify.LARGEST.update({TEXT: 4096, LINE: (1 << 20) + 1, PROOF: 8192})

def is_one(data):
    try: return next(members(data, verify.Report()))[0].partition("/")[2] == TEXT
    except (Stop, StopIteration): return False

class Layout(verify.Layout):
    def place(self, name):
        if verify.SIGNATURE.fullmatch(name): return 99
        if name in ORDER[:3] + ORDER[4:]: return ORDER.index(name)
        if not grammar.payload_name(name) or name.startswith("data/blind/"): return None
        return 3 if name in self.seen or self.last is None else None

    def payload(self, path, content):
        self.last = path
        self.runs[-1][1].append((path, len(content), sha(content), None))

    def add(self, full, content):
        super().add(full, content)
        m = re.match(rb"hozen-disclosure/([0-9]+)\n", content)
        if full.partition("/")[2] == TEXT and m and m[1] != b"1": raise Stop("container-unsupported", TEXT, "another version")

def rank(name):
    "Place of a name in the tag manifest."
    m = verify.SEGMENT.fullmatch(name)
    return (1, int(m[1])) if m else (0, verify.HEAD.index(name)) if name in verify.HEAD else (2, verify.TAIL.index(name))

def listed(layout, report):
    "{name: digest} of the tag manifest, or None."
    if verify.TAGMANIFEST not in layout.tags: report.add("tag-altered", verify.TAGMANIFEST, "missing"); return None
    def read(data):
        rows = verify.digests(data, lambda n: n in verify.HEAD + verify.TAIL[:-2] or verify.SEGMENT.fullmatch(n))
        ranks = [rank(n) for _, n in rows]
        need(ranks == sorted(set(ranks)), "order")
        return {n: d for d, n in rows}
    return report.held(verify.TAGMANIFEST, read, layout.tags[verify.TAGMANIFEST])

def tags(layout, lists, report):
    "The names of those that agree with the tag manifest."
    numbers = [int(m[1]) for m in map(verify.SEGMENT.fullmatch, lists) if m]
    required = set(verify.HEAD + verify.TAIL[:-2]) - (set() if layout.wide else {verify.MANIFEST512})
    for name in required | {"meta/catalog-%06d.jsonl" % (i + 1) for i in range(max(numbers + [1]))}:
        if name not in lists or name in TRAVELS and name not in layout.tags: report.add("tag-altered", name, "missing")
        elif name in TRAVELS and sha(layout.tags[name]) != lists[name]: report.add("tag-altered", name)
    if layout.wide is False and verify.MANIFEST512 in lists: report.add("tag-altered", verify.MANIFEST512, "listed")
    return {n for n in TRAVELS if n in layout.tags and lists.get(n) == sha(layout.tags[n])}, max(numbers + [0])

def proof(data):
    need(data.endswith(b"\n"), "no final line feed")
    v = grammar.parse(data[:-1])
    need(isinstance(v, dict) and set(v) == {"index", "path", "schema"} and v["schema"] == "hozen-disclosure-proof/1", "members")
    need(isinstance(v["index"], str) and re.fullmatch(r"0|[1-9][0-9]{0,19}", v["index"]) and int(v["index"]) < 2**64, "index")
    need(isinstance(v["path"], list) and len(v["path"]) <= 64 and all(isinstance(p, str) and re.fullmatch("[0-9a-f]{64}", p) for p in v["path"]), "path")
    return int(v["index"]), [bytes.fromhex(p) for p in v["path"]]

def climbs(leaf, index, path, count, root):
    "RFC 9162 section 2.1.3.2, by the sizes of the halves."
    def up(i, n, rest):
        if n == 1: return leaf if not rest else None
        if not rest: return None
        k = 1 << (n - 1).bit_length() - 1
        below = up(i, k, rest[:-1]) if i < k else up(i - k, n - k, rest[:-1])
        return below and hashlib.sha256(b"\1" + (below + rest[-1] if i < k else rest[-1] + below)).digest()
    return 0 <= index < count and up(index, count, path) == root

def the_line(layout, root, report):
    "The catalog line with its place, when it is proven."
    if LINE not in layout.tags or PROOF not in layout.tags:
        if LINE not in layout.tags and layout.last: report.add("payload-unlisted", layout.last)
        if LINE in layout.tags and layout.tags[LINE][-1:] == b"\n": report.add("merkle-mismatch", LINE, "no proof")
    def whole(data): need(len(data) > 1 and data.endswith(b"\n"), "no line"); return data[:-1]
    raw = LINE in layout.tags and ("limit-exceeded", LINE) not in report.findings and report.held(LINE, whole, layout.tags[LINE])
    path = PROOF in layout.tags and ("limit-exceeded", PROOF) not in report.findings and report.held(PROOF, proof, layout.tags[PROOF])
    if not raw or not path or not root: return None
    if not climbs(hashlib.sha256(b"\0" + raw).digest(), *path, *root): report.add("merkle-mismatch", LINE, "does not lead to the root"); return None
    entry = report.held(LINE, lambda: verify.catalog_line(raw, report.notices))
    return entry and (entry, path[0])

def contents(layout, report):
    "Everything but the signatures. Returns what stands for the acquisition record: the claimed time."
    lists = listed(layout, report)
    intact, segments = tags(layout, lists, report) if lists is not None else (set(), 0)
    if layout.tags[TEXT] != FIXED: report.add("manifest-malformed", TEXT)
    def tag(name, function): return report.held(name, function, layout.tags[name]) if name in intact else None
    def form(data):
        need(data.endswith(b"\n"), "no final line feed")
        v = grammar.parse(data[:-1]); grammar.fits(v, grammar.FORMAT, report.notices)
        return v
    tag("bagit.txt", lambda d: need(d == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "not the fixed text"))
    started, info = tag(verify.FORMAT, form), tag(INFO, verify.bag_info)
    m = tag(ROOT, lambda d: re.fullmatch(rb"(0|[1-9]\d{0,18})\n([0-9a-f]{64})\n", d) or need(False, "form"))
    root = m and (int(m[1]), bytes.fromhex(m[2].decode()))
    files = layout.runs[-1][1]
    if started:
        second = grammar.nanoseconds(started["started"]) // 10**9
        verify.same(report, "container-malformed", verify.FORMAT, ("mtime", report.facts["mtime"], second if 0 <= second < 8**11 else 0))
    if info: verify.same(report, "catalog-mismatch", INFO, ("External-Identifier", info["External-Identifier"], layout.item))
    if info and started: verify.same(report, "catalog-mismatch", INFO, (
        "Bagging-Date", info["Bagging-Date"], "0001-01-01" if started["started"][0] == "@" else started["started"][:10]))
    if root and segments != -(-root[0] // 4096): report.add("merkle-mismatch", ROOT, "segments")
    if info and root:
        octets, count = map(int, info["Payload-Oxum"].split("."))
        if count != root[0] or files and octets < files[0][1]: report.add("catalog-mismatch", INFO, "Payload-Oxum")
    found = the_line(layout, root, report)
    if not files: report.add("payload-missing", found[0]["path"] if found else "")
    elif found: compare(found[0], files[0], report)
    if found: report.facts["disclosed"] = {"path": found[0]["path"], "sha256": found[0]["sha256"], "size": found[0]["size"],
                                           "index": str(found[1]), "count": str(root[0]),
                                           **{k: found[0][k] for k in ("status", "method", "real_size") if k in found[0]}}
    return {"finished": started["started"], "keys_expected": []} if started else None

def compare(entry, file, report):
    path, size, digest, _ = file
    if entry["path"] != path: report.add("catalog-mismatch", path, "another file")
    elif entry["sha256"] != digest: report.add("payload-altered", path)
    elif int(entry["size"]) != size: report.add("catalog-mismatch", path, "size")
