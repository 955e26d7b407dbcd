"""hozen-verify as a program, and its code driven by judge_bundles, behind the interface that tests/oracle/agree.py asks."""
import json, os, subprocess

import agree

class Judge(agree.Hozen):
    "One process for many bundles."
    def __init__(self, program, lists):
        self.process = subprocess.Popen([program, *lists], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def check(self, path):
        self.process.stdin.write(path.encode() + b"\n"); self.process.stdin.flush()
        code, _, report = self.process.stdout.readline().partition(b" ")
        if not code: raise RuntimeError("judge_bundles died with %s at %s" % (self.process.wait(), path))
        report = json.loads(report)
        return int(code), report if report else {"verdict": "none", "findings": []}

    def close(self):
        self.process.stdin.close(); self.process.wait()

LISTS = [os.path.join(agree.SPEC_VECTORS, n) for n in ("allowed_signers", "revoked_keys")]
OPTIONS = ["--signers", LISTS[0], "--revoked", LISTS[1]]
