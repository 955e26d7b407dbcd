#!/usr/bin/env python3
"""signal_at.py FILE SIZE SIGNAL[,SIGNAL...] command...: runs the command and sends it the signals, all at once, as soon as FILE
has SIZE bytes. Exits as the command did (128 and the number when a signal ended it), or with 99 when it ended before that."""
import os
import signal
import subprocess
import sys
import time


def size_of(path):
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0


def main():
    path, size, names = sys.argv[1], int(sys.argv[2]), sys.argv[3].split(",")
    child = subprocess.Popen(sys.argv[4:], preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    while size_of(path) < size:
        if child.poll() is not None:
            sys.exit(99)
        time.sleep(0.0002)
    # it stands still meanwhile, or what the first signal leads to might be over before the second is sent
    child.send_signal(signal.SIGSTOP)
    if os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT).si_code != os.CLD_STOPPED:
        sys.exit(99)
    for name in names:
        child.send_signal(getattr(signal, "SIG" + name))
    child.send_signal(signal.SIGCONT)
    code = child.wait()
    sys.exit(code if code >= 0 else 128 - code)


main()
