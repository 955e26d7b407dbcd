"""Hostile bundles: tag files, manifests, and parts of other bundles; each signed as it is."""
import hashlib

import make
from bad_container import TAGS, word
from cases import CAT, FORMAT, MANIFEST, PASSWD, TAGMANIFEST, each, member, plain, replaced, swap, tag, tagmanifest

HOSTS = "data/files/etc/hosts"
SIGNED = TAGS[:-1]    # what the tagmanifest lists

# --- every tag file, damaged in every way that a lenient reader would not see ------------------------------------------
DAMAGES = [
    ("bom", "a byte order mark", lambda d: b"\xef\xbb\xbf" + d), ("crlf", "DOS line ends", lambda d: d.replace(b"\n", b"\r\n")), ("no-end", "no final line feed", lambda d: d[:-1]),
    ("empty-line", "an empty line behind it", lambda d: d + b"\n"), ("line-first", "an empty line in front", lambda d: b"\n" + d), ("empty", "nothing", lambda d: b""),
    ("nul", "a NUL behind it", lambda d: d + b"\0"), ("blank", "a blank before the last line feed", lambda d: d[:-1] + b" \n"), ("form-feed", "a form feed in front", lambda d: b"\f" + d),
    ("utf-16", "in UTF-16", lambda d: d.decode("latin-1").encode("utf-16-le")), ("comment", "a comment behind it", lambda d: d + b"# checked\n"), ("twice", "its own text twice", lambda d: d + d)]
ELSEWHERE = {("catalog-000001-jsonl", "twice"): "catalog-mismatch", ("manifest-sha256-txt", "twice"): "catalog-mismatch"}

for path in SIGNED:
    for n, about, change in DAMAGES:
        code = ELSEWHERE.get((word(path), n), "manifest-malformed")
        each(code, path, [("tag-%s-%s" % (word(path), n), "%s: %s" % (path, about), tag(path, change))])
for n, about, change in DAMAGES:
    if n not in ("no-end", "crlf"):    # tests/oracle has those
        each("manifest-malformed", TAGMANIFEST, [("tag-%s-%s" % (word(TAGMANIFEST), n), "%s: %s" % (TAGMANIFEST, about), tagmanifest(change))])

# --- lines of the manifest ------------------------------------------------------------------------------------------------
def path_as(new): return replaced(MANIFEST, b"  " + PASSWD.encode(), b"  " + new)
def row(change): return tag(MANIFEST, lambda d: d.replace(d.splitlines(True)[-1], change(d.splitlines(True)[-1])))

each("manifest-malformed", MANIFEST, [("manifest-path-%d" % i, "a path of the manifest: %r" % new, path_as(new)) for i, new in enumerate([
    b"/data/files/etc/passwd", b"../data/files/etc/passwd", b"data/../data/files/etc/passwd", b"data/files/./etc/passwd", b"data/files/etc/passwd/", b"DATA/files/etc/passwd", b"data\\files\\etc\\passwd", b"data/files/etc/%70asswd",
    b"data/files/etc/pass wd", b"data/files/etc/passw\xc3\xa9", b"data/files/etc/passwe\xcc\x81", b"data/files/etc/\xef\xbc\xb0asswd", b"data/files/etc/=70=2e", b"data/files/etc/passwd.", b"data/files/etc/-passwd", b"data/files/etc/nul",
    b"data/Files/etc/passwd", b"data/passwd", b"data/", b"", b"meta/acquisition.json", b"bagit.txt", b"SAMPLE-1/data/files/etc/passwd", b"'data/files/etc/passwd'", b"data/files/etc/pass\x1b[2Jwd", b"data/files/etc/passwd\t", b"data/files/etc/passwd "])])
each("manifest-malformed", MANIFEST, [("manifest-row-%s" % n, about, row(change)) for n, about, change in [
    ("tab", "a tab between digest and path", lambda r: r.replace(b"  ", b"\t")), ("one-blank", "one blank between digest and path", lambda r: r.replace(b"  ", b" ")), ("three-blanks", "three blanks between digest and path", lambda r: r.replace(b"  ", b"   ")),
    ("63", "a digest of 63 digits", lambda r: r[1:]), ("65", "a digest of 65 digits", lambda r: b"0" + r), ("blank-first", "a blank in front", lambda r: b" " + r), ("escaped", "the escaped form of coreutils", lambda r: b"\\" + r),
    ("tagged", "the form of BSD", lambda r: b"SHA256 (%s) = %s\n" % (PASSWD.encode(), r[:64])), ("0x", "a digest with 0x", lambda r: b"0x" + r[2:]), ("not-hex", "a digest with a g", lambda r: b"g" + r[1:]), ("cr", "a carriage return in the middle", lambda r: r[:70] + b"\r" + r[70:]),
    ("sha1", "a SHA-1", lambda r: b"da39a3ee5e6b4b0d3255bfef95601890afd80709" + r[64:]), ("no-path", "a digest alone", lambda r: r[:64] + b"\n"), ("no-digest", "a path alone", lambda r: r[66:]), ("binary", "the mark of binary files", lambda r: r.replace(b"  ", b" *"))]])

def rows(change): return tag(MANIFEST, lambda d: b"".join(change(d.splitlines(True))))
ZERO = b"0" * 64

each("catalog-mismatch", MANIFEST, [("manifest-%s" % n, about, rows(change)) for n, about, change in [
    ("blind-missing", "the blind file is not listed", lambda r: r[1:]), ("first-twice", "the first line twice", lambda r: r[:1] + r), ("digests-swapped", "the digests of two files swapped", lambda r: r[:2] + [r[3][:64] + r[2][64:], r[2][:64] + r[3][64:]]),
    ("last-first", "the last line first", lambda r: r[-1:] + r[:-1]), ("sorted", "lines sorted by digest", lambda r: sorted(r) if sorted(r) != r else r[::-1]), ("case-twin", "a second path that differs in case", lambda r: r + [r[-1].replace(b"passwd", b"PASSWD")]),
    ("renamed-case", "a path in capitals", lambda r: r[:-1] + [r[-1].replace(b"passwd", b"Passwd")]), ("escaped-twin", "the same name with an escape that is not needed", lambda r: r[:-1] + [r[-1].replace(b"passwd", b"=70asswd")]),
    ("folder-of-file", "a path below a file", lambda r: r + [r[-1][:-1] + b"/x\n"]), ("only-blind", "nothing but the blind file", lambda r: r[:1]), ("other-digest-twice", "a second line for a path with another digest", lambda r: r + [ZERO + r[-1][64:]]),
    ("zero-digest", "a digest of zeros", lambda r: r[:-1] + [ZERO + r[-1][64:]]), ("empty-digest", "the digest of nothing", lambda r: r[:-1] + [hashlib.sha256().hexdigest().encode() + r[-1][64:]]), ("more", "a thousand files too many", lambda r: r + [b"%s  data/files/f/%04d\n" % (ZERO, i) for i in range(1000)])]])

# --- lines of the tagmanifest -----------------------------------------------------------------------------------------------
def listing(change): return tagmanifest(lambda d: b"".join(change(d.splitlines(True))))

each("manifest-malformed", TAGMANIFEST, [("tagmanifest-%s" % n, about, listing(change)) for n, about, change in [
    ("dot-slash", "a path that begins ./", lambda r: [r[0].replace(b"  ", b"  ./")] + r[1:]), ("double-slash", "a path with //", lambda r: r[:1] + [r[1].replace(b"meta/", b"meta//")] + r[2:]), ("climbs", "a path that climbs and comes back", lambda r: r[:1] + [r[1].replace(b"meta/", b"meta/../meta/")] + r[2:]),
    ("absolute", "an absolute path", lambda r: [r[0].replace(b"  ", b"  /")] + r[1:]), ("with-item", "paths with the item's folder", lambda r: [r[0].replace(b"  ", b"  SAMPLE-1/")] + r[1:]), ("tab", "a tab", lambda r: [r[0].replace(b"  ", b"\t")] + r[1:]),
    ("star", "the mark of binary files", lambda r: [r[0].replace(b"  ", b" *")] + r[1:]), ("cr", "a carriage return", lambda r: [r[0][:-1] + b"\r\n"] + r[1:]), ("itself", "its own name", lambda r: r + [ZERO + b"  tagmanifest-sha256.txt\n"]),
    ("payload", "a payload file", lambda r: r + [ZERO + b"  " + PASSWD.encode() + b"\n"]), ("signature", "the signature", lambda r: r + [ZERO + b"  signatures/%s.sshsig\n" % make.key_id("p256").encode()]), ("case", "a name in capitals", lambda r: [r[0].replace(b"bagit", b"BAGIT")] + r[1:]),
    ("fetch", "fetch.txt", lambda r: r + [ZERO + b"  fetch.txt\n"]), ("short-digest", "a digest of 63 digits", lambda r: [r[0][1:]] + r[1:]), ("reversed", "the lines backwards", lambda r: r[::-1]), ("first-two-swapped", "two lines swapped", lambda r: [r[1], r[0]] + r[2:]), ("first-twice", "the first line twice", lambda r: r[:1] + r)]])

for path in SIGNED:
    line = b"  %s\n" % path.encode()
    each("tag-altered", path, [
        ("listed-zero-%s" % word(path), "signed with a digest of zeros for %s" % path, listing(lambda r, line=line: [ZERO + line if x.endswith(line) else x for x in r])),
        ("not-listed-%s" % word(path), "signed without %s" % path, listing(lambda r, line=line: [x for x in r if not x.endswith(line)]))])
    if path not in (CAT, "meta/absent.jsonl"):    # tests/oracle has those
        each("tag-altered", path, [("taken-out-%s" % word(path), "%s was taken out" % path, member(path, lambda c: None))])

# --- parts of another bundle by the same key --------------------------------------------------------------------------------
def other(**more):
    box = {}
    b = plain(seed="other", **more)
    b.files[-1][2]["mtime"] = "2016-02-02T00:00:00.000000000Z"
    b.absent, b.actions[0]["count"], b.acquisition["case"] = [], "5", "INC-2016-002"
    b.on["tags"] = lambda t: box.update(t)
    b.build()
    return b, box

def exchanged(path):
    "After signing: the tag file of another bundle by the same key."
    def change(b): member(path, lambda c: other()[1][path])(b)
    return change

for path in SIGNED:
    if path not in ("bagit.txt", "meta/VERIFY.ja.txt", "meta/VERIFY.en.txt", CAT, "meta/acquisition.json", FORMAT):    # the same bytes in all; or in tests/oracle
        each("tag-altered", path, [("exchanged-%s" % word(path), "%s of another bundle by the same key" % path, exchanged(path))])

def signed_with(path): return tag(path, lambda d: other()[1][path])

each("catalog-mismatch", MANIFEST, [("signed-manifest-of-other", "signed together with the manifest of another bundle", signed_with(MANIFEST))])
each("payload-altered", "data/blind/blind.txt", [("signed-catalog-of-other", "signed together with the catalog of another bundle", signed_with(CAT))])
each("merkle-mismatch", "meta/merkle-root.txt", [("signed-root-of-other", "signed together with the tree of another bundle", signed_with("meta/merkle-root.txt"))])
each("catalog-mismatch", "meta/acquisition.json", [("signed-absent-of-other", "signed together with what another bundle did not take", signed_with("meta/absent.jsonl"))])
each("catalog-mismatch", "bag-info.txt", [("signed-info-of-other", "signed together with the bag-info of another bundle", signed_with("bag-info.txt"))])
each("tag-altered", CAT, [("catalog-and-manifest-exchanged", "catalog and manifest of another bundle, after signing", lambda b: b.on.__setitem__(
    "members", lambda m: [(n, other()[1].get(n.partition("/")[2], c) if n.endswith((CAT, MANIFEST)) else c) for n, c in m]))])
each("payload-altered", HOSTS, [("contents-swapped", "the contents of two files swapped", lambda b: b.on.__setitem__(
    "members", lambda m: [(n, {"hosts": b.files[3][1], "passwd": b.files[2][1]}.get(n.rpartition("/")[2], c)) for n, c in m]))])
each("catalog-mismatch", "bag-info.txt", [("identifier-%d" % i, "the identifier %r" % new, replaced("bag-info.txt", b"SAMPLE-1", new)) for i, new in enumerate([b"sample-1", b"SAMPLE-11", b"SAMPLE", b"SAMPLE-1/", b"../SAMPLE-1", b"SAMPLE-1.tar"])])
each("catalog-mismatch", "meta/acquisition.json", [("item-%d" % i, "the item %r" % new, (lambda new: lambda b: b.on.__setitem__("acquisition", lambda a: a.__setitem__("item", new)))(new))
                                                   for i, new in enumerate(["sample-1", "SAMPLE-1/", "../SAMPLE-1", "", "SAMPLE-1\0", "\u202e1-ELPMAS"])])
