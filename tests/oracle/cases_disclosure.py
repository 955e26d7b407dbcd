"""Samples of disclosures (formats/spec/disclosure.md): one file of a bundle with its proof, right ones and ones where a single thing is
wrong, under a valid signature as far as one can be."""
import hashlib, json

import disclosure, make, press, verify
from cases import PASSWD, bad, good, plain, signatures, swap, tag, tagmanifest
from disclosure import LINE, PROOF, ROOT, TEXT
from grammar import canonical

def proof_of(leaves, i):
    "RFC 9162 section 2.1.3.1."
    if len(leaves) == 1: return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return proof_of(leaves[:k], i) + [verify.tree(leaves[k:])] if i < k else proof_of(leaves[k:], i - k) + [verify.tree(leaves[:k])]

def catalog(tags):
    return [l for n in sorted(tags) if verify.SEGMENT.fullmatch(n) for l in tags[n].split(b"\n")[:-1]]

def parts_of(members, path):
    "The members of a disclosure from those of a bundle, without NAME/."
    tags = {n.partition("/")[2]: c for n, c in members}
    lines = catalog(tags)
    at = min([n for n in tags if n.startswith("data/")].index(path), len(lines) - 1)
    proof = [d.hex() for d in proof_of([hashlib.sha256(b"\0" + l).digest() for l in lines], at)]
    first = [(TEXT, disclosure.FIXED)] + [(n, tags[n]) for n in ("bagit.txt", verify.FORMAT) if n in tags]
    middle = [(path, tags[path]), (LINE, lines[at] + b"\n"), (PROOF, proof_file(at, proof))]
    last = [(n, tags[n]) for n in (ROOT, "bag-info.txt", verify.TAGMANIFEST) if n in tags]
    return first + middle + last + [(n, c) for n, c in tags.items() if n.startswith("signatures/")]

def proof_file(index, path, **more):
    return canonical({"index": str(index), "path": path, "schema": "hozen-disclosure-proof/1", **more}).encode() + b"\n"

def disclosed(b=None, path=PASSWD, change=None):
    "A disclosure of one file of b; change: parts [(name, content)] -> parts, or None when changed in place."
    b = b or plain()
    def members(rows):
        parts = parts_of(rows, path)
        if change: parts = change(parts) or parts
        return [(b.item + "/" + n, c) for n, c in parts]
    b.on["members"] = members
    return b

def after(hook, **more):
    "Of a bundle that was changed before it was signed."
    b = plain()
    hook(b)
    return disclosed(b, **more)

def other(name, content):
    "Other bytes in a part: they, or a function of the old ones."
    return lambda parts: [(n, (content(c) if callable(content) else content) if n == name else c) for n, c in parts]

def away(name): return lambda parts: [p for p in parts if p[0] != name]

def behind(name, *new):
    def change(parts):
        i = [n for n, _ in parts].index(name) + 1
        return parts[:i] + list(new) + parts[i:]
    return change

def many(n):
    b = make.Bundle()
    for i in range(n): b.host(b"/srv/%05d" % i, b"%d\n" % i)
    return b

# --- good ---------------------------------------------------------------------------------------------------------------
@good("a disclosure of one file")
def disclosure_plain(): return disclosed()

@good("a disclosure of a file that the tool made, without an origin")
def disclosure_produced(): return disclosed(path="data/system/identity.json")

@good("a disclosure signed with Ed25519, of an empty file")
def disclosure_empty():
    b = plain(); b.keys = ["ed25519"]
    b.host(b"/etc/zero", b"")
    return disclosed(b, path="data/files/etc/zero")

@good("a disclosure out of a bundle of one file besides blind.txt")
def disclosure_of_two(): return disclosed(many(1), path="data/files/srv/00000")

@good("a disclosure out of a bundle with SHA-512, with two signatures, compressed")
def disclosure_wide():
    b = plain(); b.wide = True; b.keys = ["p256", "ed25519"]; b.suffix = ".zst"
    b.on["tar"] = lambda data: press.frames(data, 10000)
    return disclosed(b)

@good("a disclosure of a file with a name that is no UTF-8, of the longest kind")
def disclosure_long():
    b = plain()
    row = b.host(b"/srv/" + b"/".join([b"\xff" + b"d" * 60] * 20), b"x")
    return disclosed(b.sort(), path=row[0])

for count in (2, 3, 4, 6, 7):
    for place in range(count):
        def one(count=count, place=place): return disclosed(many(count), path="data/files/srv/%05d" % place)
        one.__name__ = "disclosure_%d_of_%d" % (place, count)
        good("a disclosure of one of so many files")(one)

@good("a disclosure out of a bundle with three catalog segments")
def disclosure_segments(): return disclosed(many(8200), path="data/files/srv/05000")

# --- bad ----------------------------------------------------------------------------------------------------------------
def each(rows):
    for row_name, code, path, about, change in rows:
        def build(change=change): return disclosed(change=change)
        build.__name__ = "disclosure_" + row_name
        bad(code, path, "a disclosure: " + about)(build)

def json_changed(data, **new): return canonical({**json.loads(data), **new}).encode() + b"\n"
def index(n): return other(PROOF, lambda c: json_changed(c, index=str(n)))
def path_changed(change): return other(PROOF, lambda c: json_changed(c, path=change(json.loads(c)["path"])))

def swapped(a, b):
    def change(parts):
        names = [n for n, _ in parts]
        i, j = names.index(a), names.index(b)
        parts[i], parts[j] = parts[j], parts[i]
    return change

SIG = "signatures/%s.sshsig" % make.key_id("p256")
ZERO = "0" * 64
each([
    ("altered", "payload-altered", PASSWD, "one byte of the file is another", other(PASSWD, lambda c: b"X" + c[1:])),
    ("cut", "payload-altered", PASSWD, "the file is shorter", other(PASSWD, lambda c: c[:-1])),
    ("renamed", "catalog-mismatch", "data/files/etc/shadow", "the file has another name",
     lambda parts: [("data/files/etc/shadow" if n == PASSWD else n, c) for n, c in parts]),
    ("line-altered", "merkle-mismatch", LINE, "the catalog line tells another digest", other(LINE, lambda c: json_changed(c, sha256=ZERO))),
    ("line-mode", "merkle-mismatch", LINE, "the catalog line tells another mode", other(LINE, lambda c: json_changed(c, mode="0777"))),
    ("line-no-lf", "manifest-malformed", LINE, "no line feed behind the line", other(LINE, lambda c: c[:-1])),
    ("line-empty", "manifest-malformed", LINE, "no line", other(LINE, b"")),
    ("line-lf", "manifest-malformed", LINE, "a line feed alone", other(LINE, b"\n")),
    ("line-two", "merkle-mismatch", LINE, "two lines", other(LINE, lambda c: c + c)),
    ("line-long", "limit-exceeded", LINE, "a line over 1 MiB", other(LINE, lambda c: c[:-1] + b" " * (1 << 20) + b"\n")),
    ("no-line", "payload-unlisted", PASSWD, "no catalog line", away(LINE)),
    ("no-proof", "merkle-mismatch", LINE, "no proof", away(PROOF)),
    ("no-file", "payload-missing", PASSWD, "no file", away(PASSWD)),
    ("no-text-at-all", "payload-missing", None, "neither file nor line", lambda parts: away(LINE)(away(PASSWD)(parts))),
    ("proof-index", "merkle-mismatch", LINE, "another place", index(1)),
    ("proof-index-beyond", "merkle-mismatch", LINE, "a place behind the last", index(4)),
    ("proof-index-huge", "merkle-mismatch", LINE, "a place of 64 bits", index(2**64 - 1)),
    ("proof-index-form", "manifest-malformed", PROOF, "a place with a leading zero", index("03")),
    ("proof-index-number", "manifest-malformed", PROOF, "a place as a number", other(PROOF, lambda c: json_changed(c, index=3))),
    ("proof-short", "merkle-mismatch", LINE, "the path is too short", path_changed(lambda p: p[:-1])),
    ("proof-long", "merkle-mismatch", LINE, "the path is too long", path_changed(lambda p: p + [ZERO])),
    ("proof-other", "merkle-mismatch", LINE, "a digest of the path is another", path_changed(lambda p: [ZERO] + p[1:])),
    ("proof-order", "merkle-mismatch", LINE, "the path is turned around", path_changed(lambda p: p[::-1])),
    ("proof-65", "manifest-malformed", PROOF, "a path of 65 digests", path_changed(lambda p: [ZERO] * 65)),
    ("proof-capitals", "manifest-malformed", PROOF, "digests in capitals", path_changed(lambda p: [d.upper() for d in p])),
    ("proof-schema", "manifest-malformed", PROOF, "another schema", other(PROOF, lambda c: json_changed(c, schema="hozen-disclosure-proof/2"))),
    ("proof-x", "manifest-malformed", PROOF, "a key that begins x-", other(PROOF, lambda c: json_changed(c, **{"x-a": "b"}))),
    ("proof-key", "manifest-malformed", PROOF, "an unknown key", other(PROOF, lambda c: json_changed(c, names=["data/files/etc/hosts"]))),
    ("proof-blank", "manifest-malformed", PROOF, "a blank behind the object", other(PROOF, lambda c: c[:-1] + b" \n")),
    ("proof-large", "limit-exceeded", PROOF, "over 8 KiB", other(PROOF, lambda c: c + b" " * 8192)),
    ("text", "manifest-malformed", TEXT, "another text", other(TEXT, lambda c: c + b"x")),
    ("text-one", "manifest-malformed", TEXT, "version 1 alone", other(TEXT, b"hozen-disclosure/1\n")),
    ("text-empty", "manifest-malformed", TEXT, "no text", other(TEXT, b"")),
    ("text-version", "container-unsupported", TEXT, "another version", other(TEXT, b"hozen-disclosure/2\nwhatever\n")),
    ("text-twice", "member-duplicate", TEXT, "disclosure.txt twice", behind("bagit.txt", (TEXT, disclosure.FIXED))),
    ("text-second", "member-forbidden", TEXT, "disclosure.txt is not first: then it is no disclosure", swapped(TEXT, "bagit.txt")),
    ("line-twice", "member-duplicate", LINE, "two lines in two members", lambda parts: behind(LINE, (LINE, dict(parts)[LINE]))(parts)),
    ("file-twice", "member-duplicate", PASSWD, "the file twice", lambda parts: behind(PASSWD, (PASSWD, dict(parts)[PASSWD]))(parts)),
    ("file-second", "member-forbidden", "data/files/etc/passwd2", "a second file", behind(PASSWD, ("data/files/etc/passwd2", b"x"))),
    ("blind-beside", "member-forbidden", "data/blind/blind.txt", "blind.txt beside the file", behind(verify.FORMAT, ("data/blind/blind.txt", ZERO.encode() + b"\n"))),
    ("manifest-inside", "member-forbidden", "manifest-sha256.txt", "the manifest is in it", behind("bag-info.txt", ("manifest-sha256.txt", b"x"))),
    ("segment-inside", "member-forbidden", "meta/catalog-000001.jsonl", "a catalog segment is in it", behind(PASSWD, ("meta/catalog-000001.jsonl", b"x"))),
    ("stranger-inside", "member-forbidden", "note.txt", "something else is in it", behind(PASSWD, ("note.txt", b"x"))),
    ("order-line", "container-malformed", None, "line and proof are in another order", swapped(LINE, PROOF)),
    ("order-file", "container-malformed", None, "the file behind its line", swapped(PASSWD, LINE)),
    ("order-root", "container-malformed", None, "bag-info.txt before the root", swapped(ROOT, "bag-info.txt")),
    ("no-bagit", "tag-altered", "bagit.txt", "no bagit.txt", away("bagit.txt")),
    ("no-format", "tag-altered", verify.FORMAT, "no format.json", away(verify.FORMAT)),
    ("no-root", "tag-altered", ROOT, "no merkle-root.txt", away(ROOT)),
    ("no-info", "tag-altered", "bag-info.txt", "no bag-info.txt", away("bag-info.txt")),
    ("no-tagmanifest", "tag-altered", verify.TAGMANIFEST, "no tag manifest", away(verify.TAGMANIFEST)),
    ("no-signature", "signature-missing", "signatures", "no signature", away(SIG)),
    ("root-altered", "tag-altered", ROOT, "another root, to which a proof of another line leads", lambda parts: lying_root(parts)),
    ("info-altered", "tag-altered", "bag-info.txt", "another case", other("bag-info.txt", lambda c: swap(c, b"INC-2016-001", b"INC-2016-002"))),
    ("format-altered", "tag-altered", verify.FORMAT, "another start", other(verify.FORMAT, lambda c: swap(c, b"09:00", b"09:01"))),
    ("tagmanifest-altered", "signature-invalid", SIG, "another digest of a tag file", other(verify.TAGMANIFEST, lambda c: (b"1" if c[:1] == b"0" else b"0") + c[1:])),
])

def lying_root(parts):
    "Everything about the file is changed so that it fits; only the tag manifest is still the bundle's."
    content = b"toor:x:0:0::/:/bin/sh\n"
    line = json_changed(dict(parts)[LINE], sha256=make.sha(content), size=str(len(content)))[:-1]
    root = b"1\n%s\n" % hashlib.sha256(b"\0" + line).hexdigest().encode()
    new = {PASSWD: content, LINE: line + b"\n", PROOF: proof_file(0, []), ROOT: root}
    return [(n, new.get(n, c)) for n, c in parts]

@bad("member-forbidden", "data/blind/blind.txt", "a disclosure: of blind.txt itself")
def disclosure_blind(): return disclosed(path="data/blind/blind.txt")

@bad("catalog-mismatch", PASSWD, "a disclosure: the proven line is that of another file")
def disclosure_other_line():
    b = plain()
    def members(rows):
        theirs = dict(parts_of(rows, "data/files/etc/hosts"))
        return [("SAMPLE-1/" + n, theirs[n] if n in (LINE, PROOF) else c) for n, c in parts_of(rows, PASSWD)]
    b.on["members"] = members
    return b

@bad("catalog-mismatch", PASSWD, "a disclosure: the signed line tells another size")
def disclosure_size():
    def entries(rows): next(e for e in rows if e["path"] == PASSWD)["size"] = "31"
    return after(lambda b: b.on.__setitem__("entries", entries))

@bad("manifest-malformed", LINE, "a disclosure: the signed line has an unknown key")
def disclosure_line_key():
    def entries(rows): next(e for e in rows if e["path"] == PASSWD)["names"] = "x"
    return after(lambda b: b.on.__setitem__("entries", entries))

@bad("merkle-mismatch", ROOT, "a disclosure: the signed root has more leaves than segments can list")
def disclosure_leaves(): return after(tag(ROOT, lambda c: c.replace(b"4\n", b"4097\n", 1)))

@bad("catalog-mismatch", "bag-info.txt", "a disclosure: the signed Payload-Oxum counts otherwise")
def disclosure_oxum(): return after(tag("bag-info.txt", lambda c: swap(c, b".4\n", b".5\n")))

@bad("catalog-mismatch", "bag-info.txt", "a disclosure: the signed Payload-Oxum has fewer bytes than the file")
def disclosure_octets(): return after(lambda b: b.on.__setitem__("info", lambda rows: [(k, "3.4" if k == "Payload-Oxum" else v) for k, v in rows]))

@bad("catalog-mismatch", "bag-info.txt", "a disclosure: the signed bag-info.txt names another item")
def disclosure_identifier(): return after(tag("bag-info.txt", lambda c: swap(c, b"SAMPLE-1", b"SAMPLE-2")))

@bad("manifest-malformed", ROOT, "a disclosure: the signed root is in capitals")
def disclosure_root_form(): return after(tag(ROOT, lambda c: c.upper()))

@bad("tag-altered", "meta/acquisition.json", "a disclosure: the signed tag manifest lists no acquisition record")
def disclosure_no_acquisition(): return after(tagmanifest(lambda m: b"".join(l for l in m.splitlines(True) if b"acquisition" not in l)))

@bad("tag-altered", "manifest-sha512.txt", "a disclosure: the signed tag manifest lists SHA-512, format.json has none")
def disclosure_needless(): return after(tagmanifest(lambda m: m + b"0" * 64 + b"  manifest-sha512.txt\n"))

@bad("tag-altered", "meta/catalog-000001.jsonl", "a disclosure: the signed tag manifest begins with segment 2")
def disclosure_segment_gap(): return after(tagmanifest(lambda m: swap(m, b"catalog-000001", b"catalog-000002")))

@bad("tag-altered", "meta/catalog-000002.jsonl", "a disclosure: the signed tag manifest leaves a segment out")
def disclosure_segment_left_out():
    def gap(m): return b"".join(l + (b"0" * 64 + b"  meta/catalog-000003.jsonl\n" if b"catalog-000001" in l else b"") for l in m.splitlines(True))
    return after(tagmanifest(gap))

@bad("signature-invalid", SIG, "a disclosure: signed for another purpose")
def disclosure_namespace():
    return after(signatures(lambda s, m: [(k, make.sign("p256", m, "file")) for k, _ in s]))

def signed_by(key, code):
    def build():
        b = plain(); b.keys = [key]
        return disclosed(b)
    build.__name__ = "disclosure_by_" + key
    bad(code, "signatures/%s.sshsig" % make.key_id(key), "a disclosure: signed by the key " + key)(build)

for who, finding in (("stranger", "signer-untrusted"), ("revoked", "signer-revoked"), ("expired", "signer-outside-validity")): signed_by(who, finding)
