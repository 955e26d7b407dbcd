#!/usr/bin/python3
"""Another answer than the one in a receipt, signed as it should be: 55-answer.py RECEIPT KEY CODE >OTHER. CODE is Python over `s`, the
statement. KEY as ssh-keygen reads it; its public half lies beside it."""
import base64, json, subprocess, sys

receipt, key, code = sys.argv[1:]
def canonical(v): return json.dumps(v, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()

r = json.load(open(receipt))
s = json.loads(base64.b64decode(r["statement"]))
exec(code)
bytes_ = canonical(s)
armour = subprocess.run(["ssh-keygen", "-Y", "sign", "-q", "-f", key, "-n", "hozen-ledger-v1"], input=bytes_, capture_output=True, check=True).stdout
r.update(statement=base64.b64encode(bytes_).decode(), signatures=[armour.decode()])
r.pop("cosignature", None)
sys.stdout.buffer.write(canonical(r) + b"\n")
