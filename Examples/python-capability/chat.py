#!/usr/bin/env python3
"""A capability of a Starling node, served by this program: python3 chat.py SOCKET

It greets every peer, answers what peers say, and prints both. The frames are those of docs/OUT-OF-PROCESS.md; a chat
message has id 0 and is an RLP list of one string.
"""
import socket
import struct
import sys

ATTACH, SEND, BROADCAST, REPORT, DISCONNECT = 0x01, 0x02, 0x03, 0x04, 0x05
ATTACHED, REFUSED, JOINED, RECEIVED, LEFT, LOST = 0x81, 0x82, 0x83, 0x84, 0x85, 0x86


class Node:
    """The node at the other end of a Unix socket."""

    def __init__(self, path, capability):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.stream = self.socket.makefile("rb")
        self.write(ATTACH, b"\x01" + capability.encode())

    def write(self, kind, body):
        self.socket.sendall(struct.pack(">IB", len(body) + 1, kind) + body)

    def send(self, peer, message, payload):
        self.write(SEND, struct.pack(">QB", peer, message) + payload)

    def report(self, peer, offence):
        self.write(REPORT, struct.pack(">Q", peer) + offence.encode())

    def frames(self):
        """Each frame's type and body, until the node is gone."""
        while len(head := self.stream.read(4)) == 4:
            frame = self.stream.read(struct.unpack(">I", head)[0])
            yield frame[0], frame[1:]


def header(short, length):
    """The RLP header of a string (short = 0x80) or a list (0xc0)."""
    if length < 56:
        return bytes([short + length])
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([short + 55 + len(size)]) + size


def content(item):
    """What is in an RLP string or list. The node has checked that it is one whole item."""
    if item[0] < 0x80:
        return item
    short = 0xC0 if item[0] >= 0xC0 else 0x80
    long = item[0] - short - 55
    return item[1 + max(0, long) :]


def encode(text):
    data = text.encode()
    string = data if len(data) == 1 and data[0] < 0x80 else header(0x80, len(data)) + data
    return header(0xC0, len(string)) + string


def decode(payload):
    return content(content(payload)).decode()


def main(path):
    node = Node(path, "chat/1")
    for kind, body in node.frames():
        if kind == ATTACHED:
            print("attached to", body[6 + 64 :].decode(), "of", body[6:14].hex(), flush=True)
        elif kind == REFUSED:
            sys.exit("refused: " + body.decode())
        elif kind == JOINED:
            peer = struct.unpack_from(">Q", body)[0]
            print(f"#{peer} {body[74 + body[73]:].decode()} joined", flush=True)
            node.send(peer, 0, encode("hello from Python"))
        elif kind == RECEIVED:
            peer = struct.unpack_from(">Q", body)[0]
            try:
                text = decode(body[9:])
            except (UnicodeDecodeError, IndexError):
                node.report(peer, "malformedMessage")
                continue
            print(f"#{peer} says {text}", flush=True)
            if not text.startswith("re: "):
                node.send(peer, 0, encode("re: " + text))
        elif kind == LEFT:
            print(f"#{struct.unpack('>Q', body)[0]} left", flush=True)
        elif kind == LOST:
            print(f"{struct.unpack('>Q', body)[0]} messages lost", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
