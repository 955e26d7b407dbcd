"""Random deviations under a valid signature: whatever is changed, the tagmanifest is made of the changed bytes and signed by the
trusted key, so that only the grammar stands in the way."""
import re

import cases_good, cases_press, make, press
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

def mutant(r):
    "(what was done, bundle)"
    b, kind = base(r), r.randrange(6)
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
    else:
        i, j = r.randrange(len(b.files)), r.randrange(len(b.files))
        b.files[i], b.files[j] = (b.files[j], b.files[i]) if r.random() < 0.7 else (b.files[i], b.files[i])
        done.append("files %d and %d" % (i, j))
    return done, b.build()
