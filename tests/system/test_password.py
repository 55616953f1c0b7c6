#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No password stays in the exporter's memory: once a right one and a wrong one have been answered, all
of that memory is searched for them. That the search works is shown by the hash, which has to be found.

usage: test_password.py GETVPN_EXPORTER
"""
import base64
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

RIGHT, WRONG = "correct-horse-battery-77", "wrong-horse-battery-78"
HASH = "$2b$08$XLCVxtHPPqjBJHnqM6n51OkWi8Br7T5EEhOrAfXGB46ylpoqzfDkm"  # of the right one


def found(pid, text):
    count = 0
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            at, rights = line.split()[:2]
            if "r" not in rights or "[v" in line:
                continue
            begin, end = (int(x, 16) for x in at.split("-"))
            try:
                memory.seek(begin)
                count += memory.read(end - begin).count(text.encode())
            except OSError:  # what nobody can read
                continue
    return count


def said(url, password):
    credentials = base64.b64encode(f"u:{password}".encode()).decode()
    request = urllib.request.Request(url, headers={"Authorization": "Basic " + credentials})
    try:
        return urllib.request.urlopen(request, timeout=60).status
    except urllib.error.HTTPError as error:
        return error.code


def port_of(log, process):
    while True:
        with open(log, encoding="utf-8") as text:
            match = re.search(r"listening on \S+ port (\d+)", text.read())
        if match:
            return match[1]
        if process.poll() is not None:
            sys.exit("FAIL: it ended")
        time.sleep(0.05)


def main():
    if os.geteuid() != 0:
        print("skipped: not root, and the exporter's memory is closed to others")
        sys.exit(77)
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        log = f"{folder}/log"
        for name, text in (("c.yml", "targets: []\n"), ("web.yml", f'basic_auth_users: {{u: "{HASH}"}}\n')):
            with open(f"{folder}/{name}", "w", encoding="ascii", opener=lambda p, f: os.open(p, f, 0o600)) as file:
                file.write(text)
        with open(log, "w", encoding="utf-8") as errors:
            process = subprocess.Popen([sys.argv[1], f"--config.file={folder}/c.yml", "--web.listen-address=127.0.0.1:0",
                                        f"--web.config.file={folder}/web.yml"], stderr=errors)
        try:
            url = f"http://127.0.0.1:{port_of(log, process)}/metrics"
            rows = [("the right one is taken", said(url, RIGHT), 200), ("a second time", said(url, RIGHT), 200),
                    ("the wrong one is not", said(url, WRONG), 401), ("the search works", found(process.pid, HASH) > 0, True),
                    ("the right one", found(process.pid, RIGHT), 0), ("the wrong one", found(process.pid, WRONG), 0)]
        finally:
            process.terminate()
            process.wait()
    for name, got, want in rows:
        if got != want:
            failed = True
            print(f"FAIL: {name}: got {got}, want {want}")
    sys.exit(failed)


main()
