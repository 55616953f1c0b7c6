# SPDX-License-Identifier: Apache-2.0
"""What systemd does for a service, for tests.

service_manager.py listen WHERE OUT LOG
    Take notifications at WHERE (a path, or @NAME) and write each as a line to OUT, its own
    lines joined by ";". At the first READY=1 the port that LOG says is connected to: the line
    then ends in ";connected" or ";refused".
service_manager.py activate PORT KIND COMMAND...
    Become COMMAND with one socket as descriptor 3. KIND: tcp listens on PORT of 127.0.0.1
    (0: any), udp is bound there.
service_manager.py deaf ROOM COMMAND...
    Become COMMAND with a standard error that takes ROOM octets, and then blocks for ever.
"""
import fcntl
import os
import re
import socket
import sys


def listens(log):
    port = re.findall(r"listening on \S+ port (\d+)", open(log, encoding="utf-8").read())
    try:
        socket.create_connection(("127.0.0.1", int(port[-1])), timeout=20).close()
    except (OSError, IndexError):
        return False
    return True


def listen(where, out, log):
    inbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    inbox.bind("\0" + where[1:] if where[0] == "@" else where)
    first = True
    with open(out, "w", encoding="utf-8") as lines:
        print("open", file=lines, flush=True)
        while True:
            text = ";".join(inbox.recv(4096).decode().split("\n")).rstrip(";")
            if first and text.startswith("READY=1"):
                first = False
                text += ";connected" if listens(log) else ";refused"
            print(text, file=lines, flush=True)


def activate(port, kind, command):
    tcp = kind == "tcp"
    given = socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
    given.bind(("127.0.0.1", int(port)))
    if tcp:
        given.listen(16)
    given.set_inheritable(True)
    os.dup2(given.fileno(), 3)
    os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
    os.execv(command[0], command)


def deaf(room, command):
    unread, log = os.pipe()
    size = fcntl.fcntl(log, fcntl.F_SETPIPE_SZ, 4096)
    os.write(log, bytes(size - int(room)))
    os.set_inheritable(unread, True)
    os.dup2(log, 2)
    os.execv(command[0], command)


if sys.argv[1] == "listen":
    listen(*sys.argv[2:5])
elif sys.argv[1] == "deaf":
    deaf(sys.argv[2], sys.argv[3:])
else:
    activate(sys.argv[2], sys.argv[3], sys.argv[4:])
