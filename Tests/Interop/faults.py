#!/usr/bin/env python3
"""Kills nodes of a cluster with SIGKILL, again and again, while transactions flow.

The cluster must run with --restart: a killed node is started again on its datadir. It must open it, catch up, and have
the same blocks as the others, all of them.

    starling cluster --restart --json cluster.json &
    python faults.py cluster.json [ROUNDS]
"""

import json
import os
import signal
import sys
import threading
import time

from eth_account import Account

from transfers import connect, sign, wait_for


def load(path):
    return json.load(open(path))


def height(url):
    """The height of a node, None where it doesn't answer."""
    try:
        return connect(url).eth.block_number
    except Exception:
        return None


class Traffic(threading.Thread):
    """Ten transfers a second through the first node."""

    def __init__(self, cluster):
        super().__init__(daemon=True)
        self.cluster = cluster
        self.client = connect(cluster["nodes"][0]["rpc"])
        self.account = Account.from_key(cluster["accounts"][9]["privateKey"])
        self.stopped = threading.Event()
        self.sent = 0

    def run(self):
        nonce = self.client.eth.get_transaction_count(self.account.address, "pending")
        while not self.stopped.wait(0.1):
            signed = sign(self.client, self.cluster["chainId"], self.account, nonce, nonce % 3, self.account.address, 1)
            self.client.eth.send_raw_transaction(signed.raw_transaction)
            nonce += 1
            self.sent += 1


def check_same(cluster, last):
    """Every block up to `last` has one hash on all nodes."""
    clients = [connect(node["rpc"]) for node in cluster["nodes"]]
    for number in range(last + 1):
        hashes = {client.eth.get_block(number)["hash"].hex() for client in clients}
        assert len(hashes) == 1, f"different blocks {number}: {hashes}"


def main():
    path = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    cluster = load(path)
    count = len(cluster["nodes"])
    traffic = Traffic(cluster)
    traffic.start()
    for number in range(rounds):
        # Not the first node: the transactions go through it.
        victim = 1 + number % (count - 1)
        node = load(path)["nodes"][victim]
        before = connect(node["rpc"]).eth.block_number
        os.kill(node["pid"], signal.SIGKILL)
        wait_for(lambda: load(path)["nodes"][victim].get("pid") not in (None, node["pid"]), f"{node['name']} is started again", 30)
        goal = connect(cluster["nodes"][0]["rpc"]).eth.block_number + 3
        wait_for(lambda: (height(node["rpc"]) or 0) >= goal, f"{node['name']} has block {goal} again", 90)
        print(f"round {number + 1}: {node['name']} killed at block {before}, has block {height(node['rpc'])} again")
    traffic.stopped.set()
    traffic.join()
    assert traffic.sent > 0
    last = min(height(node["rpc"]) for node in cluster["nodes"]) - 2
    # A reorganisation at the very end would settle with the next blocks.
    check_same(cluster, last)
    print(f"{rounds} kills, {traffic.sent} transactions; blocks 0 to {last} are the same at all {count} nodes")


if __name__ == "__main__":
    main()
