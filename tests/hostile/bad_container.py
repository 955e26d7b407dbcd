"""Hostile bundles: headers, types, pax records, duplicates, order, ends. Everything signed is right; only the container is not."""
import container, press
from cases import CASES, FORMAT, PASSWD, each, header, plain, put, rehash
from cases_names import moved
from cases_press import packed, zipped
from cases_tar import blocks, inserted, pax, tar
from make import archive

MTIME = 1456822800  # of plain()
ITEM = "SAMPLE-1/"
TAGS = ["bagit.txt", FORMAT, "meta/catalog-000001.jsonl", "meta/objects.jsonl", "meta/absent.jsonl", "meta/actions.jsonl", "meta/acquisition.json",
        "meta/merkle-root.txt", "meta/VERIFY.ja.txt", "meta/VERIFY.en.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"]
PAYLOAD = ["data/blind/blind.txt", "data/system/identity.json", "data/files/etc/hosts", PASSWD]

def word(name): return name.rpartition("/")[2].replace(".", "-").lower()

# --- each field of a header, in each form that some tar would take ------------------------------------------------------
FIELDS = [
    ("mode", 100, [b"0000600\0", b"0004755\0", b"000644 \0", b"0644\0\0\0\0", b"0000644 ", b"        ", bytes(8)]),
    ("uid", 108, [b"0000000 ", b"      0\0", b"\x80" + bytes(7), b"7777777\0", bytes(8)]),
    ("gid", 116, [b"0000000 ", b"0001750\0", b"\xff" * 8]),
    ("size", 124, [b"00000000036 ", b"        36 \0", b"\x80" + bytes(10) + b"\x1e", b"\xff" * 12, b"36\0\0\0\0\0\0\0\0\0\0", b"000000000036", b"+0000000036\0", b"-0000000036\0"]),
    ("mtime", 136, [b"00000000000\0", b"12665253220 ", b"\x80" + bytes(11), b"77777777777\0", bytes(12)]),
    ("linkname", 157, [b"x", b"SAMPLE-1/data/files/etc/hosts", b"../../../../etc/shadow"]),
    ("magic", 257, [b"ustar  \0", b"ustar\x0001", b"ustar 00", b"USTAR\x0000", bytes(8), b"tar\0\0\0\0\0"]),
    ("uname", 265, [b"root", b"\x1b[2J"]),
    ("gname", 297, [b"root", b"wheel"]),
    ("devmajor", 329, [bytes(8), b"0000000 ", b"0000010\0"]),
    ("devminor", 337, [bytes(8), b"7777777\0"]),
    ("prefix", 345, [b".", b"/", b"..", b"SAMPLE-1", b"\0x"]),
    ("behind", 500, [b"\0" * 11 + b"x", b"tar\0", b"evil"]),
]
each("container-malformed", None, [
    ("header-%s-%d" % (field, i), "the field %s of a payload file as %r" % (field, form[:12]), header(put(at, form)))
    for field, at, forms in FIELDS for i, form in enumerate(forms)])
each("container-malformed", None, [
    ("header-%s-of-%s" % (field, word(member)), "the field %s of %s" % (field, member), header(put(at, form), member))
    for member in ("bagit.txt", "meta/acquisition.json", "tagmanifest-sha256.txt") for field, at, form in [
        ("mode", 100, b"0000755\0"), ("uid", 108, b"0001750\0"), ("mtime", 136, b"00000000001\0"), ("linkname", 157, b"x"),
        ("uname", 265, b"root"), ("behind", 511, b"x")]])

def checksum(form):
    "The checksum of the fourth header, by a function from its sum."
    def change(rows): rows[3][0] = put(148, form(int(rows[3][0][148:154], 8)))(rows[3][0])
    return blocks(change)

each("container-malformed", None, [("checksum-%d" % i, "a checksum in another form", checksum(form)) for i, form in enumerate([
    lambda n: b"%07o\0" % n, lambda n: b"%06o \0" % n, lambda n: b" %05o\0 " % n, lambda n: b"%06o\0\0" % n, lambda n: b"%06o\0 " % (n + 1), lambda n: b"%06x\0 " % n, lambda n: bytes(8)])])

# --- types --------------------------------------------------------------------------------------------------------------
each("member-forbidden", None, [
    ("type-%02x" % kind[0], "a header of type %r" % kind.decode("latin-1"), inserted(kind, link))
    for kind, link in [(k, b"") for k in (b"8", b"9", b"A", b"D", b"E", b"I", b"K", b"M", b"N", b"V", b"X", b"Z", b"a", b"z", b" ", b"\x80", b"\xff", b"\1")]])
each("member-forbidden", None, [
    ("link-%s" % n, about, inserted(kind, link, b"", name)) for n, about, kind, link, name in [
        ("climbs", "a symbolic link that climbs", b"2", b"../../../../../../etc/cron.d", b"SAMPLE-1/data/files/etc/hosts.d"),
        ("to-root", "a symbolic link to /", b"2", b"/", b"SAMPLE-1/data/files/root"),
        ("then-through", "a symbolic link that a later name would go through", b"2", b"/tmp", b"SAMPLE-1/data/files/etc/sub"),
        ("hard-out", "a hard link to a file outside", b"1", b"/etc/shadow", b"SAMPLE-1/data/files/shadow"),
        ("hard-in", "a hard link to another member", b"1", b"SAMPLE-1/data/files/etc/hosts", b"SAMPLE-1/data/files/etc/hosts2"),
        ("over-member", "a symbolic link under the name of a file", b"2", b"/etc/passwd", b"SAMPLE-1/data/files/etc/hosts"),
        ("folder-outside", "a folder outside", b"5", b"", b"../outside/"), ("folder-root", "the folder of the item itself", b"5", b"", b"SAMPLE-1/")]])

# --- pax headers --------------------------------------------------------------------------------------------------------
def record(key, value): return container.pax_record(key, value)
PATH = record(b"path", (ITEM + PASSWD).encode())

each("container-malformed", None, [("pax-" + n, "a pax header: %r" % records[:60], pax(records)) for n, records in [
    ("other-path", record(b"path", b"SAMPLE-1/data/files/etc/evil")), ("climbing-path", record(b"path", b"../../../etc/cron.d/x")), ("absolute-path", record(b"path", b"/etc/cron.d/x")),
    ("hosts-path", record(b"path", b"SAMPLE-1/data/files/etc/hosts")), ("two-paths", record(b"path", b"SAMPLE-1/x") + PATH), ("same-path-twice", PATH + PATH), ("nul-in-path", record(b"path", (ITEM + PASSWD).encode() + b"\0.txt")),
    ("empty-path", record(b"path", b"")), ("line-in-path", record(b"path", b"SAMPLE-1/a\nb")), ("huge-size", record(b"size", b"18446744073709551616")), ("size-2-64", record(b"size", b"18446744073709551615")),
    ("size-negative", record(b"size", b"-1")), ("size-zero", record(b"size", b"0")), ("size-before-path", record(b"size", b"8589934592") + PATH), ("linkpath", record(b"linkpath", b"/etc/shadow")),
    ("uid", record(b"uid", b"0")), ("uname", record(b"uname", b"root")), ("atime", record(b"atime", b"1.5")), ("charset", record(b"hdrcharset", b"BINARY")), ("comment", record(b"comment", b"x")),
    ("sparse", record(b"GNU.sparse.major", b"1") + record(b"GNU.sparse.minor", b"0") + record(b"GNU.sparse.name", b"SAMPLE-1/data/files/etc/evil")),
    ("sparse-map", record(b"GNU.sparse.map", b"0,30")), ("sparse-size", record(b"GNU.sparse.size", b"9999")), ("xattr", record(b"SCHILY.xattr.security.capability", b"\1\0\0\2")), ("acl", record(b"SCHILY.acl.access", b"user::rwx")),
    ("realsize", record(b"SCHILY.realsize", b"99")), ("vendor", record(b"LIBARCHIVE.xattr.user.a", b"eA==")), ("length-long", b"99" + PATH[2:]), ("length-short", b"12" + PATH[2:]), ("length-zero-first", b"0" + PATH), ("length-blank", b" " + PATH),
    ("length-hex", b"0x27" + PATH[2:]), ("length-huge", b"99999999999999999999" + PATH[2:]), ("no-length", PATH[3:]), ("no-equals", b"10 pathSA\n"), ("no-line-end", PATH[:-1]), ("only-line-end", b"\n"),
    ("nothing", b""), ("zeros", bytes(64)), ("of-2049", record(b"path", b"S" * 2038)), ("of-100000", record(b"path", b"S/" * 50000))]])

def before(head):
    "Raw blocks in front of the header of passwd."
    def change(rows):
        i = next(i for i, r in enumerate(rows) if r[0].startswith((ITEM + PASSWD).encode() + b"\0"))
        rows[i][0] = head + rows[i][0]
    return blocks(change)

def extended(records=PATH, name=b"@pax", size=None, kind=b"x", fill=b"\0"):
    h = container.block(name, b"", len(records) if size is None else size, MTIME, kind)
    return h + records + fill * (-len(records) % 512)

each("container-malformed", None, [("paxhead-" + n, about, before(raw)) for n, about, raw in [
    ("gnu-name", "a pax header of another name", extended(name=b"././@PaxHeader")), ("mode", "a pax header of another mode", rehash(put(100, b"0000600\0")(extended()[:512])) + extended()[512:]),
    ("padding", "bytes behind pax records", extended(fill=b"x")), ("size-2-gib", "a pax header that says 2 GiB", extended(size=2 << 30)), ("size-8-gib", "a pax header as large as can be", extended(size=(8 << 30) - 1)),
    ("of-8-mib", "a pax header of 8 MiB", extended(record(b"path", b"S/" * (4 << 20))))]])
each("member-forbidden", None, [("paxhead-" + n, about, before(raw)) for n, about, raw in [
    ("global", "a global pax header with a path", extended(record(b"path", b"SAMPLE-1/evil"), b"@pax", kind=b"g")), ("global-empty", "a global pax header without records", extended(b"", b"pax_global_header", kind=b"g")),
    ("long-name", "a GNU long name for a file", extended(b"SAMPLE-1/data/files/etc/evil\0", b"././@LongLink", kind=b"L")), ("long-link", "a GNU long link", extended(b"/etc/shadow\0", b"././@LongLink", kind=b"K")),
    ("solaris-x", "Solaris' own pax header", extended(kind=b"X")), ("volume", "a volume label", extended(b"", b"backup", kind=b"V")), ("multi", "the rest of a file of another volume", extended(b"", b"SAMPLE-1/x", kind=b"M"))]])
each("container-malformed", None, [("pax-at-end", "a pax header and no member", tar(lambda d: archive([[d.rstrip(b"\0") + bytes(-len(d.rstrip(b"\0")) % 512), extended()]])))])

# --- the same name again, another order -----------------------------------------------------------------------------------
def doubled(name, other):
    def change(b):
        def rows(m): return [x for n in m for x in ([n, (n[0], b"evil\n" if other else n[1])] if n[0] == ITEM + name else [n])]
        b.on["members"] = rows
    return change

each_name = [(n, o) for n in TAGS + PAYLOAD for o in (False, True)]
for name, other in each_name:
    if not (name == "meta/acquisition.json" and not other or name == PASSWD and other):  # tests/oracle has those
        each("member-duplicate", name, [("again-%s%s" % (word(name), "-other" if other else ""), "%s twice%s" % (name, ", the second time another" if other else ""), doubled(name, other))])

ORDER = [n for n in TAGS[3:]]
each("container-malformed", None, [
    ("order-%s-first" % word(b), "%s in front of %s" % (b, a), moved(b, a)) for a, b in zip(ORDER, ORDER[1:]) if (a, b) != ("meta/VERIFY.en.txt", "bag-info.txt")])
each("container-malformed", None, [
    ("order-%s-in-front" % word(n), "%s in front of the payload" % n, moved(n, "data/blind/blind.txt")) for n in TAGS[3:]])

# --- behind the end ---------------------------------------------------------------------------------------------------------
def evil(name=PASSWD, content=b"evil\n"): return archive([[container.encode((ITEM + name).encode(), len(content), MTIME), content + bytes(-len(content) % 512)]])
def again(d): return d + d

each("container-trailing-data", None, [("behind-" + n, about, tar(change)) for n, about, change in [
    ("itself", "the whole tar once more", again), ("blocks-then-tar", "many zero blocks and a second tar", lambda d: d + bytes(10240 * 50) + evil()), ("new-name", "a second tar with a new file", lambda d: d + evil("data/files/etc/zz")),
    ("half-tar", "the beginning of a second tar", lambda d: d + evil()[:700]), ("in-the-padding", "a header in the padding of the last record", lambda d: d[:-512] + evil()[:512]),
    ("one-zero", "one more zero byte", lambda d: d + b"\0"), ("zero-block", "one more zero block", lambda d: d + bytes(512)), ("mebibyte", "a mebibyte of zeros", lambda d: d + bytes(1 << 20)),
    ("text", "a line of text", lambda d: d + b"#!/bin/sh\nid\n"), ("gzip", "a gzip member", lambda d: d + press.member(evil())), ("zstd", "a zstd frame", lambda d: d + press.squeezed(evil())), ("skippable", "a skippable frame", lambda d: d + press.skippable())]])
each("container-trailing-data", None, [("inside-%s-%s" % (form, n), about + ", " + form, pack(change)) for form, pack in [
    ("zstd", lambda change: packed(lambda d: press.frames(change(d), 7000))), ("gzip", lambda change: zipped(lambda d: press.member(change(d))))] for n, about, change in [
        ("itself", "the whole tar once more", again), ("second-tar", "a second tar", lambda d: d + evil()), ("zeros", "zeros behind the end", lambda d: d + bytes(10240)), ("byte", "a byte behind the end", lambda d: d + b"x")]])

# --- the same deviations, compressed -------------------------------------------------------------------------------------
COMPRESSED = ["mode-0755", "behind-a-name", "size-base-256", "pax-path-override", "symlink", "character-device", "gnu-long-name", "pax-global", "traversal", "double-slash", "payload-twice", "tag-twice",
              "tags-swapped", "content-altered", "catalog-altered", "manifest-dot-slash", "manifest-capitals", "json-key-twice", "origin-other", "counts-sum", "namespace-other", "stripped-expected", "stranger", "merkle-root"]

def compressed(name, form):
    known = CASES[name]
    def build():
        b = known.build()
        (packed(lambda d: press.frames(d, 5000)) if form == "zstd" else zipped(press.member))(b)
        return b
    return known._replace(name="in-%s-%s" % (form, name), build=build, about="%s, compressed with %s" % (known.about, form))

for name in COMPRESSED:
    for form in ("zstd", "gzip"):
        case = compressed(name, form)
        assert case.name not in CASES, case.name
        CASES[case.name] = case
