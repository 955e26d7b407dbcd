#!/usr/bin/env python3
"""journal_fixture.py FILE [AGE UNIT TEXT]...: makes a journal file with systemd-journal-remote. Each entry was written AGE seconds
ago by UNIT; TEXT may hold \\xNN. Without entries: five of sshd.service and nginx.service, from 7200 to 60 seconds ago."""
import codecs
import os
import subprocess
import sys
import time

REMOTE = "/lib/systemd/systemd-journal-remote"
BOOT = "0123456789abcdef0123456789abcdef"
SAMPLE = [
    (7200, "sshd.service", b"two hours ago"),
    (1800, "sshd.service", "認証に失敗しました: 佐藤花子".encode()),
    (900, "sshd.service", b"bytes that are no text: \xff\xfe\x00\x1b[31m"),
    (600, "nginx.service", b"of another unit"),
    (60, "sshd.service", b"first line\nsecond line"),
]


def field(name, value):
    return name + b"\n" + len(value).to_bytes(8, "little") + value + b"\n"


def entry(number, now, age, unit, text):
    return (b"__REALTIME_TIMESTAMP=%d\n" % (now - int(float(age) * 1e6)) + b"__MONOTONIC_TIMESTAMP=%d\n" % (10**6 + number)
            + b"_BOOT_ID=%s\n_MACHINE_ID=%s\n" % (BOOT.encode(), BOOT.encode())
            + b"_HOSTNAME=web01\nPRIORITY=6\n_PID=%d\n" % (100 + number)
            + field(b"_SYSTEMD_UNIT", unit.encode()) + field(b"SYSLOG_IDENTIFIER", unit.split(".")[0].encode())
            + field(b"MESSAGE", text) + b"\n")


def unescape(text):
    return codecs.escape_decode(os.fsencode(text))[0]


def main():
    words = sys.argv[2:]
    rows = [(age, unit, unescape(text)) for age, unit, text in zip(words[::3], words[1::3], words[2::3])] or SAMPLE
    now = int(time.time() * 1e6)
    export = b"".join(entry(i, now, *row) for i, row in enumerate(sorted(rows, key=lambda row: -float(row[0]))))
    subprocess.run([REMOTE, "--output=" + sys.argv[1], "-"], input=export, check=True, capture_output=True)


main()
