"""The tar container of a bundle, section 2 of formats/spec/bundle.md: every header is encoded again and compared."""
import re

from grammar import as_text
from packed import Broken, unpack

class Stop(Exception): "code, path, detail: nothing can be told about what follows"

def block(name, prefix, size, mtime, kind):
    def field(b, n): return b.ljust(n, b"\0")
    h = (field(name, 100) + b"0000644\0" + b"0000000\0" * 2 + b"%011o\0%011o\0" % (size, mtime) + b" " * 8 + kind + bytes(100) +
         b"ustar\x0000" + bytes(64) + b"0000000\0" * 2 + field(prefix, 155) + bytes(12))
    return h[:148] + b"%06o\0 " % sum(h) + h[156:]

def pax_record(key, value):
    n = len(key) + len(value) + 3
    while n != len(b"%d %s=%s\n" % (n, key, value)): n = len(b"%d %s=%s\n" % (n, key, value))
    return b"%d %s=%s\n" % (n, key, value)

def encode(name, size, mtime):
    cuts = [i for i in range(1, len(name)) if name[i] == 47 and i <= 155 and 1 <= len(name) - i - 1 <= 100]
    parts = (name, b"") if len(name) <= 100 else (name[cuts[-1] + 1:], name[:cuts[-1]]) if cuts else (b"@", b"")
    pax = pax_record(b"path", name) if parts[0] == b"@" and len(name) > 1 else b""
    if size >= 8 << 30: pax, size = pax + pax_record(b"size", b"%d" % size), 0
    extended = block(b"@pax", b"", len(pax), mtime, b"x") + pax + bytes(-len(pax) % 512) if pax else b""
    return extended + block(*parts, size, mtime, b"0")

def members(file, report):
    "Yields (name, content) of each member; raises Stop where the container is not the one encoding."
    tar, pos, before, facts = unpack(file), 0, "", report.facts
    data = tar.content
    def fail(code, why): raise Stop(code, before, "at byte %d: %s" % (pos, why))
    def octal(field): return int(field[:11], 8) if re.fullmatch(rb"[0-7]{11}\0", field) else fail("container-malformed", "number")
    def told(broken): return broken.args[0], before, "at byte %d of the file: %s" % broken.args[1:]
    def missing(): raise Stop(*told(tar.broken)) if tar.broken else Stop("container-truncated", before, "at byte %d: the file ends" % pos)
    def take(at, n): return data[at:at + n] if at + n <= len(data) else missing()
    if len(data) < 512 and tar.broken: missing()
    if len(data) < 512 or data[257:265] != b"ustar\x0000" and not data[:100].split(b"\0")[0].endswith(b"/bagit.txt"):
        fail("container-unsupported", "not a bundle")
    while (h := take(pos, 512)) != bytes(512):
        at, path, size = pos + 512, None, None
        if h[156:157] == b"x":
            length = octal(h[124:136])
            if length > 2048: fail("container-malformed", "pax header")
            m = re.fullmatch(rb"(?:\d+ path=([^\n]+)\n)?(?:\d+ size=(\d{1,20})\n)?", take(at, length))
            if not m: fail("container-malformed", "pax header")
            path, size, at = m[1], m[2] and int(m[2]), at + length + -length % 512
            h = take(at, 512); at += 512
        name = path or (h[345:500].split(b"\0")[0] + b"/" if h[345] else b"") + h[:100].split(b"\0")[0]
        if h[156:157] not in b"0x" and h[148:156] == b"%06o\0 " % (sum(h) - sum(h[148:156]) + 256):
            raise Stop("member-forbidden", as_text(name).partition("/")[2], "type %r" % h[156:157])
        size, mtime = octal(h[124:136]) if size is None else size, octal(h[136:148])
        if facts.setdefault("mtime", mtime) != mtime or encode(name, size, mtime) != data[pos:at]:
            fail("container-malformed", "header")
        content, padding = take(at, size), take(at + size, -size % 512)
        if any(padding): fail("container-malformed", "padding")
        yield as_text(name), content
        before, pos = as_text(name), at + size + len(padding)
    if any(take(pos + 512, 512)): fail("container-malformed", "one zero block")
    end = pos + 1024 + -(pos + 1024) % 10240
    if len(data) < end: report.add(*told(tar.broken) if tar.broken else ("container-truncated", before, "padding")); return
    if any(data[pos:end]): report.add("container-trailing-data", before, "at byte %d" % pos)
    try:
        if (behind := tar.behind(end, len(file))) is not None: report.add("container-trailing-data", before, "at byte %d" % behind)
    except Broken as e: report.add(*told(e))
