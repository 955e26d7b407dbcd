"""Bad samples: the lists, the records, and content that does not agree with them."""
import hashlib, re

import make
from cases import (ACQ, BAGINFO, CAT, FORMAT, MANIFEST, PASSWD, TAGMANIFEST, acquisition, bad, each, entry, line, member, plain, replaced,
                   swap, tag, tagmanifest)

HOSTS = "data/files/etc/hosts"

def nothing(b):
    b.files.clear()
    b.on["tags"] = lambda tags: tags.pop(CAT, None) and None

# --- content against lists ---------------------------------------------------------------------------------------------
each("payload-altered", PASSWD, [("content-altered", "one letter of a file", member(PASSWD, lambda c: b"R" + c[1:]))])
each("payload-missing", PASSWD, [("file-removed", "a file was taken out", member(PASSWD, lambda c: None))])
each("payload-missing", "data/blind/blind.txt", [("blind-removed", "the blind file was taken out", member("data/blind/blind.txt", lambda c: None))])
each("payload-unlisted", "data/files/etc/evil", [("file-added", "a file was put in", lambda b: b.on.__setitem__(
    "members", lambda m: [x for n in m for x in ([("SAMPLE-1/data/files/etc/evil", b"x"), n] if n[0].endswith("etc/hosts") else [n])]))])
each("payload-unlisted", "data/zz/x", [("file-behind-catalog", "a file was put in behind the catalog", lambda b: b.on.__setitem__(
    "members", lambda m: [x for n in m for x in ([("SAMPLE-1/data/zz/x", b"x"), n] if n[0].endswith("objects.jsonl") else [n])]))])
each("payload-unlisted", PASSWD, [("not-in-catalog", "signed, but the catalog does not list a file", lambda b: b.on.__setitem__("entries", lambda e: e[:-1]))])
each("payload-missing", "data/files/etc/zz", [("only-in-catalog", "signed, but the catalog lists a file too many", lambda b: b.on.__setitem__(
    "entries", lambda e: e + [dict(e[0], path="data/files/etc/zz", source="files")]))])

for row_name, path in [("catalog-altered", CAT), ("objects-altered", "meta/objects.jsonl"), ("absent-altered", "meta/absent.jsonl"), ("actions-altered", "meta/actions.jsonl"),
                       ("acquisition-altered", ACQ), ("merkle-altered", "meta/merkle-root.txt"), ("verify-ja-altered", "meta/VERIFY.ja.txt"), ("manifest-altered", MANIFEST),
                       ("bag-info-altered", BAGINFO), ("bagit-altered", "bagit.txt")]:
    each("tag-altered", path, [(row_name, "one bit of a tag file", member(path, lambda c: c[:20] + bytes([c[20] ^ 1]) + c[21:]))])
each("tag-altered", ACQ, [("keys-expected-altered", "another expected key, after signing", member(ACQ, lambda c: re.sub(rb'(keys_expected":\[")[0-9a-f]', lambda m: m[1] + b"0", c))),
    ("finished-altered", "another end, after signing", member(ACQ, lambda c: swap(c, b'"finished":"2016', b'"finished":"1916')))])
each("tag-altered", FORMAT, [("format-altered", "a bit of the salt", member(FORMAT, lambda c: swap(c, b'"salt":"', b'"salu":"')))])
each("tag-altered", "meta/absent.jsonl", [("tag-removed", "a tag file was taken out", member("meta/absent.jsonl", lambda c: None))])
each("tag-altered", CAT, [("catalog-removed", "the catalog was taken out", member(CAT, lambda c: None))])
each("tag-altered", CAT, [("no-payload-at-all", "no payload and no catalog, signed so", nothing)])
each("tag-altered", TAGMANIFEST, [("tagmanifest-removed", "the tagmanifest was taken out", member(TAGMANIFEST, lambda c: None))])
each("tag-altered", "meta/actions.jsonl", [("tag-never-there", "a required tag file was never there", lambda b: b.on.__setitem__("tags", lambda t: t.pop("meta/actions.jsonl") and None)),
     ("tag-unlisted", "a tag file that the tagmanifest does not list", tagmanifest(lambda d: b"".join(r for r in d.splitlines(True) if b"actions" not in r)))])
each("tag-altered", "meta/catalog-000002.jsonl", [("segment-not-there", "the tagmanifest lists a second segment", tagmanifest(lambda d: swap(d, b"meta/objects", b"meta/catalog-000002.jsonl\n" + d[:64] + b"  meta/objects")))])

# --- the tagmanifest and the manifest ---------------------------------------------------------------------------------
each("manifest-malformed", TAGMANIFEST, [
    ("tagmanifest-unsorted", "lines in another order", tagmanifest(lambda d: b"".join(sorted(d.splitlines(True))))),
    ("tagmanifest-twice", "a line twice", tagmanifest(lambda d: d + d.splitlines(True)[-1])),
    ("tagmanifest-foreign", "a file that is no tag file", tagmanifest(lambda d: d + b"0" * 64 + b"  data/x/y\n")),
    ("tagmanifest-crlf", "DOS line ends", tagmanifest(lambda d: d.replace(b"\n", b"\r\n"))),
    ("tagmanifest-capitals", "digests in capitals", tagmanifest(lambda d: d[:64].upper() + d[64:])),
    ("tagmanifest-no-end", "no final line feed", tagmanifest(lambda d: d[:-1])),
])
each("manifest-malformed", MANIFEST, [
    ("manifest-dot-slash", "a path that begins ./", replaced(MANIFEST, b"  data/files/etc/p", b"  ./data/files/etc/p")),
    ("manifest-double-slash", "a path with //", replaced(MANIFEST, b"files/etc/p", b"files//etc/p")),
    ("manifest-crlf", "DOS line ends", tag(MANIFEST, lambda d: d.replace(b"\n", b"\r\n"))),
    ("manifest-bom", "a byte order mark", tag(MANIFEST, lambda d: b"\xef\xbb\xbf" + d)),
    ("manifest-capitals", "digests in capitals", tag(MANIFEST, lambda d: d[:64].upper() + d[64:])),
    ("manifest-star", "the mark of binary files", tag(MANIFEST, lambda d: d.replace(b"  ", b" *"))),
    ("manifest-no-end", "no final line feed", tag(MANIFEST, lambda d: d[:-1])),
    ("manifest-empty-line", "an empty line", tag(MANIFEST, lambda d: d + b"\n")),
    ("manifest-traversal", "a path that climbs", tag(MANIFEST, lambda d: d + b"0" * 64 + b"  data/files/../../x\n")),
    ("manifest-blank-line", "a line of blanks", tag(MANIFEST, lambda d: d + b" " * 66 + b"\n")),
    ("manifest-empty", "nothing", tag(MANIFEST, lambda d: b"")),
])
each("limit-exceeded", MANIFEST, [("manifest-line-long", "a line over 1,100 bytes", tag(MANIFEST, lambda d: d + b"0" * 64 + b"  data/" + b"x" * 1100 + b"\n"))])
each("catalog-mismatch", MANIFEST, [
    ("manifest-unsorted", "lines in another order", tag(MANIFEST, lambda d: b"".join(d.splitlines(True)[:2] + d.splitlines(True)[:1:-1]))),
    ("manifest-twice", "a line twice", tag(MANIFEST, lambda d: d + d.splitlines(True)[-1])),
    ("manifest-short", "a file is not listed", tag(MANIFEST, lambda d: b"".join(d.splitlines(True)[:-1]))),
    ("manifest-long", "a file is listed that is not there", tag(MANIFEST, lambda d: d + b"0" * 64 + b"  data/files/etc/zz\n")),
    ("manifest-digest", "another digest than the catalog", tag(MANIFEST, lambda d: b"0" * 64 + d[64:])),
])

# --- the catalog -------------------------------------------------------------------------------------------------------
each("catalog-mismatch", PASSWD, [("catalog-size", "the right digest with another size", entry(size="31"))])
each("catalog-mismatch", CAT, [("catalog-order", "lines in another order", lambda b: b.on.__setitem__("entries", lambda e: e[:2] + e[:1:-1])),
                               ("catalog-twice-and-short", "a line twice and one missing", lambda b: b.on.__setitem__("entries", lambda e: e[:2] + e[3:] + e[-1:])), ("catalog-twice", "a line twice", lambda b: b.on.__setitem__("entries", lambda e: e + e[-1:]))])

each("manifest-malformed", CAT, [
    ("json-blank", "a blank in JSON", line(lambda r: swap(r, b'":"', b'": "'))), ("json-key-order", "keys in another order", line(lambda r: b'{"zz":1,' + r[1:])),
    ("json-key-twice", "a key twice", line(lambda r: swap(r, b'"uid":0', b'"uid":0,"uid":0'))), ("json-float", "a number with a point", line(lambda r: swap(r, b'"uid":0', b'"uid":0.0'))),
    ("json-exponent", "a number with an exponent", line(lambda r: swap(r, b'"uid":0', b'"uid":1e3'))), ("json-minus-zero", "minus zero", line(lambda r: swap(r, b'"uid":0', b'"uid":-0'))),
    ("json-null", "null", line(lambda r: swap(r, b'"uid":0', b'"uid":null'))), ("json-escape", "an escape that is not needed", line(lambda r: swap(r, b"data/files", b"d\\u0061ta/files"))),
    ("json-slash-escape", "an escaped slash", line(lambda r: swap(r, b"data/files", b"data\\/files"))), ("json-big", "an integer of 2^53", line(lambda r: swap(r, b'"uid":0', b'"uid":9007199254740992'))),
    ("json-bom", "a byte order mark", line(lambda r: b"\xef\xbb\xbf" + r)), ("json-not-utf8", "bytes that are not UTF-8", line(lambda r: swap(r, b"/etc/passwd", b"/etc/\xffasswd"))),
    ("json-surrogate", "half a surrogate pair", line(lambda r: swap(r, b'"origin":"/etc', b'"origin":"/\\ud800'))), ("json-overlong", "UTF-8 that is longer than it need be", line(lambda r: swap(r, b"/etc/passwd", b"/etc\xc0\xafpasswd"))),
    ("json-array", "a line that is an array", line(lambda r: b"[" + r + b"]")), ("json-behind", "something behind the object", line(lambda r: r + b" ")),
    ("json-number", "text where a number belongs", entry(uid="0")), ("json-bool", "true where a number belongs", entry(uid=True)), ("json-negative", "a negative number", entry(uid=-1)),
    ("json-nul-in-key", "a control character that is not escaped", line(lambda r: swap(r, b"/etc/passwd", b"/etc/\x01asswd"))), ("catalog-empty-line", "an empty line", tag(CAT, lambda d: d + b"\n")),
    ("unknown-key", "a key that this version does not know", entry(comment="hi")), ("missing-salt", "no salt", entry(salt=None)), ("missing-status", "no status", entry(status=None)),
    ("salt-capitals", "a salt in capitals", entry(salt="A" * 32)), ("digest-short", "a short digest", entry(sha256="0" * 63)), ("mode-three", "a mode of three digits", entry(mode="644")),
    ("mode-type", "a mode with the type", entry(mode="100644")), ("size-zero-first", "a size with a leading zero", entry(size="030")), ("size-2-64", "a size of 2^64", entry(size="18446744073709551616")),
    ("inode-number", "an inode that is a number", entry(inode=5)), ("uid-2-32", "a uid of 2^32", entry(uid=1 << 32)), ("device-2-32", "a device number of 2^32", entry(device="4294967296:0")), ("time-2-63", "a time of 2^63", entry(mtime="@9223372036854775808.000000000")),
    ("btime-alone", "a time of birth without the other times", lambda b: entry(**{k: None for k in make.STAT}, inode=None, btime=make.STARTED)(b)), ("xattr-no-name", "an attribute without a name", entry(xattrs=[{"name_b64": "", "value_b64": ""}])),
    ("device-form", "a device that is no pair", entry(device="801")), ("device-zero-first", "a device with a leading zero", entry(device="08:1")), ("status-unknown", "an unknown status", entry(status="perfect")),
    ("method-form", "a method that is no word", entry(method="Read!")), ("source-other", "a source that is not the path's", entry(source="system")),
    ("real-size-needless", "real_size of a file that was not cut", entry(real_size="1", real_sha256="0" * 64)), ("real-size-missing", "a cut file without real_size", entry(status="shrunk")),
    ("real-size-over", "really read more than stored", entry(status="limited", real_size="99", real_sha256="0" * 64)), ("real-digest-other", "as many bytes really read as stored, with another digest", entry(status="limited", real_size="30", real_sha256="0" * 64)), ("real-size-same", "shrunk by nothing", entry(status="shrunk", real_size="30", real_sha256="0" * 64)),
    ("stat-incomplete", "stat keys without the inode", entry(inode=None)), ("stat-of-produced", "stat keys of a file that the tool made", entry(origin=None)),
    ("time-no-zone", "a time without zone", entry(mtime="2016-02-01T00:00:00.000000000")), ("time-milliseconds", "a time with three digits", entry(mtime="2016-02-01T00:00:00.000Z")),
    ("time-no-such-day", "30 February", entry(mtime="2016-02-30T00:00:00.000000000Z")), ("time-leap-second", "a sixty-first second", entry(mtime="2016-02-01T00:00:60.000000000Z")),
    ("time-at", "an @ time inside the calendar", entry(mtime="@0.000000000")), ("time-year-0", "the year 0", entry(mtime="0000-01-01T00:00:00.000000000Z")), ("time-24", "24 o'clock", entry(mtime="2016-02-01T24:00:00.000000000Z")),
    ("origin-other", "an origin that maps to another path", entry(origin="/etc/group")), ("origin-relative", "a relative origin", entry(origin="etc/passwd")),
    ("origin-climbs", "an origin with ..", entry(origin="/x/../etc/passwd")), ("origin-slashes", "an origin with //", entry(origin="//etc/passwd")), ("origin-slash-end", "an origin with / at its end", entry(origin="/etc/passwd/")),
    ("origin-nul", "an origin with NUL", entry(origin="/etc/passwd\0")), ("origin-b64-needless", "origin_b64 of a name that is UTF-8", entry(origin_b64="L2V0Yy9wYXNzd2Q=")),
    ("origin-b64-other", "origin_b64 of another name", entry(origin_b64="L2V0Yy//")), ("origin-b64-form", "origin_b64 that is not canonical", entry(origin_b64="L2V0Yy9wYXNzd2R=")),
    ("origin-b64-alone", "origin_b64 without origin", entry(origin=None, origin_b64="L///")), ("twin-digest", "a twin suffix of another name", lambda b: b.host(b"/etc/zz", path="data/files/etc/zz=@0123456789abcdef") and None),
    ("long-but-short", "a short path in long", lambda b: b.host(b"/etc/zz", path="data/long/files/" + hashlib.sha256(b"/etc/zz").hexdigest()) and None),
    ("long-produced", "a file in long without origin", lambda b: b.produced("long", "files/" + "0" * 64, b"") and None),
    ("xattrs-empty", "an empty list of attributes", entry(xattrs=[])), ("xattrs-order", "attributes in another order", entry(xattrs=[{"name_b64": "dXNlci5i", "value_b64": ""}, {"name_b64": "dXNlci5h", "value_b64": ""}])),
    ("xattrs-base64", "an attribute in base64 that is not canonical", entry(xattrs=[{"name_b64": "dXNlci5h", "value_b64": "QR=="}])), ("xattrs-object", "attributes that are no list", entry(xattrs={})),
    ("x-null", "null in a key that begins x-", line(lambda r: r[:-1] + b',"x-a":[null]}')), ("x-big", "an integer of 2^53 in a key that begins x-", line(lambda r: r[:-1] + b',"x-a":9007199254740992}')), ("x-float", "a number with a point in a key that begins x-", line(lambda r: r[:-1] + b',"x-a":0.5}')),
    ("xattrs-false", "xattrs_incomplete that is false", entry(xattrs_incomplete=False)), ("path-absolute", "a path that is no payload name", entry(path="/etc/passwd")),
    ("catalog-no-end", "no final line feed", tag(CAT, lambda d: d[:-1])), ("catalog-empty", "an empty segment", tag(CAT, lambda d: b"")), ("catalog-crlf", "DOS line ends", tag(CAT, lambda d: d.replace(b"\n", b"\r\n"))),
])

@bad("manifest-malformed", "meta/catalog-000001.jsonl", "a first segment of 2 lines with another behind it")
def segment_too_short():
    b = plain()
    def split(segments):
        b.on["members"] = lambda m: swap_members(m)
        return [("meta/catalog-000001.jsonl", segments[0][1][:2]), ("meta/catalog-000002.jsonl", segments[0][1][2:])]
    def swap_members(rows):
        names = [n for n, _ in rows]
        first = rows.pop(names.index("SAMPLE-1/" + CAT))
        rows.insert(4, first)
        rows.insert(7, ("SAMPLE-1/meta/catalog-000002.jsonl", b.second))
        return rows
    def keep(tags): b.second = tags["meta/catalog-000002.jsonl"]
    b.on["segments"], b.on["tags"] = split, keep
    return b

# --- the other records ---------------------------------------------------------------------------------------------------
each("merkle-mismatch", "meta/merkle-root.txt", [
    ("merkle-root", "another root", tag("meta/merkle-root.txt", lambda d: d[:2] + b"0" * 64 + b"\n")),
    ("merkle-count", "another count", tag("meta/merkle-root.txt", lambda d: b"5" + d[1:]))])
each("manifest-malformed", "meta/merkle-root.txt", [("merkle-capitals", "a root in capitals", tag("meta/merkle-root.txt", lambda d: d.upper())),
    ("merkle-count-long", "a count of 23 digits", tag("meta/merkle-root.txt", lambda d: b"9" * 23 + d[1:])), ("merkle-count-form", "a count with a leading zero", tag("meta/merkle-root.txt", lambda d: b"0" + d))])

def info(change):
    def hook(b): b.on["info"] = change
    return hook

each("catalog-mismatch", BAGINFO, [
    ("oxum", "another number of bytes", replaced(BAGINFO, b"Oxum: ", b"Oxum: 1")), ("identifier", "another item's name", replaced(BAGINFO, b"SAMPLE-1", b"SAMPLE-2")),
    ("bagging-date", "another day", replaced(BAGINFO, b"2016-03-01", b"2016-03-02")), ("contact", "another operator", replaced(BAGINFO, b"Sato", b"Kato")),
    ("case-number", "another case", replaced(BAGINFO, b"INC-2016-001", b"INC-2016-002")), ("organisation", "an organisation that nobody named", info(lambda rows: rows[:3] + [("Source-Organization", "X")] + rows[3:]))])
each("manifest-malformed", BAGINFO, [
    ("oxum-form", "a Payload-Oxum that is no pair", info(lambda rows: rows[:2] + [("Payload-Oxum", "1]8.4")] + rows[3:])), ("info-order", "keys in another order", info(lambda rows: rows[1::-1] + rows[2:])), ("info-unknown", "an unknown key", info(lambda rows: rows + [("Bag-Size", "1 kB")])),
    ("info-missing", "a key is missing", info(lambda rows: rows[:-1])), ("info-control", "an escape sequence in a value", info(lambda rows: rows[:-1] + [("Bag-Software-Agent", "\x1b[2J")])),
    ("info-c1", "a C1 control character in a value", info(lambda rows: rows[:-1] + [("Bag-Software-Agent", "\u009b2J")])), ("info-empty", "an empty value", info(lambda rows: rows[:-1] + [("Bag-Software-Agent", "")])),
    ("info-blank", "a blank behind a value", info(lambda rows: rows[:-1] + [("Bag-Software-Agent", "x ")])), ("info-long", "a value of 501 bytes", info(lambda rows: rows[:-1] + [("Bag-Software-Agent", "x" * 501)])),
    ("info-folded", "a folded line", info(lambda rows: rows[:-1] + [("Bag-Software-Agent", "x\n  y")]))])
each("manifest-malformed", "bagit.txt", [("bagit-version", "another version of BagIt", replaced("bagit.txt", b"1.0", b"0.97"))])
each("manifest-malformed", "meta/VERIFY.en.txt", [("verify-text", "other instructions", replaced("meta/VERIFY.en.txt", b"sha256sum", b"md5sum   "))])
each("limit-exceeded", FORMAT, [("format-digests-deep", "digests nine levels deep", tag(FORMAT, lambda d: d.replace(b'["sha256"]', b"[[[[[[[[1]]]]]]]]")))])
each("manifest-malformed", FORMAT, [("format-unknown-key", "an unknown key", lambda b: b.on.__setitem__("format", lambda f: f.__setitem__("hint", "x"))),
    ("format-digests-number", "digests that are no texts", tag(FORMAT, lambda d: d.replace(b'["sha256"]', b'["sha256",1]'))), ("format-digests-nested", "digests in an array of arrays", tag(FORMAT, lambda d: d.replace(b'["sha256"]', b'[["sha256"]]'))),
    ("format-no-salt", "no salt", lambda b: b.on.__setitem__("format", lambda f: f.pop("salt") and None)), ("format-no-end", "no final line feed", tag(FORMAT, lambda d: d[:-1]))])

def put(path, value):
    "acquisition['a']['b'] = value by the path a.b; None removes."
    def change(a):
        *way, last = path.split(".")
        for key in way: a = a[int(key) if key.isdigit() else key]
        if value is None: del a[last]
        else: a[last] = value
    return acquisition(change)

each("catalog-mismatch", ACQ, [
    ("item-form", "an item that is no name", put("item", "a b")), ("item-other", "another item", put("item", "SAMPLE-2")), ("started-other", "another start than format.json", put("started", "2016-03-01T09:00:00.000000002Z")),
    ("counts-collected", "more collected than there are", put("counts", {"asked": "7", "collected": "5", "recorded": "1", "absent": "1"})),
    ("counts-sum", "asked is not the sum", put("counts.asked", "9")), ("counts-absent", "nothing absent", put("counts", {"asked": "5", "collected": "4", "recorded": "1", "absent": "0"})),
    ("counts-of-source", "another count of a source", put("sources.0.counts", {"asked": "2", "collected": "2", "recorded": "0", "absent": "0"})),
    ("source-not-named", "a source that the list does not name", acquisition(lambda a: a["sources"].pop() and None)), ("sources-order", "sources in another order", acquisition(lambda a: a["sources"].reverse())),
    ("source-blind-named", "the source blind among the others", acquisition(lambda a: a["sources"].insert(0, {"name": "blind", "status": "complete", "counts": {"asked": "1", "collected": "1", "recorded": "0", "absent": "0"}}))),
    ("source-named-twice", "a source twice", acquisition(lambda a: a["sources"].append(a["sources"][0])))])
each("manifest-malformed", ACQ, [
    ("acquisition-unknown", "an unknown key", put("clock.drift", "1")), ("acquisition-no-operator", "no operator", put("operator", None)), ("acquisition-schema", "another schema", put("schema", "hozen-acquisition/2")),
    ("operator-text", "an operator that is a text", put("operator", "Sato Hanako")), ("witnesses-text", "witnesses that are a text", put("witnesses", "Tanaka Ken")),
    ("keys-unsorted", "keys_expected in another order", put("keys_expected", ["f" * 64, "0" * 64])), ("keys-twice", "a key twice", put("keys_expected", ["0" * 64] * 2)), ("keys-form", "a key in capitals", put("keys_expected", ["A" * 64])),
    ("mounts-unsorted", "mounts in another order", put("mounts_not_crossed", ["/b", "/a"])), ("status-other", "an unknown status", put("status", "perfect")), ("offset-form", "an offset of minus zero", put("clock.reference", {
        "time": "2016-03-01T09:00:00.000000000Z", "taken_at": "2016-03-01T09:00:00.000000000Z", "offset_nanoseconds": "-0"})), ("boottime-2-63", "a boot time of 2^63 seconds", put("clock.start.boottime", "9223372036854775808.000000000")), ("tool-uid", "a uid of 2^32", put("tool.uid", 1 << 32)), ("boottime-form", "a boot time without fraction", put("clock.start.boottime", "100"))])

def record(kind, **changes):
    def change(b):
        for key, value in changes.items():
            if value is None: del getattr(b, kind)[0][key]
            else: getattr(b, kind)[0][key] = value
    return change

each("manifest-malformed", "meta/objects.jsonl", [
    ("object-type", "an unknown type", record("objects", type="door")), ("object-target", "a folder with a target", record("objects", target="/x")), ("object-b64-other", "an origin that is not the text of origin_b64", record("objects", origin="/etc", origin_b64="L2V0Y/8=")),
    ("object-b64-utf8", "origin_b64 that is UTF-8, of a name with U+FFFD", record("objects", origin="/\ufffd", origin_b64="L++/vQ==")), ("object-b64-alone", "target_b64 without target", record("objects", type="symlink", target_b64="/w==")),
    ("object-origin-relative", "a relative origin", record("objects", origin="etc")), ("object-origin-climbs", "an origin with ..", record("objects", origin="/..")), ("object-origin-nul", "an origin with NUL", record("objects", origin="/a\0")),
    ("object-origin-slash", "an origin with a slash at its end", record("objects", origin="/etc/")), ("object-rdevice", "a folder with a device number", record("objects", rdevice="1:3")),
    ("object-no-origin", "no origin", record("objects", origin=None)), ("objects-no-first", "no first line", tag("meta/objects.jsonl", lambda d: d.split(b"\n", 1)[1])), ("objects-empty", "nothing", tag("meta/objects.jsonl", lambda d: b"")),
    ("objects-schema", "the first line of another list", replaced("meta/objects.jsonl", b"hozen-objects", b"hozen-absent"))])
each("manifest-malformed", "meta/absent.jsonl", [("absent-status", "an unknown reason", record("absent", status="lost")), ("absent-errno-long", "an errno of 33 letters", record("absent", errno="E" * 33)), ("absent-origin", "a relative origin", record("absent", origin="etc")),
    ("absent-errno", "an errno that is a number", record("absent", errno="13")),
    ("absent-no-reason", "no reason", record("absent", reason=None))])
each("manifest-malformed", "meta/actions.jsonl", [("action-count", "a count that is a number", record("actions", count=4)), ("action-boottime", "a boot time of the calendar", record("actions", start_boottime="2026")),
    ("action-unknown", "an unknown key", record("actions", note="x"))])
