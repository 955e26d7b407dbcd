"""Bad samples: the container."""
import bz2, gzip, lzma

import container
from cases import FORMAT, PASSWD, bad, each, header, member, plain, put, rehash, tag
from make import archive

def tar(change):
    def hook(b): b.on["tar"] = change
    return hook

def blocks(change):
    def hook(b): b.on["blocks"] = change
    return hook

def other_start(b): b.on["blocks"] = lambda rows: [[rehash(put(136, b"%011o\0" % 7)(h)), c] for h, c in rows]

def inserted(kind, link=b"", content=b"", name=b"SAMPLE-1/data/files/etc/link"):
    "A header of another type behind passwd, everything else of it as it must be."
    def change(rows):
        i = next(i for i, r in enumerate(rows) if r[0].startswith(b"SAMPLE-1/" + PASSWD.encode() + b"\0"))
        h = container.block(name, b"", len(content), 1456822800, kind)
        return rows[:i + 1] + [[rehash(put(157, link)(h)), content + bytes(-len(content) % 512)]] + rows[i + 1:]
    return blocks(change)

def pax(records, name=PASSWD, again=False):
    "A pax header in front of a member that needs none, or needs another."
    def change(rows):
        i = next(i for i, r in enumerate(rows) if r[0].startswith(b"SAMPLE-1/" + name.encode() + b"\0"))
        extended = container.block(b"@pax", b"", len(records), 1456822800, b"x") + records + bytes(-len(records) % 512)
        rows[i][0] = extended * (2 if again else 1) + rows[i][0]
        return rows
    return blocks(change)

def resplit(b):
    "A long name, split at another slash than the last possible."
    b.host(b"/" + b"d" * 60 + b"/" + b"e" * 60 + b"/f", b"x"); b.sort()
    def change(rows):
        for r in rows:
            if b"eee" in r[0][:100] or b"eee" in r[0][345:500]:
                whole = r[0][345:500].rstrip(b"\0") + b"/" + r[0][:100].rstrip(b"\0")
                cut = whole.index(b"/eee")
                r[0] = container.block(whole[cut + 1:], whole[:cut], 1, 1456822800, b"0")
                return rows
    b.on["blocks"] = change

def needless_prefix(h): return rehash(container.block(PASSWD.encode(), b"SAMPLE-1", int(h[124:135], 8), 1456822800, b"0"))

each("container-malformed", None, [
    ("mode-0755", "another mode", header(put(100, b"0000755\0"))),
    ("uid-1000", "an owner", header(put(108, b"0001750\0"))),
    ("owner-name", "an owner's name", header(put(265, b"root"))),
    ("device-numbers", "a device number", header(put(329, b"0000001\0"))),
    ("link-name", "a link name in a regular file", header(put(157, b"/etc/shadow"))),
    ("behind-a-name", "bytes behind the NUL of a name", header(put(95, b"X"))),
    ("behind-the-prefix", "bytes behind the last field", header(put(505, b"X"))),
    ("mtime-of-one", "one member with another time", header(put(136, b"00000000001\0"))),
    ("mtime-of-all", "all members with another time than started", other_start),
    ("gnu-magic", "GNU magic in a later header", header(put(257, b"ustar  \0"))),
    ("gnu-magic-first", "GNU magic in the first header", header(put(257, b"ustar  \0"), "bagit.txt")),
    ("first-name", "another first name in a tar of the right kind", tar(lambda d: d[:3] + b"\1" + d[4:])),
    ("size-base-256", "a size in base 256", header(put(124, b"\x80" + bytes(10) + b"\x1e"))),
    ("size-with-blanks", "a size padded with blanks", header(put(124, b"         36 "))),
    ("checksum-form", "a checksum in another form", blocks(lambda rows: rows[3].__setitem__(0, put(154, b" \0")(rows[3][0])))),
    ("checksum-wrong", "a checksum of something else", blocks(lambda rows: rows[3].__setitem__(0, put(148, b"000000\0 ")(rows[3][0])))),
    ("type-nul", "a regular file as the old tar wrote it", blocks(lambda rows: rows[3].__setitem__(0, put(156, b"\0")(rows[3][0])))),
    ("padding-not-zero", "bytes behind a content", blocks(lambda rows: rows[3].__setitem__(1, rows[3][1][:-1] + b"X"))),
    ("one-zero-block", "one zero block, then a member", tar(lambda d: d[:d.index(b"SAMPLE-1/meta/objects")] + bytes(512) + d[d.index(b"SAMPLE-1/meta/objects"):])),
    ("needless-prefix", "a short name split in two", header(needless_prefix)),
    ("split-elsewhere", "a long name split at another slash", resplit),
    ("pax-path-override", "a pax header that gives a member another path", pax(b"35 path=SAMPLE-1/data/files/etc/x\n\n")),
    ("pax-same-path", "a pax header for a name that needs none", pax(b"39 path=SAMPLE-1/data/files/etc/passwd\n")),
    ("pax-mtime", "a pax header with another key", pax(b"12 mtime=17\n")),
    ("pax-small-size", "a pax size that fits the header", pax(b"11 size=30\n")),
    ("pax-twice", "two pax headers for one member", pax(b"39 path=SAMPLE-1/data/files/etc/passwd\n", again=True)),
    ("pax-empty", "a pax header with nothing in it", pax(b"")),
    ("pax-huge", "a pax header that says it is 8 GiB long", blocks(lambda rows: rows.insert(3, [container.block(b"@pax", b"", (8 << 30) - 1, 1456822800, b"x"), b""]))),
])

each("member-forbidden", None, [
    ("symlink", "a symbolic link", inserted(b"2", b"/etc/shadow")),
    ("hard-link", "a hard link", inserted(b"1", b"SAMPLE-1/data/files/etc/passwd")),
    ("directory", "a directory", inserted(b"5", name=b"SAMPLE-1/data/files/etc/d/")),
    ("character-device", "a device", inserted(b"3")),
    ("block-device", "a device", inserted(b"4")),
    ("fifo", "a FIFO", inserted(b"6")),
    ("contiguous", "a contiguous file", inserted(b"7")),
    ("gnu-long-name", "a GNU long name", inserted(b"L", b"", b"SAMPLE-1/data/files/etc/" + b"x" * 100)),
    ("gnu-sparse", "a GNU sparse file", inserted(b"S")),
    ("pax-global", "a global pax header", inserted(b"g", b"", b"15 path=../evil\n")),
])

each("container-trailing-data", None, [
    ("byte-after-end", "one byte after the end", tar(lambda d: d + b"X")),
    ("zeros-after-end", "another record of zeros", tar(lambda d: d + bytes(10240))),
    ("second-tar", "a second tar after the end", tar(lambda d: d + archive([[container.encode(b"SAMPLE-1/data/files/etc/passwd", 4, 1456822800), b"evil" + bytes(508)]]))),
    ("in-final-padding", "bytes in the padding of the last record", tar(lambda d: d[:-1] + b"X")),
])

each("container-truncated", None, [
    ("no-final-padding", "the last record is not whole", tar(lambda d: d[:-512])),
    ("no-end", "the end marker is missing", tar(lambda d: d[:(len(d.rstrip(b"\0")) + 511) // 512 * 512])),
    ("cut-in-content", "ends in the middle of a file", tar(lambda d: d[:5000])),
    ("cut-in-header", "ends in the middle of a header", tar(lambda d: d[:1300])),
    ("size-over-end", "a size that goes over the end", header(put(124, b"77777777777\0"))),
])

each("container-unsupported", None, [
    ("foreign-gzip", "compressed with gzip by another program", tar(lambda d: gzip.compress(d, mtime=0))),
    ("bzip2", "compressed with bzip2", tar(bz2.compress)),
    ("xz", "compressed with xz", tar(lzma.compress)),
    ("zstd-magic", "begins like a zstd frame", tar(lambda d: b"\x28\xb5\x2f\xfd" + d[4:200])),
    ("age", "begins like an age file", tar(lambda d: b"age-encryption.org/v1\n-> X25519 " + bytes(600))),
    ("empty", "an empty file", tar(lambda d: b"")),
    ("zeros", "zeros only", tar(lambda d: bytes(10240))),
    ("text", "a text", tar(lambda d: b"no bundle\n" * 100)),
    ("gnu-tar", "a tar with GNU headers of other things", tar(lambda d: rehash(put(0, b"notes.txt" + bytes(91))(put(257, b"ustar  \0")(d[:512]))) + d[512:])),
    ("cut-early", "less than one block", tar(lambda d: d[:511])),
    ("next-schema", "another version of the format", tag(FORMAT, lambda d: d.replace(b"hozen-bundle/1", b"hozen-bundle/2"))),
])
