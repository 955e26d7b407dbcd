#!/usr/bin/python3
"""Builds bundles from formats/spec/bundle.md, right ones and ones where a single thing is wrong under a valid signature.
Keys and signatures are made by ssh-keygen, those of tokens by touch.py. cases.py says which; this file knows how."""
import argparse, base64, copy, functools, hashlib, json, os, shutil, subprocess, tempfile

import container, grammar, touch
from grammar import canonical, map_component, sha, sha512

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = os.path.join(HERE, "..", "..", "formats", "spec")
KEYS = os.path.join(SPEC, "vectors", "keys")
STARTED = "2016-03-01T09:00:00.000000001Z"
STAT = {"mode": "0644", "uid": 0, "gid": 0, "links": 1, "device": "8:1", "atime": "2016-02-01T00:00:00.000000000Z",
        "mtime": "2016-02-01T00:00:00.000000000Z", "ctime": "2016-02-01T00:00:00.000000000Z"}

def text_of(raw):
    "A host name as text, and as base64 where it is not UTF-8."
    out, rest = "", raw
    while True:
        try: out += rest.decode(); break
        except UnicodeDecodeError as e: out, rest = out + rest[:e.start].decode() + "\ufffd" * (e.end - e.start), rest[e.end:]
    return {"": out} if out.encode() == raw else {"": out, "_b64": base64.b64encode(raw).decode()}

def named(key, raw): return {key + k: v for k, v in text_of(raw).items()}

class Bundle:
    """Everything that goes into a bundle, to be changed by a case before build(). Each on_ hook sees a later stage."""
    def __init__(self, item="SAMPLE-1", seed="hozen"):
        self.item, self.seed, self.number = item, seed, 0
        self.files, self.objects, self.absent, self.actions, self.keys = [], [], [], [], ["p256"]
        self.started, self.wide = STARTED, False     # wide: with SHA-512
        self.suffix = ""        # of the file's name, behind .tar
        self.on = {}            # stage -> function(value) -> value or None (changed in place)
        self.acquisition = {
            "schema": "hozen-acquisition/1", "case": "INC-2016-001", "operator": {"name": "Sato Hanako"}, "item": item,
            "finished": "2016-03-01T09:00:05.000000000Z", "host": {"hostname": "sample.csirt.example"},
            "clock": {"start": {"realtime": STARTED, "boottime": "100.000000000"}, "end": {"realtime": STARTED, "boottime": "105.000000000"}},
            "tool": {"name": "make.py", "version": "1", "command_line": ["make.py"], "uid": 0},
            "requested": {"paths": ["/etc"], "cross_mounts": False}, "status": "complete"}
        self.produced("blind", "blind.txt", hashlib.sha256(seed.encode()).hexdigest().encode() + b"\n")

    def salt(self):
        self.number += 1
        return hashlib.sha256(b"%s %d" % (self.seed.encode(), self.number)).hexdigest()[:32]

    def file(self, path, source, content, **more):
        self.files.append((path, content, {
            "path": path, "source": source, "method": "read", "status": "collected", "size": str(len(content)),
            "sha256": sha(content), "acquired_at": STARTED, "salt": self.salt(), **more}))
        return self.files[-1]

    def produced(self, source, name, content=b"", **more):
        return self.file("data/%s/%s" % (source, name), source, content, **{"method": "generated", **more})

    def host(self, raw, content=b"", source="files", path=None, **more):
        "A file that was read from the host path raw (bytes)."
        parts = raw[1:].split(b"/")
        path = path or "data/%s/%s" % (source, "/".join(map(map_component, parts)))
        if len(path) > 900: path = "data/long/%s/%s" % (source, sha(raw))
        return self.file(path, path.split("/")[1], content, **{
            **named("origin", raw), **STAT, "inode": str(1000 + len(self.files)), **more})

    def object(self, raw, type_, **more):
        self.objects.append({**named("origin", raw), "source": "files", "type": type_, "acquired_at": STARTED, **STAT, "inode": "7", **more})

    def sort(self):
        "Into the order of section 3; sources keep the order of their first file."
        order = list(dict.fromkeys(f[0].split("/")[1] for f in self.files))
        self.files.sort(key=lambda f: (order.index(f[0].split("/")[1]), f[0].encode().lower().split(b"/")))
        return self

    def hook(self, stage, value):
        if stage not in self.on: return value
        changed = self.on[stage](value)
        return value if changed is None else changed

    def counts(self, source=None):
        rows = [[f[2] for f in self.files], self.objects, self.absent]
        n = [len([r for r in kind if source in (None, r.get("source"))]) for kind in rows]
        return {"asked": str(sum(n)), **dict(zip(("collected", "recorded", "absent"), map(str, n)))}

    def jsonl(self, kind, rows):
        return b"".join(canonical(r).encode() + b"\n" for r in [{"salt": self.salt(), "schema": "hozen-%s/1" % kind}] + rows)

    def segments(self):
        "[(name, catalog lines)] of at most 4,096; the hook 'lines' sees all lines."
        lines = self.hook("lines", [canonical(e).encode() for e in self.hook("entries", [copy.deepcopy(f[2]) for f in self.files])])
        parts = [lines[i:i + 4096] for i in range(0, len(lines), 4096)]
        return self.hook("segments", [("meta/catalog-%06d.jsonl" % (i + 1), part) for i, part in enumerate(parts)]), lines

    def tags(self, segments, lines):
        sources = list(dict.fromkeys([f[2]["source"] for f in self.files] + [r["source"] for r in self.objects + self.absent]))
        keyids = sorted(key_id(k) for k in self.keys)
        acquisition = self.hook("acquisition", {
            "salt": self.salt(), "started": self.started, "counts": self.counts(), "keys_expected": keyids[:1],
            "sources": [{"name": s, "status": "complete", "counts": self.counts(s)} for s in sources if s != "blind"],
            **copy.deepcopy(self.acquisition)})
        form = self.hook("format", {"digests": ["sha256", "sha512"] if self.wide else ["sha256"], "salt": self.salt(), "schema": "hozen-bundle/1", "started": self.started})
        sizes, known = [int(f[2]["size"]) for f in self.files], self.acquisition
        info = self.hook("info", [
            ("External-Identifier", self.item), ("Bagging-Date", "0001-01-01" if self.started[0] == "@" else self.started[:10]),
            ("Payload-Oxum", "%d.%d" % (sum(sizes), len(sizes))), *([("Source-Organization", known["organisation"])] if "organisation" in known else []),
            ("Contact-Name", known["operator"]["name"]), ("Internal-Sender-Identifier", known["case"]), ("Bag-Software-Agent", "make.py 1")])
        tags = {"bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
                "meta/format.json": canonical(form).encode() + b"\n"}
        for name, part in segments: tags[name] = b"".join(line + b"\n" for line in part)
        for kind in ("objects", "absent", "actions"): tags["meta/%s.jsonl" % kind] = self.jsonl(kind, getattr(self, kind))
        tags["meta/acquisition.json"] = canonical(acquisition).encode() + b"\n"
        tags["meta/merkle-root.txt"] = b"%d\n%s\n" % (len(lines), merkle(lines).hex().encode())
        for name in ("VERIFY.ja.txt", "VERIFY.en.txt"): tags["meta/" + name] = open(os.path.join(SPEC, name), "rb").read()
        tags["bag-info.txt"] = "".join("%s: %s\n" % row for row in info).encode()
        tags["manifest-sha256.txt"] = b"".join(b"%s  %s\n" % (f[2]["sha256"].encode(), f[0].encode()) for f in self.files)
        if self.wide: tags["manifest-sha512.txt"] = b"".join(b"%s  %s\n" % (sha512(f[1]).encode(), f[0].encode()) for f in self.files)
        return self.hook("tags", tags)

    def build(self):
        segments, lines = self.segments()
        tags = self.tags(segments, lines)
        self.tagmanifest = self.hook("tagmanifest", b"".join(b"%s  %s\n" % (sha(v).encode(), k.encode()) for k, v in tags.items()))
        signatures = self.hook("signatures", sorted((key_id(k), sign(k, self.tagmanifest)) for k in self.keys))
        before, after = ["bagit.txt", "meta/format.json"], [n for n in tags if n in container_tail()]
        rows = [(n, tags[n]) for n in before if n in tags]
        for i in range(0, max(1, len(self.files)), 4096):
            rows += [f[:2] for f in self.files[i:i + 4096]]
            rows += [(n, tags[n]) for n in list(tags) if n == "meta/catalog-%06d.jsonl" % (i // 4096 + 1)]
        rows += [(n, tags[n]) for n in after]
        if self.wide: rows += [("tagmanifest-sha512.txt", b"".join(b"%s  %s\n" % (sha512(v).encode(), k.encode()) for k, v in tags.items()))]
        rows += [("tagmanifest-sha256.txt", self.tagmanifest)]
        rows += [("signatures/%s.sshsig" % k, s) for k, s in signatures]
        rows = self.hook("members", [(self.item + "/" + n, content) for n, content in rows])
        seconds = grammar.nanoseconds(self.started) // 10**9
        mtime = seconds if 0 <= seconds < 8**11 else 0
        return self.hook("tar", archive(self.hook("blocks", [member(n.replace("\ufffd\ufffd", "\udce3\udc81").encode(errors="surrogateescape"), c, mtime) for n, c in rows])))

def container_tail():
    import verify
    return verify.TAIL[:-1]

def member(name, content, mtime):
    "[header with its pax header, content with padding]"
    return [container.encode(name, len(content), mtime), content + bytes(-len(content) % 512)]

def archive(blocks):
    data = b"".join(h + c for h, c in blocks) + bytes(1024)
    return data + bytes(-len(data) % 10240)

def merkle(lines):
    "RFC 9162 section 2.1.1, from the bottom up: an odd node moves up unchanged."
    level = [hashlib.sha256(b"\0" + line).digest() for line in lines]
    if not level: return hashlib.sha256(b"").digest()
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2:]
    return level[0]

# --- keys and signatures ----------------------------------------------------------------------------------------------
@functools.cache
def public(name): return base64.b64decode(open(os.path.join(KEYS, name + ".pub")).read().split()[1])
def key_id(name): return sha(public(name))

def sign(name, message, namespace="hozen-bundle-v1", *options, flags=touch.PRESENT, counter=7):
    "By ssh-keygen; as a token would, for keys of one. flags, counter: what the token says."
    return signed(name, message, namespace, options, flags, counter)

@functools.cache # samples that build on each other sign the same entries again
def signed(name, message, namespace, options, flags, counter):
    if public(name)[4:7] == b"sk-": return armour(touch.sshsig(os.path.join(KEYS, name), public(name), message, namespace, flags, counter))
    with tempfile.TemporaryDirectory() as d:
        key, path = os.path.join(d, "key"), os.path.join(d, "message")
        shutil.copyfile(os.path.join(KEYS, name), key); os.chmod(key, 0o600)
        with open(path, "wb") as f: f.write(message)
        subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", namespace, *options, path], check=True, capture_output=True)
        return open(path + ".sig", "rb").read()

def armour(blob, width=70, end=b"\n"):
    b = base64.b64encode(blob)
    rows = [b"-----BEGIN SSH SIGNATURE-----"] + [b[i:i + width] for i in range(0, len(b), width)] + [b"-----END SSH SIGNATURE-----"]
    return b"".join(r + end for r in rows)

def string(b): return len(b).to_bytes(4, "big") + b

def envelope(key, signature, namespace=b"hozen-bundle-v1", reserved=b"", digest=b"sha512", version=1):
    return b"SSHSIG" + version.to_bytes(4, "big") + b"".join(map(string, (key, namespace, reserved, digest, signature)))

# --- writing samples ----------------------------------------------------------------------------------------------------
def write(case, out):
    "Builds one sample into out/good or out/bad, with the signatures that lie beside it; returns its row of vectors.json."
    bundle = case.build()
    data = bundle.build()
    path = os.path.join(out, case.kind, case.name + ".tar" + bundle.suffix)
    with open(path, "wb") as f: f.write(data)
    for key, namespace in getattr(bundle, "beside", []):
        with open("%s.%s.sshsig" % (path, key_id(key)), "wb") as f: f.write(sign(key, bundle.tagmanifest, namespace))
    row = {"file": os.path.relpath(path, out), "about": case.about, "verdict": case.verdict,
           "exit": {"verified": 0, "failed": 1, "undetermined": 3}[case.verdict]}
    if case.code: row["finding"] = {"code": case.code, **({"path": case.path} if case.path else {})}
    return row

def main():
    from cases import CASES, KEPT
    assert KEPT <= set(CASES), KEPT - set(CASES)
    p = argparse.ArgumentParser(description="Build sample bundles and the vectors.json that says what each must cause.")
    p.add_argument("--out", required=True, help="folder; good/, bad/ and vectors.json are made in it")
    p.add_argument("--all", action="store_true", help="also those that are too large or too alike to be kept")
    p.add_argument("names", nargs="*", help="only these")
    o = p.parse_args()
    chosen = [c for c in CASES.values() if (c.name in o.names if o.names else c.name in KEPT or o.all)]
    for kind in ("good", "bad"): os.makedirs(os.path.join(o.out, kind), exist_ok=True)
    rows = [write(c, o.out) for c in sorted(chosen, key=lambda c: (c.kind != "good", c.name))]
    with open(os.path.join(o.out, "vectors.json"), "w", encoding="utf-8") as f:
        f.write("[\n" + ",\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n]\n")
    print("%d samples" % len(rows))

if __name__ == "__main__":
    import sys
    sys.modules["make"] = sys.modules["__main__"]
    main()
