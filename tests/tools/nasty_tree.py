#!/usr/bin/env python3
"""nasty_tree.py DIR: makes a tree of everything that a file system can hold and a careless reader trips over.

Prints nothing. Device nodes are made only by root. Deep paths are made step by step, since they are longer than PATH_MAX.
"""
import os
import socket
import stat
import sys

NAMES = [
    b"plain", b"new\nline", b"carriage\rreturn", b"tab\there", b"\x1b[31mred\x1b[0m", b"\x1b]0;title\x07", b"bell\x07",
    b"\xff\xfe not utf-8", b"\xc3\x28", b"\xed\xa0\x80", b"-x", b"--checkpoint=1", b"trailing blank ", b" leading blank",
    b"trailing dot.", b"back\\slash", b"c:\\windows", b"...", b"..file", b". .", b"..\\up", b"'quote'", b'"double"', b"`id`",
    b"$(id)", b"a;b", b"a|b", b"*", b"?", b"%s%n", b"=41", b"=", b"@pax", b"name=@0000000000000000", b"#comment", b"~root",
    b"CON", b"con.txt", b"Aux.c", b"nul", b"COM1", b"lpt9.log", b"COM0", b"console", b"\xe2\x80\xaeevil", b"\xc2\x85nel",
    "か\u3099".encode(), "が".encode(), "caf\u00e9".encode(), "cafe\u0301".encode(), b"Twin", b"twin", b"TWIN",
    b"n" * 255, b"\x01" * 255, b"a" * 180, b"a" * 181, b"A" * 181, "証".encode() * 85, b"file.", b"file..", b"x=2E",
]


def write(path, content, at=None):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644, dir_fd=at)
    os.write(fd, content)
    os.close(fd)


def names(top):
    os.mkdir(top + b"/names")
    for name in NAMES:
        write(top + b"/names/" + name, name)
    os.mkdir(top + b"/folders")
    for name in NAMES:
        os.mkdir(top + b"/folders/" + name)
        write(top + b"/folders/" + name + b"/" + name, b"inside")


def things(top):
    top += b"/things"
    os.mkdir(top)
    os.mkfifo(top + b"/fifo")
    with socket.socket(socket.AF_UNIX) as s:
        here = os.getcwd()
        os.chdir(top)
        s.bind("socket")
        os.chdir(here)
    if os.geteuid() == 0:
        os.mknod(top + b"/null", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
        os.mknod(top + b"/block", 0o600 | stat.S_IFBLK, os.makedev(7, 250))
    os.symlink(b"nowhere", top + b"/dangling")
    os.symlink(b"loop-b", top + b"/loop-a")
    os.symlink(b"loop-a", top + b"/loop-b")
    os.symlink(b".", top + b"/here")
    os.symlink(b"..", top + b"/up")
    os.symlink(b"/etc/passwd", top + b"/outside")
    os.symlink(b"t\n\xff" + b"x" * 4000, top + b"/long-target")
    write(top + b"/hard-1", b"linked")
    os.link(top + b"/hard-1", top + b"/hard-2")
    write(top + b"/empty", b"")
    write(top + b"/block-512", b"b" * 512)
    write(top + b"/sparse", b"begin")
    os.truncate(top + b"/sparse", 3 << 20)
    os.mkdir(top + b"/empty-folder")
    write(top + b"/setuid", b"#!")
    os.chmod(top + b"/setuid", 0o4755)
    write(top + b"/old", b"old")
    os.utime(top + b"/old", ns=(-1, -62135596800000000000))
    write(top + b"/xattrs", b"x")
    os.setxattr(top + b"/xattrs", "user.b", b"\x00\xff")
    os.setxattr(top + b"/xattrs", "user.a", b"")


def deep(top, name, levels):
    """A chain of folders, each with a file and a link, far beyond PATH_MAX."""
    os.mkdir(top)
    at = os.open(top, os.O_RDONLY)
    for level in range(levels):
        os.mkdir(name, dir_fd=at)
        below = os.open(name, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
        write(b"file", b"%d" % level, at)
        if level % 10 == 0:
            os.symlink(b"file", b"link", dir_fd=at)
    os.close(at)


def main():
    top = os.fsencode(sys.argv[1])
    os.mkdir(top)
    names(top)
    things(top)
    deep(top + b"/deep", b"d", 300)
    deep(top + "/深い".encode(), "とても長い名前の階層".encode() * 8, 30)


main()
