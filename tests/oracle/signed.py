"""Random deviations under a valid signature: whatever is changed, the tagmanifest is made of the changed bytes and signed by the
trusted key, so that only the grammar stands in the way."""
import re

import cases_disclosure, cases_good, cases_press, make, press
from cases import plain

BYTES = [b"\0", b"\n", b"\r", b" ", b"\t", b"\"", b"\\", b"/", b"=", b"@", b"~", b".", b"-", b"0", b"9", b"A", b"a", b"\x7f", b"\xc2\x85", b"\xe3\x80\x80", b"\xef\xbb\xbf", b"\xff", b"{", b"]", b",", b"e", b"null"]
VALUES = [b"0", b"-0", b"-1", b"1.0", b"1e1", b"00", b"9007199254740991", b"9007199254740992", b"18446744073709551616", b"true", b"null", b"\"\"", b"\"0\"", b"\"-0\"", b"\"18446744073709551615\"", b"\"18446744073709551616\"",
          b"\"\\u0000\"", b"\"\\ud83d\\ude00\"", b"\"/\"", b"\"/.\"", b"\"//\"", b"\"@0.000000000\"", b"\"9999-12-31T23:59:59.999999999Z\"", b"\"2016-02-29T00:00:00.000000000Z\"", b"\"2015-02-29T00:00:00.000000000Z\"",
          b"[]", b"{}", b"[[[[[[[1]]]]]]]", b"[[[[[[[[1]]]]]]]]", b"\"0644\"", b"\"8:1\"", b"\"08:1\"", b"\"4294967296:0\"", b"\"collected\"", b"\"limited\"", b"\"symlink\"", b"\"\xe2\x80\xa8\""]
NAMES = ["a", "A", ".", "..", "-", "=", "=2E", "=2e", "=41", "CON", "con.txt", "aux.", "COM0", "lpt9", "=43ON", "~", "@", "=~" + "0" * 32, "=@" + "0" * 16, "x=~" + "0" * 32, "x=@" + "0" * 16, "x=~" + "0" * 32 + "=@" + "0" * 16, "n" * 198, "n" * 199,
         "a.", " ", "%41", "\u00e9", "a\\b", "=00", "=FF", "nul", "prn.a.b", "blind", "", "a+b", "a,b", "a:b"]

def bytes_changed(data, r):
    "One small change anywhere."
    at, kind = r.randrange(len(data) + 1), r.randrange(4)
    if kind == 0: return data[:at] + r.choice(BYTES) + data[at:]
    if kind == 1: return data[:at] + data[at + r.choice([1, 1, 2, 8]):]
    if kind == 2: return data[:at] + r.choice(BYTES) + data[at + 1:]
    rows = data.splitlines(True)
    i, j = r.randrange(len(rows)), r.randrange(len(rows))
    rows[i], rows[j] = (rows[j], rows[i]) if r.random() < 0.5 else (rows[i], rows[i])
    return b"".join(rows)

def value_changed(data, r):
    "One JSON value is another, one member is away, or there is one more."
    members = list(re.finditer(rb'"([a-z_0-9]+)":("(?:[^"\\]|\\.)*"|-?\d+|true|false|\[[^\[\]]*\])', data))
    if not members: return bytes_changed(data, r)
    m, kind = r.choice(members), r.randrange(5)
    if kind == 0:
        end = m.end() + (data[m.end():m.end() + 1] == b",")
        return data[:m.start()] + data[end:]
    if kind == 1: return data[:m.start()] + b'"x-a":' + r.choice(VALUES) + b"," + data[m.start():] if r.random() < 0.3 else data[:m.start()] + r.choice(members)[0] + b"," + data[m.start():]
    if kind == 2: return data[:m.start(2)] + r.choice(members)[2] + data[m.end(2):]
    return data[:m.start(2)] + r.choice(VALUES) + data[m.end(2):]

def base(r):
    b = r.choice([plain, plain, cases_good.objects_and_absent, cases_good.changed_while_read, cases_good.not_utf8, cases_good.case_twins, cases_good.everything_known, cases_good.very_long_paths])()
    b.wide = r.random() < 0.3
    pack = r.randrange(4)
    if pack == 0: cases_press.packed(lambda d: press.frames(d, r.choice([1000, 10000, 1 << 20])))(b)
    if pack == 1: cases_press.zipped(press.member)(b)
    return b

def one_frame(content, r, done):
    "A frame with the fields and blocks that it falls to have; some of them break a rule."
    window = r.choice([None, None, 0, 7, 13 << 3, r.randrange(13 << 3), 13 << 3 | 1] if r.random() < 0.3 else [None, 13 << 3, 3 << 3])
    most = min(len(content) if window is None else (1 << 10 + (window >> 3)) * (8 + (window & 7)) // 8, 128 << 10)
    rest, blocks = content, b""
    step = r.choice([max(1, most), most + 1, max(1, len(content) * 3 // (len(content) // 256 + r.randrange(40, 62))), r.randrange(1, most + 1)])
    while rest:
        part, rest = rest[:step], rest[step:]
        run = len(set(part)) == 1 and r.random() < 0.7
        blocks += press.block(run, part[:1] if run else part, not rest and r.random() < 0.97, len(part))
        if r.random() < 0.01: blocks += press.block(r.randrange(4), b"", r.random() < 0.7)
    if r.random() < 0.1: blocks = press.raw(content) if r.random() < 0.5 else blocks[:-1]
    width = r.choice([w for w in (0, 1, 2, 4, 8) if w != 0 and (w > 1 or window is None) and (256 * (w == 2)) <= len(content) < 256 ** w + 256 * (w == 2)] or [8])
    if r.random() < 0.1: return press.squeezed(content)
    size = len(content) + r.choice([-1, 1]) if r.random() < 0.02 and width > 2 else None
    flags = r.randrange(32) & ~3 if r.random() < 0.02 else 4
    done.append("frame of %d: window %s, blocks %d, width %d, size %s, flags %d; " % (len(content), window, step, width, size, flags))
    return press.frame(content, blocks, width, window, size, flags)

def frames_of(r, done):
    "Frames that each fall out as they may, behind one that is as it must be."
    def pack(data):
        out, at = press.squeezed(data[:1000]), 1000
        while at < len(data):
            n = r.choice([1, 255, 256, 257, 511, 512, 1024, 5000, len(data)])
            out += one_frame(data[at:at + n], r, done)
            at += n
            if r.random() < 0.01: out += press.skippable()
        return out
    return pack

def mutant(r):
    "(what was done, bundle)"
    b, kind = base(r), r.randrange(7)
    change = r.choice([bytes_changed, value_changed, value_changed])
    done = []
    if kind < 2:
        def lines(rows):
            i = r.randrange(len(rows))
            rows[i] = change(rows[i], r).replace(b"\n", b"")
            done.append("catalog line %d: %r" % (i, rows[i][:300]))
            return rows
        b.on["lines"] = lines
    elif kind < 4:
        def tags(all_tags):
            name = r.choice([n for n in all_tags if "VERIFY" not in n])
            all_tags[name] = change(all_tags[name], r)
            done.append("%s: %r" % (name, all_tags[name][:300]))
        b.on["tags"] = tags
    elif kind == 4:
        name = "/".join(r.choice(NAMES) for _ in range(r.choice([1, 1, 2, 3])))
        source = r.choice(["files", "files", "files", "long", "ns", "system", "Files", "x", "zz-" + "z" * 30, "closing"])
        host = r.random() < 0.3
        if host: b.host(b"/" + name.encode().strip(b"/").replace(b"//", b"/"), b"x", source=source, path="data/%s/%s" % (source, name))
        else: b.produced(source, name, b"x")
        if r.random() < 0.7: b.sort()
        done.append("name %r in %s%s" % (name, source, ", with origin" if host else ""))
    elif kind == 5:
        cases_press.packed(frames_of(r, done))(b)
    else:
        i, j = r.randrange(len(b.files)), r.randrange(len(b.files))
        b.files[i], b.files[j] = (b.files[j], b.files[i]) if r.random() < 0.7 else (b.files[i], b.files[i])
        done.append("files %d and %d" % (i, j))
    if r.random() < 0.25: disclosed(b, r, done)
    return done, b.build()

def disclosed(b, r, done):
    "Makes it a disclosure of one of its files, the parts of which may be changed too."
    path = r.choice([f[0] for f in b.files])
    done.append("; disclosed: " + path)
    def change(parts):
        i, j, kind = r.randrange(len(parts)), r.randrange(len(parts)), r.randrange(8)
        done.append("; part %s, kind %d, %s" % (parts[i][0], kind, parts[j][0]))
        if kind == 0: del parts[i]
        if kind == 1: parts.insert(j, parts[i])
        if kind == 2: parts[i], parts[j] = parts[j], parts[i]
        if kind == 3: parts[i] = (parts[i][0], r.choice([bytes_changed, value_changed])(parts[i][1], r))
        if kind == 4: parts[i] = (parts[j][0], parts[i][1])
    cases_disclosure.disclosed(b, path, change)
