#!/usr/bin/env python3
"""What a file costs, in numbers that do not depend on how busy the machine is: instructions of our own code (callgrind;
libraries choose their code by processor, so they are left out) and system calls (strace), each as the difference
between a larger and a smaller corpus, per file.

  gate.py --bin DIR [--reader PROGRAM] [--numbers FILE]           compares; exit 1 when a number is off by over 5 %
  gate.py --bin DIR [--reader PROGRAM] [--numbers FILE] --update  writes the numbers

A number that went up is a cost somebody must want; one that went down is to be kept. Either way: run with --update and
say in the commit why it moved."""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

TOLERANCE = 0.05
FILES = (200, 1200)


def corpus(root, name, count):
    path = os.path.join(root, name)
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus.py")
    subprocess.run([sys.executable, script, "tiny", path, "--count", str(count)], check=True)
    return path


def own_instructions(path, program):
    """Sum of the self cost of all functions of one object file in callgrind's output."""
    names, current, total, skip = {}, None, 0, False
    with open(path, errors="replace") as f:
        for line in f:
            line = line.rstrip("\n")
            if line.startswith("ob="):
                found = re.match(r"ob=\((\d+)\)(?: (.*))?", line)
                if found.group(2):
                    names[found.group(1)] = found.group(2)
                current = names[found.group(1)]
            elif line.startswith("cob="):
                found = re.match(r"cob=\((\d+)\)(?: (.*))?", line)
                if found.group(2):
                    names[found.group(1)] = found.group(2)
            elif line.startswith("calls="):
                skip = True
            elif line and (line[0].isdigit() or line[0] in "+-*"):
                if not skip and current and os.path.basename(current) == program:
                    total += int(line.split()[1])
                skip = False
    return total


def callgrind(temp, command):
    out = os.path.join(temp, "callgrind.out")
    subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *command], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return own_instructions(out, os.path.basename(command[0]))


def system_calls(temp, command, accept):
    out = os.path.join(temp, "strace.out")
    done = subprocess.run(["strace", "-f", "-qq", "-o", out, *command], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False)
    if done.returncode not in accept:
        raise RuntimeError(f"{command}: status {done.returncode}")
    # futex waits depend on how threads meet, so they are not counted
    return sum(1 for line in open(out, errors="replace")
               if re.match(r"\d+ +[a-z_0-9]+\(", line) and " futex(" not in line)


class Gate:
    def __init__(self, a, temp):
        self.bin, self.reader, self.temp = a.bin, a.reader, temp
        self.trees = [corpus(temp, f"tiny{n}", n) for n in FILES]

    def collect(self, tree, compress):
        out = tempfile.mkdtemp(dir=self.temp)
        return [f"{self.bin}/hozen-collect", "--case", "INC-1", "--operator", "Sato Hanako", "--item", "INC-1",
                "--out", out, "--compress", compress, "--path", tree], f"{out}/INC-1.tar"

    def per_file(self, cost):
        few, many = (cost(tree) for tree in self.trees)
        return (many - few) / (FILES[1] - FILES[0])

    def bundle(self, tree):
        command, bundle = self.collect(tree, "none")
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return bundle

    def numbers(self):
        found = {
            "collect: own instructions per file": self.per_file(
                lambda tree: callgrind(self.temp, self.collect(tree, "none")[0])),
            "collect: system calls per file": self.per_file(
                lambda tree: system_calls(self.temp, self.collect(tree, "none")[0], (0,))),
            "verify: system calls per file": self.per_file(
                lambda tree: system_calls(self.temp, [f"{self.bin}/hozen-verify", "verify", self.bundle(tree)], (3,))),
        }
        if self.reader:
            found["verify: own instructions per file"] = self.per_file(
                lambda tree: callgrind(self.temp, [self.reader, self.bundle(tree)]))
        return {name: round(value, 2) for name, value in found.items()}


def compare(found, kept):
    wrong = []
    for name, value in found.items():
        known = kept.get(name)
        # below ten a twentieth is less than one call: half a call may differ
        room = max(TOLERANCE * known, 0.5 if known < 100 else 0) if known is not None else 0
        if known is None or abs(value - known) > room:
            wrong.append(f"{name}: {value:g}, in the repository: {known}")
    return wrong + [f"{name}: not measured" for name in kept if name not in found]


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--reader", help="the program that reads a bundle without the sandbox, which callgrind cannot enter")
    parser.add_argument("--numbers", default=os.path.join(here, "gate.json"))
    parser.add_argument("--update", action="store_true")
    a = parser.parse_args()
    # not below TMPDIR: a path that is longer by a dozen letters costs 5 % more
    with tempfile.TemporaryDirectory(dir="/tmp") as temp:
        found = Gate(a, temp).numbers()
    for name, value in found.items():
        print(f"{name}: {value:g}")
    if a.update:
        with open(a.numbers, "w") as f:
            json.dump(found, f, indent=2)
            f.write("\n")
        return 0
    with open(a.numbers) as f:
        wrong = compare(found, json.load(f))
    for line in wrong:
        print(f"off by more than 5 %: {line}; see tests/bench/gate.py --help for how to move it", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
