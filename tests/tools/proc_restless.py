#!/usr/bin/env python3
"""proc_restless.py SECONDS: starts processes that live 2 to 300 ms, 150 at a time, until the time is over."""
import os
import random
import sys
import time

end = time.monotonic() + float(sys.argv[1])
alive = 0
random.seed(1)
while time.monotonic() < end:
    if alive < 150:
        if os.fork() == 0:
            time.sleep(random.uniform(0.002, 0.3))
            os._exit(0)
        alive += 1
    while alive > 0 and os.waitpid(-1, os.WNOHANG)[0] != 0:
        alive -= 1
    time.sleep(0.0005)
