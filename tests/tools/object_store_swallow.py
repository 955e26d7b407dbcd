#!/usr/bin/env python3
"""Stands before an object store and loses what is put into it: `object_store_swallow.py PORT WAY PART` hands every request on
to the loopback's PORT, but for a PUT whose address has PART in it. Such a one it answers with 200 and a version and keeps
nothing (WAY lose); or it says "held" and never answers (hold); or it ends at once, as a server does that is killed (die).
With WAY alter it is a GET of such an address that it answers with another first byte, with WAY early one that says 2031 for 2036.
With WAY mute it hands everything on, but never says that a body may come; it prints in the end after how many milliseconds that body
came that came soonest to such an address. Prints its own port; ends with its standard input."""
import http.client
import http.server
import os
import sys
import threading
import time

waits = []
PORT, WAY, PART = int(sys.argv[1]), sys.argv[2], sys.argv[3]


class Store(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_expect_100(self):
        return WAY == "mute" or super().handle_expect_100()

    def answer(self):
        meant = self.command == "PUT" and PART in self.path and WAY not in ("alter", "early", "mute")
        if meant and WAY == "die":
            os._exit(0)
        asked = time.monotonic()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.command == "PUT" and PART in self.path:
            waits.append(int(1000 * (time.monotonic() - asked)))
        if meant and WAY == "hold":
            print("held", flush=True)
            threading.Event().wait()
        if meant:
            self.reply(200, [("x-amz-version-id", "v1"), ("ETag", '"e"')], b"")
            return
        behind = http.client.HTTPConnection("127.0.0.1", PORT)
        behind.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            behind.putheader(name, value)
        behind.endheaders(body)
        got = behind.getresponse()
        content = got.read()
        if WAY == "alter" and self.command == "GET" and PART in self.path:
            content = b"?" + content[1:]
        if WAY == "early" and self.command == "GET" and PART in self.path:
            content = content.replace(b"2036-", b"2031-")
        self.reply(got.status, [h for h in got.getheaders() if h[0].lower() not in ("transfer-encoding", "connection", "content-length")],
                   content, got.getheader("Content-Length"))

    def reply(self, status, headers, body, length=None):
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", length if self.command == "HEAD" and length else str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Store)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
if WAY == "mute":
    print(min(waits, default="none"), flush=True)
os._exit(0)
