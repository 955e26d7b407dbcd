#!/usr/bin/python3
"""What a page of `hozen report` says, as lines of text: html_text.py FILE. Refuses a page that is not well-formed, or
that would load or run anything. What differs from run to run (digests, keys, signatures' roots) is masked.
html_text.py FILE --story [TEXT=NAME...] also masks every digest, every time but those of the year 2016, and TEXT as <NAME>.
html_text.py --codes FILE DIR writes each QR code of the page as DIR/N.pbm."""
import re
import sys
from html.parser import HTMLParser

VOID = {"meta", "br", "rect", "line", "circle", "path"}
ALLOWED = VOID | set("html head title style body header h1 h2 h3 p div table thead tbody tr th td span code b figure figcaption svg text".split())
BLOCKS = {"h1", "h2", "h3", "p", "div", "tr", "figcaption", "text", "header", "title"}
MASKS = ((r"hozen-statement:[0-9a-f]{64}", "hozen-statement:<digest>"), (r"hozen-ledger/[0-9a-f]{64}", "hozen-ledger/<ledger>"),
         (r"SHA256:[A-Za-z0-9+/]{43}", "<key>"), (r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=", "<root>"),
         (r"hozen-custody [0-9][^\s|]*", "hozen-custody <version>"))
STORY = ((r"\b[0-9a-f]{64}\b", "<digest>"), (r"\b(?!2016)\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)?", "<time>"))


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.lines, self.line, self.codes = [], [], "", []

    def flush(self):
        text = re.sub(r"\s+", " ", self.line).strip().strip("|").strip()
        if text:
            self.lines.append(text)
        self.line = ""

    def handle_starttag(self, tag, attributes):
        assert tag in ALLOWED, tag
        for name, value in attributes:
            assert name not in ("src", "href", "srcset", "style") and not name.startswith("on"), (tag, name)
        attributes = dict(attributes)
        if tag in BLOCKS:
            if not (tag == "div" and "td" in self.open):
                self.flush()
        if tag in ("td", "th"):
            self.line += " | "
        if tag == "br" or (tag == "div" and "td" in self.open):
            self.line += " / "
        if tag == "svg":
            self.codes.append((attributes, []))
        if tag == "rect" and self.codes:
            self.codes[-1][1].append(attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        assert tag in VOID, tag
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag
        if tag in BLOCKS and not (tag == "div" and "td" in self.open):
            self.flush()

    def handle_data(self, data):
        if "style" not in self.open:
            self.line += data

    def handle_comment(self, data):
        raise AssertionError("a comment")


def read(path):
    with open(path, encoding="utf-8", newline="") as f:
        text = f.read()
    page = Page()
    page.feed(text)
    page.close()
    page.flush()
    assert page.open == [] and not re.search(r"url\(|@import|https?:", text)
    return page


def write_codes(page, folder):
    codes = [c for c in page.codes if c[0].get("class") == "qr"]
    for n, (attributes, rects) in enumerate(codes):
        left, top, width, height = map(int, attributes["viewbox"].split())
        dark = {(int(r["x"]) + i - left, int(r["y"]) - top) for r in rects for i in range(int(r["width"]))}
        scale = 4
        with open("%s/%d.pbm" % (folder, n), "w") as f:
            f.write("P1 %d %d\n" % (width * scale, height * scale))
            for y in range(height * scale):
                f.write(" ".join("1" if (x // scale, y // scale) in dark else "0" for x in range(width * scale)) + "\n")
    print(len(codes))


def main():
    if sys.argv[1] == "--codes":
        write_codes(read(sys.argv[2]), sys.argv[3])
        return
    for line in read(sys.argv[1]).lines:
        line = re.sub(r"\s*/ (?=\|)|(?<=\|) /(?= )", "", line)
        for pattern, mask in MASKS:
            line = re.sub(pattern, mask, line)
        line = re.sub(r"(?<=statement \| )[0-9a-f]{64}|(?<=ステートメント \| )[0-9a-f]{64}|(?<=ledger \| )[0-9a-f]{64}|(?<=台帳 \| )[0-9a-f]{64}",
                      "<digest>", line)
        for pattern, mask in STORY if "--story" in sys.argv else ():
            line = re.sub(pattern, mask, line)
        for text, name in (word.rsplit("=", 1) for word in sys.argv[3:]):
            line = line.replace(text, "<%s>" % name)
        print(line)


main()
