# SPDX-License-Identifier: Apache-2.0
"""Alertmanager's webhooks, a line of JSON each: the path asked for, then the notification.
usage: webhook.py FILE     prints its port, then serves on 127.0.0.1 until it is ended"""
import http.server
import json
import sys


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with open(sys.argv[1], "a", encoding="utf-8") as out:
            out.write(json.dumps({"to": self.path, **said}) + "\n")
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_address[1], flush=True)
server.serve_forever()
