"""The samples: each is a function that returns a Bundle, registered with the answer it must get. A good one is verified; a
bad one is signed by the trusted key and wrong in one thing, and names the finding that one thing must cause. Those in KEPT lie
ready in formats/spec/vectors; the others, too alike or too large, are made when they are tested."""
import base64, collections, hashlib

import make
from make import Bundle

Case = collections.namedtuple("Case", "name kind build verdict code path about")
CASES = {}
KEPT = set("""
p256 ed25519 two-signatures unknown-algorithm-beside nasty-names not-utf8 long-names very-long-paths case-twins
objects-and-absent zero-length changed-while-read x-keys countersigned old-times no-calendar only-blind everything-known sources long-item
mtime-of-one mtime-of-all size-base-256 padding-not-zero one-zero-block split-elsewhere pax-path-override
symlink directory pax-global byte-after-end second-tar no-final-padding size-over-end
foreign-gzip empty next-schema format-too-long too-deep
traversal double-slash device-name not-mapped-utf8 control-bytes outside case-twin file-is-folder
source-twice blind-not-first no-blind payload-twice-listed tag-twice unsorted-payload
content-altered file-removed file-added not-in-catalog catalog-altered tag-removed tagmanifest-unsorted
manifest-dot-slash manifest-capitals manifest-unsorted catalog-size catalog-order
json-key-order json-key-twice json-escape unknown-key origin-other twin-digest time-no-such-day
merkle-root oxum identifier item-other counts-sum acquisition-unknown object-type verify-text
namespace-other hash-sha256 signature-of-other-bundle name-other s-plus-n ed25519-malleable ed25519-neutral-key
sk-p256 sk-ed25519 sk-untouched-allowed sk-verified sk-untouched sk-unverified sk-flags sk-counter sk-no-tail sk-kind sk-other-application sk-malleable
stripped stripped-expected only-rsa stranger expired revoked catalog-of-other-bundle
zstd zstd-anywhere zstd-raw zstd-runs zstd-window zstd-size-fields zstd-longest-frame gzip gzip-stored gzip-flushed sha512 sha512-zstd requested-everything
zstd-no-checksum zstd-no-size zstd-dictionary zstd-reserved-bit zstd-unused-bit zstd-empty-frame zstd-checksum-wrong zstd-size-lies-more zstd-size-lies-less
zstd-reserved-block zstd-empty-block zstd-block-over-window zstd-too-long zstd-too-long-empty zstd-skippable-middle zstd-frame-over-2-mib zstd-window-over-8-mib
zstd-cut-between-frames zstd-cut-in-header zstd-cut-in-block zstd-cut-in-checksum zstd-byte-after-end zstd-skippable-last zstd-second-tar zstd-second-tar-inside
zstd-first-no-checksum zstd-first-size-lies-more zstd-skippable-first zstd-text zstd-content-altered zstd-tar-before-frame
gzip-time gzip-name gzip-crc gzip-isize gzip-cut gzip-two-members gzip-second-member gzip-second-tar-inside
sha512-other-digest sha512-altered sha512-tags-altered sha512-downgrade sha512-needless digests-reversed
requested-since-duration requested-limit-number
disclosure-plain disclosure-of-two disclosure-wide disclosure-long disclosure-altered disclosure-renamed disclosure-line-altered disclosure-other-line
disclosure-proof-other disclosure-proof-index disclosure-root-altered disclosure-text-version disclosure-blind disclosure-file-second
disclosure-stranger-inside disclosure-no-signature disclosure-no-line disclosure-leaves
""".split())
EXIT = {"verified": 0, "failed": 1, "undetermined": 3}
PASSWD, CAT, ACQ, FORMAT = "data/files/etc/passwd", "meta/catalog-000001.jsonl", "meta/acquisition.json", "meta/format.json"
MANIFEST, TAGMANIFEST, BAGINFO = "manifest-sha256.txt", "tagmanifest-sha256.txt", "bag-info.txt"

def good(about):
    def register(f):
        assert name(f) not in CASES, name(f)
        CASES[name(f)] = Case(name(f), "good", f, "verified", None, None, about)
        return f
    return register

def bad(code, path=None, about="", verdict=None):
    "path None: not compared (findings about the container name the member before them)"
    def register(f):
        assert name(f) not in CASES, name(f)
        undetermined = code in ("container-unsupported", "limit-exceeded")
        CASES[name(f)] = Case(name(f), "bad", f, verdict or ("undetermined" if undetermined else "failed"), code, path, about)
        return f
    return register

def each(code, path, rows):
    "Registers many variants of one deviation: rows are (name, about, function(bundle))."
    for row_name, about, change in rows:
        def build(change=change):
            b = plain()
            return change(b) or b
        build.__name__ = row_name
        bad(code, path, about)(build)

def name(f): return f.__name__.rstrip("_").replace("_", "-")

def plain(**more):
    "A small bundle with a little of everything."
    b = Bundle(**more)
    b.produced("system", "identity.json", b"{}\n")
    b.host(b"/etc/hosts", b"127.0.0.1 localhost\n")
    b.host(b"/etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n")
    b.object(b"/etc", "directory", mode="0755")
    b.absent.append({"origin": "/etc/shadow", "source": "files", "status": "denied", "reason": "open: permission denied", "errno": "EACCES"})
    b.actions.append({"action": "walk", "source": "files", "target": "/etc", "start": make.STARTED, "end": make.STARTED,
                      "start_boottime": "100.000000000", "end_boottime": "101.000000000", "count": "4", "failures": "1"})
    return b

# --- changes under the signature ------------------------------------------------------------------------------------
def tag(name, change):
    "A function that changes the bytes of one tag file before the tagmanifest is made."
    def hook(b): b.on["tags"] = lambda tags: tags.__setitem__(name, change(tags[name]))
    return hook

def replaced(name, old, new): return tag(name, lambda data: swap(data, old, new))

def swap(data, old, new):
    assert old in data, (old, data)
    return data.replace(old, new, 1)

def line(change, path=PASSWD):
    "Changes the bytes of one catalog line."
    def hook(b): b.on["lines"] = lambda rows: [change(r) if b'"path":"%s"' % path.encode() in r else r for r in rows]
    return hook

def entry(which=PASSWD, **changes):
    "Changes members of one catalog line; None removes one."
    def hook(b):
        def change(entries):
            e = next(e for e in entries if e["path"] == which)
            update(e, changes)
        b.on["entries"] = change
    return hook

def update(record, changes):
    for key, value in changes.items():
        key = key.replace("__", "-")
        if value is None: del record[key]
        else: record[key] = value

def acquisition(change):
    def hook(b): b.on["acquisition"] = lambda a: change(a)
    return hook

def tagmanifest(change):
    def hook(b): b.on["tagmanifest"] = change
    return hook

# --- changes behind the signature ------------------------------------------------------------------------------------
def member(name, change, item="SAMPLE-1"):
    "Changes the content of a member (None: removes it) after everything was signed."
    def hook(b):
        def rows(members):
            assert any(n == item + "/" + name for n, _ in members), name
            new = [(n, change(c) if n == item + "/" + name else c) for n, c in members]
            return [m for m in new if m[1] is not None]
        b.on["members"] = rows
    return hook

def header(change, name=PASSWD, item="SAMPLE-1"):
    "Changes the header block of a member; the checksum is made right again."
    def hook(b):
        def blocks(rows):
            found = [r for r in rows if r[0][:100].rstrip(b"\0").decode() == item + "/" + name]
            assert len(found) == 1, name
            found[0][0] = rehash(change(found[0][0]))
        b.on["blocks"] = blocks
    return hook

def put(offset, new): return lambda h: h[:offset] + new + h[offset + len(new):]

def rehash(h):
    h = h[:148] + b" " * 8 + h[156:]
    return h[:148] + b"%06o\0 " % sum(h[:512]) + h[156:]

def signatures(change):
    def hook(b): b.on["signatures"] = lambda s: change(s, b.tagmanifest)
    return hook

import cases_good, cases_tar, cases_names, cases_lists, cases_sign, cases_press, cases_wide, cases_disclosure  # noqa: E402,F401 - they register themselves
