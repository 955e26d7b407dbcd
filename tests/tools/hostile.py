#!/usr/bin/python3
"""hostile.py KIND [COUNT]: a bundle to standard output that is made to cost its reader memory or time."""
import base64
import io
import os
import sys
import tarfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
import make  # noqa: E402
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


KINDS = {
    "ascending": lambda out, n: members(out, (b"data/zz/%09d" % i for i in range(n))),
    "descending": lambda out, n: members(out, (b"data/zz/" + b"/".join([b"n" * 170] * 5) + b"/%09d" % (n - i) for i in range(n))),
    "sources": lambda out, n: members(out, (b"data/s%d/x" % i for i in range(n))),
    "altered": altered, "escapes": escapes, "xattrs": xattrs, "deep": deep,
}
KINDS[sys.argv[1]](sys.stdout.buffer, int(sys.argv[2]))
