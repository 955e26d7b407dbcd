#!/usr/bin/python3
"""Processes that hold sockets: socket_load.py PROCESSES SOCKETS-OF-EACH. Says "ready" and ends with its standard input.
Every tenth socket or so of each kind: connected TCP over IPv4 and IPv6, listeners, UDP, pairs of UNIX sockets; some
processes run as other users, some sockets belong to two processes."""
import os, signal, socket, sys


def listener(family, address):
    s = socket.socket(family)
    s.bind((address, 0))
    s.listen(4096)
    return s


def fill(keep, each, four, six):
    while len(keep) < each:
        kind = len(keep) % 10
        if kind < 4:
            mother = four if kind < 2 else six
            keep.append(socket.socket(mother.family))
            keep[-1].connect(mother.getsockname()[:2])
            keep.append(mother.accept()[0])
        elif kind < 6:
            keep.append(listener(socket.AF_INET, "127.0.0.1"))
        elif kind < 8:
            s = socket.socket(socket.AF_INET6 if kind == 6 else socket.AF_INET, socket.SOCK_DGRAM)
            s.bind(("::1" if kind == 6 else "127.0.0.1", 0))
            keep.append(s)
        else:
            keep.extend(socket.socketpair())


def main():
    processes, each = int(sys.argv[1]), int(sys.argv[2])
    four, six = listener(socket.AF_INET, "127.0.0.1"), listener(socket.AF_INET6, "::1")
    children = []
    for i in range(processes):
        r, w = os.pipe()
        pid = os.fork()
        if pid == 0:
            if i % 3 == 1:
                os.setuid(1000 + i % 7)
            keep = []
            fill(keep, each, four, six)
            os.write(w, b"1")
            os.close(w)
            while True:
                signal.pause()
        os.close(w)
        children.append(pid)
        if os.read(r, 1) != b"1":
            sys.exit("a child ended early")
        os.close(r)
    print("ready", flush=True)
    sys.stdin.read()
    for pid in children:
        os.kill(pid, signal.SIGKILL)


main()
