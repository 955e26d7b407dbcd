#!/usr/bin/env python3
"""Stands before an object store and loses what is put into it: `object_store_swallow.py PORT BEGINNING` hands every request
on to the loopback's PORT, but answers a PUT of an object whose path has BEGINNING in it with 200 and a version, and keeps
nothing. Prints its own port; ends with its standard input."""
import http.client
import http.server
import sys
import threading

PORT, LOST = int(sys.argv[1]), sys.argv[2]


class Store(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.command == "PUT" and LOST in self.path:
            self.reply(200, [("x-amz-version-id", "v1"), ("ETag", '"e"')], b"")
            return
        behind = http.client.HTTPConnection("127.0.0.1", PORT)
        behind.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            behind.putheader(name, value)
        behind.endheaders(body)
        got = behind.getresponse()
        self.reply(got.status, [h for h in got.getheaders() if h[0].lower() not in ("transfer-encoding", "connection", "content-length")],
                   got.read(), got.getheader("Content-Length"))

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
