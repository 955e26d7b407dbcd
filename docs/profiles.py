#!/usr/bin/env python3
"""profiles.py [--check] LIST.json: writes the part of docs/PROFILES.md and docs/PROFILES.ja.md that lists profiles and sources, from
what `hozen-collect --list --json` printed; with --check it only compares, and ends with 1 where they differ."""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BEGIN, END = "<!-- made by docs/profiles.py from here -->", "<!-- to here -->"
WORDS = {
    "en": {"page": "PROFILES.md", "sources": "sources", "since": "journal and logs back", "recent": "recent files back", "max": "largest file",
           "total": "files in all", "roots": "recent below", "databases": "databases", "paths": "files", "units": "units",
           "packages": "packages", "every": "every file of every package", "none": "no limit", "live": "running host only", "yes": "yes", "no": "",
           "source": "source", "what": "what it takes", "heads": ("## The profiles", "## The sources, in the order of volatility")},
    "ja": {"page": "PROFILES.ja.md", "sources": "情報源", "since": "ジャーナルとログの期間", "recent": "最近のファイルの期間", "max": "1 ファイルの上限",
           "total": "合計の上限", "roots": "最近のファイルの範囲", "databases": "データベース", "paths": "ファイル", "units": "ユニット",
           "packages": "パッケージ", "every": "全パッケージの全ファイル", "none": "制限なし", "live": "稼働中のホストのみ", "yes": "はい", "no": "",
           "source": "情報源", "what": "取得するもの", "heads": ("## プロファイル", "## 情報源 (揮発性の高い順)")},
}


def size(value):
    number = int(value)
    for power, letter in ((40, "T"), (30, "G"), (20, "M"), (10, "K")):
        if number % (1 << power) == 0:
            return f"{number >> power}{letter}"
    return str(number)


def duration(value):
    seconds = int(value) // 1000
    for unit, letter in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds % unit == 0:
            return f"{seconds // unit}{letter}"
    return f"{value}ms"


def code(texts):
    return " ".join(f"`{t}`" for t in texts)


def profile(p, lang):
    w = WORDS[lang]
    yield f"### {p['name']}: {p['title'][lang]}"
    yield ""
    yield p["description"][lang]
    yield ""
    yield f"- {w['sources']}: {' '.join(p['sources'])}"
    if "since_milliseconds" in p:
        yield f"- {w['since']}: {duration(p['since_milliseconds'])}"
    if "recent_milliseconds" in p:
        yield f"- {w['recent']}: {duration(p['recent_milliseconds'])}; {w['roots']} {code(p['roots'])}"
    for key, name in (("units", "units"), ("databases", "databases"), ("paths", "paths")):
        if key in p:
            yield f"- {w[name]}: {code(p[key])}"
    if "every_package_file" in p:
        yield f"- {w['packages']}: {w['every']}"
    yield f"- {w['max']}: {size(p['max_file_size']) if 'max_file_size' in p else w['none']}; " \
          f"{w['total']}: {size(p['total']) if 'total' in p else w['none']}"
    yield ""


def part(listed, lang):
    w = WORDS[lang]
    lines = [BEGIN, "", w["heads"][0], ""]
    for p in listed["profiles"]:
        lines += profile(p, lang)
    lines += [w["heads"][1], "", f"| {w['source']} | {w['what']} | {w['live']} |", "|---|---|---|"]
    lines += [f"| `{s['name']}` | {s['title'][lang]} | {w['yes'] if s['live'] else w['no']} |" for s in listed["sources"]]
    return "\n".join(lines + ["", END])


def main():
    check = sys.argv[1:2] == ["--check"]
    with open(sys.argv[-1], encoding="utf-8") as f:
        listed = json.load(f)
    wrong = 0
    for lang in ("en", "ja"):
        path = os.path.join(HERE, WORDS[lang]["page"])
        with open(path, encoding="utf-8") as f:
            page = f.read()
        begin, end = page.index(BEGIN), page.index(END) + len(END)
        new = page[:begin] + part(listed, lang) + page[end:]
        if new != page and check:
            print(f"{path}: not what --list says: docs/profiles.py LIST.json writes it anew")
            wrong = 1
        elif new != page:
            with open(path, "w", encoding="utf-8") as f:
                f.write(new)
    return wrong


sys.exit(main())
