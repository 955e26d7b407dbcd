"""Where C code that accepts or refuses can be made wrong, and how: conditions, returned answers, findings that are added.

Every point is a piece of the source that is replaced by `mutant(N) ? (wrong) : (right)`, so that one build holds all mutants."""
import re

# Conditions that pass on an error that was found elsewhere, or ask for memory: without them nothing that is refused becomes accepted
# by a rule of the format.
DULL = re.compile(r"^\(?!?\s*(rc|code|err|result|status|n|error)\s*(([!=]=|<)\s*(HZ_OK|0|NULL))?\)?$|NOMEM|\bNULL\b|HZ_E_IO\b")
# Readers in which a failure sticks: what a function returns then only saves time, and the end asks whether there was one.
STICKS = re.compile(r"struct r_json \*|r_json_\w+\(|struct r_ledger_text \*|struct r_sshwire|struct r_value|r_ledger_text_fail")
# How a finding is told.
TOLD = r"r_findings?_add|finding|refuse|complain|r_\w*_finding|missing|(?:exported|audit)_(?:find|find_at|unknown)"
SWAPS = [("&&", "||"), ("||", "&&"), ("<=", "<"), (">=", ">"), ("==", "!="), ("!=", "==")]


def blanked(text):
    "The same text with comments, strings and preprocessor lines as blanks."
    def blank(m):
        return re.sub(r"[^\n]", " ", m[0])
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|^[ \t]*#(?:\\\n|[^\n])*', blank, text, flags=re.S | re.M)


def closing(text, at):
    "Where the bracket at `at` is closed."
    depth = 0
    for i in range(at, len(text)):
        depth += text[i] in "([{"
        depth -= text[i] in ")]}"
        if depth == 0:
            return i
    raise ValueError("a bracket without its end")


def operators(plain):
    "Operators of a condition that can be wrong: (place, old, new)."
    for m in re.finditer(r"&&|\|\||[<>]=|[!=]=|(?<![-<>=])[<>](?![<>=])", plain):
        old = m[0]
        for a, b in SWAPS + [("<", "<="), (">", ">=")]:
            if a == old:
                yield m.start(), old, b
                break


def around(plain, at):
    "The function that this place is in."
    begin, end = plain.rfind("\n}\n", 0, at), plain.find("\n}\n", at)
    return plain[begin if begin > 0 else 0:end if end > 0 else len(plain)]


def conditions(text, plain):
    for m in re.finditer(r"\b(if|while) \(", plain):
        end = closing(plain, m.end() - 1)
        inner = text[m.end():end]
        if DULL.search(re.sub(r"\s+", " ", plain[m.end():end]).strip()):
            continue
        if re.match(r"\)\s*\{?\s*return[^;]*NOMEM", plain[end:end + 120]):
            continue
        if m[1] == "if":
            yield m.end(), end, "false", "0"
            yield m.end(), end, "true", "1"
        for at, old, new in operators(plain[m.end():end]):
            yield m.end(), end, "%s becomes %s" % (old, new), inner[:at] + new + inner[at + len(old):]


def answers(text, plain):
    for m in re.finditer(r"\breturn ([^;]*);", plain):
        value = m[1].strip()
        whole = text[m.start(1):m.end(1)]
        if re.match(r"HZ_E_(INVALID|FORMAT|LIMIT|DENIED|UNSUPPORTED|EXISTS|NOTFOUND)$", value) or re.match(r"hz_error_set\(err, HZ_E_(INVALID|FORMAT|LIMIT|DENIED)", value):
            yield m.start(1), m.end(1), "HZ_OK", "HZ_OK"
        elif value in ("true", "false"):
            if not STICKS.search(around(plain, m.start())):
                yield m.start(1), m.end(1), "the opposite", "!" + value
        elif re.search(r"&&|\|\||[<>!=]=| [<>] ", value) and "?" not in value and not DULL.search(value):
            for at, old, new in operators(plain[m.start(1):m.end(1)]):
                yield m.start(1), m.end(1), "%s becomes %s" % (old, new), whole[:at] + new + whole[at + len(old):]


def findings(text, plain):
    "A finding that is made, and never told."
    for m in re.finditer(r"^([ \t]+)((?:%s)\()" % TOLD, plain, re.M):
        end = closing(plain, m.end() - 1)
        if plain[end + 1:end + 2] == ";":
            yield m.start(2), end + 1, "never called", None


def points(text):
    "[(begin, end, what, wrong)] with wrong None: not called at all."
    plain = blanked(text)
    found = [p for kind in (conditions, answers, findings) for p in kind(text, plain)]
    return sorted(found, key=lambda p: (p[0], p[1], p[2]))


def instrumented(text, chosen):
    "chosen: [(number, point)], at most one for a place."
    for number, (begin, end, _, wrong) in sorted(chosen, key=lambda c: -c[1][0]):
        right = text[begin:end]
        if wrong is None:
            new = "(mutant(%d) ? (void)0 : (void)%s)" % (number, right)
        else:
            new = "(mutant(%d) ? (%s) : (%s))" % (number, wrong, right)
        text = text[:begin] + new + text[end:]
    return text
