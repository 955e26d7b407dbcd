#!/usr/bin/python3
"""Changes an exported folder and makes its lists and signature right again, as somebody could who holds the key of a known person:
56-export.py FOLDER KEY CODE. CODE is Python over `entries` and `proofs` (lists of lines) and `about` (export.json)."""
import base64, hashlib, json, os, subprocess, sys

folder, key, code = sys.argv[1:]
def path(name): return os.path.join(folder, name)
def lines(name): return open(path(name), "rb").read().split(b"\n")[:-1] if os.path.exists(path(name)) else None
def canonical(v): return json.dumps(v, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()

entries, proofs, about = lines("entries.jsonl"), lines("proofs.jsonl"), json.load(open(path("export.json")))
exec(code)
for name, v in (("entries.jsonl", entries), ("proofs.jsonl", proofs)):
    if v is not None: open(path(name), "wb").write(b"".join(l + b"\n" for l in v))
names = sorted(n for n in os.listdir(folder) if not n.startswith("export.json") and n != "SHA256SUMS")
sums = "".join("%s  %s\n" % (hashlib.sha256(open(path(n), "rb").read()).hexdigest(), n) for n in names).encode()
open(path("SHA256SUMS"), "wb").write(sums)
about["sums"] = hashlib.sha256(sums).hexdigest()
for n in os.listdir(folder):
    if n.startswith("export.json."): os.unlink(path(n))
keyid = hashlib.sha256(base64.b64decode(open(key + ".pub").read().split()[1])).hexdigest()
open(path("export.json"), "wb").write(canonical(about) + b"\n")
subprocess.run(["ssh-keygen", "-Y", "sign", "-q", "-f", key, "-n", "hozen-ledger-v1", path("export.json")], check=True)
os.replace(path("export.json.sig"), path("export.json.%s.sshsig" % keyid))
