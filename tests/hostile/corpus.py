"""The hostile corpus: every case of the files bad_*.py and honest.py, beside those of tests/oracle that they are built from."""
import os, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
from cases import CASES  # noqa: E402

ORACLE = set(CASES)
import bad_container, bad_lists, bad_names, bad_records, bad_signatures, honest  # noqa: E402,F401 - they register themselves

def cases(): return [c for n, c in sorted(CASES.items()) if n not in ORACLE]
