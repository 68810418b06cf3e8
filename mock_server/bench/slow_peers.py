#!/usr/bin/env python3
"""Holds connections whose requests never end, a byte a second each, until its input is closed.

    slow_peers.py PORT COUNT        says "ready" when all are there
"""

import select
import socket
import sys

port, count = int(sys.argv[1]), int(sys.argv[2])


def half_sent():
    peer = socket.create_connection(("127.0.0.1", port))
    peer.sendall(b"POST /v1/oauth/token HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
    return peer


peers = [half_sent() for _ in range(count)]
print("ready", flush=True)
while not select.select([sys.stdin], [], [], 1)[0]:
    for i, peer in enumerate(peers):
        try:
            peer.send(b"x")
        except OSError:  # given up: another takes its place
            peers[i] = half_sent()
