#!/usr/bin/python3
"""What does a disclosure (formats/spec/disclosure.md) give away of the other files of its bundle? Looks for their names, digests and contents in it, and then
does what somebody would who knows everything about another file but its random salt: tries to recognise it. Exit 1 when something is found."""
import argparse, base64, hashlib, io, itertools, json, sys, tarfile

import packed, verify
from grammar import canonical

def members(path):
    with open(path, "rb") as f: tar = packed.unpack(f.read()).content
    with tarfile.open(fileobj=io.BytesIO(tar)) as t: return {m.name.partition("/")[2]: t.extractfile(m).read() for m in t}, tar

def traces(entry, content):
    "(what, bytes) that only this file could have left; very short names and contents are everywhere."
    digest = bytes.fromhex(entry["sha256"])
    yield "path", entry["path"].encode()
    for part in entry["path"].split("/")[2:]: yield "part of the name", part.encode()
    for key in ("origin", "origin_b64", "real_sha256", "salt"):
        if key in entry: yield key, entry[key].encode()
    yield "digest", digest
    yield "digest", digest.hex().encode()
    yield "digest", digest.hex().upper().encode()
    yield "digest", base64.b64encode(digest)[:42]
    wide = hashlib.sha512(content).digest()
    yield "digest", wide
    yield "digest", wide.hex().encode()
    yield "content", content

def leaf(entry): return hashlib.sha256(b"\0" + canonical(entry).encode()).digest()

def guesses(entry, salts):
    "Leaves that this file would have with a salt that one might think of."
    for salt in salts: yield leaf({**entry, "salt": salt})
    bare = dict(entry); del bare["salt"]
    yield leaf(bare)

def main():
    p = argparse.ArgumentParser(description="Look for traces of other files in a disclosure.")
    p.add_argument("bundle"); p.add_argument("disclosure")
    p.add_argument("--salted", action="store_true", help="try with the true salts too: then every neighbour must be recognised (this shows that the search can find something)")
    o = p.parse_args()
    whole, _ = members(o.bundle)
    part, raw = members(o.disclosure)
    entries = [json.loads(l) for n in whole if verify.SEGMENT.fullmatch(n) for l in whole[n].splitlines()]
    mine = json.loads(part["disclosure-line.json"])
    others = [e for e in entries if e["path"] != mine["path"]]
    own = " ".join(v for v in mine.values() if isinstance(v, str)).encode()
    problems = ["%s of %s" % (what, e["path"]) for e in others for what, trace in traces(e, whole[e["path"]])
                if len(trace) > 3 and trace in raw and trace not in own]
    named = [json.loads(l).get("origin") for n in ("objects", "absent") for l in whole["meta/%s.jsonl" % n].splitlines()]
    problems += ["name of " + n for n in named if n and n.encode() in raw and n not in mine.get("origin", "")]
    digests = {bytes.fromhex(d) for d in json.loads(part["disclosure-proof.json"])["path"]}
    salts = {mine["salt"], "0" * 32, "f" * 32, json.loads(part["meta/format.json"])["salt"], hashlib.sha256(b"").hexdigest()[:32]}
    found = [e["path"] for e in others if digests & set(guesses(e, salts | ({e["salt"]} if o.salted else set())))]
    # Two neighbours at once, where the first step of the path is a tree of two.
    for a, b in zip(entries, entries[1:]):
        pairs = itertools.product(guesses(a, salts), guesses(b, salts))
        if any(hashlib.sha256(b"\1" + x + y).digest() in digests for x, y in pairs): found.append(a["path"] + " and its neighbour")
    blinds = [hashlib.sha256(s + b"\n").hexdigest() for s in (b"0" * 64, b"f" * 64, mine["sha256"].encode())]
    blind = next(e for e in entries if e["path"] == "data/blind/blind.txt")
    for kind in (blinds, [blind["sha256"]] if o.salted else []):
        for guess in kind:
            manifest = "".join("%s  %s\n" % (guess if e is blind else e["sha256"], e["path"]) for e in entries)
            if hashlib.sha256(manifest.encode()).hexdigest() in part[verify.TAGMANIFEST].decode(): found.append("manifest-sha256.txt")
    if len({e["salt"] for e in entries}) != len(entries): problems.append("two lines with one salt")
    for p in problems: print("trace: " + p)
    for f in found: print("recognised: " + f)
    return 1 if problems or found else 0

if __name__ == "__main__": sys.exit(main())
