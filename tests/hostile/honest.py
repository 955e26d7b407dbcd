"""Honest bundles that are nasty all the same: each must be verified, list alike in every tar program, and leave a terminal as it was."""
import base64, hashlib, random, zlib

import zstandard

import make, press
from cases import good, plain, signatures
from cases_press import packed, zipped
from make import Bundle, armour, envelope, named, string

# one of five containers, chosen by the name
FORMS = [lambda b: None, packed(lambda d: press.frames(d, 3000)), zipped(press.member), packed(lambda d: press.frames(d, 100000, lambda p: press.frame(p, press.raw(p, 4000)))), zipped(lambda d: press.member(d, body=press.deflate(d, 0)))]
# --- 1. what a host may call its files, and what people may write -----------------------------------------------------------
STRINGS = [
    b"$(touch x)", b"`id`", b"; rm -rf x", b"| cat", b"&& true", b"> x", b"$HOME", b"${IFS}", b"~root", b"!!", b"*", b"?", b"[a-z]", b"{a,b}", b"a\\nb", b"%s%n%x", b"%00", b"\\x00", b"-rf", b"--help", b"--", b"-", b"@file", b"#comment", b"a#b", b"a\tb", b"a\rb", b"a\nb", b"\n", b"\r\n", b"a\x1b[31m",
    b"\x1b]0;title\x07", b"\x1b[2J\x1b[H", b"\x1b]52;c;aWQ=\x07", b"\x1bP+q544e\x1b\\", b"\x9b31m", b"\xc2\x9b31m", b"\x07", b"\x08\x08\x08", b"\x7f", b"\x0e", b"\x01", b"=1+1", b"=cmd|' /c calc'!A0", b"+1", b"-1+1", b"@SUM(1)", b"\t=1", b'"quoted"', b"'quoted'", b'a","b', b"a;b", b"<script>alert(1)</script>", b"<img src=x onerror=y>", b"&amp;", b"&#x3c;",
    b"]]>", b"<!--", b"' OR '1'='1", b"x'); DROP TABLE entry;--", b"null", b"true", b"undefined", b"NaN", b"0", b"1e309", b"caf\xc3\xa9", b"cafe\xcc\x81", b"\xe3\x82\xab\xe3\x82\x99", b"\xe3\x82\xac", b"\xef\xac\x81", b"\xef\xbc\x8e\xef\xbc\x8e", b"\xe2\x80\xaegpj.exe", b"\xe2\x80\x8b", b"\xef\xbb\xbf", b"\xe2\x80\xa8",
    b"\xc2\xa0", b"\xc2\xad", b"\xd8\xa7\xd9\x84\xd8\xb9", b"\xe4\xba\x8b\xe4\xbb\xb6", b"\xf0\x9f\x92\xa9", b"\xf3\xa0\x81\x81", b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"\xe2\x82", b"\x80\x80", b"CON", b"con.txt", b"COM1", b"LPT9.", b"NUL.tar.gz", b"aux ", b"Thumbs.db", b".DS_Store", b"...", b" ", b"  x  ", b"x.", b"x ", b".x", b"..x", b"=", b"==", b"=41", b"=~" + b"0" * 32, b"=@" + b"0" * 16, b"x=@0123456789abcdef",
    b"bagit.txt", b"manifest-sha256.txt", b"@pax", b"@", b"././@LongLink", b"PaxHeader"]

def honest(name, about, build):
    def sample():
        b = build()
        if "tar" not in b.on: FORMS[zlib.crc32(name.encode()) % len(FORMS)](b)
        return b.sort()
    sample.__name__ = name
    good(about)(sample)

def texts_of(raw): return raw.decode(errors="replace").replace("/", "|")

def everywhere(raw):
    "One hostile text in every place that a host or a person can fill."
    component, text = raw.replace(b"/", b"|").replace(b"\0", b"0") or b"x", texts_of(raw)
    component = b"a" + component if component in (b".", b"..") else component
    b = plain()
    b.host(b"/srv/" + component, raw)
    b.host(b"/srv/d/" + component + b"/" + component, b"below")
    b.object(b"/srv/" + component + b".d", "directory")
    b.object(b"/srv/" + component + b".l", "symlink", **named("target", raw or b"x"))
    b.absent.append({**named("origin", b"/srv/gone/" + component), "source": "files", "status": "vanished", "reason": text})
    b.actions[0].update(target=text, detail=text)
    b.files[2][2]["xattrs"] = [{"name_b64": base64.b64encode(b"user." + component).decode(), "value_b64": base64.b64encode(raw).decode()}]
    b.acquisition.update(reason=text, location=text, authority=text, exhibit=text, witnesses=[text, text])
    b.acquisition["host"] = {k: text for k in ("hostname", "machine_id", "boot_id", "kernel", "architecture", "operating_system")}
    b.acquisition["tool"]["command_line"] = ["make.py", text]
    b.acquisition["requested"]["paths"] = [text]
    shown = "".join(c for c in text if c >= " " and not "\x7f" <= c <= "\x9f").strip(" ") or "x"
    b.acquisition.update(case=shown, operator={"name": shown}, organisation=shown)
    return b

for i, raw in enumerate(STRINGS): honest("honest-text-%03d" % i, "the text %r in every place" % raw[:40], lambda raw=raw: everywhere(raw))

def codepage(high):
    b = plain()
    for low in range(16):
        byte = bytes([high << 4 | low])
        if byte not in (b"\0", b"/"): b.host(b"/srv/a" + byte + b"z", byte); b.host(b"/srv/" + byte + (b"x" if byte == b"." else b""), byte)
    return b

for high in range(16):
    if high not in (4, 5): honest("honest-bytes-%x0" % high, "names of the bytes %x0 to %xf" % (high, high), lambda high=high: codepage(high))

# --- 2. lengths at which something changes its form ---------------------------------------------------------------------------
def of_length(n, fill): return lambda: lengths(n, fill)
def lengths(n, fill):
    b = plain()
    raw = (fill * n)[:n]
    b.host(b"/" + raw, b"x"); b.host(b"/d/" + raw, b"y"); b.host(b"/" + raw + b".d/" + raw, b"z")
    return b

for n in (1, 64, 74, 75, 76, 97, 98, 139, 140, 141, 154, 155, 156, 179, 180, 181, 182, 198, 199, 200, 253, 255):
    honest("honest-name-%d" % n, "names of %d bytes" % n, of_length(n, b"n"))
for n in (45, 46, 47, 59, 60, 61, 84, 255): honest("honest-escaped-%d" % n, "names of %d bytes that are all escaped" % n, of_length(n, b"\xff"))
def deep(total):
    b = plain()
    raw = b"/" + b"/".join([b"d"] * (total // 2))
    b.host(raw[:-1] + b"e", b"x")
    return b
for total in (200, 500, 880, 884, 886, 888, 890, 892, 1000, 4094): honest("honest-deep-%d" % total, "a path of %d bytes of one-letter folders" % total, lambda total=total: deep(total))

# --- 3. sizes ------------------------------------------------------------------------------------------------------------------
def sized(n):
    b = plain()
    b.host(b"/srv/zeros", bytes(n)); b.host(b"/srv/noise", random.Random(n).randbytes(n))
    return b

for n in (0, 1, 63, 511, 512, 513, 1023, 1024, 1025, 4096, 10239, 10240, 10241, 65535, 65536, 131071, 131072, 131073, 1048575, 1048576, 1048577, 2097151, 2097153): honest("honest-size-%d" % n, "files of %d bytes" % n, lambda n=n: sized(n))
for n in range(20): honest("honest-end-%02d" % n, "a tar that ends %d blocks further in its record" % n, lambda n=n: ended(n))
def ended(n):
    b = plain()
    b.host(b"/srv/x", bytes(512 * n))
    return b

# --- 4. containers -------------------------------------------------------------------------------------------------------------
def in_frames(change):
    b = plain()
    b.host(b"/srv/x", random.Random(5).randbytes(100000) + bytes(100000))
    packed(change)(b)
    return b

for n in (100, 511, 512, 513, 10240, 131072, 131073, 2097152):
    honest("honest-frames-%d" % n, "zstd frames of %d bytes" % n, lambda n=n: in_frames(lambda d: press.frames(d, n)))
def at_level(level, content):
    p = zstandard.ZstdCompressionParameters.from_level(level, source_size=len(content), write_checksum=1, write_content_size=1, window_log=20)
    return zstandard.ZstdCompressor(compression_params=p).compress(content)

for level in (1, 3, 9, 19, 22): honest("honest-level-%d" % level, "zstd level %d" % level, lambda level=level: in_frames(lambda d: press.frames(d, 1 << 20, lambda p: at_level(level, p))))
for level in range(10): honest("honest-deflate-%d" % level, "gzip, deflate level %d" % level, lambda level=level: (lambda b: zipped(lambda d: press.member(d, body=press.deflate(d, level)))(b) or b)(sized(70000)))

# --- 5. times, counts, sources, records ------------------------------------------------------------------------------------------
TIMES = ["1970-01-01T00:00:00.000000000Z", "1969-12-31T23:59:59.000000000Z", "2000-02-29T23:59:59.999999999Z", "2038-01-19T03:14:08.000000000Z", "2106-02-07T06:28:16.000000000Z", "2242-03-16T12:56:31.000000000Z", "2242-03-16T12:56:32.000000000Z", "9999-12-31T23:59:59.999999999Z",
         "0001-01-01T00:00:00.000000000Z", "@-62135596801.000000000", "@253402300800.000000000", "@9223372036854775807.999999999", "@-9223372036854775808.000000000"]

def timed(t):
    b = plain(); b.started = t
    b.host(b"/srv/x", b"x", atime=t, mtime=t, ctime=t, btime=t)
    return b

for i, t in enumerate(TIMES): honest("honest-time-%02d" % i, "started %s" % t, lambda t=t: timed(t))

def counted(n):
    b = Bundle()
    for i in range(n): b.produced("system", "f%06d" % i, b"")
    return b

for n in (1, 2, 4094, 8191, 8192, 12287): honest("honest-count-%d" % n, "%d files" % (n + 1), lambda n=n: counted(n))

def many_sources(n):
    b = Bundle()
    for i in range(n): b.produced("s%d" % (n - i) if i % 2 else "x-%d" % i, "x", b"%d" % i)
    return b

for n in (2, 10, 62, 63): honest("honest-sources-%d" % n, "%d sources that nobody knows" % n, lambda n=n: many_sources(n))

def attributed(rows):
    b = plain()
    b.host(b"/srv/x", b"x", xattrs=[{"name_b64": base64.b64encode(k).decode(), "value_b64": base64.b64encode(v).decode()} for k, v in sorted(rows)])
    return b

for n, rows in [("nul-name", [(b"user.\0a", b"x")]), ("bytes", [(bytes([i]), bytes([i])) for i in range(1, 256)]), ("large", [(b"user.a", bytes(200000))]), ("empty-value", [(b"security.capability", b"")]), ("long-name", [(b"u" * 5000, b"x")])]:
    honest("honest-xattr-%s" % n, "extended attributes: %s" % n, lambda rows=rows: attributed(rows))

def cut(status, size, real):
    b = plain()
    content = b"r" * real + bytes(size - real)
    more = {"real_size": str(real), "real_sha256": hashlib.sha256(content[:real]).hexdigest()} if status in ("shrunk", "limited") else {}
    b.host(b"/srv/x", content, status=status, **more)
    return b

for status, size, real in [("shrunk", 1, 0), ("shrunk", 512, 511), ("shrunk", 1024, 0), ("limited", 0, 0), ("limited", 600, 600), ("limited", 600, 1), ("changed", 0, 0), ("grew", 513, 513)]:
    honest("honest-%s-%d-%d" % (status, size, real), "%s: %d of %d bytes" % (status, real, size), lambda row=(status, size, real): cut(*row))

def extended(value):
    b = plain()
    for record in (b.files[0][2], b.objects[0], b.absent[0], b.actions[0], b.acquisition, b.acquisition["tool"], b.acquisition["clock"]): record["x-k"] = value
    b.on["format"] = lambda f: f.__setitem__("x-k", "v")
    return b

for i, value in enumerate(["\x1b[2J", "\u2028\u2029", "\U0001f4a9", "", "\u0000", 0, -9007199254740991, [], {}, [[[[]]]], {"": {"\u00e9": [False]}}, "x" * 3000]): honest("honest-extra-%02d" % i, "keys that begin x-: %.20r" % value, lambda value=value: extended(value))

# --- 6. signatures ---------------------------------------------------------------------------------------------------------------
def beside(count, kinds=(b"ssh-ed448",)):
    "A trusted signature among others of unknown algorithms."
    b = plain()
    b.acquisition["keys_expected"] = [make.key_id("p256")]
    def more(s, message):
        keys = [string(kinds[i % len(kinds)]) + string(b"sample %d" % i) for i in range(count)]
        return sorted(s + [(make.sha(k), armour(envelope(k, string(kinds[0]) + string(b"\x1b[2J")))) for k in keys])
    signatures(more)(b)
    return b

for n in (1, 14, 15): honest("honest-signatures-%d" % n, "beside the trusted signature %d of unknown algorithms" % n, lambda n=n: beside(n, (b"ssh-ed448", b"\x1b[31m", b"mldsa65@csirt.example")))
for keys in (["ed25519", "p256"], ["ed25519", "sk-ed25519", "sk-p256"], ["p256", "expired"], ["ed25519", "revoked"], ["p256", "future", "operator", "other"]):
    def build(keys=keys):
        b = plain(); b.keys = keys
        b.acquisition["keys_expected"] = [make.key_id(keys[0])]
        return b
    honest("honest-by-%s" % "-".join(keys), "signed by %s" % ", ".join(keys), build)
