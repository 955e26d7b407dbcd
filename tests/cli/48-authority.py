#!/usr/bin/env python3
"""A time-stamp authority on loopback: 48-authority.py DIR MODE. Prints its address, answers with openssl ts, or in other ways."""
import http.server, os, subprocess, sys, tempfile, time

folder, mode = sys.argv[1:]

def openssl(query):
    with tempfile.TemporaryDirectory() as d:
        open(d + "/q", "wb").write(query)
        subprocess.run(["openssl", "ts", "-reply", "-config", "ts.cnf", "-queryfile", d + "/q", "-out", d + "/r"], cwd=folder, check=True, capture_output=True)
        return open(d + "/r", "rb").read()

class Authority(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body=b"", type_="application/timestamp-reply", **headers):
        self.send_response(status)
        self.send_header("Content-Type", type_)
        self.send_header("Content-Length", str(len(body)))
        for k, v in headers.items(): self.send_header(k, v)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        query = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Content-Type"] == "application/timestamp-query"
        if mode == "good": self.answer(200, openssl(query))
        elif mode == "error": self.answer(503, openssl(query))
        elif mode == "page": self.answer(200, b"<html>", "text/html")
        elif mode == "garbage": self.answer(200, os.urandom(500))
        elif mode == "empty": self.answer(200)
        elif mode == "large": self.answer(200, bytes(1 << 20))
        elif mode == "refuses": self.answer(200, b"\x30\x05\x30\x03\x02\x01\x02")
        elif mode == "moved" and self.path == "/": self.answer(307, Location="/there")
        elif mode == "moved": self.answer(200, openssl(query))
        elif mode == "file": self.answer(302, Location="file://" + folder + "/token")
        elif mode == "circle": self.answer(307, Location="/")
        elif mode == "old": self.answer(200, open(folder + "/old.tsr", "rb").read()) # right bytes, another query
        elif mode == "other": self.answer(200, openssl(query[:24] + bytes(32) + query[56:]))
        elif mode == "silent": time.sleep(600)
        elif mode == "dies": self.connection.close()

    def log_message(self, *args): pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Authority)
print("http://127.0.0.1:%d/" % server.server_address[1], flush=True)
server.serve_forever()
