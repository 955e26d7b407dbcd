#!/usr/bin/env python3
"""An object store that lies. It answers every request in the way that its first argument names, on a free port of the
loopback, which it prints; it ends with its standard input."""
import http.server
import sys
import threading

WAY = sys.argv[1]


class Store(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        self.rfile.read(length)
        body, status, headers = b"", 200, {"x-amz-version-id": "v1", "ETag": '"e"'}
        if WAY == "short" and self.command == "GET":  # promises more than it sends
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"x" * 10)
            self.close_connection = True
            return
        if WAY == "piece" and self.command == "GET":  # a part of the object, of no known length
            self.send_response(206)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"5\r\nwords\r\n0\r\n\r\n")
            return
        if WAY == "endless":
            body = b"<Key>" + b"x" * (2 << 20)
        if WAY == "bomb":
            body = b"<!DOCTYPE a [<!ENTITY b '" + b"x" * 1000 + b"'>]><Key>&b;</Key><IsTruncated>false</IsTruncated>"
        if WAY == "escape":
            status, body = 500, b"<Code>\x1b[31mred\x1b]0;title\x07</Code>"
        if WAY == "redirect":
            status, headers = 307, {"Location": "http://127.0.0.1:1/elsewhere"}
        if WAY == "loop":
            body = b"<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
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
