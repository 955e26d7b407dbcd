"""Compressed bundles, section 2 rules 6 to 9 and "Compressed files" in section 9 of formats/spec/bundle.md: frame and block
headers read by hand; python3-zstandard and zlib decode what is inside."""
import zlib

import zstandard

ZSTD, GZIP = bytes.fromhex("28b52ffd"), bytes.fromhex("1f8b0800000000000003")
LONGEST, WINDOW, BLOCK = 2 << 20, 8 << 20, 128 << 10

class Broken(Exception): "code, offset in the file, detail: how the file goes on where it cannot be read"

class Tar:
    """content: the bytes of the tar as far as they can be told; broken: why no more (None: the file ends there as it may);
    frames: (length of the content so far, offset in the file) behind each frame or member."""
    def __init__(self, content, broken=None, frames=()): self.content, self.broken, self.frames = content, broken, frames

    def behind(self, end, size):
        "What a tar that ended at a byte of content has behind it in a file of size bytes: an offset, or None. May raise Broken."
        if len(self.content) > end: return end
        offset = next((at for n, at in self.frames if n >= end), None)
        if offset is None and self.broken: raise self.broken
        return offset if offset is not None and offset < size else None

def unpack(data):
    if data[:4] == ZSTD: return zstd(data)
    if data[:2] == GZIP[:2]: return gzip(data)
    return Tar(data)

# --- rule 7 -----------------------------------------------------------------------------------------------------------
def zstd(data):
    content, frames, at = bytearray(), [], 0
    try:
        while at < len(data):
            more, end = frame(data, at)
            content += more; frames.append((len(content), end)); at = end
    except Broken as e: return Tar(bytes(content), e, frames)
    return Tar(bytes(content), None, frames)

def frame(data, start):
    "(content, offset behind the frame)"
    def broken(detail, code="container-malformed"):
        code = "container-unsupported" if start == 0 and not header else code
        raise Broken(code, start, detail)
    def take(at, n):
        if at + n > len(data): broken("the file ends inside a frame", "container-truncated")
        return int.from_bytes(data[at:at + n], "little")
    header = None
    if take(start, 4) != int.from_bytes(ZSTD, "little"): broken("no zstd frame")
    flags, at = take(start + 4, 1), start + 5
    single, sized = flags >> 5 & 1, flags >> 6
    if flags & 0b11111 != 0b00100: broken("unused or reserved bit, no checksum, or a dictionary")
    if not single and not sized: broken("no content size")
    window = None
    if not single:
        exponent, mantissa = divmod(take(at, 1), 8); at += 1
        window = (1 << 10 + exponent) * (8 + mantissa) // 8
        if window > WINDOW: broken("window of %d bytes" % window, "limit-exceeded")
    width = 1 << sized
    size = take(at, width) + (256 if width == 2 else 0); at += width
    if size == 0: broken("no content")
    if size > LONGEST: broken("content of %d bytes" % size, "limit-exceeded")
    header, most = True, min(window or size, BLOCK)
    end, last = start + size + size // 256 + 64, 0
    while not last:
        word = take(at, 3); at += 3
        last, kind, length = word & 1, word >> 1 & 3, word >> 3
        if kind == 3: broken("reserved block type")
        if length > most: broken("block of %d bytes" % length)
        if length == 0 and (kind or not last): broken("empty block")
        at += 1 if kind == 1 else length
        if at + 4 > end: broken("longer than it may be")
    take(at, 4); at += 4
    try: content = zstandard.ZstdDecompressor(max_window_size=WINDOW).decompress(data[start:at])
    except zstandard.ZstdError as e: broken(str(e))
    if len(content) != size: broken("content of another size")
    return content, at

# --- rule 8 -----------------------------------------------------------------------------------------------------------
def gzip(data):
    if data[:10] != GZIP: return Tar(b"", Broken("container-unsupported", 0, "another gzip header"))
    inflate, content, at = zlib.decompressobj(-15), bytearray(), 10
    def step(n):
        nonlocal inflate, at
        before = inflate.copy()
        try: content.extend(inflate.decompress(data[at:at + n]))
        except zlib.error:
            inflate = before
            for _ in range(n if n > 1 else 0): step(1)
            if n > 1: return
            rest = data[at:at + 1]
            while True:    # up to the symbol that is wrong, byte by byte: this raises again
                content.extend(inflate.decompress(rest, 1))
                rest = inflate.unconsumed_tail
        at = min(at + n, len(data)) - len(inflate.unused_data)
    try:
        while not inflate.eof and at < len(data): step(4096)
    except zlib.error as e: return Tar(bytes(content), Broken("container-malformed", at, str(e)))
    trailer, end = data[at:at + 8], at + 8
    if not inflate.eof or len(trailer) < 8: broken = Broken("container-truncated", len(data), "the file ends inside the member")
    elif trailer != zlib.crc32(content).to_bytes(4, "little") + (len(content) & 0xffffffff).to_bytes(4, "little"):
        broken = Broken("container-malformed", at, "CRC32 or ISIZE")
    else: return Tar(bytes(content), None, [(len(content), end)])
    return Tar(bytes(content), broken)
