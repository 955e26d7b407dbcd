#!/usr/bin/env python3
"""flip_bits.py PROGRAM BUNDLE [--signers FILE] [--count N] [--seed N]: random single bits of a bundle turned around, one at a
time. PROGRAM verify must never say "verified", must exit with 1 or 3, and must name what was altered: the member whose content
holds the bit, by Python's tarfile; elsewhere the byte offset of the block and the member before it."""
import argparse
import concurrent.futures
import json
import os
import random
import re
import subprocess
import sys
import tarfile
import tempfile


def places(bundle):
    """[(first, behind, member)]: the contents in order, without the item's folder."""
    with tarfile.open(bundle) as tar:
        return [(m.offset_data, m.offset_data + m.size, m.name.split("/", 1)[1]) for m in tar.getmembers()]


class Place:
    """What a byte belongs to: inside, the member whose content holds it; before, the one that ends before it; behind, the one
    whose headers hold it; each None where there is none. A damaged header may be told by any byte from
    low up to high."""

    def __init__(self, contents, offset):
        self.inside = self.before = self.behind = None
        first, data = 0, None
        for begin, end, name in contents:
            if begin <= offset < end:
                self.inside = name
            if end <= offset:
                self.before, first = name, -(-end // 512) * 512
            elif self.behind is None:
                self.behind, data = name, begin
        self.low = offset // 512 * 512  # a name that was altered shows in the checksum of its header
        self.high = self.low + 512
        if data is not None and first + 512 <= offset < data - 512:
            self.low, self.high = first, data  # between two headers: the records that both depend on


def ask(program, path, signers):
    command = [program, "verify", "--json", *(["--signers", signers] if signers else []), path]
    done = subprocess.run(command, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


def complaint(code, answer, place):
    """None, or what is wrong with the answer."""
    if code not in (1, 3):
        return "exit %d" % code
    if answer["verdict"] != {1: "failed", 3: "undetermined"}[code]:
        return "exit %d and verdict %s" % (code, answer["verdict"])
    if place.inside:
        return None if any(names(f, place.inside) for f in answer["findings"]) else "%s is not named" % place.inside
    if any(tells(f, place) for f in answer["findings"]):
        return None
    return "neither the place nor the member before, %s" % place.before


def names(finding, member):
    if member == "tagmanifest-sha256.txt" and finding["code"] == "signature-invalid":
        return True  # that it was altered shows in the signature over it
    if member == "meta/format.json" and finding["code"] == "container-unsupported":
        return True  # another version
    return finding.get("path") == member


def tells(finding, place):
    """The place and the member before. Where a long name became another one, it is the member that is missed."""
    if finding["code"] == "payload-missing" and place.behind is not None:
        return finding["path"] == place.behind
    numbers = [int(n) for n in re.findall(r"(?<=byte )[0-9]+", finding["detail"])]
    after = place.before is None or "/%s:" % place.before in finding["detail"]
    return after and any(place.low <= n < place.high for n in numbers)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("bundle")
    parser.add_argument("--signers")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    data, contents, chance = open(args.bundle, "rb").read(), places(args.bundle), random.Random(args.seed)
    bits = chance.sample(range(8 * len(data)), min(args.count, 8 * len(data)))

    def try_bit(bit):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        with tempfile.NamedTemporaryFile(dir=os.environ.get("BATS_TEST_TMPDIR")) as f:
            f.write(changed)
            f.flush()
            code, out, err = ask(args.program, f.name, args.signers)
        place = Place(contents, bit // 8)
        try:
            answer = json.loads(out)
        except ValueError:
            return bit, "no JSON: %r %r" % (out, err), place.inside, None
        return bit, complaint(code, answer, place), place.inside, answer["findings"][:3]

    bad = inside_count = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for bit, wrong, inside, findings in pool.map(try_bit, bits):
            inside_count += inside is not None
            if wrong:
                bad += 1
                print("bit %d of byte %d: %s: %s" % (bit % 8, bit // 8, wrong, findings))
    print("%d bits, %d of them in the content of a member; %d not as it must be" % (len(bits), inside_count, bad))
    sys.exit(1 if bad or not inside_count or inside_count == len(bits) else 0)


main()
