#!/usr/bin/python3
"""Do the oracle, hozen verify and the expected answers agree? Over all samples of a folder with vectors.json, and over
random mutants of its good ones. Prints each disagreement; exit 1 when there is one."""
import argparse, json, os, random, re, subprocess, sys, tempfile

import packed, sshsig, verify

SPEC_VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "formats", "spec", "vectors")

def where(path): return path if path.startswith("signatures/") else re.sub(r".*/(?=[^/]*\.sshsig$)", "", path)
def pairs(report): return {(f["code"], where(f.get("path", ""))) for f in report["findings"]}
def codes(report): return {f["code"] for f in report["findings"]}

def notices(report):
    "Those that do not depend on what a program knows besides the spec, or on where it runs."
    return {n["code"] for n in report["notices"]} - {"unknown-source", "unknown-method", "sandbox-incomplete"}

def stops(report):
    "A reader may stop there: what it finds besides is its own affair. So it is without a tagmanifest that says what is intact."
    return ("manifest-malformed", verify.TAGMANIFEST) in pairs(report) or any(c.startswith(("container-", "member-")) or c == "limit-exceeded" for c in codes(report))

class Hozen:
    def __init__(self, program, lists, pipe): self.command, self.pipe = [program, "verify", "--json"] + lists, pipe
    def check(self, path):
        "(exit code, report)"
        command, stdin = self.command + [path], b""
        if self.pipe:
            with open(path, "rb") as f: stdin = f.read()
            sidecars = [os.path.join(os.path.dirname(path), name) for name, *_ in verify.beside(path)]
            command = self.command + [x for s in sidecars for x in ("--signature", s)] + ["-"]
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=900)
        try: return done.returncode, json.loads(done.stdout)
        except ValueError: return done.returncode, {"verdict": "none: " + done.stderr.decode(errors="replace")[:300], "findings": []}

def differences(row, code, report, who):
    "What an answer has against the expected one."
    wanted = row.get("finding")
    if report["verdict"] != row["verdict"]: yield "%s: verdict %s, expected %s" % (who, report["verdict"], row["verdict"])
    if code != row["exit"]: yield "%s: exit %d, expected %d" % (who, code, row["exit"])
    if wanted and not any(c == wanted["code"] and wanted.get("path", p) == p for c, p in pairs(report)):
        yield "%s: no finding %s, only %s" % (who, wanted, sorted(pairs(report)))
    if not wanted and report["findings"]: yield "%s: findings %s" % (who, sorted(pairs(report)))

def where_it_breaks(report): return {c for c in codes(report) if c.startswith("container-") or c == "limit-exceeded"}

HELD = {"manifest-malformed", "catalog-mismatch", "payload-missing", "payload-unlisted"}

def may_tell_more(a, b):
    "The reading stopped before the tagmanifest, undecided; one also reports what it held until then, and may."
    return not a.get("content_id") and not b.get("content_id") and a["verdict"] == "undetermined" and b["verdict"] == "failed" and where_it_breaks(a) == where_it_breaks(b) and codes(b) - codes(a) <= HELD

def between(a, b, frames=False):
    """What two answers have against each other. Only what both must tell: all of it when neither may have stopped early. frames: the bundle is
    compressed with zstd, where all stop at the same place."""
    if stops(a) and stops(b) and (may_tell_more(a, b) or may_tell_more(b, a)): return
    if a["verdict"] != b["verdict"]: yield "verdict: oracle %s %s, hozen %s %s" % (a["verdict"], sorted(pairs(a)), b["verdict"], sorted(pairs(b)))
    elif frames and where_it_breaks(a) != where_it_breaks(b): yield "container: oracle %s, hozen %s" % (sorted(pairs(a)), sorted(pairs(b)))
    elif stops(a) or stops(b): return
    elif pairs(a) != pairs(b): yield "findings: oracle %s, hozen %s" % (sorted(pairs(a) - pairs(b)), sorted(pairs(b) - pairs(a)))
    else:
        if notices(a) != notices(b): yield "notices: oracle %s, hozen %s" % (sorted(notices(a)), sorted(notices(b)))
        if a.get("disclosed") != {k: v for k, v in b.get("disclosed", {}).items() if k != "original"} and ("disclosed" in a or "disclosed" in b):
            yield "disclosed: oracle %s, hozen %s" % (a.get("disclosed"), b.get("disclosed"))
        for key in ("integrity", "authenticity", "content_id", "file_sha256", "bundle", "files", "bytes"):
            if a.get(key) != b.get(key): yield "%s: oracle %s, hozen %s" % (key, a.get(key), b.get(key))

def vectors(folder, oracle, hozen, complain):
    with open(os.path.join(folder, "vectors.json"), encoding="utf-8") as f: rows = json.load(f)
    for row in rows:
        path = os.path.join(folder, row["file"])
        with open(path, "rb") as f: data = f.read()
        mine = oracle(data, verify.beside(path))
        problems = list(differences(row, verify.EXIT[mine["verdict"]], mine, "oracle"))
        if hozen:
            code, theirs = hozen.check(path)
            problems += list(differences(row, code, theirs, "hozen")) + list(between(mine, theirs))
        for p in problems: complain(row["file"], p)
    return rows

# --- mutants --------------------------------------------------------------------------------------------------------------
def mutant(data, r):
    "(what was done, changed bytes): one of nine kinds of damage."
    d, n = bytearray(data), len(data)
    kind, at = r.randrange(9), r.randrange(n)
    if kind == 0: d[at] ^= 1 << r.randrange(8); return "bit at %d" % at, bytes(d)
    if kind == 1: d[at] = r.randrange(256); return "byte at %d" % at, bytes(d)
    if kind == 2: return "cut at %d" % at, bytes(d[:at])
    a, b = sorted(r.randrange(n // 512) * 512 for _ in range(2))
    if kind == 3: d[a:a + 512], d[b:b + 512] = d[b:b + 512], d[a:a + 512]; return "blocks %d and %d swapped" % (a, b), bytes(d)
    if kind == 4: return "block %d twice" % a, bytes(d[:a] + d[a:a + 512] + d[a:])
    if kind == 5: return "block %d away" % a, bytes(d[:a] + d[a + 512:])
    if kind > 6: return frames_changed(data, r, kind == 7)
    text = list(re.finditer(rb"[!-~]{2,}", data))
    m = r.choice(text)
    return "text at %d" % m.start(), data[:m.start()] + bytes(r.sample(list(m[0]), len(m[0]))) + data[m.end():]

def frames_changed(data, r, within):
    "A frame away, twice, at another place, or damaged in its first bytes; a bit where there is only one, or none."
    ends = [0] + [end for _, end in packed.unpack(data).frames]
    parts = [data[a:b] for a, b in zip(ends, ends[1:])] or [data]
    i, j, do = r.randrange(len(parts)), r.randrange(len(parts)), r.randrange(3)
    if within or len(parts) < 2:
        d, at = bytearray(parts[i]), r.randrange(min(20, len(parts[i])))
        d[at] ^= 1 << r.randrange(8)
        parts[i] = bytes(d)
        return "bit %d bytes into frame %d" % (at, i), b"".join(parts)
    if do == 0: del parts[i]
    if do == 1: parts.insert(j, parts[i])
    if do == 2: parts[i], parts[j] = parts[j], parts[i]
    return "frame %d %s %d" % (i, ("away from", "also at", "with")[do], j), b"".join(parts)

def same_tar(a, b):
    "Compressed in two ways, whole both times."
    a, b = packed.unpack(a), packed.unpack(b)
    return a.frames and b.frames and not b.broken and a.content == b.content

def signed(count, seed, oracle, hozen, complain, accepted=lambda path: ()):
    "Deviations under a valid signature; some of them are none: accepted(path) says what is wrong with such a one."
    import signed as deviations
    verdicts = dict.fromkeys(verify.EXIT, 0)
    with tempfile.NamedTemporaryFile(suffix=".tar") as f:
        for i in range(count):
            done, data = deviations.mutant(random.Random("signed %s %d" % (seed, i)))
            mine = oracle(data, [])
            verdicts[mine["verdict"]] += 1
            if not hozen: continue
            f.seek(0); f.truncate(); f.write(data); f.flush()
            _, theirs = hozen.check(f.name)
            problems = list(between(mine, theirs, data[:4] == packed.ZSTD)) + list(accepted(f.name) if mine["verdict"] == "verified" else ())
            for p in problems: complain("signed deviation %d of seed %s (%s)" % (i, seed, "".join(done)), p)
    return verdicts

def mutants(folder, rows, count, seed, oracle, hozen, complain):
    good = [r["file"] for r in rows if r["verdict"] == "verified" and "unknown-algorithm" not in r["file"]]  # nothing protects those bytes
    with tempfile.NamedTemporaryFile(suffix=".tar") as f:
        for i in range(count):
            r = random.Random("%s %d" % (seed, i))
            name = r.choice(good)
            with open(os.path.join(folder, name), "rb") as g: data = g.read()
            done, changed = mutant(data, r)
            if changed == data: continue
            label = "%s, mutant %d of seed %s (%s)" % (name, i, seed, done)
            beside = verify.beside(os.path.join(folder, name)) if not hozen else []
            mine = oracle(changed, beside)
            if mine["verdict"] == "verified" and not same_tar(data, changed): complain(label, "oracle: verified")
            if not hozen: continue
            f.seek(0); f.truncate(); f.write(changed); f.flush()
            code, theirs = hozen.check(f.name)
            if code != verify.EXIT.get(theirs["verdict"]): complain(label, "hozen: exit %d with verdict %s" % (code, theirs["verdict"]))
            for p in between(mine, theirs, changed[:4] == packed.ZSTD): complain(label, p)

def main():
    p = argparse.ArgumentParser(description="Compare the oracle with hozen verify and with expected answers.")
    p.add_argument("--vectors", default=SPEC_VECTORS, help="folder with vectors.json (default: formats/spec/vectors)")
    p.add_argument("--hozen", help="the program hozen-verify; without it the oracle alone is checked")
    p.add_argument("--pipe", action="store_true", help="give the bundles to hozen-verify through a pipe")
    p.add_argument("--mutants", type=int, default=0, metavar="N", help="also N random mutants of the good samples")
    p.add_argument("--signed", type=int, default=0, metavar="N", help="also N random deviations under a valid signature")
    p.add_argument("--seed", default="1")
    o = p.parse_args()
    lists = [os.path.join(SPEC_VECTORS, n) for n in ("allowed_signers", "revoked_keys")]
    signers, revoked = sshsig.read_signers(lists[0]), sshsig.read_revoked(lists[1])
    hozen = Hozen(o.hozen, ["--signers", lists[0], "--revoked", lists[1]], o.pipe) if o.hozen else None
    problems = []
    def complain(where, what): problems.append(where); print("%s: %s" % (where, what), flush=True)
    def oracle(data, beside): return verify.check(data, signers, revoked, beside)
    rows = vectors(o.vectors, oracle, hozen, complain)
    mutants(o.vectors, rows, o.mutants, o.seed, oracle, hozen, complain)
    verdicts = signed(o.signed, o.seed, oracle, hozen, complain)
    if o.signed: print("signed deviations:", ", ".join("%d %s" % (n, v) for v, n in verdicts.items()))
    print("%d samples, %d mutants, %d disagreements" % (len(rows), o.mutants, len(problems)))
    return 1 if problems or not rows else 0

if __name__ == "__main__": sys.exit(main())
