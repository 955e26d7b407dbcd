"""Samples with SHA-512, and what a bundle says was requested."""
import cases_press
from cases import ACQ, FORMAT, MANIFEST, PASSWD, TAGMANIFEST, acquisition, bad, good, member, plain, replaced, swap, tag, tagmanifest
from grammar import sha512
from press import frames
from press import member as gzip_member

MANIFEST512, TAGMANIFEST512 = "manifest-sha512.txt", "tagmanifest-sha512.txt"

def wide():
    b = plain()
    b.wide = True
    return b

def requested(**more): return acquisition(lambda a: a["requested"].update(more))

EVERYTHING = {"databases": ["/srv/app/data.db"], "units": ["app.service", "ssh.service"], "profiles": ["triage", "our-own"], "sources": ["network", "firewall"],
              "root": "/mnt/image", "environ": True, "host_tools": False, "process_memory": [1, 4711, 2147483647], "since": "2016-02-29T09:00:00.000000000Z",
              "recent": {"since": "2016-03-01T08:00:00.000000000Z", "roots": ["/", "/srv"], "content": True},
              "limits": {"max_size": "21474836480", "max_file_size": "2147483648", "max_rate": "52428800", "timeout_seconds": "1800",
                         "command_timeout_seconds": "60", "db_hold_milliseconds": "2000"}}

@good("with SHA-512")
def sha512_(): return wide()

@good("with SHA-512, compressed with zstd")
def sha512_zstd():
    b = wide()
    cases_press.packed(lambda d: frames(d, 9999))(b)
    return b

@good("with SHA-512, compressed with gzip")
def sha512_gzip():
    b = wide()
    cases_press.zipped(gzip_member)(b)
    return b

@good("everything that can be requested")
def requested_everything():
    b = plain()
    requested(**EVERYTHING)(b)
    return b

@good("what was requested without a value")
def requested_empty():
    b = plain()
    requested(databases=[], units=[], limits={})(b)
    return b

def each(code, path, rows, build=plain):
    for row_name, about, change in rows:
        def sample(change=change):
            b = build()
            return change(b) or b
        sample.__name__ = row_name
        bad(code, path, about)(sample)

def order(change):
    "Changes the order of the members; the signature does not cover it."
    def hook(b): b.on["members"] = change
    return hook

def moved(name, before):
    def change(rows):
        row = next(r for r in rows if r[0] == "SAMPLE-1/" + name)
        rows = [r for r in rows if r is not row]
        i = next(i for i, r in enumerate(rows) if r[0] == "SAMPLE-1/" + before)
        return rows[:i] + [row] + rows[i:]
    return order(change)

def added(name, content, before):
    def change(rows):
        i = next(i for i, r in enumerate(rows) if r[0] == "SAMPLE-1/" + before)
        return rows[:i] + [("SAMPLE-1/" + name, content)] + rows[i:]
    return order(change)

def rows_of(data): return data.splitlines(True)
def listed_too(data): return data + b"%s  %s\n" % (b"0" * 64, TAGMANIFEST512.encode())

def unlisted(b):
    "manifest-sha512.txt in the tar, but not in the tagmanifest."
    tagmanifest(lambda d: b"".join(r for r in rows_of(d) if not r.endswith(MANIFEST512.encode() + b"\n")))(b)

each("catalog-mismatch", MANIFEST512, [
    ("sha512-other-digest", "a SHA-512 of something else", tag(MANIFEST512, lambda d: swap(d, sha512(b"root:x:0:0:root:/root:/bin/sh\n").encode(), b"0" * 128))),
    ("sha512-line-missing", "a file that the SHA-512 manifest does not name", tag(MANIFEST512, lambda d: b"".join(r for r in rows_of(d) if PASSWD.encode() not in r))),
    ("sha512-line-more", "a file that only the SHA-512 manifest names", tag(MANIFEST512, lambda d: d + b"%s  data/files/etc/zzz\n" % (b"0" * 128))),
    ("sha512-line-twice", "a file that the SHA-512 manifest names twice", tag(MANIFEST512, lambda d: d + rows_of(d)[-1])),
    ("sha512-order", "another order in the SHA-512 manifest", tag(MANIFEST512, lambda d: b"".join(reversed(rows_of(d))))),
], wide)
each("manifest-malformed", MANIFEST512, [
    ("sha512-capitals", "capitals in a SHA-512", tag(MANIFEST512, lambda d: d[:128].upper() + d[128:])),
    ("sha512-short", "a SHA-256 in the SHA-512 manifest", tag(MANIFEST512, lambda d: d[64:])),
    ("sha512-empty", "an empty SHA-512 manifest", tag(MANIFEST512, lambda d: b"")),
    ("sha512-one-blank", "one blank before a path", tag(MANIFEST512, lambda d: d.replace(b"  ", b" ", 1))),
    ("sha512-no-line-feed", "no line feed at the end", tag(MANIFEST512, lambda d: d[:-1])),
], wide)
each("tag-altered", MANIFEST512, [
    ("sha512-altered", "a SHA-512 manifest that was altered later", member(MANIFEST512, lambda d: d[:-2] + b"x\n")),
    ("sha512-removed", "a SHA-512 manifest that was removed later", member(MANIFEST512, lambda d: None)),
    ("sha512-unlisted", "a SHA-512 manifest that the tagmanifest does not name", unlisted),
    ("sha512-never-there", "no SHA-512 manifest, although format.json promises it", lambda b: b.on.__setitem__("tags", lambda tags: tags.pop(MANIFEST512) and None)),
], wide)
each("tag-altered", TAGMANIFEST512, [
    ("sha512-tags-altered", "a SHA-512 tagmanifest with another digest", member(TAGMANIFEST512, lambda d: swap(d, d[:128], b"0" * 128))),
    ("sha512-tags-line-missing", "a SHA-512 tagmanifest with a line less", member(TAGMANIFEST512, lambda d: b"".join(rows_of(d)[:-1]))),
    ("sha512-tags-line-more", "a SHA-512 tagmanifest with a line more", member(TAGMANIFEST512, lambda d: d + b"%s  %s\n" % (b"0" * 128, TAGMANIFEST.encode()))),
    ("sha512-tags-order", "another order in the SHA-512 tagmanifest", member(TAGMANIFEST512, lambda d: b"".join(reversed(rows_of(d))))),
    ("sha512-tags-empty", "an empty SHA-512 tagmanifest", member(TAGMANIFEST512, lambda d: b"")),
    ("sha512-tags-byte-more", "a byte behind the SHA-512 tagmanifest", member(TAGMANIFEST512, lambda d: d + b"\n")),
    ("sha512-tags-removed", "no SHA-512 tagmanifest", member(TAGMANIFEST512, lambda d: None)),
], wide)
each("payload-altered", PASSWD, [("sha512-content-altered", "a file that was altered, with SHA-512", member(PASSWD, lambda c: c.upper()))], wide)
each("tag-altered", "bag-info.txt", [("sha512-tag-altered", "a tag file that was altered, with SHA-512", member("bag-info.txt", lambda c: c.upper()))], wide)
each("tag-altered", FORMAT, [("sha512-downgrade", "format.json altered so that it does not promise SHA-512", member(FORMAT, lambda d: swap(d, b',"sha512"', b"")))], wide)
each("limit-exceeded", TAGMANIFEST512, [("sha512-tags-too-long", "a SHA-512 tagmanifest of more than 2 MiB", member(TAGMANIFEST512, lambda d: d + b"\n" * (2 << 20)))], wide)
each("manifest-malformed", TAGMANIFEST, [("sha512-tags-listed", "the SHA-512 tagmanifest in the tagmanifest", tagmanifest(listed_too))], wide)
each("container-malformed", None, [
    ("sha512-before-sha256", "the SHA-512 manifest before the other", moved(MANIFEST512, MANIFEST)),
    ("sha512-tags-first", "the SHA-512 tagmanifest before the manifests", moved(TAGMANIFEST512, MANIFEST)),
    ("sha512-tags-last", "the SHA-512 tagmanifest behind the signed one", moved(TAGMANIFEST, TAGMANIFEST512))], wide)
each("member-forbidden", None, [
    ("sha512-needless", "a SHA-512 manifest that format.json does not promise", added(MANIFEST512, b"", TAGMANIFEST)),
    ("sha512-tags-needless", "a SHA-512 tagmanifest that format.json does not promise", added(TAGMANIFEST512, b"", TAGMANIFEST))])
each("container-unsupported", FORMAT, [
    ("digests-" + n, "digests that this version does not know", replaced(FORMAT, b'["sha256"]', value)) for n, value in [
        ("reversed", b'["sha512","sha256"]'), ("sha512-alone", b'["sha512"]'), ("sha384", b'["sha256","sha384"]'), ("three", b'["sha256","sha512","sha512"]'),
        ("twice", b'["sha256","sha256"]'), ("capitals", b'["sha256","SHA512"]'), ("none", b"[]")]])

def broken(key, value):
    "Everything requested, but for one value; None takes it away."
    def change(a):
        a["requested"].update(EVERYTHING)
        where, _, leaf = key.rpartition(".")
        record = dict(a["requested"][where]) if where else a["requested"]
        if where: a["requested"][where] = record
        if value is None: del record[leaf]
        else: record[leaf] = value
    return acquisition(change)

each("manifest-malformed", ACQ, [("requested-" + n, "requested: " + key, broken(key, value)) for n, key, value in [
    ("databases-text", "databases", "/srv/app/data.db"), ("database-number", "databases", [1]), ("units-object", "units", {}), ("since-duration", "since", "24h"),
    ("since-milliseconds", "since", "2016-02-29T09:00:00.000Z"), ("recent-text", "recent", "60m"), ("recent-no-roots", "recent.roots", None),
    ("recent-no-since", "recent.since", None), ("recent-no-content", "recent.content", None), ("recent-content-text", "recent.content", "true"),
    ("recent-unknown", "recent.depth", "1"), ("recent-root-number", "recent.roots", [7]), ("limits-array", "limits", []), ("limit-number", "limits.max_size", 21474836480),
    ("limit-zero-first", "limits.max_rate", "052"), ("limit-negative", "limits.timeout_seconds", "-1"), ("limit-fraction", "limits.timeout_seconds", "0.5"),
    ("limit-2-64", "limits.max_file_size", str(1 << 64)), ("limit-unknown", "limits.max_files", "1"), ("unknown", "profile", "triage"), ("paths-gone", "paths", None), ("profiles-text", "profiles", "triage"), ("source-number", "sources", [1]), ("root-array", "root", []),
    ("environ-text", "environ", "yes"), ("host-tools-number", "host_tools", 1), ("pid-text", "process_memory", ["1"]), ("pid-zero", "process_memory", [0]),
    ("pid-negative", "process_memory", [-1]), ("pid-2-31", "process_memory", [1 << 31]), ("pids-number", "process_memory", 1), ("pid-boolean", "process_memory", [True]),
    ("mounts-text", "cross_mounts", "no")]])
