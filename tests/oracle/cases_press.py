"""Samples that are compressed, with zstd and with gzip: section 2 rules 6 to 9, "Compressed files" in section 9."""
import random, subprocess, zlib

import container
from cases import MANIFEST, PASSWD, bad, each, good, member as altered, plain
from make import archive
from press import GZIP, block, deflate, frame, frames, member, pieces, raw, skippable, squeezed

HALF = 15360    # where the second of two frames begins: what is wrong there is wrong behind what shows that this is a bundle

def packed(change, suffix=".zst"):
    def hook(b): b.on["tar"], b.suffix = change, suffix
    return hook

def zipped(change): return packed(change, ".gz")
def second(change): return packed(lambda d: squeezed(d[:HALF]) + change(d[HALF:]))
def first(change): return packed(lambda d: change(d[:HALF]) + squeezed(d[HALF:]))
def evil(): return archive([[container.encode(b"SAMPLE-1/data/files/etc/passwd", 4, 1456822800), b"evil" + bytes(508)]])

def larger():
    "A tar of 12 MiB: a part that cannot be compressed, one that becomes very short."
    b = plain()
    b.host(b"/srv/noise", random.Random("noise").randbytes(5 << 20)); b.host(b"/srv/zeros", bytes(7 << 20))
    return b.sort()

# --- good -----------------------------------------------------------------------------------------------------------------
def anywhere(data):
    "Frames that end wherever it falls out, in headers and paddings too."
    r, out = random.Random("anywhere"), b""
    while data:
        n = r.choice([1, 2, 3, 100, 511, 512, 513, r.randrange(1, 9000)])
        out, data = out + squeezed(data[:n]), data[n:]
    return out

def runs(data):
    "Blocks of one byte many times for the parts that are so, raw ones for the others."
    parts = pieces(data, 512)
    return b"".join(block(*((1, p[:1]) if len(set(p)) == 1 else (0, p)), i == len(parts) - 1, len(p)) for i, p in enumerate(parts))

def longest(data, width=2):
    "A frame of 1,024 bytes in 19 raw blocks: 4 + 1 + 2 + 1,024 + 19 * 3 + 4 is 1,024 + 1,024 / 256 + 64; with a wider size field it is 2 bytes longer."
    parts = pieces(data[:1024], 54)
    assert len(data) >= 1024 and len(parts) == 19
    return frame(data[:1024], b"".join(block(0, p, i == 18) for i, p in enumerate(parts)), width=width) + squeezed(data[1024:])

def stock(*command): return lambda d: subprocess.run(command, input=d, stdout=subprocess.PIPE, check=True).stdout

for name, about, build, suffix, change in [
        ("zstd", "compressed with zstd in one frame", plain, ".zst", frames),
        ("zstd-anywhere", "frames that end anywhere, some after one byte", plain, ".zst", anywhere),
        ("zstd-one-byte-frames", "frames of one byte", plain, ".zst", lambda d: frames(d, 1, frame)),
        ("zstd-raw", "a frame of a single segment with a raw block", plain, ".zst", lambda d: frames(d, HALF, frame)),
        ("zstd-runs", "blocks of one byte many times", plain, ".zst", lambda d: frames(d, 1 << 20, lambda p: frame(p, runs(p)))),
        ("zstd-window", "frames with a window descriptor", plain, ".zst", lambda d: frames(d, HALF, lambda p: squeezed(p, window_log=10))),
        ("zstd-window-8-mib", "the largest window", plain, ".zst", lambda d: frames(d, HALF, lambda p: frame(p, window=13 << 3))),
        ("zstd-window-odd", "a window of 1 KiB and 7/8, with blocks as large as it", plain, ".zst",
         lambda d: frames(d, HALF, lambda p: frame(p, raw(p, 1920), window=7))),
        ("zstd-size-fields", "content sizes in 1, 2, 4 and 8 bytes", plain, ".zst",
         lambda d: frame(d[:255], width=1) + frame(d[255:511], width=2) + frame(d[511:600], width=4) + frame(d[600:], width=8)),
        ("zstd-empty-last-block", "an empty last block", plain, ".zst", lambda d: frame(d, block(0, d) + block(0, b"", 1))),
        ("zstd-longest-frame", "a frame as long as one may be", plain, ".zst", longest),
        ("zstd-2-mib-frames", "frames of 2 MiB", larger, ".zst", lambda d: frames(d, 2 << 20)),
        ("zstd-level-19", "the strongest level of the stock program", plain, ".zst", stock("zstd", "-q", "-19", "--check", "--stream-size=30720", "-c")),
        ("gzip", "compressed with gzip", plain, ".gz", member),
        ("gzip-stored", "gzip with stored blocks", plain, ".gz", lambda d: member(d, body=deflate(d, 0))),
        ("gzip-flushed", "gzip with sync flushes", plain, ".gz", lambda d: member(d, body=deflate(d, 1, 1000))),
        ("gzip-stock", "gzip as the stock program writes it", plain, ".gz", stock("gzip", "-n")),
        ("gzip-larger", "a larger tar in gzip", larger, ".gz", lambda d: member(d, body=deflate(d, 1, 1 << 20)))]:
    def sample(build=build, change=change, suffix=suffix):
        b = build()
        packed(change, suffix)(b)
        return b
    sample.__name__ = name
    good(about)(sample)

# --- bad: a later frame ----------------------------------------------------------------------------------------------------
def flipped(data, at): return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:] if at >= 0 else flipped(data, len(data) + at)
def cut(at): return lambda p: (lambda f: f[:at])(frame(p))

BROKEN = [
    ("no-checksum", "a frame without a checksum", lambda p: frame(p, flags=0, checksum=b"")),
    ("no-size", "a frame that does not state the size of its content", lambda p: frame(p, width=0, window=13 << 3)),
    ("dictionary", "a frame that names a dictionary", lambda p: frame(p, flags=5, dictionary=b"\x01")),
    ("dictionary-zero", "a frame that names the dictionary 0", lambda p: frame(p, flags=6, dictionary=b"\0\0")),
    ("reserved-bit", "the reserved bit of a frame", lambda p: frame(p, flags=12)),
    ("unused-bit", "the unused bit of a frame", lambda p: frame(p, flags=20)),
    ("empty-frame", "a frame of no content", lambda p: frame(b"", block(0, b"", 1)) + frame(p)),
]
DAMAGED = [
    ("checksum-wrong", "a wrong checksum", lambda p: flipped(frame(p), -1)),
    ("size-lies-more", "a size that is larger than the content", lambda p: frame(p, size=len(p) + 1)),
    ("size-lies-less", "a size that is smaller than the content", lambda p: frame(p, size=len(p) - 1)),
    ("size-far-off", "a size of 2 MiB for less", lambda p: frame(p, size=2 << 20)),
    ("reserved-block", "a block of the reserved type", lambda p: frame(p, block(3, p, 1))),
    ("reserved-block-behind", "a block of the reserved type behind another", lambda p: frame(p, block(0, p[:100]) + block(3, p[100:], 1))),
    ("empty-block", "an empty block that is not the last", lambda p: frame(p, block(0, b"") + block(0, p, 1))),
    ("empty-run", "an empty last block of one byte many times", lambda p: frame(p, block(0, p) + block(1, b"X", 1, 0))),
    ("empty-compressed", "an empty last block that is compressed", lambda p: frame(p, block(0, p) + block(2, b"", 1))),
    ("block-over-window", "a block that is larger than the window", lambda p: frame(p, raw(p, 1025), window=0)),
    ("run-over-window", "a run that is larger than the window", lambda p: frame(p[:100], raw(p[:100]), window=0) + frame(bytes(2000), block(1, b"\0", 1, 2000), window=0)),
    ("block-over-content", "a block that is larger than a single segment", lambda p: frame(p[:9], raw(p)) + frame(p[9:])),
    ("too-long", "a frame that is longer than one may be", lambda p: longest(p, 4)),
    ("too-long-empty", "hidden bytes in blocks that give nothing", lambda p: frame(p, b"".join(block(2, bytes([0, 0])) for _ in range(60)) + raw(p))),
    ("garbage-block", "a compressed block that is none", lambda p: frame(p, block(2, random.Random("garbage").randbytes(99), 1))),
]
each("container-malformed", None, [("zstd-" + n, about, second(one)) for n, about, one in BROKEN + DAMAGED + [
    ("skippable-middle", "a skippable frame between two", lambda p: skippable() + frame(p)),
    ("other-magic", "a frame with the magic of an old format", lambda p: b"\x27" + frame(p)[1:]),
    ("zeros-between", "zeros between two frames", lambda p: bytes(4) + frame(p)),
    ("gzip-behind", "the rest of the tar in a gzip member", member),
    ("no-frame-behind", "the rest of the tar is not compressed", lambda p: p)]])
each("container-malformed", None, [("zstd-first-" + n, about + ", in the first frame", first(one)) for n, about, one in DAMAGED])
each("limit-exceeded", None, [
    ("zstd-frame-over-2-mib", "a frame of more than 2 MiB", second(lambda p: frame(p, size=(2 << 20) + 1))),
    ("zstd-frame-of-2-64", "a frame that says it has 2^64 - 1 bytes", second(lambda p: frame(p, size=(1 << 64) - 1, width=8))),
    ("zstd-window-over-8-mib", "a window of more than 8 MiB", second(lambda p: frame(p, window=13 << 3 | 1))),
    ("zstd-window-largest", "the largest window that can be written", second(lambda p: frame(p, window=255)))])
each("container-truncated", None, [("zstd-cut-" + n, about, second(one)) for n, about, one in [
    ("between-frames", "ends between two frames", lambda p: b""),
    ("in-magic", "ends in the magic of a frame", cut(3)),
    ("behind-magic", "ends behind the magic of a frame", cut(4)),
    ("in-header", "ends in the header of a frame", cut(6)),
    ("in-block-header", "ends in the header of a block", cut(8)),
    ("in-block", "ends in a block", cut(2000)),
    ("in-checksum", "ends in a checksum", cut(-1)),
    ("before-checksum", "ends before a checksum", cut(-4)),
    ("small-rest", "ends in bytes that are too few for a frame", lambda p: b"XYZ")]] + [
    ("zstd-cut-first", "ends in the first frame", packed(lambda d: frame(d)[:2000])),
    ("zstd-no-final-padding", "a tar whose last record is not whole, in whole frames", packed(lambda d: frames(d[:-512])))])
each("container-trailing-data", None, [
    ("zstd-byte-after-end", "a byte behind the last frame", packed(lambda d: frames(d) + b"X")),
    ("zstd-skippable-last", "a skippable frame behind the last", packed(lambda d: frames(d) + skippable())),
    ("zstd-frame-after-end", "a frame of zeros behind the end", packed(lambda d: frames(d) + frame(bytes(10240)))),
    ("zstd-empty-frame-after-end", "a frame of no content behind the end", packed(lambda d: frames(d) + frame(b"", block(0, b"", 1)))),
    ("zstd-second-tar", "a second tar in a frame of its own", packed(lambda d: frames(d) + frames(evil()))),
    ("zstd-second-tar-inside", "a second tar in the last frame", packed(lambda d: frames(d + evil()))),
    ("zstd-zeros-inside", "another record of zeros in the last frame", packed(lambda d: frames(d + bytes(10240)))),
    ("zstd-in-final-padding", "bytes in the padding of the last record", packed(lambda d: frames(d[:-1] + b"X")))])
each("container-unsupported", None, [("zstd-first-" + n, about + ", in the first frame", first(one)) for n, about, one in BROKEN + [
    ("over-2-mib", "more than 2 MiB", lambda p: frame(p, size=(2 << 20) + 1)),
    ("window-over-8-mib", "a window of more than 8 MiB", lambda p: frame(p, window=13 << 3 | 1))]] + [
    ("zstd-skippable-first", "a skippable frame first", packed(lambda d: skippable() + frames(d))),
    ("zstd-stock", "compressed by the stock program, which did not know the size", packed(stock("zstd", "-q", "-c"))),
    ("zstd-magic-only", "the magic of zstd and nothing else", packed(lambda d: frame(d)[:4])),
    ("zstd-header-cut", "ends in the header of the first frame", packed(lambda d: frame(d)[:6])),
    ("zstd-text", "a compressed text", packed(lambda d: frames(b"no bundle\n" * 100))),
    ("zstd-short", "a compressed text shorter than a block", packed(lambda d: frames(b"no bundle\n", 1))),
    ("zstd-gnu-tar", "a compressed tar with GNU headers", packed(lambda d: frames(b"notes.txt" + bytes(248) + b"ustar  \0" + bytes(9975))))])

# --- what is wrong in the tar is told although it is compressed ----------------------------------------------------------
def inside(change, pack, suffix):
    def hook(b): change(b); packed(pack, suffix)(b)
    return hook

for kind, pack, suffix in (("zstd", lambda d: frames(d, 4000), ".zst"), ("gzip", member, ".gz")):
    each("payload-altered", PASSWD, [(kind + "-content-altered", "a file that is altered, compressed again", inside(altered(PASSWD, lambda c: c.upper()), pack, suffix))])
    each("tag-altered", MANIFEST, [(kind + "-manifest-altered", "a manifest that is altered, compressed again", inside(altered(MANIFEST, lambda c: c.upper()), pack, suffix))])
each("container-malformed", None, [
    ("zstd-tar-before-frame", "a wrong header in the first frame, a wrong second frame", packed(lambda d: frames(d[:1124] + b"X" + d[1125:HALF]) + b"XXXXXXXX"))])

# --- bad: gzip --------------------------------------------------------------------------------------------------------------
def head(at, value): return lambda d: member(d, head=GZIP[:at] + bytes([value]) + GZIP[at + 1:])
each("container-unsupported", None, [
    ("gzip-os", "a gzip header of another system", zipped(head(9, 255))),
    ("gzip-time", "a gzip header with a time", zipped(head(4, 1))),
    ("gzip-extra-flags", "a gzip header that names the level", zipped(head(8, 2))),
    ("gzip-text", "a gzip header that says it is text", zipped(head(3, 1))),
    ("gzip-method", "another method than deflate", zipped(head(2, 7))),
    ("gzip-name", "a gzip header with a file name", zipped(lambda d: member(d, head=GZIP[:3] + b"\x08" + GZIP[4:] + b"SAMPLE-1.tar\0"))),
    ("gzip-comment", "a gzip header with a comment", zipped(lambda d: member(d, head=GZIP[:3] + b"\x10" + GZIP[4:] + b"hidden\0"))),
    ("gzip-header-cut", "ends in the header", zipped(lambda d: GZIP[:9])),
    ("gzip-text-inside", "a compressed text", zipped(lambda d: member(b"no bundle\n" * 100))),
    ("gzip-short-inside", "a compressed text shorter than a block", zipped(lambda d: member(b"no bundle\n"))),
    ("gzip-in-zstd", "compressed twice", packed(lambda d: frames(member(d))))])
each("container-malformed", None, [
    ("gzip-crc", "a wrong CRC32", zipped(lambda d: member(d, crc=zlib.crc32(d) ^ 1))),
    ("gzip-isize", "a wrong length", zipped(lambda d: member(d, size=len(d) + 1))),
    ("gzip-garbage", "deflate that is none", zipped(lambda d: member(d, body=b"\xff" * 100))),
    ("gzip-garbage-behind", "deflate that ends in garbage", zipped(lambda d: member(d, body=deflate(d, 6, HALF)[:1500] + b"\xff" * 999)))])
each("container-truncated", None, [
    ("gzip-cut", "ends in the member", zipped(lambda d: member(d)[:2000])),
    ("gzip-cut-in-crc", "ends in the CRC32", zipped(lambda d: member(d)[:-5])),
    ("gzip-cut-in-isize", "ends in the length", zipped(lambda d: member(d)[:-1])),
    ("gzip-cut-early", "ends behind the header", zipped(lambda d: GZIP)),
    ("gzip-two-members", "the tar goes on in a second member", zipped(lambda d: member(d[:HALF]) + member(d[HALF:])))])
each("container-trailing-data", None, [
    ("gzip-byte-after-end", "a byte behind the member", zipped(lambda d: member(d) + b"X")),
    ("gzip-zeros-after-end", "zeros behind the member", zipped(lambda d: member(d) + bytes(512))),
    ("gzip-second-member", "a second member behind the end", zipped(lambda d: member(d) + member(b""))),
    ("gzip-second-tar", "a second tar in a member of its own", zipped(lambda d: member(d) + member(evil()))),
    ("gzip-second-tar-inside", "a second tar in the member", zipped(lambda d: member(d + evil()))),
    ("gzip-in-final-padding", "bytes in the padding of the last record", zipped(lambda d: member(d[:-1] + b"X")))])
