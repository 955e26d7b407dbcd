#!/usr/bin/python3
"""hostile.py KIND [COUNT]: a bundle to standard output that is made to cost its reader memory or time."""
import base64
import io
import os
import sys
import tarfile
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
import make  # noqa: E402
import press  # noqa: E402
from cases import plain  # noqa: E402

MTIME = 1456822800  # of plain()


def members(out, names):
    """The beginning of a good bundle, then empty files of these names, then nothing."""
    good = plain().build()
    out.write(good[:tarfile.open(fileobj=io.BytesIO(good)).getmembers()[4].offset])
    for name in names:
        out.write(make.member(b"SAMPLE-1/" + name, b"", MTIME)[0])
    out.write(bytes(1024))


def altered(out, count):
    b = plain()
    for i in range(count):
        b.host(b"/" + b"/".join([b"n" * 190] * 4) + b"/%05d" % i, b"marked")
    out.write(b.sort().build().replace(b"marked" + bytes(506), b"Marked" + bytes(506)))


def escapes(out, count):
    b = plain()
    for _ in range(count):
        b.absent.append({"origin": "/" + "\u0001" * 80000, "source": "files", "status": "denied", "reason": "\\" * 250000})
    out.write(b.build())


def xattrs(out, count):
    b = plain()
    rows = [{"name_b64": base64.b64encode(b"user.%06d" % i).decode(), "value_b64": "AAAA"} for i in range(18000)]
    for i in range(count):
        b.host(b"/x/%d" % i, b"", xattrs=rows)
    out.write(b.sort().build())


def deep(out, count):
    b = plain()
    b.on["tags"] = lambda t: t.__setitem__("meta/absent.jsonl", t["meta/absent.jsonl"] + (b"[" * 1000000 + b"\n") * count)
    out.write(b.build())


def opening(size):
    """The beginning of a good bundle, and the header of a file of so many bytes."""
    good = plain().build()
    head = bytearray(make.member(b"SAMPLE-1/data/zz/0", b"", MTIME)[0])
    head[124:136] = b"%011o\0" % size
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return good[:tarfile.open(fileobj=io.BytesIO(good)).getmembers()[4].offset] + head


def zeros(out, count):
    """So many frames that are 2 MiB of zeros each."""
    out.write(press.squeezed(opening(count << 21)))
    frame = press.squeezed(bytes(2 << 20))
    for _ in range(count):
        out.write(frame)


def zeros_gzip(out, count):
    """The same in a gzip member."""
    packer, crc = zlib.compressobj(9, zlib.DEFLATED, -15), 0
    out.write(press.GZIP)
    for piece in [opening(count << 21)] + [bytes(2 << 20)] * count:
        out.write(packer.compress(piece))
    out.write(packer.flush() + bytes(8))


def crumbs(out, count):
    """A file of zeros in frames of one byte each."""
    out.write(press.squeezed(opening(count)) + press.frame(b"\0") * count)


def dense(out, count):
    """So many frames that are 2 MiB of zeros each and take 77 bytes."""
    out.write(press.squeezed(opening(count << 21)))
    one = press.frame(bytes(2 << 20), b"".join(press.block(1, b"\0", i == 15, 128 << 10) for i in range(16)))
    out.write(one * count)


def window(out, exponent):
    """A second frame that asks for a window of 2 to the power of that, and says that it is small."""
    good = plain().build()
    out.write(press.squeezed(good[:15360]) + press.frame(good[15360:], window=exponent - 10 << 3))


def huge(out, exponent):
    """A frame that says its content is 2 to the power of that."""
    good = plain().build()
    out.write(press.squeezed(good[:15360]) + press.frame(good[15360:], width=8, size=1 << exponent))


def promised(out, exponent):
    """A file that is said to be so large, by a pax header, and has a few bytes."""
    good = plain().build()
    records = b"".join([make.container.pax_record(b"size", b"%d" % (1 << exponent))])
    head = make.container.block(b"@pax", b"", len(records), MTIME, b"x") + records + bytes(-len(records) % 512)
    out.write(good[:tarfile.open(fileobj=io.BytesIO(good)).getmembers()[4].offset] + head)
    out.write(make.container.block(b"SAMPLE-1/data/zz/0", b"", 0, MTIME, b"0") + bytes(51200))


def header(out, size):
    """A pax header of so many bytes."""
    good = plain().build()
    records = make.container.pax_record(b"path", b"SAMPLE-1/data/zz/" + b"n/" * (size // 2))
    out.write(good[:tarfile.open(fileobj=io.BytesIO(good)).getmembers()[4].offset])
    out.write(make.container.block(b"@pax", b"", len(records), MTIME, b"x") + records + bytes(-len(records) % 512))
    out.write(make.container.block(b"@", b"", 0, MTIME, b"0") + bytes(10240))


def lines(out, count):
    """A manifest of so many lines for files that are not there, signed."""
    b = plain()
    row = b"0" * 64 + b"  data/files/" + b"/".join([b"n" * 190] * 4) + b"/%09d\n"
    b.on["tags"] = lambda t: t.__setitem__("manifest-sha256.txt", t["manifest-sha256.txt"] + b"".join(row % i for i in range(count)))
    out.write(b.build())


KINDS = {
    "ascending": lambda out, n: members(out, (b"data/zz/%09d" % i for i in range(n))),
    "descending": lambda out, n: members(out, (b"data/zz/" + b"/".join([b"n" * 170] * 5) + b"/%09d" % (n - i) for i in range(n))),
    "sources": lambda out, n: members(out, (b"data/s%d/x" % i for i in range(n))),
    "nested": lambda out, n: members(out, (b"data/zz/" + b"/".join([b"d"] * 440) + b"/%07d" % i for i in range(n))),
    "dense": dense, "window": window, "huge": huge, "promised": promised, "header": header, "lines": lines,
    "altered": altered, "escapes": escapes, "xattrs": xattrs, "deep": deep,
    "zeros": zeros, "zeros-gzip": zeros_gzip, "crumbs": crumbs,
}
KINDS[sys.argv[1]](sys.stdout.buffer, int(sys.argv[2]))
