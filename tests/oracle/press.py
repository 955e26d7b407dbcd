"""Compresses samples: zstd frames put together by hand (RFC 8878) or by python3-zstandard, gzip members by zlib."""
import zlib

import zstandard

MAGIC, GZIP = bytes.fromhex("28b52ffd"), bytes.fromhex("1f8b0800000000000003")
P = [11400714785074694791, 14029467366897019727, 1609587929392839161, 9650029242287828579, 2870177450012600261]
MASK = (1 << 64) - 1

def rotated(x, n): return (x << n | x >> 64 - n) & MASK
def turned(a, word): return rotated(a + word * P[1] & MASK, 31) * P[0] & MASK

def xxh64(data):
    "XXH64 with seed 0, as its specification describes it."
    def word(at, n=8): return int.from_bytes(data[at:at + n], "little")
    n, at = len(data), 0
    h = P[4]
    if n >= 32:
        v = [P[0] + P[1] & MASK, P[1], 0, -P[0] & MASK]
        while at + 32 <= n: v, at = [turned(a, word(at + 8 * i)) for i, a in enumerate(v)], at + 32
        h = sum(rotated(a, r) for a, r in zip(v, (1, 7, 12, 18))) & MASK
        for a in v: h = ((h ^ turned(0, a)) * P[0] + P[3]) & MASK
    h = h + n & MASK
    while at + 8 <= n: h, at = (rotated(h ^ turned(0, word(at)), 27) * P[0] + P[3]) & MASK, at + 8
    if at + 4 <= n: h, at = (rotated(h ^ word(at, 4) * P[0] & MASK, 23) * P[1] + P[2]) & MASK, at + 4
    while at < n: h, at = rotated(h ^ data[at] * P[4] & MASK, 11) * P[0] & MASK, at + 1
    h = (h ^ h >> 33) * P[1] & MASK
    h = (h ^ h >> 29) * P[2] & MASK
    return h ^ h >> 32

# --- zstd -------------------------------------------------------------------------------------------------------------
def block(kind, content, last=False, size=None):
    "kind 0 raw, 1 one byte many times, 2 compressed, 3 reserved; size: what the header says instead."
    length = len(content) if size is None else size
    return (last | kind << 1 | length << 3).to_bytes(3, "little") + content

def raw(content, size=128 << 10):
    "Raw blocks of at most so many bytes."
    parts = [content[i:i + size] for i in range(0, len(content), size)]
    return b"".join(block(0, p, i == len(parts) - 1) for i, p in enumerate(parts))

def frame(content, blocks=None, width=None, window=None, size=None, flags=4, dictionary=b"", checksum=None):
    """One frame. width: bytes of the content size (0: not stated); window: the descriptor's byte, None: single segment; size: the stated one;
    flags: the lower five bits of the frame's descriptor."""
    stated = len(content) if size is None else size
    if width is None: width = 1 if stated < 256 and window is None else 2 if 256 <= stated < 65792 else 4
    sized = {0: 0, 1: 0, 2: 1, 4: 2, 8: 3}[width]
    field = (stated - 256 * (width == 2)).to_bytes(width, "little") if width else b""
    head = bytes([sized << 6 | (window is None) << 5 | flags]) + (b"" if window is None else bytes([window])) + dictionary + field
    tail = (xxh64(content) & 0xffffffff).to_bytes(4, "little") if checksum is None else checksum
    return MAGIC + head + (raw(content) if blocks is None else blocks) + tail

def squeezed(content, **more):
    "One frame by the library."
    p = zstandard.ZstdCompressionParameters.from_level(1, source_size=len(content), write_checksum=1, write_content_size=1, **more)
    return zstandard.ZstdCompressor(compression_params=p).compress(content)

def pieces(data, size): return [data[i:i + size] for i in range(0, len(data), size)]
def frames(data, size=1 << 20, one=squeezed): return b"".join(map(one, pieces(data, size)))
def skippable(content=b"hidden"): return (0x184d2a50).to_bytes(4, "little") + len(content).to_bytes(4, "little") + content

# --- gzip -------------------------------------------------------------------------------------------------------------
def deflate(data, level=6, flush=None):
    "flush: a sync flush after so many bytes each."
    z = zlib.compressobj(level, zlib.DEFLATED, -15)
    return b"".join(z.compress(p) + (z.flush(zlib.Z_SYNC_FLUSH) if flush else b"") for p in pieces(data, flush or len(data) or 1)) + z.flush()

def member(data, head=GZIP, body=None, crc=None, size=None):
    crc, size = zlib.crc32(data) if crc is None else crc, len(data) if size is None else size
    return head + (deflate(data) if body is None else body) + crc.to_bytes(4, "little") + (size & 0xffffffff).to_bytes(4, "little")
