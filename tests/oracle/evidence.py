#!/usr/bin/python3
"""evidence.py RECORD --roots PEM [--at SECONDS] FILE...: an evidence record as evidence.md has it, over these files, the first of
which it is about. Tokens are checked by `openssl ts -verify`. Says {status, since, covers, times} as JSON; exit 0 where proven."""
import argparse, datetime, hashlib, json, subprocess, sys, tempfile, time

SHA256, SHA512 = (bytes.fromhex("06096086480165030402" + n) for n in ("01", "03"))

class Invalid(Exception): pass

def need(holds, why):
    if not holds: raise Invalid(why)

def step(data):
    "The first value of some DER: tag, content, whole, what is behind it."
    need(len(data) >= 2, "truncated")
    head, size = 2, data[1]
    if size >= 0x80:
        n = size & 0x7f
        need(1 <= n <= 3 and len(data) >= 2 + n and data[2] != 0, "length")
        head, size = 2 + n, int.from_bytes(data[2:2 + n], "big")
        need(size >= 0x80, "length")
    need(len(data) >= head + size, "truncated")
    return data[0], data[head:head + size], data[:head + size], data[head + size:]

def take(data, tag):
    found, content, whole, rest = step(data)
    need(found == tag, "tag %02x" % found)
    return content, whole, rest

def members(data, tag=0x30):
    while data:
        content, whole, data = take(data, tag)
        yield content, whole

def algorithm(data):
    need(data in (SHA256, SHA512, SHA256 + b"\5\0", SHA512 + b"\5\0"), "algorithm")
    return "sha256" if data.startswith(SHA256) else "sha512"

def sequence(content):
    n = len(content)
    if n < 0x80: return bytes([0x30, n]) + content
    size = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([0x30, 0x80 | len(size)]) + size + content

def parse(data):
    need(len(data) <= 1 << 20, "size")
    body, _, rest = take(data, 0x30)
    version, _, body = take(body, 2)
    listed, _, body = take(body, 0x30)
    chains, _, end = take(body, 0x30)
    need(version == b"\1" and not rest and not end, "record")
    listed = [algorithm(c) for c, _ in members(listed)]
    need(1 <= len(listed) <= 4, "algorithms")
    return listed, [(whole, [stamp(c) for c, _ in members(chain)]) for chain, whole in members(chains)]

def stamp(data):
    stated = tree = None
    if step(data)[0] == 0xa0:
        content, _, data = take(data, 0xa0)
        stated = algorithm(content)
    if step(data)[0] == 0xa2:
        content, _, data = take(data, 0xa2)
        tree = [[h for h, _ in members(one, 4)] for one, _ in members(content)]
        need(0 < len(tree) <= 64 and all(0 < len(one) <= 256 for one in tree), "tree")
    _, token, rest = take(data, 0x30)
    need(not rest and len(token) <= 1 << 16, "token")
    return stated, tree, token

def told(token):
    "Digest, imprint and time of a token."
    signed = take(step(take(token, 0x30)[0])[3], 0xa0)[0] # behind the type
    data = take(signed, 0x30)[0]
    for _ in range(2): data = step(data)[3] # version, algorithms
    content = take(data, 0x30)[0]
    info = take(take(take(step(content)[3], 0xa0)[0], 4)[0], 0x30)[0]
    for _ in range(2): info = step(info)[3] # version, policy
    imprint, _, info = take(info, 0x30)
    kind, _, digest = take(imprint, 0x30)
    when = take(step(info)[3], 0x18)[0].decode() # behind the serial number
    at = datetime.datetime.strptime(when[:14], "%Y%m%d%H%M%S").replace(tzinfo=datetime.timezone.utc).timestamp()
    return algorithm(kind), take(digest, 4)[0], at + float("0" + when[14:-1] if "." in when else 0)

def holds(token, digest, roots, at):
    with tempfile.NamedTemporaryFile() as f:
        f.write(token)
        f.flush()
        return subprocess.run(["openssl", "ts", "-verify", "-digest", digest.hex(), "-in", f.name, "-token_in", "-CAfile", roots, "-attime", str(int(at))],
                              capture_output=True).returncode == 0

def root(h, tree, wanted):
    "The root of a reduced tree, and which of the digests wanted stand in its first list."
    if tree is None: return wanted[0], [w == wanted[0] for w in wanted]
    size, node = len(h(b"")), []
    for one in tree:
        need(all(len(x) == size for x in one), "size of a digest")
        all_ = sorted(one + node)
        node = [all_[0] if len(all_) == 1 else h(b"".join(all_))]
    return node[0], [w in tree[0] for w in wanted]

def check(record, roots, now, files):
    listed, chains = parse(record)
    need(chains and all(stamps for _, stamps in chains) and sum(len(s) for _, s in chains) <= 64, "stamps")
    covers, rows, older = [True] * len(files), [], b""
    for n, (whole, stamps) in enumerate(chains):
        kind = told(stamps[0][2])[0]
        h = lambda data: hashlib.new(kind, data).digest()
        wanted = [h(f) if n == 0 else h(h(f) + h(sequence(older))) for f in files]
        for k, (stated, tree, token) in enumerate(stamps):
            said, imprint, at = told(token)
            need(said == kind and stated in (None, kind) and kind in listed, "digest")
            top, found = root(h, tree, wanted)
            need(found[0] and top == imprint, "it does not lead there")
            need(not rows or at >= rows[-1][0], "order")
            if k == 0: covers = [a and b for a, b in zip(covers, found)]
            rows.append((at, token, imprint))
            wanted = [h(token)]
        older += whole
    proven = [holds(t, i, roots, at) for at, t, i in rows]
    until = [r[0] for r in rows[1:]] + [now]
    good = [p and holds(t, i, roots, u) for p, u, (at, t, i) in zip(proven, until, rows)]
    first = len(good) - next((i for i, g in enumerate(reversed(good)) if not g), len(good))
    status = "proven" if first < len(good) else "lapsed" if proven[-1] else "unproven"
    return {"status": status, "since": int(rows[first][0]) if first < len(rows) else None, "covers": covers, "times": [int(r[0]) for r in rows]}

if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("record")
    p.add_argument("files", nargs="+")
    p.add_argument("--roots", required=True)
    p.add_argument("--at", type=float, default=time.time())
    a = p.parse_args()
    read = lambda name: open(name, "rb").read()
    try: answer = check(read(a.record), a.roots, a.at, [read(f) for f in a.files])
    except Invalid as e: answer = {"status": "invalid", "why": str(e)}
    print(json.dumps(answer))
    sys.exit(answer["status"] != "proven")
